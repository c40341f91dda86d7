//! A run: a machine's value at a version, and what of it can be seen.
//!
//! Nothing here reads or writes a store, and time comes with what happens.

mod replay;
mod situation;
mod timers;

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

pub use self::replay::Unreplayable;
pub use self::situation::{Kind, Rejected, Situation};
use self::timers::Timers;
use crate::chart::{Event, Initiator};
use crate::machine::{Machine, Name, Named, Parts};
use crate::portable::Portable;
use crate::record::{Entry, Hash, Principal, Record, RequestKey, Version};
use crate::refusal::{Applied, Reason, Refusal};
use crate::store::Snapshot;

/// Why an event is refused that is `by = human`.
const GATE: &str = "a person has to decide this, and there is no way to ask one here";

/// A machine with its place in a history.
///
/// What [`open`](Self::open) and [`apply`](Self::apply) did has happened once the record is kept. A run whose record was
/// not is of no use any more.
pub struct Run<M> {
    machine: M,
    records: u64,
    hash: Hash,
    timers: Timers,
}

/// Whose doing a record is, and when it happens.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// The time.
    pub time: DateTime<Utc>,
    /// Who causes it.
    pub actor: &'a Principal,
    /// The name that the caller gave to the request.
    pub key: Option<&'a RequestKey>,
}

impl<M: Portable<Context: Default>> Run<M> {
    /// A run that nobody has started. Its machine is new.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`], where the initial context does not read back from what it is written as.
    pub fn unstarted() -> Result<Self, Unreplayable> {
        let context = to_raw_value(&M::Context::default());
        let machine = context.and_then(|context| restored(&context));
        let machine = machine.map_err(|error| Unreplayable::at(Version::START, error.into()))?;
        Ok(Self { machine, records: 0, hash: Hash::NONE, timers: Timers::default() })
    }

    /// Starts the run, which nobody has started: its record holds the context that the machine has before it enters
    /// its initial state.
    ///
    /// # Errors
    ///
    /// Where the context cannot be written.
    pub fn open(&mut self, stamp: Stamp<'_>) -> Result<Record, serde_json::Error> {
        let context = to_raw_value(&M::Context::default())?;
        let state = wire::<M>(self.machine.parts().state.name());
        let machine = Cow::Borrowed(M::CHART.name());
        let chart = Hash::of_graph(M::CHART);
        self.timers = Timers::started(M::CHART, self.number(), stamp.time);
        Ok(self.record(stamp, Entry::Started { machine, chart, state, context }))
    }
}

impl<M: Portable> Run<M> {
    /// The machine.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// What every state sees.
    #[must_use]
    pub fn context(&self) -> &M::Context {
        &self.machine.parts().context
    }

    /// How many events the run has taken.
    #[must_use]
    pub fn version(&self) -> Version {
        Version(self.records.saturating_sub(1))
    }

