//! The command line of the program `leverframe`, whose machine is the orchestrator.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rmcp::ErrorData;
use rmcp::model::Resource;

use super::{Command, Program, finish};
use crate::demo;
use crate::orchestrator::Orchestrator;
use crate::server::{Builder, Server, rmcp};

/// The command line of `leverframe`.
#[must_use]
pub fn leverframe() -> ExitCode {
    let program = Program::<Orchestrator>::new().serving(orchestrator);
    let line = program.parsed::<Line>();
    finish(line.map(|line| match line.command {
        Ready::Machine(command) => program.run(command),
        Ready::Demo => Ok(demo::run()?),
    }))
}

/// The orchestrator as its users know it: one tool to change the state, and the conversation as a resource.
#[must_use]
pub fn orchestrator(builder: Builder<Orchestrator>) -> Builder<Orchestrator> {
    let history = Resource::new("orchestration://history", "conversation")
        .with_description("The conversation, oldest message first.")
        .with_mime_type("application/json");
    builder.with_transition_tool().with_resource(history, |server| Box::pin(conversation(server)))
}

async fn conversation(server: &Server<Orchestrator>) -> Result<String, ErrorData> {
    let runs = server.runs();
    let text = runs.read(runs.unnamed(), |run| serde_json::to_string(&run.context().messages));
    text.await?.map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

#[derive(Parser)]
#[command(arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Ready,
}

#[derive(Subcommand)]
enum Ready {
    #[command(flatten)]
    Machine(Command),
    /// Watch an MCP client take the orchestrator through a task
    Demo,
}
