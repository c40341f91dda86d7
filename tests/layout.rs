//! The layers of ARCHITECTURE.md, held by reading the sources.
//!
//! What counts as an import is a path in code: `crate::…`, `$crate::…`, `self::…` and `super::…`, in `use` items and
//! in expressions, followed through re-exports to the file that declares the name. Comments and texts do not count.
//!
//! What counts as a cycle is a cycle among the children of one module, each taken with all that is below it. A child
//! may use what its parent declares, and a parent what its children declare: they are one part, in several files.

mod paths;
mod rules;
mod sources;

use std::path::Path;

use self::rules::violations;
use self::sources::Sources;

#[test]
fn the_sources_keep_to_their_layers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = violations(&Sources::read(&root));
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
}

/// Checks what is found in these files, beside a root that declares nothing.
fn check(files: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(violations(&Sources::of(files)), expected, "{files:?}");
}

#[test]
fn an_import_from_a_higher_layer_is_found() {
    check(
        &[
            ("store.rs", ""),
            ("record.rs", "use crate::caller::Caller;\nuse crate::store::Store;"),
            ("caller.rs", ""),
        ],
        &["src/record.rs:2: `record` must not import `store`, which is above it or beside it"],
    );
    check(
        &[("run.rs", "fn f() { crate::store::g() }"), ("store.rs", "")],
        &["src/run.rs:1: `run` must not import `store`, which is above it or beside it"],
    );
    check(
        &[("store.rs", "use crate::{record::X, run::{Y, Z}};"), ("record.rs", ""), ("run.rs", "")],
        &["src/store.rs:1: `store` must not import `run`, which is above it or beside it"],
    );
    check(
        &[
            ("runs.rs", "mod read;"),
            ("runs/read.rs", "use super::super::api::Api;"),
            ("api.rs", ""),
        ],
        &["src/runs/read.rs:1: `runs` must not import `api`, which is above it or beside it"],
    );
    check(
        &[
            ("api.rs", "use crate::mcp::X;"),
            ("mcp.rs", "use crate::cli::Y;"),
            ("cli.rs", "use crate::orchestrator::Z;"),
            ("orchestrator.rs", ""),
        ],
        &[
            "src/api.rs:1: `api` must not import `mcp`, which is above it or beside it",
            "src/cli.rs:1: `cli` must not import `orchestrator`, which is above it or beside it",
            "src/mcp.rs:1: `mcp` must not import `cli`, which is above it or beside it",
        ],
    );
    check(
        &[
            ("orchestrator.rs", "mod declaration;"),
            ("orchestrator/declaration.rs", "mod machine { use super::A; use crate::runs::Runs; }"),
            ("runs.rs", ""),
        ],
        &[
            "src/orchestrator/declaration.rs:1: `orchestrator` must not import `runs`: the machine uses the library alone",
        ],
    );
    check(
        &[("news.rs", "")],
        &["src/news.rs:1: `news` is in no layer; name it in ARCHITECTURE.md and in tests/layout"],
    );
}

#[test]
fn a_re_export_is_followed() {
    check(
        &[
            ("lib.rs", "pub use machine::{Leaf as Sheet, Machine};\npub use runs::Runs;"),
            ("machine.rs", ""),
            ("runs.rs", ""),
            ("record.rs", "use crate::Sheet;\nuse crate::Runs;"),
        ],
        &["src/record.rs:2: `record` must not import `runs`, which is above it or beside it"],
    );
}

#[test]
fn std_in_the_library_is_found() {
    check(
        &[("chart.rs", "use core::fmt;\nuse std::fmt;\n#[cfg(test)]\nmod tests { use std::vec; }")],
        &["src/chart.rs:2: the library names `std`; it has to build without"],
    );
}

#[test]
fn a_tool_named_too_low_is_found() {
    check(
        &[
            ("api.rs", "const A: &str = \"start_run\";"),
            ("runs.rs", "// start_run\nconst A: &str = \"try `start_run`\";\nfn start_run() {}"),
            ("chart.rs", "const A: &str = r#\"transition_state\"#;"),
        ],
        &[
            "src/chart.rs:1: `transition_state` is named below `api`",
            "src/runs.rs:2: `start_run` is named below `api`",
        ],
    );
}

#[test]
fn a_protocol_named_elsewhere_is_found() {
    check(
        &[
            ("mcp.rs", "use rmcp::Tool;"),
            ("mcp/a.rs", "use rmcp::A;"),
            ("cli.rs", "/// rmcp\nuse crate::mcp::rmcp::B;"),
        ],
        &["src/cli.rs:2: `rmcp` is named outside `mcp`"],
    );
}

#[test]
fn a_principal_taken_for_granted_is_found() {
    check(
        &[
            ("caller.rs", "fn f() { Principal::LOCAL; }"),
            ("mcp.rs", "fn f() { Principal::LOCAL; }"),
            ("cli/a.rs", "fn f() { Principal::LOCAL; }"),
            ("runs.rs", "fn f() {\n    Principal::LOCAL;\n}"),
        ],
        &["src/runs.rs:2: `Principal::LOCAL` is named below the edge; take a `Caller`"],
    );
}

#[test]
fn a_cycle_among_siblings_is_found() {
    check(
        &[
            ("record.rs", "mod a;\nmod b;\npub use self::b::B;\npub struct P;"),
            ("record/a.rs", "use super::{B, P};"),
            ("record/b.rs", "mod c;"),
            ("record/b/c.rs", "\nuse super::super::a::A;"),
        ],
        &["src/record/a.rs:1, src/record/b/c.rs:2: a cycle: record::a -> record::b -> record::a"],
    );
    check(
        &[
            ("record.rs", "mod a;\nuse self::a::A;\npub struct P;"),
            ("record/a.rs", "use super::P;"),
        ],
        &[],
    );
}
