//! Since when a run is in its states, and which of its timeouts have come.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::chart::{Chart, Event, Task};
use crate::machine::{Name, Timeout};
use crate::record::{Entered, Version, truncated};

/// When the state of a run and the superstates around it were entered, from the inside out.
#[derive(Debug, Clone, Default)]
pub(super) struct Timers(pub(super) Vec<Entered>);

impl Timers {
    /// The timers of a run that the record of `version` has brought into a leaf.
    pub(super) fn started(
        chart: &'static Chart,
        leaf: u16,
        version: Version,
        time: DateTime<Utc>,
    ) -> Self {
        let time = truncated(time);
        let enter = |node| Entered::new(wire(chart, node), version, time);
        Self(chart.ancestors(leaf).map(enter).collect())
    }

    /// The timers of a run that was forked in a leaf, where these timeouts have come; `None` if they are of states in
    /// which it is not.
    pub(super) fn forked(
        chart: &'static Chart,
        leaf: u16,
        time: DateTime<Utc>,
        spent: &BTreeMap<String, Vec<String>>,
    ) -> Option<Self> {
        let mut timers = Self::started(chart, leaf, Version::START, time);
        for (state, events) in spent {
            let entered = timers.entered_mut(state)?;
            entered.spent = events.iter().cloned().map(Cow::Owned).collect();
        }
        Some(timers)
    }

    /// The timeouts that have come in the active states, by the name of the state.
    pub(super) fn spent(&self) -> BTreeMap<String, Vec<String>> {
        let spent = self.0.iter().filter(|entered| !entered.spent.is_empty());
        spent
            .map(|entered| {
                let events = entered.spent.iter().map(|event| event.clone().into_owned());
                (entered.state.clone().into_owned(), events.collect())
            })
            .collect()
    }

    /// The timers that a snapshot holds of a run in this leaf; `None` if they are of another chart.
    pub(super) fn restored(
        chart: &'static Chart,
        leaf: u16,
        entered: Vec<Entered>,
    ) -> Option<Self> {
        let path = chart.ancestors(leaf).map(|node| chart.state(node).wire());
        let is_same = path.eq(entered.iter().map(|entered| entered.state.as_ref()));
        is_same.then_some(Self(entered))
    }

    /// Takes note of an event in the leaf `from`. A timeout does not come again.
    pub(super) fn took(&mut self, chart: &'static Chart, from: u16, event: &Event) {
        let timeout = chart.clause(from, event).filter(|clause| clause.after().is_some());
        let source = timeout.and_then(|clause| chart.source(from, clause));
        let entered = source.and_then(|source| self.entered_mut(&wire(chart, source)));
        if let Some(entered) = entered {
            entered.spent.push(Cow::Owned(event.name().to_owned()));
        }
    }

    /// Takes note that a task has ended. It does not start again before its state is entered again.
    pub(super) fn performed(&mut self, chart: &'static Chart, task: &Task) {
        if let Some(entered) = self.entered_mut(&wire(chart, task.state())) {
            entered.spent.push(Cow::Owned(task.name().to_owned()));
        }
    }

    /// The version and the time of the record that started a task; `None` if it has ended, or its state is not active.
    pub(super) fn since(
        &self,
        chart: &'static Chart,
        task: &Task,
    ) -> Option<(Version, DateTime<Utc>)> {
        let state = wire(chart, task.state());
        let entered = self.0.iter().find(|entered| entered.state == state)?;
        let is_spent = entered.spent.iter().any(|spent| spent == task.name());
        (!is_spent).then_some((entered.version, entered.time))
    }

    /// Takes note that the leaf was left and another, or the same again, was entered. A superstate around both goes on.
    pub(super) fn moved(
        &mut self,
        chart: &'static Chart,
        to: u16,
        version: Version,
        time: DateTime<Utc>,
    ) {
        let before = std::mem::replace(self, Self::started(chart, to, version, time));
        for superstate in before.0.into_iter().skip(1) {
            // A leaf is none of its own superstates, so that only superstates are found.
            if let Some(entered) = self.entered_mut(&superstate.state.clone()) {
                *entered = superstate;
            }
        }
    }

    /// When a timeout falls due; `None` if it has come.
    pub(super) fn due<E: Name>(
        &self,
        chart: &'static Chart,
        timeout: &Timeout<E>,
    ) -> Option<DateTime<Utc>> {
        let source = wire(chart, timeout.source);
        let entered = self.0.iter().find(|entered| entered.state == source)?;
        let event = chart.events().get(usize::from(timeout.event.number()))?;
        let is_spent = entered.spent.iter().any(|spent| spent == event.name());
        (!is_spent).then(|| later(entered.time, timeout.after))
    }

    fn entered_mut(&mut self, state: &str) -> Option<&mut Entered> {
        self.0.iter_mut().find(|entered| entered.state == state)
    }
}

/// The time so much later, at most the last that can be represented.
fn later(time: DateTime<Utc>, after: Duration) -> DateTime<Utc> {
    let later = TimeDelta::from_std(after).ok().and_then(|after| time.checked_add_signed(after));
    later.unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn wire(chart: &'static Chart, node: u16) -> Cow<'static, str> {
    Cow::Borrowed(chart.state(node).wire())
}
