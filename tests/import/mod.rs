//! Charts as declarations: those that others published, and those of the machines in the repository, exported before. What
//! is written compiles without a warning, and the machine that it declares has the graph of the chart.

mod command;
mod hostile;
mod package;
mod written;

use std::fs;
use std::path::Path;

use leverframe::chart::Document;
use leverframe::import;
use serde_json::to_string;

use self::package::compiled;
use crate::walk::machines;

/// The charts that others published, each with its name.
fn published() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/charts/published");
    let mut charts = Vec::new();
    for folder in ["scion", "xstate-statemachine"] {
        for file in fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some() {
                let stem = path.file_stem().unwrap().to_str().unwrap();
                let name = format!("{folder}_{stem}").replace('-', "_");
                charts.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    charts.sort();
    charts
}

#[test]
fn what_is_written_compiles_and_has_the_graph_of_the_chart() {
    let mut charts = published();
    assert!(charts.len() >= 20, "{} charts are published", charts.len());
    let machines = machines::charts();
    for (module, chart) in &machines {
        charts.push((format!("scxml_of_{module}"), chart.scxml().to_string()));
        charts.push((format!("xstate_of_{module}"), chart.xstate().to_string()));
        charts.push((format!("json_of_{module}"), to_string(&Document::of(chart)).unwrap()));
    }
    let declared: Vec<_> = charts
        .iter()
        .map(|(name, chart)| match import::declaration(chart) {
            Ok(declaration) => (name.clone(), declaration),
            Err(error) => panic!("{name}: {error}"),
        })
        .collect();
    let documents = compiled(&declared);
    let mut different = Vec::new();
    for (module, chart) in &machines {
        let original = graph(&Document::of(chart));
        for format in ["scxml", "xstate", "json"] {
            let imported = graph(&documents[&format!("{format}_of_{module}")]);
            let missing = original.iter().filter(|line| !imported.contains(line));
            different.extend(missing.map(|line| format!("{format} of {module} lacks: {line}")));
            let added = imported.iter().filter(|line| !original.contains(line));
            different.extend(added.map(|line| format!("{format} of {module} adds: {line}")));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// What a chart says of states, and of each event in each state, as sorted lines.
fn graph(document: &Document) -> Vec<String> {
    let states = document.states.iter().chain(&document.superstates);
    let mut lines: Vec<String> = states
        .map(|one| format!("{} in {:?}, final: {}", one.name, one.parent, one.is_final))
        .collect();
    lines.push(format!("starts in {}", document.initial));
    for state in &document.states {
        let mut around = vec![state.name.clone()];
        while let Some(parent) = document
            .states
            .iter()
            .chain(&document.superstates)
            .find(|one| Some(&one.name) == around.last())
            .and_then(|one| one.parent.clone())
        {
            around.push(parent);
        }
        for event in &document.events {
            let nearest = around
                .iter()
                .find_map(|node| event.clauses.iter().find(|clause| clause.from.contains(node)));
            let Some(clause) = nearest else { continue };
            let (mut to, mut guards) = (clause.to.clone(), clause.guards.clone());
            to.sort();
            guards.sort();
            lines.push(format!(
                "{} --{}--> {to:?} {:?}, guards {guards:?}, approvals {}, after {:?}, fallible: {}",
                state.name,
                event.name,
                clause.history,
                clause.approvals,
                clause.after_ms,
                clause.fallible
            ));
        }
    }
    lines.sort();
    lines
}