    /// Whether the run has a history.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.records > 0
    }

    /// The version that the next record has.
    #[must_use]
    pub fn next(&self) -> Version {
        Version(self.records)
    }

    /// The hash of the last record, [`Hash::NONE`] where there is none.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Lets the machine take an event of a caller, and tells what to record of it.
    ///
    /// # Errors
    ///
    /// [`Rejected`]. Where it was a handler that refused, the machine may have been written to, and this value
    /// is no longer of use.
    pub fn apply(&mut self, event: M::Event, stamp: Stamp<'_>) -> Result<Record, Rejected> {
        let name = event.name();
        let waiting = |reason| Rejected { kind: Kind::Waiting, event: in_chart::<M>(name), reason };
        if self.is_gated(name) {
            return Err(waiting(GATE.to_owned()));
        }
        if self.is_timeout(name) {
            return Err(waiting("it comes by itself, when it falls due".to_owned()));
        }
        self.step(event, stamp)
    }

    /// Lets the machine take a timeout that is overdue at `time`, and tells what to record of it; `None` where none is.
    /// Those that were tried before and failed are left out.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn expire(
        &mut self,
        time: DateTime<Utc>,
        failed: &[M::EventName],
    ) -> Option<(M::EventName, Result<Record, Rejected>)> {
        let overdue = |(due, event): &(_, _)| *due <= time && !failed.contains(event);
        let (_, name) = self.timeouts().filter(overdue).min()?;
        let stamp = Stamp { time, actor: &Principal::CLOCK, key: None };
        let event = in_chart::<M>(name);
        let written = json!({event.name(): {}});
        let done = serde_json::from_value(written).map_err(|error| {
            let reason = format!("a timeout carries nothing: {error}");
            Rejected { kind: Kind::Failed, event, reason }
        });
        Some((name, done.and_then(|event| self.step(event, stamp))))
    }

    /// When the run falls due next: the time and the timeout. One that a guard holds back does not, as long as nothing
    /// else happens.
    #[must_use]
    pub fn due(&self) -> Option<(DateTime<Utc>, &'static Event)> {
        self.timeouts().min().map(|(time, name)| (time, in_chart::<M>(name)))
    }

    /// The timeouts that have not come yet and that no guard holds back.
    fn timeouts(&self) -> impl Iterator<Item = (DateTime<Utc>, M::EventName)> {
        self.machine.timeouts().filter_map(|timeout| {
            let due = self.timers.due(M::CHART, &timeout)?;
            let agreed = guarded(|| self.machine.guards(timeout.event).is_ok());
            agreed.unwrap_or_default().then_some((due, timeout.event))
        })
    }

    fn step(&mut self, event: M::Event, stamp: Stamp<'_>) -> Result<Record, Rejected> {
        let name = event.name();
        let failed = |reason| Rejected { kind: Kind::Failed, event: in_chart::<M>(name), reason };
        let written = to_raw_value(&event)
            .map_err(|error| failed(format!("the event cannot be written: {error}")))?;
        match self.take(event, stamp.time) {
            Ok(Ok(applied)) => Ok(self.record(stamp, entry(applied, written))),
            Ok(Err(refusal)) => Err(explained(&refusal)),
            Err(panic) => Err(failed(panic.to_string())),
        }
    }

    /// Lets the machine take an event at a time, and keeps in mind what that means for timeouts.
    fn take(
        &mut self,
        event: M::Event,
        time: DateTime<Utc>,
    ) -> Result<Result<Applied<M>, Refusal<M>>, Panic> {
        let done = guarded(|| self.machine.apply(event))?;
        if let Ok(Applied { event, from, to, internal }) = &done {
            self.timers.took(M::CHART, from.number(), in_chart::<M>(*event));
            if !internal {
                self.timers.moved(M::CHART, to.number(), time);
            }
        }
        Ok(done)
    }

    /// The record of what has just happened, which becomes the last.
    fn record(&mut self, stamp: Stamp<'_>, entry: Entry) -> Record {
        let Stamp { time, actor, key } = stamp;
        let (actor, key) = (actor.clone(), key.cloned());
        let record = Record::new(&self.hash, self.next(), time, actor, key, entry);
        self.ends_with(&record);
        record
    }

    fn ends_with(&mut self, last: &Record) {
        self.records = last.version.0 + 1;
        self.hash = last.hash;
    }

    /// The number of the present state in the chart.
    fn number(&self) -> u16 {
        self.machine.parts().state.name().number()
    }

    /// Whether the present state has a gate for the event.
    fn is_gated(&self, event: M::EventName) -> bool {
        let clause = M::CHART.clause(self.number(), in_chart::<M>(event));
        clause.is_some_and(|clause| clause.by() == Initiator::Human)
    }

    /// Whether the event comes by itself in the present state.
    fn is_timeout(&self, event: M::EventName) -> bool {
        let clause = M::CHART.clause(self.number(), in_chart::<M>(event));
        clause.is_some_and(|clause| clause.after().is_some())
    }

    /// The run as it is, to go on from without its history.
    ///
    /// # Errors
    ///
    /// Where state, context or history memory cannot be written.
    pub fn snapshot(&self) -> Result<Snapshot, serde_json::Error> {
        let Parts { state, context, history } = self.machine.parts();
        let parts = [
            ("context", serde_json::to_value(context)?),
            ("history", serde_json::to_value(history)?),
            ("state", serde_json::to_value(state)?),
        ];
        let body =
            canonical(&parts.map(|(name, value)| (name.to_owned(), value)).into_iter().collect());
        let (version, hash, entered) = (self.version(), self.hash, self.timers.0.clone());
        Ok(Snapshot { version, hash, body, entered })
    }

    /// The run that a snapshot tells of; `None` where it does not read back to the very same.
    #[must_use]
    pub fn restored(snapshot: &Snapshot) -> Option<Self> {
        let Written { state, context, history } = serde_json::from_str(&snapshot.body).ok()?;
        let (state, context) =
            (serde_json::from_str(state.get()).ok()?, serde_json::from_str(context.get()).ok()?);
        let history = serde_json::from_str(history.get()).ok()?;
        let machine: M = Parts { state, context, history }.into();
        let leaf = machine.parts().state.name().number();
        let timers = Timers::restored(M::CHART, leaf, snapshot.entered.clone())?;
        let run = Self { machine, records: snapshot.version.0 + 1, hash: snapshot.hash, timers };
        let same = run.snapshot().is_ok_and(|again| again.body == snapshot.body);
        same.then_some(run)
    }
}

