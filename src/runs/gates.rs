//! Gates: events that wait for a person.
//!
//! A request for such an event is a note at the head of the run, so that it is void as soon as the run goes on. An approval
//! is written into the note before the event is applied. Whoever finds a note with all its approvals applies it, so that
//! a process that dies in between loses nothing.

use chrono::{DateTime, Utc};
use tokio::sync::MutexGuard as RunGuard;

use super::attempt::{Accepted, Attempt};
use super::waiting::{Asked, Found, GateId, GateRequest, PREFIX};
use super::{Request, Runs, RunsError};
use crate::caller::{Caller, Principal, Role, Way};
use crate::machine::Named;
use crate::portable::Portable;
use crate::record::{Approval, Hash, RunId};
use crate::run::{Authority, Rejection, RejectionKind, Run, Stamp, event_json, in_chart};
use crate::store::{NoteChange, Scope, StoreError};

/// How many requests may wait at one run.
const WAITING: usize = 16;

/// How often a decision is tried again after another one came between.
const ATTEMPTS: usize = 100;

/// What a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The event may happen.
    Approve,
    /// The event must not happen, perhaps for a reason.
    Deny(Option<String>),
}

/// What became of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decided {
    /// The event happened.
    Applied(Accepted),
    /// The approval counts, and more are needed.
    Counted(GateRequest),
    /// The event is denied as long as the run stays where it is.
    Denied(GateRequest),
}

/// What became of asking.
pub(super) enum Ask {
    /// It had been approved before.
    Approved(Box<Accepted>),
    /// Another caller was faster.
    Lost,
}

/// What became of one attempt to decide.
enum Deciding {
    Done(Box<Decided>),
    Lost,
}

impl Deciding {
    fn completed(accepted: Option<Accepted>) -> Self {
        accepted.map_or(Self::Lost, |accepted| Self::Done(Box::new(Decided::Applied(accepted))))
    }
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Asks for a person's decision about an event, and records the request. The same request of the same caller, sent
    /// again, is the same.
    ///
    /// # Errors
    ///
    /// [`RunsError::Waiting`], unless people have approved the event already.
    #[expect(clippy::too_many_arguments, reason = "it continues `apply_chosen`")]
    pub(super) async fn ask(
        &self,
        caller: &Caller,
        id: &RunId,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        mut run: Run<M>,
        event: M::Event,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<Ask, RunsError> {
        let opening = run.start(Stamp::of(caller, now, None));
        if let Some(opening) = opening {
            self.check_room(id).await?;
            match self.record(id, &run, Hash::NONE, vec![opening], None).await {
                Ok(()) => {}
                Err(StoreError::Conflict { .. }) => return Ok(Ask::Lost),
                Err(error) => return Err(error.into()),
            }
        }
        let payload = event_json(&event);
        let gate = GateId::of(id, &run.hash(), caller.principal(), &payload);
        let all = self.found(id, &run).await?;
        if let Some(found) = all.iter().find(|found| found.request.id == gate) {
            let found = found.clone();
            if found.request.is_approved() {
                let completed = self.complete(id, place, run, &found).await?;
                return Ok(
                    completed.map_or(Ask::Lost, |accepted| Ask::Approved(Box::new(accepted)))
                );
            }
            let status = run.status(id);
            self.live.put(id, place, run);
            return Err(RunsError::waiting(found.request, status));
        }
        if all.len() >= WAITING {
            let reason =
                format!("{WAITING} requests wait for a person already; wait for a decision");
            let rejection =
                Rejection::new(RejectionKind::Limit, in_chart::<M>(event.name()), reason);
            let status = run.status(id);
            self.live.put(id, place, run);
            return Err(RunsError::refused(rejection, status));
        }
        let asked = Asked::new(&payload, caller, request.key.clone(), now);
        let change = NoteChange::create(gate.note(), asked.written());
        let scope = Scope::Head { run: id.clone(), hash: run.hash() };
        let status = run.status(id);
        match self.store.note(&scope, change).await {
            Ok(revision) => {
                let found = Found::new::<M>(id, &run, gate, revision, asked);
                self.live.put(id, place, run);
                match found {
                    Some(found) => Err(RunsError::waiting(found.request, status)),
                    None => Ok(Ask::Lost),
                }
            }
            Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => Ok(Ask::Lost),
            Err(error) => Err(error.into()),
        }
    }

    /// The requests that wait at the gates of a run, in the order of time.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn gates_of(&self, id: &RunId) -> Result<Vec<GateRequest>, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let run = self.current(id, &slot, &mut place, self.clock.now()).await?;
        let found = self.found(id, &run).await;
        self.live.put(id, &mut place, run);
        Ok(found?.into_iter().map(|found| found.request).collect())
    }

