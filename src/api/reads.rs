//! States, histories and prompts, for readers that name them by address.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Api;
use super::access::Access;
use super::answer::json;
use super::arguments::Problem;
use super::calls::state_named;
use super::error::CallError;
use super::operations::LARGEST_PAGE;
use super::pages::{HistoryQuery, Order};
use super::redact;
use super::task::TaskJson;
use crate::caller::Caller;
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::{Run, RunStatus};
use crate::runs::{RunsError, TaskStatus, tasks_of};
use crate::text;

impl<M: Portable<Context: Default>> Api<M> {
    /// The state of a run that the caller may see as JSON, as `get_current_state` answers it. Without a name it is the default run.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if nothing can have this name; [`CallError::Run`] if there is no such run, or it cannot be
    /// read.
    pub async fn status(&self, caller: &Caller, run: Option<&str>) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        self.state_json(caller, &id, &Value::Null).await
    }

    /// The state of a run as JSON, with what it means and what waits for a person. `context` is `true` for the whole
    /// context, or a JSON Pointer into it.
    pub(super) async fn state_json(
        &self,
        caller: &Caller,
        id: &RunId,
        context: &Value,
    ) -> Result<String, CallError> {
        let pointer = match context {
            Value::Null | Value::Bool(false) => None,
            Value::Bool(true) => Some(String::new()),
            Value::String(pointer) => Some(pointer.clone()),
            _ => {
                let reason = "expected `true`, or a JSON Pointer such as `/items/0`";
                return Err(Problem::new("context", reason).into());
            }
        };
        let (run, limit) = (id.clone(), self.limits.answer_bytes);
        let read = move |seen: &Run<M>| {
            let part = pointer.map(|pointer| context_part(seen, &pointer, limit));
            (seen.status(&run), part.transpose())
        };
        let (status, part) = self.runs.read(id, read).await?;
        let mut gates =
            if M::CHART.has_gates() { self.runs.gates_of(id).await? } else { Vec::new() };
        gates.retain(|gate| gate.version == status.version);
        let tasks = self.tasks_of(id, &status).await?;
        let answer = self.status_json(caller, &status).described(&status, &self.moves);
        let answer = answer.performing(&tasks, self.runs.now());
        Ok(json(&answer.waiting(&gates).with_context(part?)))
    }

    /// How far the tasks of a run are.
    async fn tasks_of(&self, id: &RunId, status: &RunStatus) -> Result<Vec<TaskStatus>, CallError> {
        if status.tasks.is_empty() {
            return Ok(Vec::new());
        }
        Ok(tasks_of(&**self.runs.store(), id).await.map_err(RunsError::from)?)
    }

    /// How far the tasks of a run are, as JSON.
    pub(super) async fn tasks_json(&self, id: &RunId) -> Result<Vec<TaskJson>, CallError> {
        if M::CHART.tasks().is_empty() {
            return Ok(Vec::new());
        }
        let tasks = tasks_of(&**self.runs.store(), id).await.map_err(RunsError::from)?;
        Ok(tasks.iter().map(|task| TaskJson::new(task, self.runs.now())).collect())
    }

    /// The beginning of the history of a run of the caller as JSON, as `get_history` answers it.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub async fn history(&self, caller: &Caller, run: Option<&str>) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        let query = HistoryQuery {
            limit: LARGEST_PAGE,
            cursor: None,
            order: Order::Oldest,
            event: None,
            arguments: true,
        };
        Ok(self.history_page(caller, &id, &query).await?.into_text())
    }

    /// A prompt for a run of the caller.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if there is no such prompt; [`CallError::Invalid`] for its arguments;
    /// [`CallError::Unanswered`] if the machine does not give it now; and as [`status`](Self::status).
    pub async fn prompt(
        &self,
        caller: &Caller,
        run: Option<&str>,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        let prompt = self.prompts.parse::<M>(name, arguments, self.limits.argument_bytes)?;
        let given = self
            .runs
            .read(&id, move |run| run.machine().prompt(prompt).map_err(|error| error.to_string()));
        match given.await? {
            Ok(text) => self.within_limit(text),
            Err(reason) => {
                Err(CallError::Unanswered(format!("the prompt `{name}` cannot be given: {reason}")))
            }
        }
    }

    /// What to do in a state, for a run of the caller: the texts of all prompts for the state.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if there is no such state or it has no prompt; and as [`status`](Self::status).
    pub async fn state_prompt(
        &self,
        caller: &Caller,
        run: Option<&str>,
        state: &str,
    ) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        let (number, state) = state_named::<M>(state).map_err(CallError::Unknown)?;
        let prompts = Arc::clone(&self.prompts);
        let text = self.runs.read(&id, move |run| prompts.for_state(number, run)).await?;
        let none = || CallError::Unknown(format!("{} has no prompt", state.wire()));
        self.within_limit(text.ok_or_else(none)?)
    }

    fn within_limit(&self, text: String) -> Result<String, CallError> {
        let limit = self.limits.answer_bytes;
        if text.len() <= limit {
            return Ok(text);
        }
        let reason = format!(
            "the prompt has {} bytes, and at most {limit} are allowed (`answer_bytes`)",
            text.len()
        );
        Err(CallError::Unanswered(reason))
    }

    /// The run that an address names, if the caller may read it. The caller's own need not be started.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if nothing can have this name; [`CallError::Absent`] if there is no such run as far as the
    /// caller may know; [`CallError::Run`] if the store fails.
    pub async fn readable(&self, caller: &Caller, run: Option<&str>) -> Result<RunId, CallError> {
        self.accessible(caller, run, Access::Read).await.map_err(|error| match error {
            CallError::Invalid(problems) => {
                let reasons: Vec<_> = problems.into_iter().map(|problem| problem.reason).collect();
                CallError::Unknown(reasons.join("; "))
            }
            error => error,
        })
    }
}

/// The part of a run's context at a JSON Pointer, without sensitive values.
fn context_part<M: Portable>(
    run: &Run<M>,
    pointer: &str,
    limit: usize,
) -> Result<Value, CallError> {
    let invalid = |reason: String| CallError::from(Problem::new("context", &reason));
    let mut context = serde_json::to_value(run.context()).map_err(|error| {
        CallError::Unanswered(format!("the context cannot be written: {error}"))
    })?;
    redact::context(M::CHART, &mut context);
    let part = context.pointer_mut(pointer).map(Value::take).ok_or_else(|| {
        let pointer = text::quoted(pointer);
        invalid(format!(
            "the context has nothing at {pointer}; expected a JSON Pointer such as `/items/0`"
        ))
    })?;
    match text::json_within(&part, limit) {
        Ok(Some(_)) => Ok(part),
        _ => Err(invalid(format!(
            "it has more than {limit} bytes as JSON (`answer_bytes`); name a part by a JSON Pointer such as `/items/0`"
        ))),
    }
}
