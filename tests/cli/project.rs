//! New projects. `.ci/new` builds and tests one.

use std::fs;

use super::{Folder, program, said};

#[test]
fn a_project_has_its_name_everywhere() {
    let folder = Folder::new("project");
    let text = said(0, program(&folder.0, &["new", "my-tickets"]).output().unwrap());
    assert!(text.contains("cd my-tickets"), "{text}");
    let read = |file: &str| fs::read_to_string(folder.path("my-tickets").join(file)).unwrap();
    assert!(read("Cargo.toml").contains("name = \"my-tickets\""));
    assert!(read("src/main.rs").contains("use my_tickets::ticket::Ticket;"));
    assert!(read("tests/server.rs").contains("CARGO_BIN_EXE_my-tickets"));
    assert!(folder.path("my-tickets/.git").exists() || !text.contains("git"), "{text}");
    for file in ["README.md", ".gitignore", ".cargo/config.toml", ".github/workflows/ci.yml"] {
        assert!(!read(file).contains("template"), "{file}");
    }
    for file in ["src/lib.rs", "src/main.rs", "tests/machine.rs", "tests/server.rs", "Cargo.toml"] {
        assert!(!read(file).contains("template"), "{file}");
    }
}

#[test]
fn the_dependency_is_the_checkout() {
    let folder = Folder::new("dependency");
    let root = env!("CARGO_MANIFEST_DIR");
    said(0, program(&folder.0, &["new", "a", "--path", root]).output().unwrap());
    let manifest = fs::read_to_string(folder.path("a/Cargo.toml")).unwrap();
    assert!(manifest.contains("leverframe = { path = "), "{manifest}");
    let text = said(1, program(&folder.0, &["new", "b", "--path", "."]).output().unwrap());
    assert!(text.contains("there is no checkout of leverframe at `.`"), "{text}");
    assert!(!folder.path("b").exists());
}

#[test]
fn cargo_judges_the_name_and_the_folder() {
    let folder = Folder::new("names");
    fs::create_dir(folder.path("there")).unwrap();
    for (name, expected) in [
        ("there", "already exists"),
        ("1a", "invalid character `1`"),
        ("a b", "invalid character ` `"),
        ("fn", "it is a Rust keyword"),
        ("test", "conflicts with Rust's built-in test library"),
        ("--vcs=none", "invalid character `-`"),
        ("leverframe", "cannot be named `leverframe`"),
        ("serde-json", "cannot be named `serde-json`"),
        ("..", "cannot"),
    ] {
        let text = said(1, program(&folder.0, &["new", "--", name]).output().unwrap());
        assert!(text.contains(expected), "{name}: {text}");
    }
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1, "nothing was made");
    assert_eq!(fs::read_dir(folder.path("there")).unwrap().count(), 0);
}
