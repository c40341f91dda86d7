//! Requests that wait for a person: what is answered about them, and decisions.

use super::Api;
use super::answer::{Answer, Refused};
use super::operations::Operation;
use crate::caller::{Caller, Way};
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::RejectionKind;
use crate::runs::{Decided, GateId, RunsError, Verdict, Waiting};

impl<M: Portable<Context: Default>> Api<M> {
    /// The answer for an event that waits for a person, or was denied. `to` is the requested state, if one is.
    pub(super) fn held_back(
        &self,
        caller: &Caller,
        waiting: &Waiting,
        to: Option<&'static str>,
    ) -> Answer {
        let request = &waiting.request;
        let answer = self.refused(caller, &waiting.status, Refused::waiting(request, to));
        if request.denied.is_some() {
            return answer;
        }
        answer.at_gate(request.run.clone(), request.id.clone())
    }

    /// The answer of an operation whose event still waits for a person.
    pub(crate) async fn waiting_at(
        &self,
        caller: &Caller,
        operation: &Operation,
        run: &RunId,
        gate: &GateId,
    ) -> Answer {
        let found = async {
            let status = self.runs.status(run).await?;
            let request = self.runs.gate(run, gate).await?;
            request
                .map(|request| Waiting { request, status })
                .ok_or_else(|| RunsError::NoRequest { run: run.clone(), gate: Some(gate.clone()) })
        };
        match found.await {
            Ok(waiting) => self.held_back(caller, &waiting, None),
            Err(error) => self.undecided(caller, operation, run, error).await,
        }
    }

    /// Decides about a request in the name of the person in front of the caller's client, and answers the operation that
    /// made it.
    pub(crate) async fn decide(
        &self,
        caller: &Caller,
        operation: &Operation,
        run: &RunId,
        gate: &GateId,
        verdict: &Verdict,
    ) -> Answer {
        let person = Caller::new(caller.principal().clone(), Way::Elicitation);
        match self.runs.decide(&person, run, gate, verdict).await {
            Ok(Decided::Applied(accepted)) => self.accepted(caller, &accepted),
            Ok(_) => self.waiting_at(caller, operation, run, gate).await,
            Err(error) => self.undecided(caller, operation, run, error).await,
        }
    }

    /// The answer where nothing could be decided.
    async fn undecided(
        &self,
        caller: &Caller,
        operation: &Operation,
        run: &RunId,
        error: RunsError,
    ) -> Answer {
        let reason = error.to_string();
        match error {
            RunsError::NoRequest { .. } | RunsError::MayNotDecide(_) => {
                match self.runs.status(run).await {
                    Ok(status) => {
                        let kind = RejectionKind::Conflict;
                        let refused = Refused { event: None, to: None, kind, reason, gate: None };
                        self.refused(caller, &status, refused)
                    }
                    Err(error) => self.refusal(caller, operation, run, &error.into(), None),
                }
            }
            error => self.refusal(caller, operation, run, &error.into(), None),
        }
    }
}
