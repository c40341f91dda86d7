//! The program `leverframe` without its command line: the orchestrator in memory.

use std::process::ExitCode;
use std::sync::Arc;

use leverframe::mcp::{Server, serve_stdio};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;

fn main() -> ExitCode {
    let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    let builder = Server::builder(runs).with_transition_tool();
    match builder.build().map(serve_stdio) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
