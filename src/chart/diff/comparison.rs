//! Comparing two charts.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use super::super::document::{
    ClauseDocument, Document, EventDocument, ParameterDocument, StateDocument,
};
use super::super::span::Span;
use super::{ChangeKind, ChartChange};
use crate::upgrade::{Change, Holder, Upgrade};

/// Two charts, and the upgrades from one to the other.
pub(super) struct Comparison<'d> {
    pub(super) old: &'d Document,
    pub(super) new: &'d Document,
    /// Those that hold for records of the old chart.
    pub(super) upgrades: Vec<Upgrade>,
}

impl Comparison<'_> {
    pub(super) fn machine(&self) -> Vec<ChartChange> {
        let (old, new) = (self.old, self.new);
        let mut changes = Vec::new();
        if old.machine != new.machine {
            let detail = format!("it was `{}`", old.machine);
            changes.push(changed(
                format!("machine `{}`", new.machine),
                detail,
                Some("they are of another machine".into()),
            ));
        }
        if old.version != new.version {
            let breaks = (old.version > new.version)
                .then(|| format!("records of version {} are newer than the machine", old.version));
            changes.push(changed(
                "version".into(),
                format!("{} to {}", old.version, new.version),
                breaks,
            ));
        }
        if !self.now(&old.initial).contains(&new.initial) {
            let breaks = "they start in another state".into();
            changes.push(changed(
                "initial state".into(),
                format!("{} to {}", old.initial, new.initial),
                Some(breaks),
            ));
        }
        changes
    }

    pub(super) fn states(&self) -> Vec<ChartChange> {
        let (old, new) = (self.old, self.new);
        let mut changes = Vec::new();
        let all = |document: &Document| {
            let leaves = document.states.iter().map(|state| ("state", state.clone()));
            let superstates =
                document.superstates.iter().map(|state| ("superstate", state.clone()));
            leaves.chain(superstates).collect::<Vec<_>>()
        };
        for (what, state) in all(old) {
            let item = format!("{what} {}", state.name);
            match find(new, &state.name) {
                Some(now) => {
                    let detail = state_change(&state, now);
                    changes.extend(detail.map(|detail| changed(item, detail, None)));
                }
                None => {
                    let upgrade = self.state_upgrade(&state.name);
                    let breaks = (upgrade.is_none() && what == "state")
                        .then(|| format!("histories that were in {} have no place", state.name));
                    let detail = upgrade.map(ToString::to_string).unwrap_or_default();
                    changes.push(ChartChange { kind: ChangeKind::Removed, item, detail, breaks });
                }
            }
        }
        let added = all(new).into_iter().filter(|(_, state)| find(old, &state.name).is_none());
        changes.extend(added.map(|(what, state)| self::added(format!("{what} {}", state.name))));
        changes
    }

    pub(super) fn event(&self, old: &EventDocument) -> Vec<ChartChange> {
        let item = format!("event `{}`", old.name);
        let upgrade = self.upgrades.iter().find(|upgrade| match upgrade.change {
            Change::Event { from, .. } => from == old.name,
            Change::Dropped { event } => event == old.name,
            _ => false,
        });
        let name = match upgrade.map(|upgrade| upgrade.change) {
            Some(Change::Event { to, .. }) => to,
            _ => &old.name,
        };
        let detail = upgrade.map(ToString::to_string).unwrap_or_default();
        let now = self.new.events.iter().find(|event| event.name == name);
        let Some(now) = now else {
            let breaks =
                upgrade.is_none().then(|| "histories with it cannot be replayed".to_string());
            return vec![ChartChange { kind: ChangeKind::Removed, item, detail, breaks }];
        };
        let mut changes = Vec::new();
        if upgrade.is_some() {
            changes.push(changed(item.clone(), detail, None));
        }
        changes.extend(self.payload(&item, old, now));
        changes.extend(self.clauses(&item, old, now));
        changes
    }

    pub(super) fn added_events(&self) -> impl Iterator<Item = ChartChange> {
        let is_old = |event: &&EventDocument| {
            let is_renamed = self.upgrades.iter().any(
                |upgrade| matches!(upgrade.change, Change::Event { to, .. } if to == event.name),
            );
            is_renamed || self.old.events.iter().any(|old| old.name == event.name)
        };
        let added = self.new.events.iter().filter(move |event| !is_old(event));
        added.map(|event| self::added(format!("event `{}`", event.name)))
    }

    /// The parts of a payload. A rewriting function is expected to give all of it its present form.
    fn payload(&self, item: &str, old: &EventDocument, now: &EventDocument) -> Vec<ChartChange> {
        let of_event = |holder| matches!(holder, Holder::Event(event) if event == now.name);
        let rewritten = self.upgrades.iter().find(
            |upgrade| matches!(upgrade.change, Change::Rewritten { what, .. } if of_event(what)),
        );
        let renamed = |from: &str| {
            self.upgrades.iter().find_map(|upgrade| match upgrade.change {
                Change::Field { of, from: old, to } if of_event(of) && old == from => Some(to),
                _ => None,
            })
        };
        let breaks = |why: &str| rewritten.is_none().then(|| why.to_string());
        let item = |parameter: &str| format!("{item}, `{parameter}`");
        let mut changes = Vec::new();
        let mut kept = BTreeSet::new();
        for parameter in &old.payload {
            let name = renamed(&parameter.name).unwrap_or(&parameter.name);
            match now.payload.iter().find(|now| now.name == name) {
                Some(present) => {
                    kept.insert(name);
                    if let Some(detail) = parameter_change(parameter, present) {
                        let is_same = parameter.ty == present.ty;
                        let breaks = if is_same {
                            None
                        } else {
                            breaks("recorded payloads may not be read")
                        };
                        changes.push(changed(item(&parameter.name), detail, breaks));
                    }
                }
                None => changes.push(ChartChange {
                    kind: ChangeKind::Removed,
                    item: item(&parameter.name),
                    detail: String::new(),
                    breaks: breaks("recorded payloads have it"),
                }),
            }
        }
        for parameter in now.payload.iter().filter(|now| !kept.contains(&*now.name)) {
            changes.push(ChartChange {
                breaks: breaks("recorded payloads lack it"),
                ..added(item(&parameter.name))
            });
        }
        changes
    }

    /// Where the event leads, by the leaves in which the old machine took it.
    fn clauses(&self, item: &str, old: &EventDocument, now: &EventDocument) -> Vec<ChartChange> {
        let mut changes = Vec::new();
        for leaf in &self.old.states {
            let Some(before) = clause(self.old, old, leaf) else { continue };
            for leaf in self.now(&leaf.name) {
                let Some(state) = find(self.new, &leaf) else { continue };
                let Some(after) = clause(self.new, now, state) else {
                    let breaks = Some("histories with it are refused".to_string());
                    let detail = format!("no longer possible in {leaf}");
                    changes.push(changed(item.into(), detail, breaks));
                    continue;
                };
                changes.extend(self.clause(&format!("{item} in {leaf}"), before, after));
            }
        }
        for leaf in &self.new.states {
            let is_new =
                clause(self.old, old, leaf).is_none() && find(self.old, &leaf.name).is_some();
            if is_new && clause(self.new, now, leaf).is_some() {
                changes.push(changed(item.into(), format!("now possible in {}", leaf.name), None));
            }
        }
        changes
    }

    fn clause(
        &self,
        item: &str,
        before: &ClauseDocument,
        after: &ClauseDocument,
    ) -> Option<ChartChange> {
        let old: BTreeSet<String> = before.to.iter().flat_map(|to| self.now(to)).collect();
        let new: BTreeSet<String> = after.to.iter().cloned().collect();
        let list = |states: &BTreeSet<String>, history: &Option<String>| {
            let mut names: Vec<_> = states.iter().cloned().collect();
            names.extend(history.iter().map(|superstate| format!("the last of {superstate}")));
            if names.is_empty() { "itself".to_string() } else { names.join(" or ") }
        };
        let (mut details, mut breaks) = (Vec::new(), None);
        if old != new || before.history != after.history {
            details.push(format!(
                "leads to {}, before to {}",
                list(&new, &after.history),
                list(&old, &before.history)
            ));
            let is_wider =
                old.is_subset(&new) && before.history == after.history && !old.is_empty();
            breaks = (!is_wider).then(|| "recorded targets differ".to_string());
        }
        for guard in after.guards.iter().filter(|guard| !before.guards.contains(guard)) {
            details.push(format!("guard `{guard}` added"));
        }
        for guard in before.guards.iter().filter(|guard| !after.guards.contains(guard)) {
            details.push(format!("guard `{guard}` removed"));
        }
        if before.approvals != after.approvals {
            details.push(format!("approvals {} to {}", before.approvals, after.approvals));
        }
        if before.fallible != after.fallible {
            let word = if after.fallible { "may fail" } else { "cannot fail any more" };
            details.push(word.to_string());
        }
        if before.after_ms != after.after_ms {
            let time = |after: Option<u64>| {
                after.map_or("none".to_string(), |ms| Span(Duration::from_millis(ms)).to_string())
            };
            details.push(format!("timeout {} to {}", time(before.after_ms), time(after.after_ms)));
        }
        (!details.is_empty()).then(|| changed(item.into(), details.join("; "), breaks))
    }

    /// The present names of an old state.
    fn now(&self, state: &str) -> Vec<String> {
        match self.state_upgrade(state).map(|upgrade| upgrade.change) {
            Some(Change::State { to, .. }) => to.iter().map(|to| (*to).to_string()).collect(),
            _ => vec![state.to_string()],
        }
    }

    fn state_upgrade(&self, state: &str) -> Option<&Upgrade> {
        self.upgrades
            .iter()
            .find(|upgrade| matches!(upgrade.change, Change::State { from, .. } if from == state))
    }
}

