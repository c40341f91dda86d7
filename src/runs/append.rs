//! Applying an event, and recording it.

use super::attempt::{Accepted, Attempt};
use super::gates::Ask;
use super::{Request, Runs, RunsError};
use crate::caller::Caller;
use crate::chart::Event;
use crate::machine::Named;
use crate::portable::Portable;
use crate::record::{Entry, Record, RequestKey, RunId};
use crate::run::{
    Authority, Rejection, RejectionKind, Run, RunStatus, Stamp, event_json, in_chart,
};

/// How often an event is applied again after it lost a race.
const ATTEMPTS: usize = 100;

/// What became of a request whose event is chosen by the state of the run.
pub(crate) enum Outcome<C> {
    Accepted(Accepted),
    /// No event could be chosen, for this reason.
    Unchosen(C, RunStatus),
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Applies the event that `choose` names for the leaf in which the run is. `choose` must depend on nothing else: a
    /// request that is sent again is compared with what it chose for the leaf of its record.
    pub(crate) async fn apply_chosen<C>(
        &self,
        caller: &Caller,
        id: &RunId,
        request: Request,
        choose: impl Fn(u16) -> Result<M::Event, C>,
    ) -> Result<Outcome<C>, RunsError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        for _ in 0..ATTEMPTS {
            let now = self.clock.now();
            let run = self.current(id, &slot, &mut place, now).await?;
            let status = |run: &Run<M>| run.status(id);
            if let Some((key, earlier)) = self.earlier(caller, id, &request).await? {
                let (made, status) = (made::<M, C>(&earlier, &choose), status(&run));
                self.live.put(id, &mut place, run);
                return match made {
                    Some(event) => {
                        Ok(Outcome::Accepted(Accepted { event, status, replayed: true }))
                    }
                    None => Err(RunsError::reused(key, earlier.version, status)),
                };
            }
            let event = match choose(run.leaf()) {
                Ok(event) => event,
                Err(reason) => {
                    let status = status(&run);
                    self.live.put(id, &mut place, run);
                    return Ok(Outcome::Unchosen(reason, status));
                }
            };
            let chart_event = in_chart::<M>(event.name());
            let rejected =
                |reason: String| Rejection::new(RejectionKind::Conflict, chart_event, reason);
            if let Some(reason) = request.stale_at(run.version()) {
                let status = status(&run);
                self.live.put(id, &mut place, run);
                return Err(RunsError::refused(rejected(reason), status));
            }
            match run.gate(event.name()) {
                Ok(None) => {}
                Ok(Some(_)) => {
                    let asked = self.ask(caller, id, &mut place, run, event, &request, now);
                    match Box::pin(asked).await? {
                        Ask::Approved(accepted) => return Ok(Outcome::Accepted(*accepted)),
                        Ask::Lost => continue,
                    }
                }
                Err(rejection) => {
                    let status = status(&run);
                    self.live.put(id, &mut place, run);
                    return Err(RunsError::refused(rejection, status));
                }
            }
            let stamp = Stamp::of(caller, now, request.key.clone());
            match self.attempt(id, &mut place, run, event, stamp, Authority::Caller).await? {
                Attempt::Accepted(status) => {
                    let accepted = Accepted { event: chart_event, status, replayed: false };
                    return Ok(Outcome::Accepted(accepted));
                }
                Attempt::Rejected(rejection, status) => {
                    return Err(RunsError::refused(rejection, status));
                }
                Attempt::Lost => {}
            }
        }
        let run = Box::pin(self.fresh(id, &mut place)).await?;
        let status = Box::new(run.status(id));
        self.live.put(id, &mut place, run);
        Err(RunsError::Contended(status))
    }

    /// The key of the request, and the record that it made when it was sent before.
    async fn earlier<'a>(
        &self,
        caller: &Caller,
        id: &RunId,
        request: &'a Request,
    ) -> Result<Option<(&'a RequestKey, Record)>, RunsError> {
        let Some(key) = &request.key else { return Ok(None) };
        let record = self.store.keyed(id, caller.principal(), key).await?;
        Ok(record.map(|record| (key, record)))
    }
}

/// The event of the record, if it is the one that `choose` names for the leaf before it, with the same payload.
fn made<M: Portable, C>(
    record: &Record,
    choose: impl Fn(u16) -> Result<M::Event, C>,
) -> Option<&'static Event> {
    let Entry::Applied { event: recorded, from, .. } = &record.entry else { return None };
    Run::<M>::readings(recorded, from).into_iter().find_map(|(leaf, recorded)| {
        let event = choose(leaf).ok()?;
        let recorded: serde_json::Value = serde_json::from_str(recorded.get()).ok()?;
        (event_json(&event) == event_json(&recorded)).then(|| in_chart::<M>(event.name()))
    })
}
