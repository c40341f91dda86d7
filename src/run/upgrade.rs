//! Reading records of earlier versions of the machine: the declared upgrades, applied to what a record holds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::Run;
use super::error::Mismatch;
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::{Configuration, Entry};
use crate::upgrade::{Change, Holder, Rewrite, Upgrade};

impl<M: Portable> Run<M> {
    /// The upgrades that reading the history has needed.
    pub fn upgrades(&self) -> impl Iterator<Item = &'static Upgrade> {
        self.upgrades.used::<M>()
    }

    /// What a recorded event and the leaf before it are now, for each version of the machine that may have written it.
    pub(crate) fn readings<'r>(
        event: &'r RawValue,
        from: &Configuration,
    ) -> Vec<(u16, Cow<'r, RawValue>)> {
        let mut versions: Vec<u32> = M::UPGRADES.iter().map(|upgrade| upgrade.since - 1).collect();
        versions.push(M::CHART.version());
        versions.dedup();
        let mut found = Vec::new();
        for by in versions.into_iter().rev() {
            let mut upgrades = Upgrades::of(by);
            let Ok(Upgraded::Event(event)) = upgrades.event::<M>(event) else { continue };
            for (leaf, state) in (0..).zip(M::CHART.states()) {
                if upgrades.is_in::<M>(from, &Configuration::of(state.wire())) {
                    found.push((leaf, event.clone()));
                }
            }
        }
        found
    }

    /// Whether a digest of the last record can be compared with the machine's value.
    pub(crate) fn keeps_values(&self) -> bool {
        self.upgrades.keeps_values::<M>()
    }

    /// The entry with the version of the machine, where the record before may be of another.
    pub(super) fn versioned(&self, entry: Entry) -> Entry {
        let version = M::CHART.version();
        if self.upgrades.written_by() == version && (!self.is_foreign || version == 1) {
            return entry;
        }
        entry.with_machine_version(version)
    }
}

/// By which version the records are written that are read, and which upgrades they have needed.
#[derive(Debug, Clone, Default)]
pub(super) struct Upgrades {
    by: u32,
    /// The places of the upgrades among those of the machine.
    used: BTreeSet<usize>,
}

/// An event as the present machine has it.
pub(super) enum Upgraded<'r> {
    Event(Cow<'r, RawValue>),
    /// The machine has no such event any more, and needs none.
    Dropped,
}

impl Upgrades {
    /// For records that version `by` of the machine has written.
    pub(super) fn of(by: u32) -> Self {
        Self { by, used: BTreeSet::new() }
    }

    /// The version that has written the last record.
    pub(super) fn written_by(&self) -> u32 {
        self.by
    }

    /// The next records are written by this version.
    pub(super) fn write_by(&mut self, by: u32) {
        self.by = by;
    }

    /// The next record to read names this version, if it names one.
    pub(super) fn read_by<M: Portable>(&mut self, by: Option<u32>) -> Result<(), Mismatch> {
        self.by = by.unwrap_or(self.by);
        let own = M::CHART.version();
        if self.by > own { Err(Mismatch::Newer { by: self.by, own }) } else { Ok(()) }
    }

