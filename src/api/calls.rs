//! Calls of operations.

use serde_json::{Map, Value};

use super::Api;
use super::access::{Access, name_for};
use super::answer::{Answer, Refused, StatusJson, json};
use super::arguments::{Arguments, Problem};
use super::error::CallError;
use super::operations::{Action, Operation, PAGE};
use super::pages::HistoryQuery;
use super::refusal::{InvalidJson, failure, unstarted};
use crate::caller::Caller;
use crate::chart::{Event, State};
use crate::portable::Portable;
use crate::record::RunId;
use crate::run::{RejectionKind, Run, RunStatus};
use crate::runs::{Accepted, Outcome, Request, RunsError};
use crate::text::{self, Limited};

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
                return self.refusal(caller, operation, &own, &error, None);
            }
        };
        let done = self.act(caller, operation, &id, given).await;
        done.unwrap_or_else(|error| self.refusal(caller, operation, &id, &error, None))
    }

    /// Each operation is boxed on its own, so that a small one does not take the room of the largest.
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
                let started = Box::pin(self.start(caller, id, given, key)).await?;
                let status = self.status_json(caller, &started.status);
                Ok(Answer::done(&status.replayed(started.replayed)))
            }
            Action::ForkRun => Box::pin(self.fork(caller, id, given)).await,
            Action::ListRuns => {
                let limit = given.take("limit")?.unwrap_or(PAGE);
                let cursor = given.take::<String>("cursor")?;
                Box::pin(self.list_page(caller, cursor.as_deref(), limit)).await
            }
            Action::CurrentState => {
                let context = given.take::<Value>("context")?.unwrap_or_default();
                Ok(Answer::written(Box::pin(self.state_json(caller, id, &context)).await?))
            }
            Action::History => {
                let event = given.take::<String>("event")?;
                let event = event.map(|event| event_named::<M>(&event)).transpose();
                let query = HistoryQuery {
                    limit: given.take("limit")?.unwrap_or(PAGE),
                    cursor: given.take("cursor")?,
                    order: given.take("order")?.unwrap_or_default(),
                    event: event.map_err(|reason| Problem::new("event", &reason))?,
                    arguments: given.take("arguments")?.unwrap_or(true),
                };
                Box::pin(self.history_page(caller, id, &query)).await
            }
            Action::Transition => Box::pin(self.transition(caller, operation, id, given)).await,
            Action::Event(event) => {
                let request = request(&mut given)?;
                let event = given.payload::<M::Event>(event.name())?;
                let applied = Box::pin(self.runs.apply(caller, id, event, request)).await?;
                Ok(self.accepted(caller, &applied))
            }
            Action::Query(query) => {
                let query = given.payload::<M::Query>(query.name())?;
                let (run, limit) = (name_for(caller, id), self.limits.answer_bytes);
                let look = move |seen: &Run<M>| answered(seen, &run, query, limit);
                Box::pin(self.runs.read(id, look))
                    .await?
                    .map(Answer::written)
                    .map_err(CallError::Unanswered)
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
            Ok(Outcome::Accepted(accepted)) => Ok(self.accepted(caller, &accepted)),
            Ok(Outcome::Unchosen(why, status)) => {
                if let Some(reason) = request.stale_at(status.version) {
                    let event = self.moves.between(status.leaf, to).map(Event::name);
                    let (to, kind) = (Some(target.wire()), RejectionKind::Conflict);
                    return Ok(self.refused(
                        caller,
                        &status,
                        Refused { event, to, kind, reason, gate: None },
                    ));
                }
                match why {
                    Unchosen::Invalid(problems) => Err(problems.into()),
                    Unchosen::NoMove => {
                        let event = self.moves.only_event_to(to).map(Event::name);
                        Ok(self.refused(caller, &status, no_move(&status, event, target)))
                    }
                }
            }
            Err(error) => {
                Ok(self.refusal(caller, operation, id, &error.into(), Some(target.wire())))
            }
        }
    }

    /// The status of a run for the caller.
    pub(super) fn status_json(&self, caller: &Caller, status: &RunStatus) -> StatusJson<'_> {
        let run = name_for(caller, &status.run);
        StatusJson::new(run, status, &self.moves, self.runs.now())
    }

    pub(super) fn accepted(&self, caller: &Caller, accepted: &Accepted) -> Answer {
        let status = self.status_json(caller, &accepted.status);
        Answer::done(&status.after(accepted.event.name()).replayed(accepted.replayed))
    }

    pub(super) fn refused(
        &self,
        caller: &Caller,
        status: &RunStatus,
        mut refused: Refused,
    ) -> Answer {
        if status.state.is_final() && refused.kind == RejectionKind::Conflict {
            refused.reason = and_start_another(&format!("{}; the run has ended", refused.reason));
        }
        self.status_json(caller, status).refuse(refused)
    }

    /// The answer for an error. `to` is the requested state, if one is.
    pub(super) fn refusal(
        &self,
        caller: &Caller,
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
                return failure(name_for(caller, id), operation, reason);
            }
            CallError::Run(error) => error,
        };
        let conflict = |status: &RunStatus, reason| {
            let kind = RejectionKind::Conflict;
            self.refused(caller, status, Refused { event: None, to, kind, reason, gate: None })
        };
        match error {
            RunsError::Refused(rejected) => {
                let rejection = &rejected.rejection;
                let (event, kind) = (Some(rejection.event.name()), rejection.kind);
                let reason = match kind {
                    RejectionKind::Final => and_start_another(&rejection.reason),
                    _ => rejection.reason.clone(),
                };
                self.refused(
                    caller,
                    &rejected.status,
                    Refused { event, to, kind, reason, gate: None },
                )
            }
            RunsError::Waiting(waiting) => self.held_back(caller, waiting, to),
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
            RunsError::BeyondEnd { .. }
            | RunsError::ForkGated { .. }
            | RunsError::ForkInTask { .. } => {
                let problems = [Problem::new("at_version", &error.to_string())];
                InvalidJson::new(operation, &problems).refuse()
            }
            RunsError::TooManyRuns { run, .. } => {
                let event = match operation.action() {
                    Action::Event(event) => Some(event.name()),
                    _ => None,
                };
                let (kind, reason) = (RejectionKind::Limit, error.to_string());
                let refused = Refused { event, to, kind, reason, gate: None };
                unstarted(name_for(caller, run), refused)
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
                failure(name_for(caller, id), operation, &text::chain(error))
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

/// The event with this name.
fn event_named<M: Portable>(name: &str) -> Result<&'static Event, String> {
    let mut events = M::CHART.events().iter();
    events.find(|event| event.name() == name).ok_or_else(|| {
        let hint = text::hint(name, M::CHART.events().iter().map(Event::name));
        format!("no event is named {}; {hint}", text::quoted(name))
    })
}

fn request(given: &mut Arguments) -> Result<Request, Problem> {
    let mut request = Request::new();
    request.expected = given.take("expected_version")?;
    request.key = given.take_text("request_key")?;
    Ok(request)
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
    run: &str,
    query: M::Query,
    limit: usize,
) -> Result<String, String> {
    let begin = format!(r#"{{"run":{},"version":{},"value":"#, json(&run), seen.version());
    let mut out = Limited::new(begin.into_bytes(), limit);
    match seen.machine().answer(query, &mut serde_json::Serializer::new(&mut out)) {
        Ok(()) => {}
        Err(_) if out.is_full => {
            return Err(format!(
                "the answer has more than {limit} bytes as JSON (`answer_bytes`); request less"
            ));
        }
        Err(error) => return Err(error.to_string()),
    }
    out.bytes.push(b'}');
    String::from_utf8(out.bytes).map_err(|error| format!("the answer cannot be written: {error}"))
}
