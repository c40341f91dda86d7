//! What does not compile, and with which words; and what has to.
//!
//! Each file in `pass` and `fail` is a crate of its own: with a `main` a program, else a library. `pass` compiles without
//! a warning. A file in `fail` is one mistake, and its errors are exactly those that it announces, each on its line:
//!
//! - `//~ ERROR(token) message`: an error of the macro, its whole text, with the token at which it points;
//! - `//~ E0599 part`: an error of the compiler, with a part of its text, its labels or its notes;
//! - `//~^` speaks of the line above, `//~^^` of the one above that.

mod page;
mod pairs;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// The longest that a mistake may be, in lines.
const LINES: usize = 15;

#[test]
fn cases() {
    let cases: Vec<Case> = ["pass", "fail"].into_iter().flat_map(Case::all).collect();
    let found = check("ui", "", &cases);
    let mut mismatches = Vec::new();
    for case in &cases {
        let errors = found.get(&case.name).map_or(&[][..], Vec::as_slice);
        mismatches.extend(case.mismatches(errors).map(|text| format!("{}: {text}", case.name)));
    }
    assert!(mismatches.is_empty(), "{}\n", mismatches.join("\n"));
}

/// A file with what it announces.
struct Case {
    /// `fail_dead_end`: the directory and the file.
    name: String,
    path: PathBuf,
    source: String,
    expected: Vec<Expected>,
    fails: bool,
}

impl Case {
    /// The cases in one of the two directories.
    fn all(outcome: &str) -> Vec<Self> {
        let directory = repository().join("tests/ui").join(outcome);
        let files = fs::read_dir(&directory).expect("the directory is in the repository");
        let mut paths: Vec<_> = files.map(|file| file.expect("a readable file").path()).collect();
        paths.sort();
        assert!(!paths.is_empty(), "{} has no cases", directory.display());
        paths.into_iter().map(|path| Self::read(outcome, path)).collect()
    }

    fn read(outcome: &str, path: PathBuf) -> Self {
        let source = fs::read_to_string(&path).expect("a readable file");
        let stem = path.file_stem().expect("a file of a directory").display();
        let name = format!("{outcome}_{stem}");
        let lines = (1..).zip(source.lines());
        let expected = lines.filter_map(|(line, text)| Expected::read(line, text)).collect();
        Self { name, path, source, expected, fails: outcome == "fail" }
    }

    /// The target in the manifest: a program, or a library by the only kind of target of which there may be many.
    fn target(&self) -> String {
        let Self { name, path, .. } = self;
        let path = path.to_str().expect("a path in UTF-8");
        let kind = if self.source.contains("fn main()") {
            "[[bin]]"
        } else {
            "[[example]]\ncrate-type = [\"lib\"]"
        };
        format!("{kind}\nname = {name:?}\npath = {path:?}\n")
    }

    /// What the compiler said and the case does not announce, and the other way round.
    fn mismatches(&self, found: &[Found]) -> impl Iterator<Item = String> {
        let surprises = found
            .iter()
            .filter(|found| found.is_error || !self.fails)
            .filter(|found| !self.expected.iter().any(|expected| expected.is(found)))
            .map(|found| format!("not announced: {found}"));
        let wrong = self.expected.iter().filter_map(|expected| {
            match found.iter().filter(|found| expected.is(found)).count() {
                1 => None,
                0 => Some(format!("does not occur: {expected}")),
                times => Some(format!("occurs {times} times: {expected}")),
            }
        });
        let lines = self.source.lines().count();
        let long = self.fails && lines > LINES;
        let long = long.then(|| format!("one mistake in {lines} lines; {LINES} are enough"));
        let empty = self.fails == self.expected.is_empty();
        let empty = empty.then(|| "`fail` announces errors, `pass` does not".to_owned());
        surprises.chain(wrong).chain(long).chain(empty).collect::<Vec<_>>().into_iter()
    }
}

/// An announced error.
struct Expected {
    line: usize,
    kind: Kind,
    text: String,
}

enum Kind {
    /// The macro's, on this token.
    Own(String),
    /// The compiler's, with this code.
    Rustc(String),
}

impl Expected {
    /// Reads what stands behind `//~` in a line.
    fn read(line: usize, text: &str) -> Option<Self> {
        let (_, announced) = text.split_once("//~")?;
        let up = announced.chars().take_while(|c| *c == '^').count();
        let announced = announced.trim_start_matches('^').trim();
        let (kind, text) = if let Some(own) = announced.strip_prefix("ERROR(") {
            let (token, text) = own.split_once(") ").expect("`ERROR(token) message`");
            (Kind::Own(token.to_owned()), text)
        } else {
            let (code, text) = announced.split_once(' ').expect("`E0599 part of the message`");
            (Kind::Rustc(code.to_owned()), text)
        };
        Some(Self { line: line - up, kind, text: text.to_owned() })
    }

    fn is(&self, found: &Found) -> bool {
        let same = match &self.kind {
            Kind::Own(token) => {
                found.code.is_empty() && found.token == *token && found.message == self.text
            }
            Kind::Rustc(code) => found.code == *code && found.all.contains(&self.text),
        };
        same && found.is_error && found.line == self.line
    }
}

