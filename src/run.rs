//! A run: a machine's value at a version, and what can be seen of it.
//!
//! Nothing here reads or writes a store, and time comes with what happens.

mod change;
mod digests;
mod error;
mod fork;
mod gate;
mod replay;
mod snapshot;
mod status;
mod tasks;
mod timers;
mod upgrade;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

pub use self::change::{Authority, Change, Stamp};
use self::digests::Digests;
pub use self::error::{ForkError, MismatchKind, StartError, Unreplayable};
pub use self::status::{Rejection, RejectionKind, RunStatus};
pub use self::tasks::Pending;
use self::timers::Timers;
use self::upgrade::Upgrades;
use crate::chart::{Event, Step};
use crate::guarded::{Panic, guarded};
use crate::machine::{Applied, Machine, Name, Named, Reason, Refusal};
use crate::portable::Portable;
use crate::record::{
    Actor, Approval, Configuration, Entry, Hash, Performed, Program, Record, Version, canonical,
    truncated,
};

/// Why an event is not applied at once that is `by = human`.
const GATE: &str = "a person has to decide this; call it to ask for the decision";

/// A machine with its place in a history.
///
/// What [`start`](Self::start) and [`apply`](Self::apply) did has happened once the record is stored. If it was not, the
/// run must be dropped and read again.
pub struct Run<M> {
    machine: M,
    program: Program,
    /// The initial context, of a run that is not started.
    initial: Option<Box<RawValue>>,
    records: u64,
    hash: Hash,
    /// The time of the last record.
    time: DateTime<Utc>,
    timers: Timers,
    digests: Digests,
    upgrades: Upgrades,
    /// The event that led to the last record.
    last: Option<Step>,
    /// The first record that people have approved.
    gated: Option<Version>,
    /// Whether another declaration of the machine made the last record.
    is_foreign: bool,
}

impl<M: Portable<Context: Default>> Run<M> {
    /// A run that is not started, with a new machine. The initial context and the entry actions are made here, once.
    ///
    /// # Errors
    ///
    /// [`StartError`] if they panic, or the context does not read back from what it is written as.
    pub fn unstarted(program: Program) -> Result<Self, StartError> {
        Self::unstarted_with(program, &guarded(M::Context::default)?)
    }

    /// The same, with this context.
    ///
    /// # Errors
    ///
    /// As [`unstarted`](Self::unstarted).
    pub fn unstarted_with(program: Program, context: &M::Context) -> Result<Self, StartError> {
        let initial = guarded(|| to_raw_value(context))?.map_err(StartError::Context)?;
        let machine = started(&initial)?;
        let digests = Digests::started(&initial);
        Ok(Self {
            machine,
            program,
            initial: Some(initial),
            records: 0,
            hash: Hash::NONE,
            time: DateTime::<Utc>::MIN_UTC,
            timers: Timers::default(),
            digests,
            upgrades: Upgrades::of(M::CHART.version()),
            last: None,
            gated: None,
            is_foreign: false,
        })
    }

    /// Starts the run. The record holds the context that the machine had before it entered its initial state. A run that
    /// is started already stays as it is and has no such record.
    pub fn start(&mut self, stamp: Stamp) -> Option<Record> {
        let context = self.initial.take()?;
        self.timers = Timers::started(M::CHART, self.leaf(), Version::START, stamp.time);
        let entry = Entry::started(M::CHART.name(), self.program, self.configuration(), context)
            .with_machine_version(M::CHART.version());
        Some(self.record(stamp, entry))
    }
}

impl<M: Portable> Run<M> {
    /// The initial context, of a run that is not started.
    pub(crate) fn initial(&self) -> Option<&RawValue> {
        self.initial.as_deref()
    }

    /// The machine.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The context.
    #[must_use]
    pub fn context(&self) -> &M::Context {
        &self.machine.parts().context
    }

    /// The number of events that the run has taken.
    #[must_use]
    pub fn version(&self) -> Version {
        Version(self.records.saturating_sub(1))
    }

