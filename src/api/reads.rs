//! States, histories and prompts, for readers that name them by address.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Api;
use super::access::Access;
use super::answer::{StatusJson, json};
use super::calls::state_named;
use super::error::CallError;
use super::operations::LARGEST_PAGE;
use crate::caller::Caller;
use crate::portable::Portable;
use crate::record::{RunId, Version};
use crate::runs::RunsError;

impl<M: Portable<Context: Default>> Api<M> {
    /// The state of a run that the caller may see as JSON, as `get_current_state` answers it. Without a name it is the default run.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if nothing can have this name; [`CallError::Run`] if there is no such run, or it cannot be
    /// read.
    pub async fn status(&self, caller: &Caller, run: Option<&str>) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        Ok(self.state_json(&id).await?)
    }

    /// The state of a run as JSON, with what it means and what waits for a person.
    pub(super) async fn state_json(&self, id: &RunId) -> Result<String, RunsError> {
        let status = self.runs.status(id).await?;
        let mut gates =
            if M::CHART.has_gates() { self.runs.gates_of(id).await? } else { Vec::new() };
        gates.retain(|gate| gate.version == status.version);
        let answer = StatusJson::new(&status, &self.moves).described(status.state);
        Ok(json(&answer.waiting(&gates)))
    }

    /// The beginning of the history of a run of the caller as JSON, as `get_history` answers it.
    ///
    /// # Errors
    ///
    /// As [`status`](Self::status).
    pub async fn history(&self, caller: &Caller, run: Option<&str>) -> Result<String, CallError> {
        let id = self.readable(caller, run).await?;
        Ok(self.history_page(&id, Version::START, LARGEST_PAGE).await?.into_text())
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
