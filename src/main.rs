//! The program `leverframe`: the orchestrator, ready to be served.

use std::process::ExitCode;

fn main() -> ExitCode {
    leverframe::cli::leverframe()
}
