//! The command line: what it prints, and its exit codes.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leverframe")).args(arguments).output().unwrap()
}

fn check(arguments: &[&str], code: i32, said: &[&str]) {
    let output = run(arguments);
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    for part in said {
        assert!(text.contains(part), "{arguments:?} says `{part}`: {text}");
    }
}

#[test]
fn what_it_takes() {
    check(&["--version"], 0, &["leverframe ", env!("CARGO_PKG_VERSION")]);
    check(&["--help"], 0, &["Takes an agent through a task", "serve", "chart", "demo"]);
    check(&["chart"], 0, &["stateDiagram-v2", "[*] --> IDLE"]);
    check(&["chart", "--format", "mermaid"], 0, &["stateDiagram-v2"]);
    check(&["serve", "--help"], 0, &["--store <PATH>", "memory"]);
    check(&["chart", "--format", "png"], 2, &["possible values", "mermaid"]);
    check(&["serve", "--run", "a b"], 2, &["write `a-b`"]);
    check(&["sevre"], 2, &["similar subcommand", "serve"]);
    check(&[], 2, &["Usage"]);
}

#[test]
fn the_demo_reaches_its_end() {
    let output = run(&["demo"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "IDLE --plan--> PLANNING",
        "PLANNING --research--> RESEARCHING",
        "RESEARCHING --execute--> EXECUTING",
        "EXECUTING --fail--> ERROR",
        "ERROR --execute--> EXECUTING",
        "no move leads from EXECUTING to IDLE",
        "EXECUTING --review--> REVIEWING",
        "REVIEWING --rest--> IDLE",
    ] {
        assert!(text.contains(part), "the demo shows `{part}`: {text}");
    }
    assert!(!text.contains('\u{1b}'), "it is plain where the output is no terminal");
}
