//! Which file imports from which: each phase only from those before it, and no file from one that imports from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree};

/// Each phase with those from which it may import.
const PHASES: [(&str, &[&str]); 7] = [
    ("report", &[]),
    ("parse", &["report"]),
    ("model", &["parse", "report"]),
    ("proof", &[]),
    ("check", &["parse", "model", "proof", "report"]),
    ("expand", &["model"]),
    ("picture", &[]),
];

/// A module by its path from the root: `["parse", "syntax"]`.
type Module = Vec<String>;

#[test]
fn each_phase_imports_only_from_those_before_it() {
    for (module, imports) in graph() {
        let Some(phase) = module.first() else { continue };
        let known = PHASES.iter().find(|(known, _)| known == phase);
        let (_, allowed) = known.unwrap_or_else(|| panic!("`{phase}` is no known phase"));
        for import in imports {
            let from = import.first().map_or("the root", String::as_str);
            assert!(
                from == phase || allowed.contains(&from),
                "`{}` imports from `{from}`, and {phase} may import from {allowed:?} alone",
                module.join("::")
            );
        }
    }
}

#[test]
fn no_files_import_from_each_other() {
    let mut graph = graph();
    // Takes away the files all of whose imports are gone, until none is left.
    while !graph.is_empty() {
        let leaves: Vec<Module> = graph
            .iter()
            .filter(|(_, imports)| !imports.iter().any(|import| graph.contains_key(import)))
            .map(|(module, _)| module.clone())
            .collect();
        assert!(!leaves.is_empty(), "a cycle is among these: {graph:#?}");
        for leaf in leaves {
            graph.remove(&leaf);
        }
    }
}

/// The modules of this crate, but for tests, each with those from which it imports.
fn graph() -> BTreeMap<Module, BTreeSet<Module>> {
    let mut files = BTreeMap::new();
    read(&mut files, &Vec::new());
    assert!(files.len() > 30, "{:#?}", files.keys());
    let modules: BTreeSet<Module> = files.keys().cloned().collect();
    let imports = files.into_iter().map(|(module, items)| {
        let mut found = Imports { module: &module, modules: &modules, found: BTreeSet::new() };
        for item in &items {
            found.visit_item(item);
        }
        found.found.remove(&module);
        let found = found.found;
        (module, found)
    });
    imports.collect()
}

/// Reads the file of a module, and those of the modules in it.
fn read(files: &mut BTreeMap<Module, Vec<Item>>, module: &Module) {
    let file = if module.is_empty() { "lib".to_owned() } else { module.join("/") };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file).with_extension("rs");
    let source = fs::read_to_string(&path).expect("a readable file");
    let mut items = syn::parse_file(&source).expect("a source file").items;
    items.retain(|item| !matches!(item, Item::Mod(item) if is_test(&item.attrs)));
    for item in &items {
        if let Item::Mod(ItemMod { ident, content: None, .. }) = item {
            read(files, &child(module, &ident.to_string()));
        }
    }
    files.insert(module.clone(), items);
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("cfg") && quote::quote!(#attr).to_string().contains("test")
    })
}

fn child(module: &Module, name: &str) -> Module {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Finds the modules that the paths of a file lead to.
struct Imports<'m> {
    module: &'m Module,
    modules: &'m BTreeSet<Module>,
    found: BTreeSet<Module>,
}

impl Imports<'_> {
    /// The module to which a path from this one leads, if it is one of this crate.
    fn path(&mut self, segments: &[String]) {
        let mut at = self.module.clone();
        let mut rest = segments;
        while let [first, after @ ..] = rest {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => {
                    at.pop();
                }
                "self" => {}
                _ => break,
            }
            rest = after;
        }
        let is_relative = rest.len() == segments.len();
        let Some(first) = rest.first() else {
            self.found.insert(at);
            return;
        };
        if is_relative && !self.modules.contains(&child(&at, first)) {
            return;
        }
        for name in rest {
            let inner = child(&at, name);
            if !self.modules.contains(&inner) {
                break;
            }
            at = inner;
        }
        self.found.insert(at);
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) => self.path(&with(&name.ident)),
            UseTree::Rename(rename) => self.path(&with(&rename.ident)),
            UseTree::Glob(_) => self.path(before),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, before);
                }
            }
        }
    }
}

impl<'a> Visit<'a> for Imports<'_> {
    fn visit_item_use(&mut self, item: &'a ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let segments: Vec<_> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        // A lone name is no path into another module.
        if segments.len() > 1 {
            self.path(&segments);
        }
        visit::visit_path(self, path);
    }

    // What is restricted to a module is not imported from it.
    fn visit_visibility(&mut self, _: &'a syn::Visibility) {}
}
