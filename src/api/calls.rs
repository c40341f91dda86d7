//! Calls of operations.

use std::io;

use serde_json::{Map, Value};

use super::Api;
use super::access::{Access, named_for};
use super::answer::{Answer, Refused, StatusJson, json};
use super::arguments::{Arguments, Problem};
use super::error::CallError;
use super::operations::{Action, Operation, PAGE};
use super::refusal::{InvalidJson, failure};
use crate::caller::Caller;
use crate::chart::{Event, State};
use crate::portable::Portable;
use crate::record::{RunId, RunName, Version};
use crate::run::{RejectionKind, Run, RunStatus};
use crate::runs::{Accepted, Outcome, Request, RunsError};
use crate::text;

/// Why no event leads a run to the requested state.
enum Unchosen {
    NoMove,
    Invalid(Vec<Problem>),
}

impl<M: Portable<Context: Default>> Api<M> {
    /// Calls an operation. If it is refused or fails, the answer says why and what to do next.
    pub async fn call(
        &self,
        caller: &Caller,
        operation: &Operation,
        arguments: Map<String, Value>,
    ) -> Answer {
        let answer = self.answer(caller, operation, arguments).await;
        self.counts.add(operation.name(), answer.outcome());
        answer
    }

    async fn answer(
        &self,
        caller: &Caller,
        operation: &Operation,
        arguments: Map<String, Value>,
    ) -> Answer {
        let limit = self.limits.argument_bytes;
        let mut given = match Arguments::new(arguments, operation.signature(), limit) {
            Ok(given) => given,
            Err(problems) => return InvalidJson::new(operation, &problems).refuse(),
        };
        let named = match given.take::<String>("run") {
            Ok(named) => named,
            Err(problem) => return InvalidJson::new(operation, &[problem]).refuse(),
        };
        let id = match self.accessible(caller, named.as_deref(), Access::of(operation)).await {
            Ok(id) => id,
            Err(error) => {
                let own = self.run_of(caller, None);
                return self.refusal(operation, &own, &error, None);
            }
        };
        let done = self.act(caller, operation, &id, given).await;
        done.unwrap_or_else(|error| self.refusal(operation, &id, &error, None))
    }

    async fn act(
        &self,
        caller: &Caller,
        operation: &Operation,
        id: &RunId,
        mut given: Arguments,
    ) -> Result<Answer, CallError> {
        match operation.action() {
            Action::StartRun => {
                let key = given.take_text("request_key")?;
                let started = self.runs.start(caller, id, key).await?;
                let status = StatusJson::new(&started.status, &self.moves);
                Ok(Answer::done(&status.replayed(started.replayed)))
            }
            Action::ListRuns => {
                let limit = given.take("limit")?.unwrap_or(PAGE);
                let after = given.take::<String>("cursor")?;
                let after = after.map(|cursor| named_for(caller, &cursor)).transpose();
                let after = after.map_err(|reason| Problem::new("cursor", &reason))?;
                self.list_page(caller, after, limit).await
            }
            Action::CurrentState => Ok(Answer::written(self.state_json(id).await?)),
            Action::History => {
                let limit = given.take("limit")?.unwrap_or(PAGE);
                let from = given.take::<String>("cursor")?;
                let from = from.map_or(Ok(Version::START), |cursor| version(&cursor))?;
                self.history_page(id, from, limit).await
            }
            Action::Transition => self.transition(caller, operation, id, given).await,
            Action::Event(event) => {
                let request = request(&mut given)?;
                let event = given.payload::<M::Event>(event.name())?;
                Ok(self.accepted(&self.runs.apply(caller, id, event, request).await?))
            }
            Action::Query(query) => {
                let query = given.payload::<M::Query>(query.name())?;
                let (run, limit) = (id.name.clone(), self.limits.answer_bytes);
                let answer = self.runs.read(id, move |seen| answered(seen, &run, query, limit));
                answer.await?.map(Answer::written).map_err(CallError::Unanswered)
            }
        }
    }

