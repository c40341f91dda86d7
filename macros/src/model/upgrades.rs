//! The upgrades of a machine, with their names as records hold them.

use std::collections::HashSet;

use heck::ToShoutySnakeCase;
use proc_macro2::Span;
use syn::{Ident, LitStr};

use super::change::{Change, Holder, Upgrade};
use super::machine::Event;
use super::names;
use super::scope::Scope;
use crate::parse::{Change as Declared, Rewritten, Upgrade as Decl, unraw, wire_names};
use crate::report::{Report, did_you_mean};

/// The upgrades in the order in which records pass them: by version, and names before values.
pub(super) fn upgrades<'d>(
    scope: &Scope<'d>,
    events: &[Event<'d>],
    report: &mut Report,
) -> Vec<Upgrade<'d>> {
    let declaration = scope.declaration;
    if let (Some(first), false) = (declaration.upgrades.first(), declaration.serde) {
        report.span(
            first.since_at,
            "an upgrade reads records, and this machine has no wire form: declare it `#[machine(serde)]`",
        );
    }
    let mut reader = Reader { scope, events, known: HashSet::new() };
    let mut found: Vec<Upgrade<'d>> = Vec::new();
    for decl in &declaration.upgrades {
        since(decl, declaration.version.map_or(1, |(version, _)| version), report);
        if let Some(change) = reader.change(decl, report) {
            found.push(Upgrade { since: decl.since, change });
        }
    }
    found.sort_by_key(|upgrade| (upgrade.since, order(&upgrade.change)));
    found
}

fn order(change: &Change<'_>) -> u8 {
    match change {
        Change::Event { .. } | Change::Dropped { .. } | Change::State { .. } => 0,
        Change::Field { .. } => 1,
        Change::Rewritten { .. } => 2,
    }
}

fn since(decl: &Decl, version: u32, report: &mut Report) {
    let since = decl.since;
    if since < 2 {
        report.span(
            decl.since_at,
            "`since` is the first version that has the new form, from 2 on: version 1 has none before it",
        );
    } else if since > version {
        report.span(
            decl.since_at,
            format_args!("the machine has version {version}, which is before this upgrade: declare `#[machine(version = {since})]`"),
        );
    }
}

/// An old name that an upgrade is about.
#[derive(PartialEq, Eq, Hash)]
enum Old {
    Event(String),
    State(String),
    Field(Holder, String),
    Value(Holder),
}

struct Reader<'s, 'd> {
    scope: &'s Scope<'d>,
    events: &'s [Event<'d>],
    /// The upgrades so far, by version and old name.
    known: HashSet<(u32, Old)>,
}

