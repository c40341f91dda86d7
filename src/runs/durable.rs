//! Typed handles on durable runs.

mod error;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

pub use self::error::{FireError, MovedOn, OpenError};
use super::attempt::Attempt;
use super::{Request, Runs, RunsError};
use crate::caller::Caller;
use crate::machine::{Family, Landing, Leaf, LegalIn, Machine, Named};
use crate::portable::Portable;
use crate::record::{Hash, RequestKey, RunId, Version};
use crate::run::{Authority, Rejection, RejectionKind, Run, RunStatus, Stamp, in_chart};

/// A run that is in the state `S`, as it was recorded at a version.
///
/// Firing an event that is legal in `S` records it, and answers the handle on the run in the next state. An event that is not
/// legal there does not compile. Others may change the run meanwhile: the handle is then out of date, and firing answers
/// [`FireError::MovedOn`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # use std::sync::Arc;
/// use leverframe::caller::{Caller, Way};
/// use leverframe::record::RunId;
/// use leverframe::runs::{Durable, Runs};
///
/// # mod release_ { use leverframe as _;
/// #[leverframe::machine(serde)]
/// pub mod release {
///     #[context]
///     #[derive(Default, serde::Serialize, serde::Deserialize)]
///     pub struct Notes { pub summary: String }
///     #[state(initial)]
///     pub struct Draft;
///     #[state]
///     pub struct Waiting { pub since: u32 }
///     #[state(final)]
///     pub struct Deployed;
///     #[transition(from = Draft)]
///     fn submit(notes: &mut Notes, summary: String) -> Waiting { notes.summary = summary; Waiting { since: 1 } }
///     #[transition(from = Waiting)]
///     fn deploy() -> Deployed { Deployed }
/// }
/// # } use release_::release;
/// use release::{InState, Notes, Release, Waiting, events};
///
/// let runs = Arc::new(Runs::<Release>::in_memory());
/// let ada = Caller::new("ada".parse()?, Way::Program);
/// let id = RunId::new(ada.principal().clone(), "parser".parse()?);
///
/// let draft = Durable::start(&runs, &ada, &id, Notes::default()).await?;
/// let waiting: Durable<Release, Waiting> = draft.fire(events::Submit { summary: "faster".into() }).await?;
/// assert_eq!(waiting.state().since, 1);
///
/// // After a restart, or in another program:
/// match Durable::open(&runs, &ada, &id).await? {
///     InState::Waiting(waiting) => drop(waiting.fire(events::Deploy).await?),
///     InState::Draft(_) | InState::Deployed(_) => {}
/// }
/// # Ok(())
/// # }
/// ```
///
/// ```compile_fail,E0277
/// # use leverframe::orchestrator::{Orchestrator, events, Idle};
/// # async fn f(idle: leverframe::runs::Durable<Orchestrator, Idle>) {
/// idle.fire(events::Review).await; // REVIEWING is not reached from IDLE
/// # }
/// ```
pub struct Durable<M: Portable, S> {
    at: At<M>,
    state: S,
}

/// A run at a version, for a caller.
struct At<M> {
    runs: Arc<Runs<M>>,
    caller: Caller,
    id: RunId,
    version: Version,
    hash: Hash,
}

impl<M> Clone for At<M> {
    fn clone(&self) -> Self {
        Self {
            runs: Arc::clone(&self.runs),
            caller: self.caller.clone(),
            id: self.id.clone(),
            version: self.version,
            hash: self.hash,
        }
    }
}

/// The handles on the runs of `M`: the family of [`Durable`].
pub struct Handles<M: Portable> {
    at: At<M>,
    state: M::State,
}

/// A handle on a run in any of its states, to `match`.
pub type Opened<M> = <M as Machine>::InState<Handles<M>>;

/// What firing `E` in the state `S` answers: the handle in the next state, or a choice of handles.
pub type Fired<M, S, E> = <<E as LegalIn<S>>::Next as Landing<M>>::Of<Handles<M>>;

impl<M: Portable> Family<M> for Handles<M> {
    type At<S: Leaf<Machine = M>> = Durable<M, S>;