/// The body of a snapshot.
#[derive(Deserialize)]
struct Written {
    state: Box<RawValue>,
    context: Box<RawValue>,
    history: Box<RawValue>,
}

/// JSON of one form for each value: no spaces, and keys in the order of their bytes.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            let members = members.into_iter().map(|(name, value)| {
                format!("{}:{}", Value::from(name.as_str()), canonical(value))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(array) => {
            format!("[{}]", array.iter().map(canonical).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// A panic of the author's code.
#[derive(Debug, thiserror::Error)]
#[error("it panicked: {0}")]
pub struct Panic(String);

/// Runs the author's code.
///
/// # Errors
///
/// [`Panic`], where it panics. What it had borrowed to change is then of no use any more.
pub fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(call)).map_err(Panic::from)
}

impl From<Box<dyn Any + Send>> for Panic {
    fn from(panic: Box<dyn Any + Send>) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        Self(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    }
}

/// A machine in its initial state, with this context.
fn restored<M: Portable>(context: &RawValue) -> Result<M, serde_json::Error> {
    Ok(M::start(serde_json::from_str(context.get())?))
}

fn entry<M: Machine>(applied: Applied<M>, event: Box<RawValue>) -> Entry {
    let Applied { from, to, internal, .. } = applied;
    Entry::Applied { event, from: wire::<M>(from), to: wire::<M>(to), internal }
}

fn explained<M: Machine>(refusal: &Refusal<M>) -> Rejected {
    let event = in_chart::<M>(refusal.event);
    let (name, state) = (event.name(), wire::<M>(refusal.state));
    let (kind, reason) = match &refusal.reason {
        Reason::NoTransition => {
            (Kind::NoTransition, format!("`{name}` is not possible in {state}"))
        }
        Reason::Final => {
            let reason =
                format!("{state} is final: the run has ended, start another with `start_run`");
            (Kind::Final, reason)
        }
        Reason::Guard(fault) => (Kind::Guard, fault.to_string()),
        Reason::Failed(fault) => (Kind::Failed, fault.to_string()),
    };
    Rejected { kind, event, reason }
}

fn wire<M: Machine>(state: M::StateName) -> Cow<'static, str> {
    Cow::Borrowed(M::CHART.state(state.number()).wire())
}

/// The event in the chart. Names and chart come from one declaration, so that each name has its event.
pub(crate) fn in_chart<M: Machine>(event: M::EventName) -> &'static Event {
    let found = M::CHART.events().get(usize::from(event.number()));
    found.expect("the chart has all events of its machine, in the order of their names")
}
