//! The states of the declaration, and what stands in the place of those that it does not have.

use super::super::draft::{Kind, State};
use super::super::names::Names;
use super::ends::Ends;
use super::groups::Group;
use super::shape::Shape;
use super::{Item, StateItem};

impl Shape<'_> {
    /// The names of the states that the machine has.
    pub(super) fn names(&self, ends: &Ends, names: &mut Names) -> Vec<String> {
        let mut idents = vec![String::new(); self.draft.states.len()];
        for (number, ident) in idents.iter_mut().enumerate().skip(1) {
            if ends.has(number) {
                *ident = names.ty(&self.draft.state(number).id);
            }
        }
        idents
    }

    /// The states in the order of the chart, and what is left out in its place.
    pub(super) fn items(&self, ends: &Ends, groups: &[Group<'_>], idents: &[String]) -> Vec<Item> {
        let mut items = Vec::new();
        let mut open: Vec<usize> = self.draft.state(0).children.iter().rev().copied().collect();
        while let Some(number) = open.pop() {
            let state = self.draft.state(number);
            if matches!(state.kind, Kind::History { .. }) {
                continue;
            }
            if !ends.has(number) {
                items.push(Item::LeftOut(self.left_out(number)));
                continue;
            }
            let mut item = self.item(number, state, ends, idents);
            let never = groups
                .iter()
                .enumerate()
                .filter(|(place, group)| group.state == number && !ends.takes(*place));
            for one in never.flat_map(|(_, group)| &group.candidates) {
                item.remarks.push(format!(
                    "left out, since every state inside takes the event: {}",
                    self.draft.described(one)
                ));
            }
            items.push(Item::State(item));
            open.extend(state.children.iter().rev());
        }
        items
    }

    fn left_out(&self, number: usize) -> Vec<String> {
        let reason = if self.is_kept(number) {
            "nothing leads to it:".to_owned()
        } else {
            let parallel = &self.draft.state(self.draft.state(number).parent).id;
            format!(
                "a region of `{parallel}` beside the one that is kept; declare a machine of its own for it:"
            )
        };
        let mut lines = vec![reason];
        lines.extend(self.draft.outline(number));
        lines
    }

    fn item(&self, number: usize, state: &State, ends: &Ends, idents: &[String]) -> StateItem {
        let ident = |number: usize| idents.get(number).cloned().unwrap_or_default();
        let mut remarks = Vec::new();
        let is_leaf = self.is_leaf(number);
        let is_final = ends.is_final(number);
        if state.kind == Kind::Parallel {
            remarks.push("the original is parallel: a machine is in one state at a time, so one region is kept".to_owned());
        }
        if is_leaf && is_final && state.kind != Kind::Final {
            remarks.push("nothing leads out of it, so it is marked final".to_owned());
        }
        if is_leaf && !is_final && state.kind == Kind::Final {
            remarks.push("final in the original, where transitions lead on from it".to_owned());
        }
        let remembers = self.remembers(number);
        StateItem {
            name: ident(number),
            docs: state.docs.clone(),
            notes: state.notes.clone(),
            remarks,
            parent: (state.parent != 0).then(|| ident(state.parent)),
            is_superstate: !is_leaf,
            is_initial: number == self.initial,
            is_final: is_leaf && is_final,
            default: remembers.then(|| ident(ends.default(self, number))),
        }
    }
}
