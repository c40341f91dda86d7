//! The program `leverframe` without its command line: the orchestrator in memory.

use std::process::ExitCode;
use std::sync::Arc;

use leverframe::mcp::{ResourceError, Server, TextResource, serve_stdio};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;

fn main() -> ExitCode {
    let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    let history = TextResource::new("orchestration://history", "conversation");
    let builder = Server::builder(runs).with_transition_tool().with_resource(history, |server, caller| {
        Box::pin(async move {
            let run = server.api().run_of(caller, None);
            let text = server.runs().read(&run, |run| serde_json::to_string(&run.context().messages));
            text.await?.map_err(ResourceError::failed)
        })
    });
    match builder.build().map(serve_stdio) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