    /// Goes to a state by the event that leads there from the state in which the run is.
    async fn transition(
        &self,
        caller: &Caller,
        operation: &Operation,
        id: &RunId,
        mut given: Arguments,
    ) -> Result<Answer, CallError> {
        let request = request(&mut given)?;
        let name = given.take::<String>("new_state")?.unwrap_or_default();
        let payload = given.take::<Map<String, Value>>("arguments")?.unwrap_or_default();
        let (to, target) =
            state_named::<M>(&name).map_err(|reason| Problem::new("new_state", &reason))?;
        let choose = |leaf| {
            let event = self.moves.between(leaf, to).ok_or(Unchosen::NoMove)?;
            let (signature, limit) = (self.moves.signature(event), self.limits.argument_bytes);
            Arguments::new(payload.clone(), signature, limit)
                .and_then(|given| given.payload(event.name()).map_err(|problem| vec![problem]))
                .map_err(|problems| {
                    let inner = problems.into_iter().map(|problem| problem.within("arguments"));
                    Unchosen::Invalid(inner.collect())
                })
        };
        match self.runs.apply_chosen(caller, id, request.clone(), choose).await {
            Ok(Outcome::Accepted(accepted)) => Ok(self.accepted(&accepted)),
            Ok(Outcome::Unchosen(why, status)) => {
                if let Some(reason) = request.stale_at(status.version) {
                    let event = self.moves.between(status.leaf, to).map(Event::name);
                    let (to, kind) = (Some(target.wire()), RejectionKind::Conflict);
                    return Ok(
                        self.refused(&status, Refused { event, to, kind, reason, gate: None })
                    );
                }
                match why {
                    Unchosen::Invalid(problems) => Err(problems.into()),
                    Unchosen::NoMove => {
                        let event = self.moves.only_event_to(to).map(Event::name);
                        Ok(self.refused(&status, no_move(&status, event, target)))
                    }
                }
            }
            Err(error) => Ok(self.refusal(operation, id, &error.into(), Some(target.wire()))),
        }
    }

    fn accepted(&self, accepted: &Accepted) -> Answer {
        let status = StatusJson::new(&accepted.status, &self.moves);
        Answer::done(&status.after(accepted.event.name()).replayed(accepted.replayed))
    }

    fn refused(&self, status: &RunStatus, mut refused: Refused) -> Answer {
        if status.state.is_final() && refused.kind == RejectionKind::Conflict {
            refused.reason = and_start_another(&format!("{}; the run has ended", refused.reason));
        }
        StatusJson::new(status, &self.moves).refuse(refused)
    }

