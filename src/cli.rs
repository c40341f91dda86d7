//! The command line of a machine.
//!
//! One call gives a program the whole command line for its own machine:
//!
//! ```no_run
//! # type Release = leverframe::orchestrator::Orchestrator;
//! fn main() -> std::process::ExitCode {
//!     leverframe::cli::main::<Release>()
//! }
//! ```

#[cfg(feature = "http")]
mod access;
mod archive;
mod bundle;
mod chart;
mod check;
mod chosen;
mod completions;
mod copies;
mod drawing;
mod fork;
mod gates;
mod history;
#[cfg(feature = "http")]
mod http;
mod import_chart;
mod install;
mod limits;
mod list;
mod log;
mod man;
mod progress;
mod replay;
mod runs;
mod serve;
mod server_json;
mod store;
mod table;
mod tasks;
mod terminal;
#[cfg(feature = "http")]
mod token;
mod trail;
mod url;

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ContextValue;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use self::bundle::Bundle;
use self::chart::Chart;
use self::completions::Completions;
pub(crate) use self::import_chart::{ImportChart, import_chart};
use self::install::Install;
use self::man::Man;
use self::runs::RunsCommand;
use self::serve::Serve;
use self::server_json::ServerJson;
use crate::mcp::Builder;
use crate::portable::Portable;
use crate::task::{Taskless, Worker};

/// How a command ends.
type Done = Result<(), Box<dyn Error>>;

/// Runs the command line of the machine `M` with the arguments of the process. The exit code is 0, 1 if something was
/// refused or failed, or 2 if the arguments are wrong.
#[must_use]
pub fn main<M: Portable<Context: Default> + Taskless>() -> ExitCode {
    Program::<M>::new().main()
}

/// A program that serves the machine `M`, and differs from [`main`].
///
/// ```no_run
/// # use leverframe::orchestrator::Orchestrator as Release;
/// use leverframe::cli::Program;
///
/// fn main() -> std::process::ExitCode {
///     Program::<Release>::new()
///         .version(env!("CARGO_PKG_VERSION"))
///         .serving(|server| server.with_transition_tool())
///         .main()
/// }
/// ```
pub struct Program<M> {
    version: &'static str,
    worker: Option<Worker<M>>,
    serving: Box<dyn FnOnce(Builder<M>) -> Builder<M>>,
}

impl<M: Portable<Context: Default> + Taskless> Default for Program<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Portable<Context: Default> + Taskless> Program<M> {
    /// A program that does the same as [`main`].
    #[must_use]
    pub fn new() -> Self {
        Self::with(None)
    }
}

impl<M: Portable<Context: Default>> Program<M> {
    /// A program for a machine with tasks, which this worker performs while the program serves.
    #[must_use]
    pub fn with_worker(worker: Worker<M>) -> Self {
        Self::with(Some(worker))
    }

    fn with(worker: Option<Worker<M>>) -> Self {
        Self { version: env!("CARGO_PKG_VERSION"), worker, serving: Box::new(|builder| builder) }
    }

    /// Sets the version that `--version` prints and that clients see, instead of the library's.
    #[must_use]
    pub fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// Changes the server before it is built, for instance to add tools, prompts and resources.
    #[must_use]
    pub fn serving(self, serving: impl FnOnce(Builder<M>) -> Builder<M> + 'static) -> Self {
        Self { serving: Box::new(serving), ..self }
    }

    /// Runs the command line with the arguments of the process.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let line = self.parsed::<Line>();
        finish(line.map(|line| self.run::<Line>(line.command)))
    }

    /// Reads the arguments of the process.
    pub(crate) fn parsed<L: CommandFactory + FromArgMatches>(&self) -> Result<L, clap::Error> {
        let mut matches = self.line::<L>().try_get_matches()?;
        L::from_arg_matches_mut(&mut matches)
    }

    /// All arguments that the program takes. The help has the machine's name and documentation.
    fn line<L: CommandFactory>(&self) -> clap::Command {
        let program = program_name();
        L::command()
            .about(M::CHART.docs().trim())
            .version(self.version)
            .display_name(&program)
            .bin_name(program)
    }

    /// Runs one command of the command line `L`.
    pub(crate) fn run<L: CommandFactory>(self, command: Command) -> Done {
        log::start(M::CHART.has_sensitive());
        match command {
            Command::Serve(serve) => serve::serve(*serve, self),
            Command::Runs(command) => runs::run::<M>(command),
            Command::Chart(chart) => chart::chart::<M>(&chart),
            Command::Bundle(command) => bundle::write(&command, self),
            Command::ServerJson(command) => server_json::print::<M>(&command, self.version),
            Command::Completions(command) => completions::print(&command, self.line::<L>()),
            Command::Man(command) => man::write(&command, self.line::<L>()),
            Command::Install(command) => install::install(&command),
            #[cfg(feature = "http")]
            Command::Token(tokens) => token::run(tokens),
        }
    }
}

/// The arguments that every machine's program takes.
#[derive(Parser)]
#[command(arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// The commands that every machine's program has.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Serve the machine to an MCP client over standard input and output, or to many over HTTP
    Serve(Box<Serve>),
    #[command(flatten)]
    Runs(RunsCommand),
    /// Print the machine as a diagram, for another tool or as JSON, or what has changed in it
    Chart(Chart),
    /// Add this server to the configuration of an MCP client, or remove it
    Install(Install),
    /// Write a bundle (`.mcpb`) of this program, which clients install by a click
    Bundle(Bundle),
    /// Print the `server.json` by which this server is published in the MCP registry
    ServerJson(ServerJson),
    /// Print the script by which a shell completes this program's arguments
    Completions(Completions),
    /// Print the manual page of this program
    Man(Man),
    /// Add, list and revoke tokens for access over HTTP
    #[cfg(feature = "http")]
    Token(token::Tokens),
}

/// Whether nobody reads the output any more. A reader that has read enough closes the pipe.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints the error, if any, and returns the exit code.
pub(crate) fn finish(done: Result<Result<(), Box<dyn Error>>, clap::Error>) -> ExitCode {
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            terminal::report(&*error);
            ExitCode::FAILURE
        }
        Err(usage) => {
            let usage = printable(usage);
            // The exit code says the same to a caller that does not read standard error.
            let _ = usage.print();
            ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))
        }
    }
}

/// The error with the arguments that it repeats escaped.
fn printable(mut usage: clap::Error) -> clap::Error {
    let repeated: Vec<_> = usage.context().map(|(kind, value)| (kind, value.clone())).collect();
    for (kind, value) in repeated {
        let escaped = match value {
            ContextValue::String(text) => ContextValue::String(terminal::line(&text)),
            ContextValue::Strings(texts) => {
                ContextValue::Strings(texts.iter().map(|text| terminal::line(text)).collect())
            }
            _ => continue,
        };
        usage.insert(kind, escaped);
    }
    usage
}

/// The name by which the process was started.
fn program_name() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_stem().map(|name| terminal::line(&name.to_string_lossy()));
    name.unwrap_or_else(|| "leverframe".to_owned())
}