impl<'d> Reader<'_, 'd> {
    fn change(&mut self, decl: &'d Decl, report: &mut Report) -> Option<Change<'d>> {
        let since = decl.since;
        match &decl.change {
            Declared::Event { to, from } => {
                let to = self.event(to, report)?;
                let from = self.old_event(since, from, report)?;
                Some(Change::Event { from, to })
            }
            Declared::Dropped { from } => {
                self.old_event(since, from, report).map(|event| Change::Dropped { event })
            }
            Declared::State { to, from } => {
                let mut states: Vec<String> = Vec::new();
                for name in to {
                    let state = self.state(name, report)?;
                    if states.contains(&state) {
                        report.at(name, format_args!("`{name}` is named already: remove one"));
                    }
                    states.push(state);
                }
                let from = self.old_state(since, from, report)?;
                Some(Change::State { from, to: states })
            }
            Declared::Field { of, to, from } => self.field(since, of, to, from, report),
            Declared::Rewritten { what, by } => {
                let (what, at) = match what {
                    Rewritten::Event(name) => {
                        (Holder::Event(self.event(name, report)?), name.span())
                    }
                    Rewritten::State(name) => {
                        (Holder::State(self.state(name, report)?), name.span())
                    }
                    Rewritten::Context(at) if self.scope.declaration.contexts.is_empty() => {
                        report.span(*at, "the machine has no context: mark a struct `#[context]`");
                        return None;
                    }
                    Rewritten::Context(at) => (Holder::Context, *at),
                };
                self.once(since, Old::Value(what.clone()), at, "it", report);
                Some(Change::Rewritten { what, by })
            }
        }
    }

    /// A present event, or an error on the name.
    fn event(&self, name: &Ident, report: &mut Report) -> Option<String> {
        if self.events.iter().any(|event| event.ident == name) {
            return Some(unraw(name));
        }
        // A handler that was refused is no event, and has been said to be none.
        if !self.scope.functions().any(|function| function.ident == *name) {
            let known: Vec<_> = self.events.iter().map(|event| unraw(event.ident)).collect();
            let hint = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
            report.at(name, format_args!("no event `{name}` is declared{hint}"));
        }
        None
    }

    /// A present state, or an error on the name.
    fn state(&self, name: &Ident, report: &mut Report) -> Option<String> {
        if self.scope.superstate(name).is_some() {
            report.at(
                name,
                format_args!("`{name}` is a superstate, and records name states: name one inside"),
            );
            return None;
        }
        self.scope.known_state(name, report).map(|_| names::wire(name))
    }

    fn old_event(&mut self, since: u32, from: &LitStr, report: &mut Report) -> Option<String> {
        let name = from.value();
        if self.events.iter().any(|event| unraw(event.ident) == name) {
            report.at(
                from,
                format_args!("`{name}` is an event still: an upgrade names one that is gone"),
            );
            return None;
        }
        self.once(since, Old::Event(name.clone()), from.span(), &name, report);
        Some(name)
    }

    fn old_state(&mut self, since: u32, from: &LitStr, report: &mut Report) -> Option<String> {
        let name = from.value();
        let wire = name.to_shouty_snake_case();
        if wire != name {
            report.at(from, format_args!("records name states as on the wire: write \"{wire}\""));
            return None;
        }
        let states = &self.scope.declaration.states;
        if states.iter().any(|state| names::wire(&state.ident) == name) {
            report.at(
                from,
                format_args!("{name} is a state still: an upgrade names one that is gone"),
            );
            return None;
        }
        self.once(since, Old::State(name.clone()), from.span(), &name, report);
        Some(name)
    }

    fn field(
        &mut self,
        since: u32,
        of: &Ident,
        to: &Ident,
        from: &LitStr,
        report: &mut Report,
    ) -> Option<Change<'d>> {
        let (holder, fields) = self.holder(of, report)?;
        let old = from.value();
        let mut wire = unraw(to);
        if let Some(fields) = fields {
            match fields.iter().find(|(field, _)| field == to) {
                Some((_, name)) => wire.clone_from(name),
                None => {
                    let names: Vec<_> = fields.iter().map(|(field, _)| unraw(field)).collect();
                    let hint = did_you_mean(&unraw(to), names.iter().map(String::as_str));
                    report.at(to, format_args!("`{of}` has no field `{to}`{hint}"));
                    return None;
                }
            }
            if fields.iter().any(|(_, name)| *name == old) {
                report.at(
                    from,
                    format_args!(
                        "`{old}` is a field of `{of}` still: an upgrade names one that is gone"
                    ),
                );
                return None;
            }
        }
        self.once(since, Old::Field(holder.clone(), old.clone()), from.span(), &old, report);
        Some(Change::Field { of: holder, from: old, to: wire })
    }

    /// What has fields under this name, and the fields with their names on the wire, where they are declared here.
    #[expect(clippy::type_complexity, reason = "a pair of which one part may be unknown")]
    fn holder(
        &self,
        name: &Ident,
        report: &mut Report,
    ) -> Option<(Holder, Option<Vec<(Ident, String)>>)> {
        let declaration = self.scope.declaration;
        if let Some(context) = declaration.contexts.iter().find(|context| context.ident == *name) {
            return Some((Holder::Context, context.fields.clone()));
        }
        if let Some(state) = declaration.states.iter().find(|state| state.ident == *name) {
            let fields = wire_names(&state.item.attrs, &state.item.fields);
            return Some((Holder::State(names::wire(name)), Some(fields)));
        }
        if let Some(event) = self.events.iter().find(|event| event.ident == name) {
            let fields = event.payload.iter();
            let fields = fields.map(|field| (field.ident.clone(), unraw(&field.ident))).collect();
            return Some((Holder::Event(unraw(name)), Some(fields)));
        }
        let contexts = declaration.contexts.iter().map(|context| &context.ident);
        let states = declaration.states.iter().map(|state| &state.ident);
        let events = self.events.iter().map(|event| event.ident);
        let known: Vec<_> = contexts.chain(states).chain(events).map(unraw).collect();
        let hint = did_you_mean(&unraw(name), known.iter().map(String::as_str));
        report.at(name, format_args!("no state, event or context `{name}` is declared{hint}"));
        None
    }

    fn once(&mut self, since: u32, old: Old, at: Span, name: &str, report: &mut Report) {
        if !self.known.insert((since, old)) {
            let name = if name == "it" { name.to_owned() } else { format!("`{name}`") };
            report.span(
                at,
                format_args!("{name} has an upgrade in version {since} already: remove one"),
            );
        }
    }
}
