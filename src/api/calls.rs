//! What the machine's tools do.

use rmcp::model::{CallToolResult, JsonObject};

use super::Shared;
use super::answer::{self, Answered, Failed, Failure, History, Invalid, List, Refused, Status};
use super::arguments::{Arguments, Problem};
use super::catalogue::{Action, Entry, PAGE};
use super::nearest::hint;
use crate::chart::{Event, State};
use crate::portable::Portable;
use crate::record::{Entry as RecordEntry, Principal, Record, RequestKey, RunName, Version};
use crate::run::{Kind, Situation};
use crate::runs::{Accepted, Request, RunsError, Started};

/// Why a call has no good answer.
pub(super) enum Fault {
    /// The arguments are not those of the tool.
    Invalid(Vec<Problem>),
    /// The run did not do it.
    Run(RunName, RunsError),
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::Invalid(vec![problem])
    }
}

impl From<Vec<Problem>> for Fault {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Invalid(problems)
    }
}

impl<M: Portable<Context: Default>> Shared<M> {
    /// Calls a tool. Whatever goes wrong is the answer, so that the model reads it.
    pub(super) async fn call(&self, entry: &Entry, given: JsonObject) -> CallToolResult {
        match self.act(entry, given).await {
            Ok(result) => result,
            Err(fault) => self.failed(entry, &fault),
        }
    }

    async fn act(&self, entry: &Entry, given: JsonObject) -> Result<CallToolResult, Fault> {
        let mut given = Arguments::new(given, &entry.signature)?;
        match entry.action {
            Action::StartRun => {
                let run = self.run(&mut given)?;
                let key: Option<RequestKey> = given.take("request_key")?;
                let started = self.runs.start(&run, key.as_ref(), &Principal::LOCAL).await;
                let Started { situation, replayed } =
                    started.map_err(|error| Fault::Run(run, error))?;
                Ok(Status::new(&situation, &self.moves).replayed(replayed).into_result())
            }
            Action::ListRuns => self.list(given).await,
            Action::CurrentState => {
                let run = self.run(&mut given)?;
                let situation = self.situation(&run).await?;
                Ok(Status::new(&situation, &self.moves).described(situation.state).into_result())
            }
            Action::History => {
                let run = self.run(&mut given)?;
                let limit = given.take("limit")?.unwrap_or(PAGE);
                let from = match given.take::<String>("cursor")? {
                    None => Version::START,
                    Some(cursor) => {
                        cursor.parse().map(Version).map_err(|_| not_a_cursor(&cursor))?
                    }
                };
                Ok(answer::success(&self.history(run, from, limit).await?))
            }
            Action::Transition => self.transition(given).await,
            Action::Event(event) => {
                let run = self.run(&mut given)?;
                let request = request(&mut given)?;
                let event = given.payload::<M::Event>(event.name())?;
                let accepted = self.runs.apply(&run, event, request, &Principal::LOCAL).await;
                Ok(self.accepted(&accepted.map_err(|error| Fault::Run(run, error))?))
            }
            Action::Query(query) => {
                let run = self.run(&mut given)?;
                let query = given.payload::<M::Query>(query.name())?;
                let answer = self.runs.read(&run, |run| {
                    let answer = run.machine().answer(query, serde_json::value::Serializer);
                    (run.version(), answer.map_err(|error| error.to_string()))
                });
                let (version, answer) = match answer.await {
                    Ok(answered) => answered,
                    Err(error) => return Err(Fault::Run(run, error)),
                };
                Ok(match answer {
                    Ok(value) => answer::success(&Answered { run: &run, version, value }),
                    Err(reason) => failure(&run, &entry.tool.name, reason),
                })
            }
        }
    }

    /// Goes to a state: by the event that leads there from where the run is, which is looked up and then applied at
    /// that very version; where the run has moved between the two, once more.
    async fn transition(&self, mut given: Arguments) -> Result<CallToolResult, Fault> {
        let run = self.run(&mut given)?;
        let request = request(&mut given)?;
        let to = given.take::<String>("new_state")?.unwrap_or_default();
        let payload = given.take::<JsonObject>("arguments")?.unwrap_or_default();
        let Some((to, target)) = M::CHART.state_named(&to) else {
            let names = M::CHART.states().iter().map(State::wire);
            let reason = format!("no state is named `{to}`; {}", hint(&to, names));
            return Err(Problem::new("new_state", reason).into());
        };
        loop {
            let situation = self.situation(&run).await?;
            let earlier = self.runs.earlier(&run, &request).await;
            let earlier = earlier.map_err(|error| Fault::Run(run.clone(), error))?;
            let earlier = earlier.and_then(|record| Self::led_to(&record, target));
            let is_earlier = earlier.is_some();
            let event = earlier.or_else(|| self.moves.between(situation.number, to));
            let stale = request.expected.filter(|expected| *expected != situation.version);
            if let Some(expected) = stale.filter(|_| !is_earlier) {
                let reason = format!("the run is at version {}, not {expected}", situation.version);
                let event = event.map(Event::name);
                let refused =
                    Refused { event, to: Some(target.wire()), kind: Kind::Conflict, reason };
                return Ok(self.refused(&situation, refused));
            }
            let Some(event) = event else {
                let event = self.moves.only_way_to(to).map(Event::name);
                return Ok(self.refused(&situation, unreachable(&situation, event, target.wire())));
            };
            let inner = |problem: Problem| problem.within("arguments");
            let payload = Arguments::new(payload.clone(), self.moves.signature(event))
                .map_err(|problems| problems.into_iter().map(inner).collect::<Vec<_>>())?
                .payload::<M::Event>(event.name())
                .map_err(inner)?;
            let mut at = request.clone();
            if !is_earlier {
                at.expected = Some(situation.version);
            }
            match self.runs.apply(&run, payload, at, &Principal::LOCAL).await {
                Ok(accepted) => return Ok(self.accepted(&accepted)),
                Err(RunsError::Refused(refused)) => {
                    let has_moved = refused.situation.version != situation.version;
                    let is_free = request.expected.is_none() && !is_earlier;
                    if refused.rejected.kind == Kind::Conflict && is_free && has_moved {
                        continue;
                    }
                    let rejected = refused.rejected;
                    let (kind, reason) = (rejected.kind, rejected.reason);
                    let event = Some(rejected.event.name());
                    let to = Some(target.wire());
                    return Ok(
                        self.refused(&refused.situation, Refused { event, to, kind, reason })
                    );
                }
                Err(error) => return Err(Fault::Run(run, error)),
            }
        }
    }