    fn at<S: Leaf<Machine = M>>(self) -> Option<Durable<M, S>> {
        let Self { at, state } = self;
        S::from_state(state).ok().map(|state| Durable { at, state })
    }
}

impl<M: Portable<Context: Default>> Durable<M, M::Initial> {
    /// Starts a run with this context.
    ///
    /// # Errors
    ///
    /// As [`Runs::start_with`].
    pub async fn start(
        runs: &Arc<Runs<M>>,
        caller: &Caller,
        id: &RunId,
        context: M::Context,
    ) -> Result<Self, OpenError<M>> {
        Self::start_once(runs, caller, id, context, None).await
    }

    /// The same, for a request that may be sent again: the same key with the same context answers the handle on the run that
    /// the request has started.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start); [`OpenError::MovedOn`] if the run has left its initial state since.
    pub async fn start_once(
        runs: &Arc<Runs<M>>,
        caller: &Caller,
        id: &RunId,
        context: M::Context,
        key: Option<RequestKey>,
    ) -> Result<Self, OpenError<M>> {
        runs.start_with(caller, id, context, key).await?;
        let (handles, status) = read(runs, caller, id).await?;
        let moved_on = MovedOn { at: handles.at.clone(), status: Box::new(status) };
        handles.at::<M::Initial>().ok_or(OpenError::MovedOn(moved_on))
    }
}

impl<M: Portable<Context: Default>> Durable<M, ()> {
    /// Opens a run, in whatever state it is. A default run that was never started is in its initial state; its first event
    /// starts it.
    ///
    /// # Errors
    ///
    /// As [`Runs::read`].
    pub async fn open(
        runs: &Arc<Runs<M>>,
        caller: &Caller,
        id: &RunId,
    ) -> Result<Opened<M>, RunsError> {
        let (handles, status) = read(runs, caller, id).await?;
        Ok(opened(handles, status.leaf))
    }
}

/// The run as it is now.
async fn read<M: Portable<Context: Default>>(
    runs: &Arc<Runs<M>>,
    caller: &Caller,
    id: &RunId,
) -> Result<(Handles<M>, RunStatus), RunsError> {
    let run = id.clone();
    let seen = runs.read(id, move |seen| {
        (seen.machine().parts().state.clone(), seen.hash(), seen.status(&run))
    });
    let (state, hash, status) = seen.await?;
    let (runs, caller, id) = (Arc::clone(runs), caller.clone(), id.clone());
    let at = At { runs, caller, id, version: status.version, hash };
    Ok((Handles { at, state }, status))
}

fn opened<M: Portable>(handles: Handles<M>, leaf: u16) -> Opened<M> {
    M::in_state(leaf, handles).expect("the number is that of the machine's state")
}

impl<M: Portable<Context: Default>, S: Leaf<Machine = M>> Durable<M, S> {
    /// The state with its data, at the version.
    #[must_use]
    pub fn state(&self) -> &S {
        &self.state
    }

    /// The number of events that the run had taken.
    #[must_use]
    pub fn version(&self) -> Version {
        self.at.version
    }

    /// The run.
    #[must_use]
    pub fn id(&self) -> &RunId {
        &self.at.id
    }

