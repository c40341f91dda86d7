//! The expansions of machines of the repository, and their length.
//!
//! `UPDATE_EXPECT=1 cargo test -p leverframe-macros` writes the snapshots anew.

mod imports;

use expect_test::{ExpectFile, expect_file};
use syn::{File, Item, ItemMod};

use super::{Report, check, expand_machine, model, parse};

/// Compares the generated part of a machine's expansion with its snapshot.
///
/// Without the author's items it is at most 250 lines, and 5 more for each legal pair of state and event.
fn check_expansion(source: &str, module: &str, expected: &ExpectFile) {
    let (options, module) = machine_in(source, module);
    let mut report = Report::default();
    let declaration =
        parse::parse(options.clone(), &module, &mut report).expect("the module is readable");
    let resolved = model::resolve(&declaration, &mut report).expect("the names are known");
    check::check(&declaration, &resolved, &mut report);
    assert!(report.is_empty(), "{}", report.into_compile_errors());

    let pairs: usize = resolved
        .events
        .iter()
        .flat_map(|event| &event.clauses)
        .map(|clause| clause.sources.len())
        .sum();
    let expansion: ItemMod = syn::parse2(expand_machine(options, &module)).expect("one module");
    let (_, items) = expansion.content.expect("inline");
    let generated = items.into_iter().skip(declaration.items.len()).collect();
    let text = prettyplease::unparse(&File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: generated,
    });
    let (lines, budget) = (text.lines().count(), 250 + 5 * pairs);
    assert!(
        lines <= budget,
        "{lines} lines for {pairs} legal pairs, {budget} are allowed:\n{text}"
    );
    expected.assert_eq(&text);
}

/// The module of that name in a source file, with the arguments of its `#[machine]`.
fn machine_in(source: &str, name: &str) -> (proc_macro2::TokenStream, proc_macro2::TokenStream) {
    let file = syn::parse_file(source).expect("a source file");
    let modules = file.items.into_iter().filter_map(|item| match item {
        Item::Mod(module) if module.ident == name => Some(module),
        _ => None,
    });
    let mut module = modules.last().expect("the file has the module");
    let place = module
        .attrs
        .iter()
        .position(|attr| attr.path().segments.last().is_some_and(|last| last.ident == "machine"));
    let attr = module.attrs.remove(place.expect("the module is marked"));
    let options = match attr.meta {
        syn::Meta::List(list) => list.tokens,
        _ => proc_macro2::TokenStream::new(),
    };
    (options, quote::quote!(#module))
}

#[test]
fn lamp() {
    let source = "
        /// A lamp on a desk.
        #[machine]
        mod lamp {
            /// Dark.
            #[state(initial)]
            pub(super) struct Off;
            /// Shining.
            #[state]
            pub(super) struct On { pub(super) percent: u8 }
            /// The bulb is gone.
            #[state(final)]
            pub(super) struct Broken;
            /// Press the switch.
            #[transition(from = Off)]
            fn press() -> On { On { percent: 100 } }
            #[transition(from = On)]
            fn press() -> Off { Off }
            /// Shine less, or more.
            #[transition(from = On)]
            fn dim(on: &mut On, percent: u8) -> Result<(), TooBright> { on.set(percent) }
            /// Hit the lamp.
            #[transition(from = _)]
            fn hit(hard: bool) -> Result<Broken, Bounced> { Bounced::unless(hard) }
            /// How bright it is.
            #[query]
            fn percent(on: &On) -> u8 { on.percent }
        }
    ";
    check_expansion(source, "lamp", &expect_file!["../snapshots/lamp.rs"]);
}

#[test]
fn till() {
    let source = r#"
        #[machine(serde)]
        mod till {
            #[context]
            #[derive(Default, Serialize, Deserialize)]
            pub(super) struct Drawer { cents: u64, #[sensitive] #[serde(rename = "pin")] code: u16 }
            #[state(initial)]
            pub(super) struct Open;
            #[state(final)]
            #[serde(rename_all = "camelCase")]
            pub(super) struct Paid { #[sensitive] card_no: String, cents: u64 }
            #[transition(from = Open, by = human(2))]
            fn pay(#[sensitive] card: Option<String>, cents: u64) -> Paid { Paid::with(card, cents) }
        }
    "#;
    check_expansion(source, "till", &expect_file!["../snapshots/till.rs"]);
}

#[test]
fn orchestrator() {
    let source = include_str!("../../src/orchestrator/declaration.rs");
    check_expansion(source, "machine", &expect_file!["../snapshots/orchestrator.rs"]);
}

#[test]
fn expense() {
    let source = include_str!("../../examples/expense.rs");
    check_expansion(source, "expense", &expect_file!["../snapshots/expense.rs"]);
}

#[test]
fn checkout() {
    let source = include_str!("../../examples/checkout/machine.rs");
    check_expansion(source, "checkout", &expect_file!["../snapshots/checkout.rs"]);
}

#[test]
fn release() {
    let source = include_str!("../../tests/walk/machines.rs");
    check_expansion(source, "release", &expect_file!["../snapshots/release.rs"]);
}

#[test]
fn recorder() {
    let source = include_str!("../../tests/walk/machines.rs");
    check_expansion(source, "recorder", &expect_file!["../snapshots/recorder.rs"]);
}
