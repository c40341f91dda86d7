//! Every state × event of every machine in the repository as a line of code: those that the chart allows compile, and
//! each of the others is one error that says what is legal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use leverframe::chart::Chart;

use super::{Case, Found, check};
use crate::walk::{declared, machines};

#[test]
fn every_pair_compiles_or_tells_what_is_legal() {
    let declared = declared();
    let charts = machines::charts();
    let known: Vec<_> = charts.iter().map(|(module, _)| *module).collect();
    assert!(declared.keys().all(|module| known.contains(&module.as_str())), "{declared:?}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pairs");
    fs::create_dir_all(&folder).expect("a directory for the tests");
    let crates: Vec<_> =
        charts.map(|(module, chart)| Pairs::of(module, &declared[module], chart, &folder)).into();
    let cases: Vec<_> = crates.iter().map(Pairs::case).collect();
    let found = check("pairs", SCHEMARS, &cases);
    for pairs in &crates {
        pairs.compare(found.get(&pairs.name).map_or(&[][..], Vec::as_slice));
    }
}

/// What a file of the repository uses that derives schemas.
const SCHEMARS: &str =
    "schemars = { version = \"1\", default-features = false, features = [\"derive\"] }";

/// The crate of one machine.
struct Pairs {
    name: String,
    path: std::path::PathBuf,
    chart: &'static Chart,
    source: String,
    /// The pair on each line: the state's number, the event's place.
    lines: BTreeMap<usize, (u16, usize)>,
}

impl Pairs {
    fn of(module: &str, declared_in: &Path, chart: &'static Chart, folder: &Path) -> Self {
        let (mut source, path) = declaration(module, declared_in);
        // A payload of any type; it is never made.
        source.push_str("fn any<T>() -> T { ::core::unreachable!() }\n");
        let mut lines = BTreeMap::new();
        let mut line = source.lines().count();
        for (number, state) in (0..).zip(chart.states()) {
            for (place, event) in chart.events().iter().enumerate() {
                line += 1;
                lines.insert(line, (number, place));
                let payload = vec!["any()"; event.payload().len()].join(", ");
                writeln!(
                    source,
                    "pub fn in_{number}_{place}(mut m: {path}::r#{}<{path}::r#{}>) {{ let _ = m.r#{}({payload}); }}",
                    chart.name(),
                    state.name(),
                    event.name(),
                )
                .expect("a string takes all");
            }
        }
        let name = format!("pairs_{module}");
        let path = folder.join(format!("{name}.rs"));
        fs::write(&path, &source).expect("a source is written");
        Self { name, path, chart, source, lines }
    }

    fn case(&self) -> Case {
        let Self { name, path, source, .. } = self;
        let (name, path, source) = (name.clone(), path.clone(), source.clone());
        Case { name, path, source, expected: Vec::new(), fails: true }
    }

    /// Compares what the compiler said with the chart.
    fn compare(&self, found: &[Found]) {
        let Self { name, chart, lines, .. } = self;
        let errors: Vec<_> = found.iter().filter(|found| found.is_error).collect();
        for error in &errors {
            assert!(lines.contains_key(&error.line), "{name}: not on a line of a pair: {error}");
        }
        let mut refused = 0;
        for (line, (state, event)) in lines {
            let event = &chart.events()[*event];
            let accepts = |state: u16| chart.clause(state, event).is_some();
            let on_line: Vec<_> = errors.iter().filter(|error| error.line == *line).collect();
            let pair = format!("{name}: `{}` in {}", event.name(), chart.state(*state).name());
            match on_line[..] {
                [] => assert!(accepts(*state), "{pair} compiles"),
                [error] => {
                    assert!(!accepts(*state), "{pair} does not compile: {error}");
                    let accepting = (0..).zip(chart.states()).filter(|(n, _)| accepts(*n));
                    let accepting: BTreeSet<_> =
                        accepting.map(|(_, state)| self.type_of(state.name())).collect();
                    let own = self.type_of(chart.state(*state).name());
                    tells(error, event.name(), &own, &accepting, &pair);
                    refused += 1;
                }
                _ => panic!("{pair} is {} errors, the first {}", on_line.len(), on_line[0]),
            }
        }
        assert!(refused > 0, "{name} has no illegal pair");
    }

    fn type_of(&self, state: &str) -> String {
        format!("{}<{state}>", self.chart.name())
    }
}

/// Whether the error names the event, the state's type, and, as far as the compiler lists them, the types that accept it.
fn tells(error: &Found, event: &str, own: &str, accepting: &BTreeSet<String>, pair: &str) {
    let Found { code, message, all, .. } = error;
    let [message, all] = [message, all].map(|text| without_paths(text));
    assert_eq!(code, "E0599", "{pair}: {error}");
    assert!(message.contains(&format!("method named `{event}`")), "{pair}: {message}");
    assert!(message.contains(&format!("`{own}`")), "{pair}: {message}");
    // The compiler lists no types where it has a method of a similar name to offer.
    if all.contains("with a similar name") {
        return;
    }
    let mut listed = BTreeSet::new();
    let mut more = 0;
    let (_, list) = all.split_once("the method was found for").unwrap_or_default();
    for line in list.lines().skip(1) {
        if let Some(name) = line.strip_prefix("- `").and_then(|line| line.strip_suffix('`')) {
            listed.insert(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("and ") {
            more = rest.split(' ').next().and_then(|n| n.parse().ok()).expect("how many more");
        } else {
            break;
        }
    }
    assert!(listed.is_subset(accepting), "{pair}: {listed:?} of {accepting:?}");
    assert_eq!(listed.len() + more, accepting.len(), "{pair}: {all}");
}

/// The text with the last names alone of all paths.
fn without_paths(text: &str) -> String {
    let mut parts: Vec<_> = text.split("::").collect();
    let last = parts.pop();
    let names = |c: char| c.is_alphanumeric() || c == '_';
    let before = parts.into_iter().map(|part| part.trim_end_matches(names));
    before.chain(last).collect()
}

/// How a crate declares the machine, and the path of its module.
///
/// The module alone, or, where it uses what stands beside it, its whole file, as if this crate were leverframe.
fn declaration(module: &str, file: &Path) -> (String, String) {
    let text = fs::read_to_string(file).expect("a source file");
    let lines: Vec<_> = text.lines().collect();
    let opens = |line: &&str| line.trim_start().ends_with(&format!("mod {module} {{"));
    let opening = lines.iter().position(opens).expect("the module is in its file");
    let before = lines.iter().take(opening).rposition(|line| crate::walk::is_mark(line));
    let marked = before.expect("the module is marked");
    let indent = lines[opening].len() - lines[opening].trim_start().len();
    let closing = format!("{}}}", " ".repeat(indent));
    let length = lines[marked..].iter().position(|line| **line == closing);
    let lines = &lines[marked..=marked + length.expect("the module ends")];
    if lines.iter().any(|line| line.contains("use super::")) {
        let path = file.to_str().expect("a path in UTF-8");
        let source = format!("pub use leverframe::*;\n#[path = {path:?}]\npub mod file;\n");
        (source, format!("crate::file::{module}"))
    } else {
        (format!("{}\n", lines.join("\n")), format!("crate::{module}"))
    }
}
