//! A run: a machine's value at a version, and what of it can be seen.
//!
//! Nothing here reads or writes a store.

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::chart::{Event, Player, State};
use crate::machine::{Machine, Name, Named, Parts};
use crate::portable::Portable;
use crate::record::{Entry, Hash, Record, RunName, Version};
use crate::refusal::{Applied, Reason, Refusal};
use crate::store::Snapshot;

/// Why an event is refused that is `by = human`.
const GATE: &str = "a person has to decide this, and there is no way to ask one here";

/// A machine with its place in a history.
pub struct Run<M> {
    machine: M,
    records: u64,
    hash: Hash,
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
        Ok(Self { machine, records: 0, hash: Hash::NONE })
    }

    /// What to record of the start: the context that the machine has before it enters its initial state.
    ///
    /// # Errors
    ///
    /// Where the context cannot be written.
    pub fn opening(&self) -> Result<Entry, serde_json::Error> {
        let context = to_raw_value(&M::Context::default())?;
        let state = wire::<M>(self.machine.parts().state.name());
        let machine = Cow::Borrowed(M::CHART.name());
        let chart = Hash::of(&[M::CHART.mermaid().to_string().as_bytes()]);
        Ok(Entry::Started { machine, chart, state, context })
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

    /// Lets the machine take an event, and tells what to record of it.
    ///
    /// # Errors
    ///
    /// [`Rejected`]. Where it was a handler that refused, the machine may have been written to, and this value
    /// is no longer of use.
    pub fn apply(&mut self, event: M::Event) -> Result<Entry, Rejected> {
        let name = event.name();
        let rejected = |kind, reason| Rejected { kind, event: event_in_chart::<M>(name), reason };
        let written = to_raw_value(&event).map_err(|error| {
            rejected(Kind::Failed, format!("the event cannot be written: {error}"))
        })?;
        if self.is_gated(name) {
            return Err(rejected(Kind::Waiting, GATE.to_owned()));
        }
        match guarded(|| self.machine.apply(event)) {
            Ok(Ok(applied)) => Ok(entry(applied, written)),
            Ok(Err(refusal)) => Err(explained(&refusal)),
            Err(panic) => Err(rejected(Kind::Failed, panic.to_string())),
        }
    }

    /// Takes note that the history goes on by what was applied last, up to this record.
    pub fn recorded(&mut self, last: Version, hash: Hash) {
        self.records = last.0 + 1;
        self.hash = hash;
    }

    /// Goes on by one record of the history.
    ///
    /// # Errors
    ///
    /// [`Unreplayable`], where the record does not follow, or leads elsewhere than it says.
    pub fn replay(&mut self, record: &Record) -> Result<(), Unreplayable> {
        let done = if record.version == self.next() {
            self.follow(&record.entry)
        } else {
            Err(Break::Gap { expected: self.next() })
        };
        done.map_err(|cause| Unreplayable::at(record.version, cause))?;
        self.recorded(record.version, record.hash);
        Ok(())
    }

    fn follow(&mut self, entry: &Entry) -> Result<(), Break> {
        match entry {
            Entry::Started { machine, context, .. } => {
                if machine != M::CHART.name() {
                    return Err(Break::OtherMachine(machine.clone().into_owned()));
                }
                self.machine = restored(context)?;
            }
            Entry::Applied { event, to, .. } => {
                let event: M::Event = serde_json::from_str(event.get())?;
                let applied = match guarded(|| self.machine.apply(event)) {
                    Ok(Ok(applied)) => applied,
                    Ok(Err(refusal)) => return Err(Break::Refused(refusal.to_string())),
                    Err(panic) => return Err(Break::Refused(panic.to_string())),
                };
                let reached = wire::<M>(applied.to);
                if reached != *to {
                    return Err(Break::Elsewhere(reached.into_owned()));
                }
            }
        }
        Ok(())
    }

    /// Whether the present state has a gate for the event.
    fn is_gated(&self, event: M::EventName) -> bool {
        let state = self.machine.parts().state.name().number();
        let clause = M::CHART.clause(state, event_in_chart::<M>(event));
        clause.is_some_and(|clause| clause.by() == Player::Human)
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
        Ok(Snapshot { version: self.version(), hash: self.hash, body })
    }

    /// The run that a snapshot tells of; `None` where it does not read back to the very same.
    #[must_use]
    pub fn restored(snapshot: &Snapshot) -> Option<Self> {
        let Written { state, context, history } = serde_json::from_str(&snapshot.body).ok()?;
        let (state, context) =
            (serde_json::from_str(state.get()).ok()?, serde_json::from_str(context.get()).ok()?);
        let history = serde_json::from_str(history.get()).ok()?;
        let machine = Parts { state, context, history }.into();
        let run = Self { machine, records: snapshot.version.0 + 1, hash: snapshot.hash };
        let same = run.snapshot().is_ok_and(|again| again.body == snapshot.body);
        same.then_some(run)
    }

    /// What can be seen of the run from outside.
    #[must_use]
    pub fn situation(&self, run: &RunName) -> Situation {
        let number = self.machine.parts().state.name().number();
        let mut situation = Situation {
            run: run.clone(),
            version: self.version(),
            number,
            state: M::CHART.state(number),
            legal: Vec::new(),
            blocked: Vec::new(),
        };
        for name in self.machine.allowed() {
            let event = event_in_chart::<M>(name);
            let verdict = guarded(|| self.machine.guards(name).map_err(|fault| fault.to_string()));
            match verdict.unwrap_or_else(|panic| Err(panic.to_string())) {
                Ok(()) if self.is_gated(name) => situation.blocked.push((event, GATE.to_owned())),
                Ok(()) => situation.legal.push(event),
                Err(reason) => situation.blocked.push((event, reason)),
            }
        }
        situation
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

/// What can be seen of a run: its state, and what may happen next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation {
    /// The run.
    pub run: RunName,
    /// How many events it has taken.
    pub version: Version,
    /// The number of the state in the chart.
    pub number: u16,
    /// The state.
    pub state: &'static State,
    /// The events that the machine takes now.
    pub legal: Vec<&'static Event>,
    /// The events that the graph allows and a guard forbids now, with the guard's reason.
    pub blocked: Vec<(&'static Event, String)>,
}

/// An event that the machine did not take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Which kind of refusal it was.
    pub kind: Kind,
    /// The event.
    pub event: &'static Event,
    /// Why, for a reader.
    pub reason: String,
}

/// The kinds of refusals of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The graph has no such transition from the present state.
    NoTransition,
    /// A guard forbids the event now.
    Guard,
    /// The handler failed.
    Failed,
    /// The present state is final.
    Final,
    /// The run is at another version than the caller supposed.
    Conflict,
    /// A person has to decide.
    Waiting,
}

/// A record by which a history cannot go on.
#[derive(Debug, thiserror::Error)]
#[error("record {version} of the history cannot be replayed")]
pub struct Unreplayable {
    /// The version of the record.
    pub version: Version,
    #[source]
    cause: Break,
}

impl Unreplayable {
    fn at(version: Version, cause: Break) -> Self {
        Self { version, cause }
    }
}

#[derive(Debug, thiserror::Error)]
enum Break {
    #[error("it cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("it belongs to the machine `{0}`")]
    OtherMachine(String),
    #[error("record {expected} is missing before it")]
    Gap { expected: Version },
    #[error("the machine refuses its event: {0}")]
    Refused(String),
    #[error("the machine comes to {0} by it")]
    Elsewhere(String),
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
    let event = event_in_chart::<M>(refusal.event);
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
pub(crate) fn event_in_chart<M: Machine>(event: M::EventName) -> &'static Event {
    let found = M::CHART.events().get(usize::from(event.number()));
    found.expect("the chart has all events of its machine, in the order of their names")
}