/// What the compiler said.
struct Found {
    is_error: bool,
    /// In the case's file; 0 where it points nowhere.
    line: usize,
    /// Empty for an error of the macro.
    code: String,
    message: String,
    token: String,
    /// The message with all labels and notes.
    all: String,
}

impl Found {
    /// Reads a diagnostic, unless it only sums up others.
    fn read(diagnostic: Diagnostic, file: &Path) -> Option<Self> {
        let Diagnostic { message, code, level, spans, children } = diagnostic;
        let primary = spans.iter().find(|span| span.is_primary);
        let sums_up = level == "failure-note" || SUMS.iter().any(|sum| message.contains(sum));
        if primary.is_none() && code.is_none() && sums_up {
            return None;
        }
        let place = primary.and_then(|span| span.within(file));
        let labels = spans.iter().filter_map(|span| span.label.as_deref());
        let notes = children.iter().map(|child| child.message.as_str());
        let all: Vec<_> = [message.as_str()].into_iter().chain(labels).chain(notes).collect();
        Some(Self {
            is_error: level.starts_with("error"),
            line: place.map_or(0, |place| place.line_start),
            code: code.map_or_else(String::new, |code| code.code),
            token: place.map_or_else(String::new, Span::token),
            all: all.join("\n"),
            message,
        })
    }
}

/// What a message says that only sums up others.
const SUMS: [&str; 3] = ["aborting due to", "warning emitted", "warnings emitted"];

/// A diagnostic as the compiler writes it.
#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    line_start: usize,
    is_primary: bool,
    text: Vec<Line>,
    label: Option<String>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    highlight_start: usize,
    highlight_end: usize,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

impl Span {
    /// The place in the author's file, from which a place in a macro was reached.
    fn within(&self, file: &Path) -> Option<&Self> {
        if file.ends_with(&self.file_name) {
            return Some(self);
        }
        self.expansion.as_ref()?.span.within(file)
    }

    /// What is underlined, of several lines the first.
    fn token(&self) -> String {
        let Some(Line { text, highlight_start, highlight_end }) = self.text.first() else {
            return String::new();
        };
        text.chars().take(highlight_end - 1).skip(highlight_start - 1).collect()
    }
}

impl Display for Found {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { line, code, message, token, .. } = self;
        match (self.is_error, code.is_empty()) {
            (true, true) => write!(f, "line {line}: ERROR({token}) {message}"),
            (true, false) => write!(f, "line {line}: {code} {message} (at `{token}`)"),
            (false, _) => write!(f, "line {line}: warning: {message} (at `{token}`)"),
        }
    }
}

impl Display for Expected {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { line, text, .. } = self;
        match &self.kind {
            Kind::Own(token) => write!(f, "line {line}: ERROR({token}) {text}"),
            Kind::Rustc(code) => write!(f, "line {line}: {code} {text}"),
        }
    }
}

/// Compiles all cases as targets of one package with that name and those further dependencies, and gives what the compiler said of each.
fn check(name: &str, dependencies: &str, cases: &[Case]) -> BTreeMap<String, Vec<Found>> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("target");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&package).expect("a directory for the tests");
    let manifest = format!(
        "[package]\nname = {name:?}\nedition = \"2024\"\nautobins = false\n[workspace]\n[dependencies]\n\
         leverframe = {{ path = {:?}, default-features = false, features = [\"serde\"] }}\n\
         serde = {{ version = \"1\", default-features = false, features = [\"derive\"] }}\n\
         {dependencies}\n{}",
        env!("CARGO_MANIFEST_DIR"),
        cases.iter().map(Case::target).collect::<String>(),
    );
    fs::write(package.join("Cargo.toml"), manifest).expect("a manifest is written");
    fs::copy(repository().join("Cargo.lock"), package.join("Cargo.lock"))
        .expect("the versions of the repository");
    let output = Command::new(env!("CARGO"))
        .current_dir(&package)
        .args(["check", "--bins", "--examples", "--keep-going", "--message-format=json"])
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let mut found = BTreeMap::<_, Vec<_>>::new();
    let mut compiled = BTreeSet::new();
    let log = String::from_utf8_lossy(&output.stderr);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let mut message: Value = serde_json::from_str(line).expect("cargo writes JSON");
        let target = message.pointer("/target/name");
        let Some(case) = cases.iter().find(|case| target.is_some_and(|name| *name == case.name))
        else {
            continue;
        };
        compiled.insert(&case.name);
        if let Some(diagnostic) = message.get_mut("message") {
            let diagnostic = serde_json::from_value(diagnostic.take());
            let diagnostic = diagnostic.expect("the compiler's own form");
            found.entry(case.name.clone()).or_default().extend(Found::read(diagnostic, &case.path));
        }
    }
    for Case { name, .. } in cases {
        assert!(compiled.contains(name), "{name} was not compiled:\n{log}");
    }
    found
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
