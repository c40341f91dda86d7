//! The command line of the program `leverframe`, whose machine is the orchestrator.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::Orchestrator;
use crate::caller::Caller;
use crate::cli::{Command, ImportChart, Program, finish, import_chart};
use crate::demo;
use crate::mcp::{AddedResource, Builder, ResourceContent, ResourceError, Server};
use crate::project::{self, New};

/// Runs the command line of the program `leverframe`: that of every machine, for the orchestrator, and
/// `demo` and `new`.
///
/// The orchestrator is served as its users know it: one tool changes the state, and the conversation is a resource.
#[must_use]
pub fn main() -> ExitCode {
    let program = Program::<Orchestrator>::new().serving(extended);
    let line = program.parsed::<Line>();
    finish(line.map(|line| match line.command {
        Ready::Machine(command) => program.run::<Line>(command),
        Ready::Demo => Ok(demo::run()?),
        Ready::New(new) => Ok(project::create(&new)?),
        Ready::ImportChart(chart) => import_chart(&chart),
    }))
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
    /// Make a project with a machine, its server, tests and checks
    New(New),
    /// Write the declaration of a chart in SCXML or XState JSON
    ImportChart(ImportChart),
}

fn extended(builder: Builder<Orchestrator>) -> Builder<Orchestrator> {
    let history = AddedResource::new("orchestration://history", "conversation")
        .with_description("The conversation, oldest message first.")
        .with_mime_type("application/json");
    builder
        .with_transition_tool()
        .with_resource(history, |server, caller| Box::pin(conversation(server, caller)))
}

async fn conversation(
    server: &Server<Orchestrator>,
    caller: &Caller,
) -> Result<ResourceContent, ResourceError> {
    let run = server.api().run_of(caller, None);
    let text = server.runs().read(&run, |run| serde_json::to_string(&run.context().messages));
    Ok(text.await?.map_err(ResourceError::failed)?.into())
}
