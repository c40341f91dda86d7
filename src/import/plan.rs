//! What of a chart a machine can have.

mod clauses;
mod ends;
mod groups;
mod items;
mod shape;

use super::ImportError;
use super::draft::{Draft, Payload};
use super::names::{self, Names};

use self::shape::Shape;

/// A machine, to be written down.
pub(super) struct Plan {
    pub(super) format: &'static str,
    pub(super) module: String,
    /// The name, where it does not follow from the module's.
    pub(super) name: Option<String>,
    pub(super) docs: String,
    pub(super) notes: Vec<String>,
    pub(super) items: Vec<Item>,
    pub(super) guards: Vec<Guard>,
    pub(super) clauses: Vec<Clause>,
}

/// A state, or what stands in its place.
pub(super) enum Item {
    State(StateItem),
    /// A state that the machine does not have.
    LeftOut(Vec<String>),
}

pub(super) struct StateItem {
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) notes: Vec<String>,
    /// What is different from the original.
    pub(super) remarks: Vec<String>,
    pub(super) parent: Option<String>,
    pub(super) is_superstate: bool,
    pub(super) is_initial: bool,
    pub(super) is_final: bool,
    /// The state to which the history of a superstate leads first.
    pub(super) default: Option<String>,
}

pub(super) struct Guard {
    pub(super) name: String,
    pub(super) condition: String,
}

/// Where a transition leads.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Outcome<L = usize> {
    Stay,
    Leaf(L),
    /// The state inside the superstate that was last left.
    History(L),
    /// One of several, with the name of their enum.
    Choice(String, Vec<L>),
}

/// A function of the declaration.
#[derive(PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) event: String,
    pub(super) from: Vec<String>,
    pub(super) outcome: Outcome<String>,
    pub(super) guards: Vec<String>,
    pub(super) approvals: u8,
    pub(super) after: Option<u64>,
    pub(super) fallible: bool,
    pub(super) payload: Vec<Payload>,
    pub(super) docs: String,
    pub(super) notes: Vec<String>,
    pub(super) remarks: Vec<String>,
}

/// Resolves a chart.
pub(super) fn plan(draft: &Draft) -> Result<Plan, ImportError> {
    let shape = Shape::of(draft)?;
    let groups = groups::groups(&shape);
    let found = ends::ends(&shape, &groups);
    let (module, type_name) = names::machine(&draft.name);
    let mut states = draft.states.iter().skip(1);
    let collides = states.any(|state| Names::default().ty(&state.id) == type_name);
    let name = collides.then(|| format!("{type_name}Machine"));
    let mut names = Names::of_machine(name.as_deref().unwrap_or(&type_name));
    let mut plan = Plan {
        format: draft.format,
        module,
        name: name.or_else(|| (type_name == "Machine").then_some(type_name)),
        docs: draft.docs.clone(),
        notes: draft.notes.clone(),
        items: Vec::new(),
        guards: Vec::new(),
        clauses: Vec::new(),
    };
    let idents = shape.names(&found, &mut names);
    plan.items = shape.items(&found, &groups, &idents);
    clauses::write(&shape, &groups, &found, &idents, &mut names, &mut plan);
    ends::finish(&shape, &found, &idents, &mut names, &mut plan);
    Ok(plan)
}
