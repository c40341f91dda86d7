//! The crates that each feature links. Without features the library depends on statig alone.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates that a program with these features links.
fn check(features: &[&str], expected: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "leverframe", "--no-default-features", "--locked"])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{lib}"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names");
    let linked: BTreeSet<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(linked, expected.iter().copied().collect());
}

#[test]
fn without_features_the_library_depends_on_statig_alone() {
    check(&[], &["leverframe", "statig"]);
}

#[test]
fn the_wire_form_brings_serde_and_schemars() {
    let crates = [
        "dyn_clone",
        "leverframe",
        "ref_cast",
        "schemars",
        "serde",
        "serde_core",
        "serde_json",
        "statig",
    ];
    let helpers = ["itoa", "memchr", "zmij"];
    check(&["--features", "serde"], &[&crates[..], &helpers[..]].concat());
}
