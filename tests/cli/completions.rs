//! Completions and manual pages. `.ci/packages` has shells and `groff` read them.

use std::fs;

use super::{Folder, program, said};

#[test]
fn each_shell_gets_the_commands() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(0, program(&folder.0, &["completions", shell]).output().unwrap());
        for part in ["leverframe", "serve", "demo", "--max-argument"] {
            // fish writes long options without their dashes.
            let part = if shell == "fish" { part.trim_start_matches('-') } else { part };
            assert!(script.contains(part), "{shell} has `{part}`");
        }
    }
}

#[test]
fn each_command_gets_a_page() {
    let folder = Folder::new("man");
    let page = said(0, program(&folder.0, &["man"]).output().unwrap());
    assert!(page.contains(".TH leverframe 1"), "{page}");
    said(0, program(&folder.0, &["man", "--out", "man1"]).output().unwrap());
    for name in ["leverframe", "leverframe-serve", "leverframe-token-add", "leverframe-demo"] {
        let page = fs::read_to_string(folder.path(&format!("man1/{name}.1"))).unwrap();
        assert!(page.contains(&format!(".TH {name} 1")), "{page}");
    }
}