    /// The upgrades that some record has needed.
    pub(super) fn used<M: Portable>(&self) -> impl Iterator<Item = &'static Upgrade> {
        self.used.iter().filter_map(|place| M::UPGRADES.get(*place))
    }

    /// Whether the digest of a record can be compared with the present value.
    pub(super) fn keeps_values<M: Portable>(&self) -> bool {
        !self.pending::<M>().any(|(_, upgrade)| upgrade.changes_values())
    }

    /// The upgrades that hold for the record, in the order of their versions.
    fn pending<M: Portable>(&self) -> impl Iterator<Item = (usize, &'static Upgrade)> + use<M> {
        let by = self.by;
        M::UPGRADES.iter().enumerate().filter(move |(_, upgrade)| upgrade.since > by)
    }

    /// The event of a record.
    pub(super) fn event<'r, M: Portable>(
        &mut self,
        written: &'r RawValue,
    ) -> Result<Upgraded<'r>, Mismatch> {
        if self.pending::<M>().next().is_none() {
            return Ok(Upgraded::Event(Cow::Borrowed(written)));
        }
        let event: Map<String, Value> =
            serde_json::from_str(written.get()).map_err(Mismatch::Event)?;
        let Some((recorded, mut payload)) = event.into_iter().next() else {
            return Ok(Upgraded::Event(Cow::Borrowed(written)));
        };
        let mut name = recorded;
        let renamed = self.pending::<M>().find_map(|(place, upgrade)| match upgrade.change {
            Change::Event { from, to } if from == name => Some((place, Some(to))),
            Change::Dropped { event } if event == name => Some((place, None)),
            _ => None,
        });
        let mut is_changed = false;
        if let Some((place, to)) = renamed {
            self.used.insert(place);
            let Some(to) = to else { return Ok(Upgraded::Dropped) };
            (name, is_changed) = (to.to_owned(), true);
        }
        is_changed |= self.reshape::<M>(
            |holder| matches!(holder, Holder::Event(event) if event == name),
            &mut payload,
        )?;
        if !is_changed {
            return Ok(Upgraded::Event(Cow::Borrowed(written)));
        }
        let event = Map::from_iter([(name, payload)]);
        to_raw_value(&event)
            .map(|event| Upgraded::Event(Cow::Owned(event)))
            .map_err(Mismatch::Event)
    }

    /// The initial context of a run.
    pub(super) fn context<'r, M: Portable>(
        &mut self,
        written: &'r RawValue,
    ) -> Result<Cow<'r, RawValue>, Mismatch> {
        if self.pending::<M>().next().is_none() {
            return Ok(Cow::Borrowed(written));
        }
        let mut context = serde_json::from_str(written.get()).map_err(Mismatch::Context)?;
        if !self.reshape::<M>(|holder| holder == Holder::Context, &mut context)? {
            return Ok(Cow::Borrowed(written));
        }
        to_raw_value(&context).map(Cow::Owned).map_err(Mismatch::Context)
    }

    /// The value with which a fork begins.
    pub(super) fn value<'r, M: Portable>(
        &mut self,
        written: &'r RawValue,
    ) -> Result<Cow<'r, RawValue>, Mismatch> {
        if self.pending::<M>().next().is_none() {
            return Ok(Cow::Borrowed(written));
        }
        let mut value: Map<String, Value> =
            serde_json::from_str(written.get()).map_err(Mismatch::Value)?;
        if let Some(context) = value.get_mut("context") {
            self.reshape::<M>(|holder| holder == Holder::Context, context)?;
        }
        if let Some(state) = value.get_mut("state") {
            self.state::<M>(state)?;
        }
        let memory = value.get_mut("history").and_then(Value::as_object_mut);
        for state in memory.into_iter().flat_map(Map::values_mut).filter(|state| !state.is_null()) {
            self.state::<M>(state)?;
        }
        let value = Value::Object(value);
        to_raw_value(&value).map(Cow::Owned).map_err(Mismatch::Value)
    }

    /// A state with its data, `{"READING": {…}}`.
    fn state<M: Portable>(&mut self, state: &mut Value) -> Result<(), Mismatch> {
        let Some(written) = state.as_object_mut() else { return Ok(()) };
        let Some((mut name, mut data)) = std::mem::take(written).into_iter().next() else {
            return Ok(());
        };
        if let Some((place, to)) = self.moved::<M>(&name) {
            let [to] = to else { return Err(Mismatch::Split(name)) };
            self.used.insert(place);
            (*to).clone_into(&mut name);
        }
        self.reshape::<M>(
            |holder| matches!(holder, Holder::State(state) if state == name),
            &mut data,
        )?;
        written.insert(name, data);
        Ok(())
    }

    /// The timeouts that were recorded in states, by their present names.
    pub(super) fn spent<M: Portable>(
        &self,
        written: &BTreeMap<String, Vec<String>>,
    ) -> BTreeMap<String, Vec<String>> {
        let state = |name: &String| match self.moved::<M>(name) {
            Some((_, [to])) => (*to).to_owned(),
            _ => name.clone(),
        };
        let event = |name: &String| {
            let renamed = self.pending::<M>().find_map(|(_, upgrade)| match upgrade.change {
                Change::Event { from, to } if from == name => Some(to),
                _ => None,
            });
            renamed.map_or_else(|| name.clone(), ToOwned::to_owned)
        };
        let spent = written.iter();
        spent.map(|(name, events)| (state(name), events.iter().map(event).collect())).collect()
    }

    /// The present names of a state that has another name now, with the place of the upgrade.
    fn moved<M: Portable>(&self, state: &str) -> Option<(usize, &'static [&'static str])> {
        self.pending::<M>().find_map(|(place, upgrade)| match upgrade.change {
            Change::State { from, to } if from == state => Some((place, to)),
            _ => None,
        })
    }

    /// Whether a machine in the leaf `actual` is where a record says that it is.
    pub(super) fn is_in<M: Portable>(
        &mut self,
        recorded: &Configuration,
        actual: &Configuration,
    ) -> bool {
        if recorded == actual {
            return true;
        }
        let (Some(recorded), Some(actual)) = (recorded.leaves().next(), actual.leaves().next())
        else {
            return false;
        };
        let Some((place, to)) = self.moved::<M>(recorded) else { return false };
        self.used.insert(place);
        to.contains(&actual)
    }

    /// Gives the values of one holder their present form. The answer is whether an upgrade holds for them.
    fn reshape<M: Portable>(
        &mut self,
        is_held: impl Fn(Holder) -> bool,
        value: &mut Value,
    ) -> Result<bool, Mismatch> {
        let mut is_changed = false;
        for (place, upgrade) in self.pending::<M>() {
            let failed = |reason| Mismatch::Upgrade { upgrade: upgrade.to_string(), reason };
            match upgrade.change {
                Change::Field { of, from, to } if is_held(of) => {
                    if !renamed(value, from, to) {
                        continue;
                    }
                }
                Change::Rewritten { what, by, .. } if is_held(what) => {
                    *value = rewritten::<M>(by, value.take()).map_err(failed)?;
                }
                _ => continue,
            }
            self.used.insert(place);
            is_changed = true;
        }
        Ok(is_changed)
    }
}

/// Renames a field, if the value has it.
fn renamed(value: &mut Value, from: &str, to: &str) -> bool {
    let Some(object) = value.as_object_mut() else { return false };
    let Some(field) = object.remove(from) else { return false };
    object.insert(to.to_owned(), field);
    true
}

/// Calls the author's function. What it says may repeat a value, which is not done where values may be sensitive.
fn rewritten<M: Portable>(by: Rewrite, value: Value) -> Result<Value, String> {
    let done = guarded(|| by(value)).unwrap_or_else(|panic| Err(panic.to_string()));
    done.map_err(|reason| {
        if M::CHART.has_sensitive() {
            "the reason is left out, since it may repeat a sensitive value".to_owned()
        } else {
            reason
        }
    })
}
