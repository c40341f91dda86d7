//! Every construct that the macro reads has an entry in the guide.

use std::fs;
use std::path::Path;

use super::attribute::{CONTEXT, MACHINE, Marker, STATE, SUPERSTATE, TRANSITION};
use super::options::Syntax;
use super::task::TASK;
use super::{ensure, upgrade};

const PAGE: &str = include_str!("../../../docs/guide/constructs.md");

/// What attributes may say in options.
const SYNTAXES: [&Syntax; 6] = [&MACHINE, &CONTEXT, &STATE, &SUPERSTATE, &TRANSITION, &TASK];

/// What attributes may say in forms of their own, as their errors list them.
const FORMS: [(&str, &str); 3] =
    [("ensure", ensure::FORMS), ("upgrade", upgrade::FORMS), ("upgrade", upgrade::REWRITES)];

/// The beginnings of the headings that the page needs.
fn needed() -> Vec<String> {
    let markers = Marker::ALL.iter().map(|(name, _)| format!("`#[{name}]`"));
    let options = SYNTAXES.iter().flat_map(|syntax| {
        let attribute = syntax.attribute.trim_end_matches(']');
        syntax.options.iter().map(move |(option, _)| format!("`{attribute}({option}"))
    });
    let forms = FORMS
        .iter()
        .flat_map(|(attribute, forms)| keys(forms).map(move |key| format!("`#[{attribute}({key}")));
    let single = ["`#[sensitive]`", "`#[input]`", "`#[default = …]`", "`#[machine]`"];
    let single = single.into_iter().map(str::to_owned);
    markers.chain(options).chain(forms).chain(single).collect()
}

/// What the forms in an error's text begin with: `to =`, `never(`, `context`.
fn keys(forms: &'static str) -> impl Iterator<Item = &'static str> {
    let forms = forms.split('`').skip(1).step_by(2);
    let forms = forms.filter(|form| !form.starts_with('"'));
    forms.map(|form| {
        let form = form.split_once("since = 2, ").map_or(form, |(_, change)| change);
        let end = form.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(form.len());
        match form.get(end..) {
            Some(rest) if rest.starts_with(" =") => &form[..end + 2],
            Some(rest) if rest.starts_with('(') => &form[..=end],
            _ => &form[..end],
        }
    })
}

/// Those of the needed headings that a page does not have.
fn missing(page: &str) -> Vec<String> {
    let headings: Vec<&str> = page.lines().filter(|line| line.starts_with("### ")).collect();
    let is_there = |heading: &String| headings.iter().any(|line| line.contains(heading.as_str()));
    needed().into_iter().filter(|heading| !is_there(heading)).collect()
}

#[test]
fn every_construct_is_in_the_guide() {
    assert_eq!(missing(PAGE), [""; 0]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/parse");
    let files = fs::read_dir(folder).expect("the sources of the macro");
    let tables = files.map(|file| {
        let source = fs::read_to_string(file.expect("a file").path()).expect("a source");
        source.matches("Syntax = Syntax {\n").count()
    });
    assert_eq!(tables.sum::<usize>(), SYNTAXES.len(), "a table of options is not in `SYNTAXES`");
}

#[test]
fn a_construct_that_is_not_in_the_guide_is_found() {
    for heading in [
        "`#[guard]`",
        "`#[transition(after",
        "`#[task(limit",
        "`#[ensure(never(",
        "`#[ensure(always_reachable =",
        "`#[upgrade(dropped(",
        "`#[upgrade(event =",
        "`#[upgrade(context",
        "`#[input]`",
    ] {
        assert_eq!(missing(&PAGE.replace(heading, "")), [heading], "{heading}");
    }
}
