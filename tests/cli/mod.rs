//! Commands that write files for other programs.

mod bundle;
mod completions;
mod demo;
mod install;
mod project;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("leverframe-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The program, in a folder, for a user whose files are all there.
fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    program.args(arguments).current_dir(folder);
    for variable in ["HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME"] {
        program.env(variable, folder);
    }
    program.env_remove("CLAUDE_CONFIG_DIR");
    program
}

/// Checks the exit code, and answers all that was printed.
fn said(code: i32, output: Output) -> String {
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}