/// The clause by which an event is handled in a leaf: its own, else that of its nearest superstate.
fn clause<'d>(
    chart: &'d Document,
    event: &'d EventDocument,
    leaf: &'d StateDocument,
) -> Option<&'d ClauseDocument> {
    let around = core::iter::successors(Some(leaf), |state| find(chart, state.parent.as_ref()?));
    // A file may have a cycle of parents.
    around
        .take(chart.superstates.len() + 1)
        .find_map(|state| event.clauses.iter().find(|clause| clause.from.contains(&state.name)))
}

fn find<'d>(chart: &'d Document, name: &str) -> Option<&'d StateDocument> {
    chart.states.iter().chain(&chart.superstates).find(|state| state.name == name)
}

fn state_change(old: &StateDocument, new: &StateDocument) -> Option<String> {
    let mut details = Vec::new();
    if old.parent != new.parent {
        let name = |parent: &Option<String>| parent.clone().unwrap_or_else(|| "none".to_string());
        details.push(format!("superstate {} to {}", name(&old.parent), name(&new.parent)));
    }
    if old.default != new.default {
        let name = |leaf: &Option<String>| leaf.clone().unwrap_or_else(|| "none".to_string());
        details.push(format!("default {} to {}", name(&old.default), name(&new.default)));
    }
    if old.is_final != new.is_final {
        details.push(if new.is_final { "now final" } else { "no longer final" }.to_string());
    }
    (!details.is_empty()).then(|| details.join("; "))
}