    /// A request that waits at a gate of a run, or was denied; `None` if the run has gone on.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub async fn gate(&self, id: &RunId, gate: &GateId) -> Result<Option<GateRequest>, RunsError> {
        let requests = self.gates_of(id).await?;
        Ok(requests.into_iter().find(|request| request.id == *gate))
    }

    /// The requests that wait at gates, of the runs of one owner or of all. A run that cannot be read is left out, and
    /// logged.
    ///
    /// # Errors
    ///
    /// The store fails.
    pub async fn gates(&self, owner: Option<&Principal>) -> Result<Vec<GateRequest>, RunsError> {
        Ok(self.gates_after(owner, None, usize::MAX).await?.0)
    }

    /// As [`gates`](Self::gates), of the runs that follow `after` in the order of owner and name, until at least `limit`
    /// requests are found. The second part of the answer is the run to go on after, if others follow.
    pub(crate) async fn gates_after(
        &self,
        owner: Option<&Principal>,
        after: Option<&RunId>,
        limit: usize,
    ) -> Result<(Vec<GateRequest>, Option<RunId>), RunsError> {
        let mut all = Vec::new();
        let mut last = None;
        for run in self.store.noted(PREFIX).await? {
            let is_asked = owner.is_none_or(|owner| run.owner == *owner);
            if !is_asked || after.is_some_and(|after| run <= *after) {
                continue;
            }
            if all.len() >= limit {
                return Ok((all, last));
            }
            match self.gates_of(&run).await {
                Ok(requests) => all.extend(requests),
                Err(RunsError::NeverStarted { .. }) => {}
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(%run, error, "what waits at the run cannot be read");
                }
            }
            last = Some(run);
        }
        Ok((all, None))
    }

    /// Decides about a request that waits at a gate.
    ///
    /// The decider must have the role [`Role::GatesDecide`] and be another principal than the one who asked. Whoever
    /// uses the command line of the store may decide about all, and the person in front of a client that was asked
    /// ([`Way::Elicitation`]) about the client's own requests. Each principal counts once.
    ///
    /// # Errors
    ///
    /// [`RunsError::NoRequest`], also when the run has gone on since; [`RunsError::MayNotDecide`];
    /// [`RunsError::Refused`] if the machine does not take the approved event, which is then asked for no more; or that
    /// the store fails.
    pub async fn decide(
        &self,
        decider: &Caller,
        id: &RunId,
        gate: &GateId,
        verdict: &Verdict,
    ) -> Result<Decided, RunsError> {
        for _ in 0..ATTEMPTS {
            match self.decide_once(decider, id, gate, verdict).await? {
                Deciding::Done(done) => return Ok(*done),
                Deciding::Lost => {}
            }
        }
        Err(RunsError::Contended(Box::new(self.status(id).await?)))
    }

    async fn decide_once(
        &self,
        decider: &Caller,
        id: &RunId,
        gate: &GateId,
        verdict: &Verdict,
    ) -> Result<Deciding, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let now = self.clock.now();
        let run = self.current(id, &slot, &mut place, now).await?;
        let mut all = self.found(id, &run).await?;
        let place_of = all.iter().position(|found| found.request.id == *gate);
        let checked = match place_of.map(|place| all.swap_remove(place)) {
            Some(found) => may_decide(decider, &found.request).map(|()| found),
            None => Err(RunsError::NoRequest { run: id.clone(), gate: Some(gate.clone()) }),
        };
        let mut found = match checked {
            Ok(found) => found,
            Err(error) => {
                self.live.put(id, &mut place, run);
                return Err(error);
            }
        };
        if found.request.is_approved() {
            if *verdict == Verdict::Approve {
                let completed = self.complete(id, &mut place, run, &found).await?;
                return Ok(Deciding::completed(completed));
            }
            self.live.put(id, &mut place, run);
            return Err(RunsError::MayNotDecide("the request was approved already".to_owned()));
        }
        let approval = Approval::new(decider.principal().clone(), decider.way(), now);
        match verdict {
            Verdict::Approve => found.approve(approval),
            Verdict::Deny(reason) => found.deny(approval, reason.as_deref()),
        }
        let change = found.change();
        let scope = Scope::Head { run: id.clone(), hash: run.hash() };
        match self.store.note(&scope, change).await {
            Ok(revision) => found.revision = revision,
            Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => {
                return Ok(Deciding::Lost);
            }
            Err(error) => return Err(error.into()),
        }
        if found.request.is_approved() {
            let completed = self.complete(id, &mut place, run, &found).await?;
            return Ok(Deciding::completed(completed));
        }
        self.live.put(id, &mut place, run);
        Ok(Deciding::Done(Box::new(match verdict {
            Verdict::Approve => Decided::Counted(found.request),
            Verdict::Deny(_) => Decided::Denied(found.request),
        })))
    }

    /// Applies an event that has all its approvals, in the name of who asked; `None` if another caller was faster.
    async fn complete(
        &self,
        id: &RunId,
        place: &mut RunGuard<'_, Option<Run<M>>>,
        run: Run<M>,
        found: &Found,
    ) -> Result<Option<Accepted>, RunsError> {
        let event = found.event::<M>().map_err(|error| {
            RunsError::Panicked(format!("the requested event cannot be read: {error}"))
        })?;
        let scope = Scope::Head { run: id.clone(), hash: run.hash() };
        let asker = found.request.asker.clone();
        let mut stamp = Stamp::new(self.clock.now(), asker, found.key());
        stamp.client = found.client();
        let approvals = found.request.approvals.clone();
        match self.attempt(id, place, run, event, stamp, Authority::Approvals(approvals)).await? {
            Attempt::Accepted(status) => {
                let event = found.request.event;
                Ok(Some(Accepted { event, status, replayed: false }))
            }
            Attempt::Rejected(rejection, status) => {
                let removed = NoteChange::remove(found.request.id.note(), found.revision);
                match self.store.note(&scope, removed).await {
                    Ok(_) | Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
                Err(RunsError::refused(rejection, status))
            }
            Attempt::Lost => Ok(None),
        }
    }

    /// The requests at the head of a run.
    async fn found(&self, id: &RunId, run: &Run<M>) -> Result<Vec<Found>, RunsError> {
        if !run.is_started() || !M::CHART.has_gates() {
            return Ok(Vec::new());
        }
        let scope = Scope::Head { run: id.clone(), hash: run.hash() };
        let notes = self.store.notes(&scope).await?;
        let mut found: Vec<_> =
            notes.iter().filter_map(|note| Found::read(id, run, note)).collect();
        found.sort_by_key(|found| found.request.time);
        Ok(found)
    }
}

/// Whether the caller may decide about the request.
fn may_decide(decider: &Caller, request: &GateRequest) -> Result<(), RunsError> {
    let principal = decider.principal();
    let refused = |reason: String| Err(RunsError::MayNotDecide(reason));
    match decider.way() {
        Way::CommandLine => {}
        Way::Elicitation if *principal == request.asker => {}
        Way::Elicitation => {
            return refused("only the client that asked is asked back".to_owned());
        }
        _ if !decider.has(Role::GatesDecide) => {
            return refused(format!("to decide takes the role `{}`", Role::GatesDecide));
        }
        _ if *principal == request.asker => {
            return refused(format!("`{principal}` asked, and another has to decide"));
        }
        _ => {}
    }
    if let Some(denial) = &request.denied {
        return refused(format!("the request was denied by `{}`", denial.by));
    }
    if request.approvals.iter().any(|approval| approval.by == *principal) {
        return refused(format!(
            "`{principal}` has approved already, and {} different people have to",
            request.needed
        ));
    }
    Ok(())
}