    /// Whether the run has a history.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.records > 0
    }

    /// The version of the next record.
    #[must_use]
    pub fn next(&self) -> Version {
        Version(self.records)
    }

    /// The hash of the last record, [`Hash::NONE`] if there is none.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The event that led to the present version. `None` if the run has just begun or was restored from a snapshot, or if
    /// the present machine has no such event.
    #[must_use]
    pub fn last_step(&self) -> Option<Step> {
        self.last
    }

    /// The number of the active leaf in the chart.
    #[must_use]
    pub fn leaf(&self) -> u16 {
        self.machine.parts().state.name().number()
    }

    /// The approximate length of the machine's value as JSON, in bytes. It is exact where a digest was taken.
    #[must_use]
    pub fn size(&self) -> usize {
        self.digests.value_size()
    }

    /// Whether the last record has no digest.
    #[must_use]
    pub(crate) fn lacks_digest(&self) -> bool {
        self.digests.is_behind()
    }

    /// Takes note of the declaration that made the last record.
    pub(crate) fn written_by(&mut self, declaration: Option<Hash>) {
        self.is_foreign = declaration.is_some_and(|by| by != self.program.declaration);
    }

    /// The version of the last record whose value a digest covers; `None` if no digest was taken.
    #[must_use]
    pub fn digest_version(&self) -> Option<Version> {
        self.digests.version()
    }

    /// Applies an event. `limit` is the maximum length of the machine's value as JSON, in bytes.
    ///
    /// # Errors
    ///
    /// [`Rejection`]. After [`RejectionKind::Failed`] and [`RejectionKind::Limit`] the machine may have been written to,
    /// and the run must be dropped and read again.
    pub fn apply(
        &mut self,
        event: M::Event,
        stamp: Stamp,
        authority: Authority,
        limit: usize,
    ) -> Result<Change, Rejection> {
        if let Authority::Caller = authority {
            self.check_caller(event.name())?;
        }
        self.step(event, stamp, authority, limit)
    }

    /// Refuses the events that no caller may cause by itself.
    fn check_caller(&self, name: M::EventName) -> Result<(), Rejection> {
        let event = in_chart::<M>(name);
        let waiting = |reason| Err(Rejection::new(RejectionKind::Waiting, event, reason));
        if self.needed(event).is_some() {
            return waiting(GATE.to_owned());
        }
        if self.is_timeout(name) {
            return waiting("it is a timeout, and comes by itself when it is due".to_owned());
        }
        match M::CHART.task_ending_in(self.leaf(), event) {
            Some(task) => waiting(format!(
                "the task `{}` ends in it, and it comes by itself when the task has ended",
                task.name()
            )),
            None => Ok(()),
        }
    }

    /// Applies a timeout that is due at `time`; `None` if there is none. Timeouts in `failed` are left out.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply).
    pub fn expire(
        &mut self,
        time: DateTime<Utc>,
        failed: &[M::EventName],
    ) -> Option<(M::EventName, Result<Change, Rejection>)> {
        let is_due = |(due, event): &(_, _)| *due <= time && !failed.contains(event);
        let (_, name) = self.timeouts().filter(is_due).min()?;
        let event = in_chart::<M>(name);
        let done = serde_json::from_value(json!({event.name(): {}})).map_err(|error| {
            let reason = format!("a timeout has no payload: {error}");
            Rejection::new(RejectionKind::Failed, event, reason)
        });
        let stamp = Stamp::new(time, Actor::Clock, None);
        let step = |event| self.step(event, stamp, Authority::Clock, usize::MAX);
        Some((name, done.and_then(step)))
    }

    /// When the run falls due next: the time and the timeout. A timeout that a guard forbids is left out.
    #[must_use]
    pub fn due(&self) -> Option<(DateTime<Utc>, &'static Event)> {
        self.timeouts().min().map(|(time, name)| (time, in_chart::<M>(name)))
    }

    /// The timeouts that have not come yet and that no guard forbids.
    fn timeouts(&self) -> impl Iterator<Item = (DateTime<Utc>, M::EventName)> {
        self.machine.timeouts().filter_map(|timeout| {
            let due = self.timers.due(M::CHART, &timeout)?;
            let agreed = guarded(|| self.machine.guards(timeout.event).is_ok());
            agreed.unwrap_or_default().then_some((due, timeout.event))
        })
    }

    fn step(
        &mut self,
        event: M::Event,
        stamp: Stamp,
        authority: Authority,
        limit: usize,
    ) -> Result<Change, Rejection> {
        let name = event.name();
        let chart_event = in_chart::<M>(name);
        let failed = |reason| Rejection::new(RejectionKind::Failed, chart_event, reason);
        let written = to_raw_value(&event)
            .map_err(|error| failed(format!("the event cannot be written: {error}")))?;
        let before = self.size();
        let (approvals, task) = authority.parts();
        let applied = match self.take(event, task.as_ref(), self.later(stamp.time)) {
            Ok(Ok(applied)) => applied,
            Ok(Err(refusal)) => return Err(explained(&refusal)),
            Err(panic) => return Err(failed(panic.to_string())),
        };
        let mut entry = self.versioned(entry(applied, written, approvals, task));
        let due = self.digests.due(&entry, limit, self.is_foreign);
        let body = if due.is_digest() {
            let body = guarded(|| self.value());
            Some(body.map_err(|panic| failed(panic.to_string()))?.map_err(|error| {
                failed(format!("the machine's value cannot be written: {error}"))
            })?)
        } else {
            None
        };
        if let (Some(body), Entry::Applied { digest, .. }) = (&body, &mut entry) {
            if body.len() > limit && body.len() > before {
                let reason = format!(
                    "state and context would have {} bytes as JSON, and at most {limit} are allowed \
                     (`context_bytes`)",
                    body.len()
                );
                return Err(Rejection::new(RejectionKind::Limit, chart_event, reason));
            }
            *digest = Some(Hash::of(&[body.as_bytes()]));
        }
        let value_size = body.as_ref().map(String::len);
        let record = self.record(stamp, entry);
        self.digests.took(&record, value_size);
        self.is_foreign = false;
        self.upgrades.write_by(M::CHART.version());
        let snapshot = body.filter(|_| due.is_snapshot()).map(|body| self.snapshot_of(body));
        Ok(Change { record, snapshot })
    }

    /// Applies an event to the machine and to the timers.
    fn take(
        &mut self,
        event: M::Event,
        task: Option<&Performed>,
        time: DateTime<Utc>,
    ) -> Result<Result<Applied<M>, Refusal<M>>, Panic> {
        let done = guarded(|| self.machine.apply(event))?;
        if let Ok(Applied { event, from, to, internal }) = &done {
            self.timers.took(M::CHART, from.number(), in_chart::<M>(*event));
            self.last = Some(Step { from: from.number(), event: event.number(), to: to.number() });
            if let Some(task) = task.and_then(|task| M::CHART.task_named(&task.task)) {
                self.timers.performed(M::CHART, task);
            }
            if !internal {
                let next = self.next();
                self.timers.moved(M::CHART, to.number(), next, time);
            }
        }
        Ok(done)
    }

    /// The record of what has just happened, which becomes the last.
    fn record(&mut self, stamp: Stamp, entry: Entry) -> Record {
        let Stamp { time, actor, key, client } = stamp;
        let entry = entry.with_client(client);
        let record = Record::new(&self.hash, self.next(), self.later(time), actor, key, entry);
        self.ends_with(&record);
        record
    }

    /// The time, or that of the last record if the clock was set back since.
    fn later(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        truncated(time).max(self.time)
    }

    fn ends_with(&mut self, last: &Record) {
        self.records = last.version.0.saturating_add(1);
        self.hash = last.hash;
        self.time = last.time;
        if self.gated.is_none() && last.entry.is_gated() {
            self.gated = Some(last.version);
        }
    }

    fn configuration(&self) -> Configuration {
        configuration::<M>(self.machine.parts().state.name())
    }

    /// Whether the event is a timeout or ends a task, in the present state.
    fn comes_by_itself(&self, event: M::EventName) -> bool {
        let leaf = self.leaf();
        self.is_timeout(event) || M::CHART.task_ending_in(leaf, in_chart::<M>(event)).is_some()
    }

    /// Whether the event is a timeout of the present state.
    fn is_timeout(&self, event: M::EventName) -> bool {
        let clause = M::CHART.clause(self.leaf(), in_chart::<M>(event));
        clause.is_some_and(|clause| clause.after().is_some())
    }
}