    /// The event of a record that led to a state.
    fn led_to(record: &Record, state: &State) -> Option<&'static Event> {
        let RecordEntry::Applied { event, to, internal: false, .. } = &record.entry else {
            return None;
        };
        let event: JsonObject = serde_json::from_str(event.get()).ok()?;
        let named = |known: &&Event| event.contains_key(known.name());
        M::CHART.events().iter().find(named).filter(|_| to == state.wire())
    }

    async fn list(&self, mut given: Arguments) -> Result<CallToolResult, Fault> {
        let limit = given.take("limit")?.unwrap_or(PAGE);
        let after = given.take::<RunName>("cursor")?;
        // One more than the page, to know whether there is another.
        let heads = self.runs.list(after.as_ref(), limit + 1).await;
        let mut heads = heads.map_err(|error| Fault::Run(self.runs.unnamed().clone(), error))?;
        let is_last = heads.len() <= limit;
        heads.truncate(limit);
        let next_cursor = heads.last().filter(|_| !is_last).map(|head| &head.run);
        Ok(answer::success(&List { runs: heads.iter().map(Into::into).collect(), next_cursor }))
    }

    /// A page of a run's history.
    pub(super) async fn history(
        &self,
        run: RunName,
        from: Version,
        limit: usize,
    ) -> Result<History, Fault> {
        let records = match self.runs.history(&run, from, limit).await {
            Ok(records) => records,
            Err(error) => return Err(Fault::Run(run, error)),
        };
        let version = self.situation(&run).await?.version;
        let next = records.last().filter(|last| last.version < version);
        let next_cursor = next.map(|last| last.version.next().to_string());
        Ok(History {
            run,
            version,
            records: records.into_iter().map(Into::into).collect(),
            next_cursor,
        })
    }

    pub(super) async fn situation(&self, run: &RunName) -> Result<Situation, Fault> {
        self.runs.situation(run).await.map_err(|error| Fault::Run(run.clone(), error))
    }

    fn run(&self, given: &mut Arguments) -> Result<RunName, Problem> {
        Ok(given.take("run")?.unwrap_or_else(|| self.runs.unnamed().clone()))
    }

    fn accepted(&self, accepted: &Accepted) -> CallToolResult {
        let Accepted { event, situation, replayed } = accepted;
        let status = Status::new(situation, &self.moves).after(event.name());
        status.replayed(*replayed).into_result()
    }

    fn refused(&self, situation: &Situation, refused: Refused) -> CallToolResult {
        Status::new(situation, &self.moves).refusing(refused).into_result()
    }

    fn failed(&self, entry: &Entry, fault: &Fault) -> CallToolResult {
        let tool = entry.tool.name.as_ref();
        match fault {
            Fault::Invalid(problems) => {
                answer::error(&Invalid::new(tool, problems, &entry.signature))
            }
            Fault::Run(_, RunsError::Refused(refused)) => {
                let rejected = &refused.rejected;
                let (event, kind) = (Some(rejected.event.name()), rejected.kind);
                let refused_ = Refused { event, to: None, kind, reason: rejected.reason.clone() };
                self.refused(&refused.situation, refused_)
            }
            Fault::Run(run, error @ RunsError::AlreadyStarted(situation)) => {
                let reason =
                    format!("{error}; start another, such as `{run}-2`, or go on with this one");
                let refused = Refused { event: None, to: None, kind: Kind::Conflict, reason };
                self.refused(situation, refused)
            }
            Fault::Run(_, error @ RunsError::NeverStarted { known, .. }) => {
                let problems = [Problem::new("run", error.to_string())];
                answer::error(&Invalid::new(tool, &problems, &entry.signature).among(known))
            }
            Fault::Run(run, error) => {
                tracing::error!(%run, error = error as &dyn std::error::Error, "a call failed");
                failure(run, tool, chain(error))
            }
        }
    }
}

/// What makes a call safe to send again.
fn request(given: &mut Arguments) -> Result<Request, Problem> {
    Ok(Request { expected: given.take("expected_version")?, key: given.take("request_key")? })
}

fn unreachable(situation: &Situation, event: Option<&'static str>, to: &'static str) -> Refused {
    let from = situation.state.wire();
    let (kind, reason) = if situation.state.is_final() {
        (Kind::Final, format!("{from} is final: the run has ended, start another with `start_run`"))
    } else {
        (Kind::NoTransition, format!("no move leads from {from} to {to}"))
    };
    Refused { event, to: Some(to), kind, reason }
}

fn failure(run: &RunName, tool: &str, reason: String) -> CallToolResult {
    answer::error(&Failure { run, failed: Failed { tool, reason } })
}

fn not_a_cursor(text: &str) -> Problem {
    Problem::new(
        "cursor",
        format!("`{text}` is no cursor; expected a `next_cursor` that was given before"),
    )
}

/// An error and all that lies behind it.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
