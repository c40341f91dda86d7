//! The program `leverframe`: serves the orchestrator.

use std::process::ExitCode;

fn main() -> ExitCode {
    leverframe::orchestrator::main()
}