fn parameter_change(old: &ParameterDocument, new: &ParameterDocument) -> Option<String> {
    let mut details = Vec::new();
    if old.name != new.name {
        details.push(format!("now `{}`", new.name));
    }
    if old.ty != new.ty {
        details.push(format!("type `{}` to `{}`", old.ty, new.ty));
    }
    if old.optional != new.optional {
        details.push(if new.optional { "now optional" } else { "now required" }.to_string());
    }
    if old.sensitive != new.sensitive {
        details
            .push(if new.sensitive { "now sensitive" } else { "no longer sensitive" }.to_string());
    }
    (!details.is_empty()).then(|| details.join("; "))
}

fn changed(item: String, detail: String, breaks: Option<String>) -> ChartChange {
    ChartChange { kind: ChangeKind::Changed, item, detail, breaks }
}

fn added(item: String) -> ChartChange {
    ChartChange { kind: ChangeKind::Added, item, detail: String::new(), breaks: None }
}

#[cfg(test)]
mod tests {
    use crate::chart::{Chart, ChartDiff, Clause, Document, Event, State, Target};

    macro_rules! player {
        ($default:literal, $milliseconds:literal) => {
            Chart::new("Player", "", 0)
                .with_states(
                    &[
                        State::new("Off", "OFF", "").with_parent(2),
                        State::new("On", "ON", "").with_parent(2),
                    ],
                    &[State::new("Active", "ACTIVE", "").with_default($default)],
                )
                .with_events(&[Event::new(
                    "press",
                    "",
                    &[],
                    &[Clause::new(&[0], &[Target::State(1)]).after_milliseconds($milliseconds)],
                )])
        };
    }

    #[test]
    fn durations_and_defaults_are_compared() {
        const OLD: Chart = player!(0, 259_200_000);
        const NEW: Chart = player!(1, 5_400_000);
        let diff = ChartDiff::new(&Document::of(&OLD), &NEW, &[]);
        assert_eq!(
            diff.to_string(),
            "~ superstate ACTIVE: default OFF to ON\n~ event `press` in OFF: timeout 3d to 90m"
        );
    }
}
