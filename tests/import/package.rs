//! Compiles declarations as modules of one package, and asks the machines for their charts.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use leverframe::chart::Document;

/// The charts of the machines that the declarations declare. A warning is a failure.
pub(super) fn compiled(declarations: &[(String, String)]) -> BTreeMap<String, Document> {
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("imported");
    let _ = fs::remove_dir_all(package.join("src"));
    fs::create_dir_all(package.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"imported\"\nedition = \"2024\"\n[workspace]\n[profile.dev]\ndebug = false\n[dependencies]\n\
         leverframe = {{ path = {:?}, default-features = false, features = [\"serde\"] }}\n\
         serde_json = \"1\"\n",
        env!("CARGO_MANIFEST_DIR"),
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock");
    fs::copy(lock, package.join("Cargo.lock")).unwrap();
    let (mut library, mut program) = ("#![deny(warnings)]\n".to_owned(), String::new());
    for (name, declaration) in declarations {
        fs::write(package.join(format!("src/{name}.rs")), declaration).unwrap();
        writeln!(library, "pub mod {name};").unwrap();
        let module = declaration.lines().find_map(|line| line.strip_prefix("pub mod ")).unwrap();
        let module = module.trim_end_matches(" {");
        writeln!(
            program,
            "    println!(\"{name} {{}}\", text(&imported::{name}::{module}::CHART));"
        )
        .unwrap();
    }
    let program = format!(
        "fn text(chart: &leverframe::chart::Chart) -> String {{\n    \
         serde_json::to_string(&leverframe::chart::Document::of(chart)).unwrap()\n}}\n\
         fn main() {{\n{program}}}\n"
    );
    fs::write(package.join("src/lib.rs"), library).unwrap();
    fs::write(package.join("src/main.rs"), program).unwrap();
    let output = Command::new(env!("CARGO"))
        .current_dir(&package)
        .args(["run", "--quiet"])
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the declarations in {}:\n{log}", package.display());
    let lines = String::from_utf8(output.stdout).unwrap();
    let charts = lines.lines().map(|line| {
        let (name, chart) = line.split_once(' ').unwrap();
        (name.to_owned(), serde_json::from_str(chart).unwrap())
    });
    charts.collect()
}
