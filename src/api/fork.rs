//! Forks of runs.

use super::Api;
use super::answer::Answer;
use super::arguments::{Arguments, Problem};
use super::error::CallError;
use crate::caller::Caller;
use crate::portable::Portable;
use crate::record::{RunId, RunName};
use crate::run::Run;
use crate::runs::RunsError;

impl<M: Portable<Context: Default>> Api<M> {
    /// Forks a run that the caller may read into one of its own. A client must not repeat by it what a person approved, or
    /// what a task did to the world.
    pub(super) async fn fork(
        &self,
        caller: &Caller,
        parent: &RunId,
        mut given: Arguments,
    ) -> Result<Answer, CallError> {
        let key = given.take_text("request_key")?;
        let at = given.take("at_version")?;
        let name = given.take_text::<RunName>("name")?;
        let name = name.ok_or_else(|| Problem::new("name", "it names the new run"))?;
        let to = RunId::new(caller.principal().clone(), name);
        let check = |run: &Run<M>| harmless(parent, run);
        let forked = self.runs.fork_if(caller, parent, at, &to, key, check).await?;
        let status = self.status_json(caller, &forked.status).forked_at(&forked.parent);
        Ok(Answer::done(&status.replayed(forked.replayed)))
    }
}

/// Checks that a fork repeats no approval and starts no task.
fn harmless<M: Portable>(id: &RunId, run: &Run<M>) -> Result<(), RunsError> {
    let at = run.version();
    if let Some(first) = run.gated() {
        return Err(RunsError::ForkGated { run: id.clone(), at, first });
    }
    let chart = M::CHART;
    let mut path = chart.ancestors(run.leaf());
    let task = path.find_map(|node| chart.tasks().iter().find(|task| task.state() == node));
    match task {
        Some(task) => {
            let (state, task) = (chart.state(task.state()).wire(), task.name());
            Err(RunsError::ForkInTask { run: id.clone(), at, state, task })
        }
        None => Ok(()),
    }
}
