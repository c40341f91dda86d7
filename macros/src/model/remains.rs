//! What is left of a declaration: the author's module, and what of it compiles without the machine.

use syn::{Ident, Type};

use super::machine::Module;
use super::names::{INPUT_ITEMS, ITEMS, TASK_ITEMS};
use crate::parse::{Declaration, Function, Kind, Role, names_of, plain_name};

/// What is emitted after an error of names.
pub(crate) struct Remains<'d> {
    /// With the items that compile without the machine.
    pub(crate) module: Module<'d>,
    /// The names of the generated items, which are missing.
    pub(crate) missing: Vec<String>,
}

/// What is left of a declaration whose names are not resolved.
pub(crate) fn remains(declaration: &Declaration) -> Remains<'_> {
    let mut module = module(declaration);
    module.items.retain(|(place, _)| compiles(declaration, *place));
    let machine = declaration.name.to_string();
    let of_tasks = TASK_ITEMS.into_iter().filter(|_| declaration.has_tasks);
    let of_inputs = INPUT_ITEMS.into_iter().filter(|_| declaration.has_inputs());
    let missing = std::iter::once(&*machine).chain(ITEMS).chain(of_tasks).chain(of_inputs);
    let missing = missing.filter(|name| !declares(declaration, name)).map(str::to_owned).collect();
    Remains { module, missing }
}

/// The author's module.
pub(super) fn module(declaration: &Declaration) -> Module<'_> {
    Module {
        attrs: &declaration.attrs,
        vis: &declaration.vis,
        ident: &declaration.module,
        items: declaration.items.iter().enumerate().collect(),
        marked: &declaration.marked,
        needs_history: needs_history(declaration),
    }
}

/// Whether an item brings in the name.
fn declares<T: ?Sized>(declaration: &Declaration, name: &T) -> bool
where
    Ident: PartialEq<T>,
{
    declaration.items.iter().flat_map(names_of).any(|own| own == name)
}

/// Whether handlers name `History` and the author has not imported it.
fn needs_history(declaration: &Declaration) -> bool {
    let is_history = |ty: &Type| match ty {
        Type::Path(path) => {
            let mut segments = path.path.segments.iter();
            segments.next().is_some_and(|first| first.ident == "History")
                && segments.next().is_none()
        }
        _ => false,
    };
    let mut values =
        declaration.functions.iter().filter_map(|function| function.output.value.as_ref());
    values.any(is_history) && !declares(declaration, "History")
}

/// Whether the item at this place compiles without the machine.
fn compiles(declaration: &Declaration, place: usize) -> bool {
    if declaration.marked.contains(&place) {
        let mut functions = declaration.functions.iter();
        return functions
            .any(|function| function.place == place && is_whole(declaration, function));
    }
    let mut choices = declaration.choices.iter();
    let declared = |(_, state): &(Ident, Ident)| declares(declaration, state);
    choices.all(|choice| choice.place != place || choice.branches.iter().all(declared))
}

/// Whether a function compiles without the machine: its name is its own, its target and what it borrows are declared.
fn is_whole(declaration: &Declaration, function: &Function) -> bool {
    let alone =
        declaration.functions.iter().filter(|other| other.ident == function.ident).count() == 1;
    let target = match function.kind {
        Kind::Transition(_) => function.output.value.as_ref().and_then(plain_name),
        _ => None,
    };
    let borrowed = function.parameters.iter().filter_map(|parameter| match &parameter.role {
        Role::Borrowed { name, .. } => Some(name.clone()),
        Role::Payload => None,
    });
    alone && borrowed.chain(target).all(|name| declares(declaration, &name))
}
