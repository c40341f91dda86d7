//! What may import what, and where names may stand.

use std::collections::{BTreeMap, BTreeSet};

use super::paths;
use super::sources::{Kind, Source, Sources, Token};

/// The layers, lowest first. A part imports only from lower layers, and those of the library from each other.
const LAYERS: &[&[&str]] = &[
    LIBRARY,
    &["text", "guarded"],
    &["caller", "clock"],
    &["testing"],
    &["record"],
    &["store", "run"],
    &["runs"],
    &["api"],
    &["http", "import"],
    &["mcp"],
    &["cli", "demo", "project"],
    &["orchestrator"],
    &["guide"],
];

const LIBRARY: &[&str] =
    &["machine", "chart", "portable", "task", "upgrade", "envelope", "expansion", "observed"];

/// The names of tools, which belong to `api` and what is above it.
const TOOLS: &[&str] =
    &["start_run", "fork_run", "list_runs", "get_current_state", "get_history", "transition_state"];

/// The most re-exports that lead from a name to its declaration.
const LONGEST_CHAIN: usize = 16;

/// An import: from a file and line, of a module.
struct Import<'a> {
    source: &'a Source,
    line: usize,
    from: &'a [String],
    to: Vec<String>,
}

/// What breaks a rule: the file, the line, and the rule.
pub(super) fn violations(sources: &Sources) -> Vec<String> {
    let imports = imports(sources);
    let mut found = unknown(sources);
    found.extend(imports.iter().filter_map(against_the_layers));
    for (module, source) in &sources.0 {
        found.extend(misplaced(module, source));
    }
    found.sort();
    found.dedup();
    found.extend(cycles(&imports));
    found
}

/// Modules that no layer names.
fn unknown(sources: &Sources) -> Vec<String> {
    let is_unknown = |part: &str| part != "main" && layer(part).is_none();
    let files = sources.0.iter().filter_map(|(module, source)| Some((module.first()?, source)));
    files
        .filter(|(part, _)| is_unknown(part))
        .map(|(part, source)| {
            let path = &source.path;
            format!("src/{path}:1: `{part}` is in no layer; name it in ARCHITECTURE.md and in tests/layout")
        })
        .collect()
}

fn layer(part: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&part))
}

fn against_the_layers(import: &Import<'_>) -> Option<String> {
    let [from, to] = [import.from, &import.to].map(|module| module.first());
    let (from, to) = (from?, to?);
    if from == to {
        return None;
    }
    let place = format!("src/{}:{}", import.source.path, import.line);
    // What stands beside the declaration is the program around it.
    if import.source.path == "orchestrator/declaration.rs" {
        let is_library = LIBRARY.contains(&to.as_str());
        let error =
            format!("{place}: `{from}` must not import `{to}`: the machine uses the library alone");
        return (!is_library).then_some(error);
    }
    let is_lower = layer(to)? < layer(from)?;
    let is_library = [from, to].iter().all(|part| LIBRARY.contains(&part.as_str()));
    (!is_lower && !is_library).then(|| {
        format!("{place}: `{from}` must not import `{to}`, which is above it or beside it")
    })
}

