//! New projects: a small machine with its server, tests and checks.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::text::escaped;

/// The files of a project. In them, `template-name` stands for the name of the package, `template_name` for that of its
/// crate, `template-rust` for the lowest version of Rust, and `template-dependency` for the dependency on this library.
const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", include_str!("project/template/Cargo.toml.txt")),
    (".gitignore", "/target\n*.db\n"),
    (".cargo/config.toml", include_str!("../.cargo/config.toml")),
    (".github/workflows/ci.yml", include_str!("project/template/ci.yml")),
    ("README.md", include_str!("project/template/README.md")),
    ("src/lib.rs", include_str!("project/template/lib.rs.txt")),
    ("src/main.rs", include_str!("project/template/main.rs.txt")),
    ("tests/machine.rs", include_str!("project/template/machine.rs.txt")),
    ("tests/server.rs", include_str!("project/template/server.rs.txt")),
];

/// The packages on which a project depends. It cannot have their names.
const DEPENDENCIES: [&str; 3] = ["leverframe", "serde", "serde_json"];

#[derive(Args)]
pub(crate) struct New {
    /// The folder of the project, whose name is that of the package
    #[arg(value_name = "NAME")]
    folder: PathBuf,
    /// The checkout of leverframe on which the project depends [default: the one of which this program was built, if it
    /// is there, else the release of this version]
    #[arg(long, value_name = "CHECKOUT")]
    path: Option<PathBuf>,
}

/// Makes the project. `cargo new` checks the name, and begins a repository where there is none.
pub(crate) fn create(New { folder, path }: &New) -> Result<(), ProjectError> {
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if DEPENDENCIES.contains(&name.replace('-', "_").as_str()) {
        return Err(ProjectError::Dependency(name.to_owned()));
    }
    let checkout = match path {
        Some(path) => Some(checked(path)?),
        None => own_checkout(),
    };
    let dependency = dependency(checkout.as_deref());
    begin(folder)?;
    for (file, content) in FILES {
        let content = content
            .replace("template-name", name)
            .replace("template_name", &name.replace('-', "_"))
            .replace("template-rust", env!("CARGO_PKG_RUST_VERSION"))
            .replace("template-dependency", &dependency);
        let path = folder.join(file);
        write(&path, &content).map_err(|source| ProjectError::Unwritable { path, source })?;
    }
    let shown = escaped(&folder.display().to_string());
    let mut out = io::stdout();
    writeln!(
        out,
        "created `{shown}`\n\n    cd {shown}\n    cargo test\n    cargo run -- chart\n    cargo run -- install claude-code\n"
    )?;
    if let Some(checkout) = checkout {
        let checkout = escaped(&checkout.display().to_string());
        writeln!(
            out,
            "note: the project depends on the checkout `{checkout}`; other machines need it at the same path"
        )?;
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)
}

/// Has cargo make the folder.
fn begin(folder: &Path) -> Result<(), ProjectError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo).args(["new", "--quiet", "--bin", "--"]).arg(folder).output();
    let output = output.map_err(ProjectError::NoCargo)?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let reason = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    Err(ProjectError::Refused(reason.to_owned()))
}

/// A checkout of this library that the user names.
fn checked(path: &Path) -> Result<PathBuf, ProjectError> {
    let is_own = is_library(path);
    let absolute = fs::canonicalize(path).ok().filter(|_| is_own);
    absolute.ok_or_else(|| ProjectError::NoCheckout(path.to_owned()))
}

/// The checkout of which this program was built. What cargo downloads is in no repository.
fn own_checkout() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"));
    (path.join(".git").exists() && is_library(path)).then(|| path.to_owned())
}

fn is_library(path: &Path) -> bool {
    let manifest = fs::read_to_string(path.join("Cargo.toml"));
    manifest.is_ok_and(|manifest| manifest.lines().any(|line| line == "name = \"leverframe\""))
}

fn dependency(checkout: Option<&Path>) -> String {
    match checkout {
        None => format!("\"{}\"", env!("CARGO_PKG_VERSION")),
        Some(path) => {
            // A string of JSON is one of TOML.
            let path = serde_json::Value::from(path.display().to_string());
            format!("{{ path = {path} }}")
        }
    }
}

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error(
        "a project cannot be named `{0}`, as a package on which it depends; choose another name"
    )]
    Dependency(String),
    #[error("there is no checkout of leverframe at `{}`", .0.display())]
    NoCheckout(PathBuf),
    #[error("cargo cannot be started; install Rust from https://rustup.rs")]
    NoCargo(#[source] io::Error),
    #[error("cargo does not make the project: {0}")]
    Refused(String),
    #[error("cannot write `{}`", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
    #[error("cannot print")]
    Output(#[from] io::Error),
}