/// Why a value cannot be read. serde repeats parts of it, which is not done where they may be sensitive.
fn unreadable<M: Machine>(error: serde_json::Error) -> serde_json::Error {
    if M::CHART.has_sensitive() {
        serde::de::Error::custom("the reason is left out, since it may repeat a sensitive value")
    } else {
        error
    }
}

/// A machine in its initial state, which it has entered, with this context.
fn started<M: Portable>(context: &RawValue) -> Result<M, StartError> {
    let context = serde_json::from_str(context.get())
        .map_err(|error| StartError::Context(unreadable::<M>(error)))?;
    Ok(guarded(|| M::start(context))?)
}

fn entry<M: Machine>(
    applied: Applied<M>,
    event: Box<RawValue>,
    approvals: Vec<Approval>,
    task: Option<Performed>,
) -> Entry {
    let Applied { from, to, internal, .. } = applied;
    let (from, to) = (configuration::<M>(from), configuration::<M>(to));
    Entry::applied(event, from, to, internal).with_approvals(approvals).with_task(task)
}

fn explained<M: Machine>(refusal: &Refusal<M>) -> Rejection {
    let event = in_chart::<M>(refusal.event);
    let (name, state) = (event.name(), M::CHART.state(refusal.state.number()).wire());
    let (kind, reason) = match &refusal.reason {
        Reason::NoTransition => {
            (RejectionKind::NoTransition, format!("`{name}` is not possible in {state}"))
        }
        Reason::Final => (RejectionKind::Final, format!("{state} is final; the run has ended")),
        Reason::Guard(fault) => (RejectionKind::Guard, fault.to_string()),
        Reason::Failed(fault) => (RejectionKind::Failed, fault.to_string()),
    };
    Rejection::new(kind, event, reason)
}

fn configuration<M: Machine>(state: M::StateName) -> Configuration {
    Configuration::of(Cow::Borrowed(M::CHART.state(state.number()).wire()))
}

/// The event in the chart. Names and chart come from one declaration, so that each name has its event.
pub(crate) fn in_chart<M: Machine>(event: M::EventName) -> &'static Event {
    let found = M::CHART.events().get(usize::from(event.number()));
    found.expect("the chart has all events of its machine, in the order of their names")
}

/// An event as canonical JSON; the empty string if it cannot be written, which no record holds.
pub(crate) fn event_json(event: &impl Serialize) -> String {
    canonical(event).unwrap_or_default()
}