    /// Looks at the context of the run.
    ///
    /// # Errors
    ///
    /// [`OpenError::MovedOn`] if the run is at another version; or that it cannot be read.
    pub async fn context<T: Send + 'static>(
        &self,
        look: impl FnOnce(&M::Context) -> T + Send + 'static,
    ) -> Result<T, OpenError<M>> {
        let At { runs, id, hash, .. } = &self.at;
        let (id, hash) = (id.clone(), *hash);
        let seen = runs.read(&self.at.id, move |run| {
            if run.hash() == hash {
                Ok(look(run.context()))
            } else {
                Err(Box::new(run.status(&id)))
            }
        });
        let moved_on = |status| MovedOn { at: self.at.clone(), status };
        seen.await?.map_err(|status| OpenError::MovedOn(moved_on(status)))
    }

    /// Fires an event: applies and records it, and answers the handle on the run in the next state.
    ///
    /// # Errors
    ///
    /// [`FireError`]. Unless the run has moved on, the handle is in the error.
    ///
    /// # Panics
    ///
    /// Never: an event leads where the machine's graph says.
    pub async fn fire<E>(self, event: E) -> Result<Fired<M, S, E>, FireError<M, S>>
    where
        E: LegalIn<S, Next: Landing<M>> + Into<M::Event>,
    {
        let event: M::Event = event.into();
        let needs_people = M::CHART
            .clause(S::NUMBER, in_chart::<M>(event.name()))
            .is_some_and(|clause| clause.approvals() > 0);
        let fired = if needs_people { self.ask(event).await } else { self.record(event).await };
        match fired {
            Ok((handles, leaf)) => {
                let landed = <E::Next as Landing<M>>::land(leaf, handles);
                Ok(landed.expect("the event leads where the machine's graph says"))
            }
            Err(unfired) => Err(self.error(unfired)),
        }
    }

    /// Applies and records an event at the version of this handle.
    async fn record(&self, event: M::Event) -> Result<(Handles<M>, u16), Unfired> {
        let At { runs, caller, id, hash, .. } = &self.at;
        let slot = runs.live.slot(id);
        let mut place = slot.lock().await;
        let now = runs.clock.now();
        let run = runs.current(id, &slot, &mut place, now).await?;
        if run.hash() != *hash {
            let status = run.status(id);
            runs.live.put(id, &mut place, run);
            return Err(Unfired::MovedOn(status));
        }
        let stamp = Stamp::of(caller, now, None);
        match runs.attempt(id, &mut place, run, event, stamp, Authority::Caller).await? {
            Attempt::Accepted(status) => {
                let seen = |run: &Run<M>| (run.machine().parts().state.clone(), run.hash());
                let (state, hash) = place
                    .as_ref()
                    .map(seen)
                    .ok_or_else(|| RunsError::Contended(Box::new(status.clone())))?;
                let at = At { version: status.version, hash, ..self.at.clone() };
                Ok((Handles { at, state }, status.leaf))
            }
            Attempt::Rejected(rejection, _) => Err(Unfired::Refused(rejection)),
            Attempt::Lost => {
                let run = runs.current(id, &slot, &mut place, now).await?;
                let status = run.status(id);
                runs.live.put(id, &mut place, run);
                Err(Unfired::MovedOn(status))
            }
        }
    }

    /// Requests an event about which people decide. It is fired if they have decided already.
    async fn ask(&self, event: M::Event) -> Result<(Handles<M>, u16), Unfired> {
        let At { runs, caller, id, version, .. } = &self.at;
        let request = Request::new().expecting(*version);
        let accepted = runs.apply(caller, id, event, request).await?;
        let (handles, status) = read(runs, caller, id).await?;
        if status.version == accepted.status.version {
            Ok((handles, status.leaf))
        } else {
            Err(Unfired::MovedOn(status))
        }
    }

    fn error(self, unfired: Unfired) -> FireError<M, S> {
        match unfired {
            Unfired::MovedOn(status) => {
                FireError::MovedOn(MovedOn { at: self.at, status: Box::new(status) })
            }
            Unfired::Refused(rejection) => FireError::Refused { handle: self, rejection },
            Unfired::Failed(RunsError::Waiting(waiting)) => {
                FireError::Waiting { handle: self, request: waiting.request }
            }
            Unfired::Failed(RunsError::Refused(refused)) => match refused.rejection.kind {
                RejectionKind::Conflict => {
                    FireError::MovedOn(MovedOn { at: self.at, status: Box::new(refused.status) })
                }
                _ => FireError::Refused { handle: self, rejection: refused.rejection },
            },
            Unfired::Failed(error) => FireError::Failed { handle: self, error },
        }
    }
}

/// Why an event was not fired, without the handle.
enum Unfired {
    MovedOn(RunStatus),
    Refused(Rejection),
    Failed(RunsError),
}

impl From<RunsError> for Unfired {
    fn from(error: RunsError) -> Self {
        Self::Failed(error)
    }
}

impl<M: Portable, S> Debug for Durable<M, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let At { id, version, .. } = &self.at;
        f.debug_struct("Durable").field("id", id).field("version", version).finish_non_exhaustive()
    }
}