    /// The answer for an error. `to` is the requested state, if one is.
    fn refusal(
        &self,
        operation: &Operation,
        id: &RunId,
        error: &CallError,
        to: Option<&'static str>,
    ) -> Answer {
        let error = match error {
            CallError::Invalid(problems) => {
                return InvalidJson::new(operation, problems).refuse();
            }
            CallError::Absent { own, .. } => {
                let problems = [Problem::new("run", &error.reason())];
                return InvalidJson::new(operation, &problems).among(own.iter().collect()).refuse();
            }
            CallError::Unknown(reason) | CallError::Unanswered(reason) => {
                return failure(&id.name, operation, reason);
            }
            CallError::Run(error) => error,
        };
        let conflict = |status: &RunStatus, reason| {
            let kind = RejectionKind::Conflict;
            self.refused(status, Refused { event: None, to, kind, reason, gate: None })
        };
        match error {
            RunsError::Refused(rejected) => {
                let rejection = &rejected.rejection;
                let (event, kind) = (Some(rejection.event.name()), rejection.kind);
                let reason = match kind {
                    RejectionKind::Final => and_start_another(&rejection.reason),
                    _ => rejection.reason.clone(),
                };
                self.refused(&rejected.status, Refused { event, to, kind, reason, gate: None })
            }
            RunsError::Waiting(waiting) => {
                self.refused(&waiting.status, Refused::waiting(&waiting.request, to))
            }
            RunsError::KeyReused { status, .. } | RunsError::Contended(status) => {
                conflict(status, error.to_string())
            }
            RunsError::AlreadyStarted(status) => {
                let run = &status.run.name;
                let reason = if status.state.is_final() {
                    error.to_string()
                } else {
                    format!("{error}; start another, such as `{run}-2`, or go on with this")
                };
                conflict(status, reason)
            }
            RunsError::NeverStarted { run, known } => {
                let names: Vec<_> = known.iter().map(|run| &run.name).collect();
                let listed = text::listed(names.iter().map(|name| name.as_str()));
                let run = &run.name;
                let reason = format!(
                    "the run `{run}` was never started; start it with `start_run`; runs: {listed}"
                );
                let problems = [Problem::new("run", &reason)];
                InvalidJson::new(operation, &problems).among(names).refuse()
            }
            error => {
                let operation_name = operation.name();
                let source = error as &dyn std::error::Error;
                tracing::error!(run = %id, operation = operation_name, error = source, "a call failed");
                failure(&id.name, operation, &text::chain(error))
            }
        }
    }
}

/// The state with this name and its number.
///
/// # Errors
///
/// Why there is none, with the name that was probably meant.
pub(super) fn state_named<M: Portable>(name: &str) -> Result<(u16, &'static State), String> {
    M::CHART.state_named(name).ok_or_else(|| {
        let hint = text::hint(name, M::CHART.states().iter().map(State::wire));
        format!("no state is named {}; {hint}", text::quoted(name))
    })
}

fn request(given: &mut Arguments) -> Result<Request, Problem> {
    let mut request = Request::new();
    request.expected = given.take("expected_version")?;
    request.key = given.take_text("request_key")?;
    Ok(request)
}

fn version(cursor: &str) -> Result<Version, Problem> {
    cursor.parse().map(Version).map_err(|_| {
        let cursor = text::quoted(cursor);
        let reason =
            format!("{cursor} is no cursor; expected the `next_cursor` of an earlier page");
        Problem::new("cursor", &reason)
    })
}

fn no_move(status: &RunStatus, event: Option<&'static str>, target: &'static State) -> Refused {
    let (from, to) = (status.state.wire(), target.wire());
    let (kind, reason) = if status.state.is_final() {
        let ended = format!("{from} is final; the run has ended");
        (RejectionKind::Final, and_start_another(&ended))
    } else {
        (RejectionKind::NoTransition, format!("no move leads from {from} to {to}"))
    };
    Refused { event, to: Some(to), kind, reason, gate: None }
}

fn and_start_another(reason: &str) -> String {
    format!("{reason}; start another with `start_run`")
}

/// The answer to a query as JSON, at most `limit` bytes.
fn answered<M: Portable>(
    seen: &Run<M>,
    run: &RunName,
    query: M::Query,
    limit: usize,
) -> Result<String, String> {
    let begin = format!(r#"{{"run":{},"version":{},"value":"#, json(run), seen.version());
    let mut out = Limited { text: begin.into_bytes(), limit, is_full: false };
    match seen.machine().answer(query, &mut serde_json::Serializer::new(&mut out)) {
        Ok(()) => {}
        Err(_) if out.is_full => {
            return Err(format!(
                "the answer has more than {limit} bytes as JSON (`answer_bytes`); request less"
            ));
        }
        Err(error) => return Err(error.to_string()),
    }
    out.text.push(b'}');
    String::from_utf8(out.text).map_err(|error| format!("the answer cannot be written: {error}"))
}

/// A text that takes at most `limit` bytes.
struct Limited {
    text: Vec<u8>,
    limit: usize,
    is_full: bool,
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.text.len() + bytes.len() > self.limit {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