/// Names in places where they must not stand.
fn misplaced(module: &[String], source: &Source) -> Vec<String> {
    let Some(part) = module.first().map(String::as_str) else { return Vec::new() };
    let is_below_api = layer(part) < layer("api");
    let is_edge =
        matches!(part, "caller" | "mcp" | "cli") || source.path == "orchestrator/command_line.rs";
    let mut found = Vec::new();
    let tokens = &source.tokens;
    for (place, token) in tokens.iter().enumerate() {
        let mut report =
            |rule: String| found.push(format!("src/{}:{}: {rule}", source.path, token.line));
        match &token.kind {
            Kind::Name(name) if name == "rmcp" && part != "mcp" => {
                report("`rmcp` is named outside `mcp`".to_owned());
            }
            Kind::Name(name) if name == "std" && LIBRARY.contains(&part) => {
                report("the library names `std`; it has to build without".to_owned());
            }
            Kind::Name(name)
                if name == "Principal" && !is_edge && follows(tokens, place, "LOCAL") =>
            {
                report("`Principal::LOCAL` is named below the edge; take a `Caller`".to_owned());
            }
            Kind::Text(text) if is_below_api => {
                for tool in TOOLS.iter().filter(|tool| text.contains(*tool)) {
                    report(format!("`{tool}` is named below `api`"));
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether `::name` follows the token.
fn follows(tokens: &[Token], place: usize, name: &str) -> bool {
    let is = |offset: usize, kind: Kind| {
        tokens.get(place + offset).is_some_and(|token| token.kind == kind)
    };
    is(1, Kind::Sign(':')) && is(2, Kind::Sign(':')) && is(3, Kind::Name(name.to_owned()))
}

/// Cycles among the children of one module, each named once.
fn cycles(imports: &[Import<'_>]) -> Vec<String> {
    let mut graphs: BTreeMap<&[String], BTreeMap<&str, BTreeMap<&str, String>>> = BTreeMap::new();
    for import in imports {
        let pairs = import.from.iter().zip(&import.to);
        let shared = pairs.take_while(|(from, to)| from == to).count();
        let (Some(from), Some(to)) = (import.from.get(shared), import.to.get(shared)) else {
            continue;
        };
        let graph = graphs.entry(&import.from[..shared]).or_default();
        let place = format!("src/{}:{}", import.source.path, import.line);
        graph.entry(from).or_default().entry(to).or_insert(place);
    }
    let mut found = Vec::new();
    for (parent, graph) in graphs {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for start in graph.keys().copied() {
            let Some(path) = path_back(&graph, start).filter(|_| !seen.contains(start)) else {
                continue;
            };
            seen.extend(path.iter().copied());
            let full = |child: &&str| {
                parent.iter().map(String::as_str).chain([*child]).collect::<Vec<_>>().join("::")
            };
            let places: Vec<&str> =
                path.windows(2).map(|step| graph[step[0]][step[1]].as_str()).collect();
            let modules: Vec<String> = path.iter().map(full).collect();
            found.push(format!("{}: a cycle: {}", places.join(", "), modules.join(" -> ")));
        }
    }
    found
}

/// A shortest path from a node back to itself.
fn path_back<'a>(
    graph: &BTreeMap<&'a str, BTreeMap<&'a str, String>>,
    start: &'a str,
) -> Option<Vec<&'a str>> {
    let mut paths = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while !paths.is_empty() {
        let mut longer = Vec::new();
        for path in paths {
            let steps = graph.get(path.last()?).into_iter().flat_map(BTreeMap::keys);
            for next in steps.copied() {
                let path = [&path[..], &[next]].concat();
                if next == start {
                    return Some(path);
                }
                if seen.insert(next) {
                    longer.push(path);
                }
            }
        }
        paths = longer;
    }
    None
}

fn imports(sources: &Sources) -> Vec<Import<'_>> {
    let exports: BTreeMap<_, _> =
        sources.0.iter().map(|(module, source)| (module.as_slice(), exports(source))).collect();
    let mut imports = Vec::new();
    for (from, source) in &sources.0 {
        for (line, path) in paths::paths(&source.tokens) {
            if let Some(to) = resolved(sources, &exports, from, &path, LONGEST_CHAIN) {
                imports.push(Import { source, line, from, to });
            }
        }
    }
    imports
}

/// The names that a file brings into its module, and the paths by which it does.
type Exports = BTreeMap<String, Vec<String>>;

fn exports(source: &Source) -> Exports {
    let uses = paths::uses(&source.tokens).into_iter();
    uses.map(|import| (import.name, import.path)).collect()
}

/// The module that declares what a path names, as far as there are files. What is of another crate counts as declared
/// where it is brought in. `chain` bounds the re-exports that are followed.
fn resolved(
    sources: &Sources,
    exports: &BTreeMap<&[String], Exports>,
    from: &[String],
    path: &[String],
    chain: usize,
) -> Option<Vec<String>> {
    let mut module = from.to_vec();
    for (place, name) in path.iter().enumerate() {
        match name.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => drop(module.pop()),
            name => {
                let child = [&module[..], &[name.to_owned()]].concat();
                let export = exports.get(module.as_slice()).and_then(|exports| exports.get(name));
                match export {
                    _ if sources.has(&child) => module = child,
                    Some(export) => {
                        let path = [export, &path[place + 1..]].concat();
                        return resolved(sources, exports, &module, &path, chain.checked_sub(1)?);
                    }
                    None => return Some(module),
                }
            }
        }
    }
    Some(module)
}
