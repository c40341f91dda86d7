//! The visibility of the author's items, and from that the generated ones'.

use quote::{ToTokens, quote};
use syn::{Ident, Path, Visibility, parse_quote};

use crate::parse::Declaration;
use crate::report::Report;

/// The visibility of the generated items, `depth` modules inside the machine's parent: that of the states.
///
/// A private module with `pub` states has a `pub` machine, which its parent may re-export.
pub(super) fn visibility(declaration: &Declaration, depth: usize) -> Visibility {
    match declaration.states.first() {
        Some(state) => inwards(&state.item.vis, depth - 1),
        None => inwards(&declaration.vis, depth),
    }
}

/// The same visibility, as it is written `depth` modules further in.
fn inwards(vis: &Visibility, depth: usize) -> Visibility {
    let up = match reach(vis) {
        Reach::Up(levels) => levels + depth,
        Reach::Crate | Reach::All => return vis.clone(),
    };
    let supers = std::iter::repeat_n(quote!(super), up);
    match up {
        0 => Visibility::Inherited,
        1 => parse_quote!(pub(super)),
        _ => parse_quote!(pub(in #(#supers)::*)),
    }
}

/// How far an item is visible.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// The number of modules up.
    Up(usize),
    /// In the crate, or in a module that is named from its root.
    Crate,
    All,
}

fn reach(vis: &Visibility) -> Reach {
    match vis {
        Visibility::Public(_) => Reach::All,
        Visibility::Inherited => Reach::Up(0),
        Visibility::Restricted(restricted) => match restricted.path.segments.first() {
            Some(first) if first.ident == "self" || first.ident == "super" => {
                Reach::Up(levels_up(&restricted.path))
            }
            _ => Reach::Crate,
        },
    }
}

/// How many modules up a path of `super` leads, less those that it goes down again.
fn levels_up(path: &Path) -> usize {
    let up = path.segments.iter().filter(|segment| segment.ident == "super").count();
    let down = path.segments.iter().filter(|s| s.ident != "super" && s.ident != "self").count();
    up.saturating_sub(down)
}

/// Checks that the states are as visible as the module and as one another, and the context as the states.
pub(super) fn check(declaration: &Declaration, report: &mut Report) {
    let module = inwards(&declaration.vis, 1);
    let states = declaration.states.iter().map(|state| (&state.ident, &state.item.vis));
    let contexts = declaration.contexts.iter().map(|context| (&context.ident, &context.vis));
    let mut less =
        |what: &str, ident: &Ident, vis: &Visibility, needed: &Visibility, than: &str| {
            let is_less = reach(vis) < reach(needed);
            if is_less {
                let needed = text(needed);
                let message = format_args!(
                    "the {what} `{ident}` is less visible than {than}: make it `{needed}`"
                );
                report.at(ident, message);
            }
            is_less
        };
    let mut visible = Vec::new();
    for (ident, vis) in states {
        if !less("state", ident, vis, &module, "the machine") {
            visible.push((ident, vis));
        }
    }
    let widest = visible.iter().map(|(_, vis)| *vis).max_by_key(|vis| reach(vis));
    let Some(widest) = widest else { return };
    for (ident, vis) in visible {
        less("state", ident, vis, widest, "another");
    }
    for (ident, vis) in contexts {
        less("context", ident, vis, widest, "the states");
    }
}

fn text(vis: &Visibility) -> String {
    let text = vis.to_token_stream().to_string();
    text.replace(" (", "(").replace(' ', "").replace("pub(in", "pub(in ")
}
