//! The command line of a machine.
//!
//! One call gives a program of one's own all of it:
//!
//! ```no_run
//! # type Release = leverframe::orchestrator::Orchestrator;
//! fn main() -> std::process::ExitCode {
//!     leverframe::cli::main::<Release>()
//! }
//! ```

mod leverframe;
mod runs;
mod store;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

pub use self::leverframe::{leverframe, orchestrator};

use crate::portable::Portable;
use crate::record::RunName;
use crate::runs::Runs;
use crate::server::{Builder, Server, StdioLimits, chain, serve_stdio};

use self::runs::RunsCommand;
use self::store::StoreOption;

/// The command line of the machine `M`, from the arguments of the process to its exit code: 0, 1 where something was
/// refused or has failed, 2 where the arguments are wrong.
#[must_use]
pub fn main<M: Portable<Context: Default>>() -> ExitCode {
    Program::<M>::new().main()
}

/// A program that serves the machine `M`, where it differs from what [`main`] does.
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
    serving: Box<dyn FnOnce(Builder<M>) -> Builder<M>>,
}

impl<M: Portable<Context: Default>> Default for Program<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Portable<Context: Default>> Program<M> {
    /// A program that does what every machine's does.
    #[must_use]
    pub fn new() -> Self {
        Self { version: env!("CARGO_PKG_VERSION"), serving: Box::new(|builder| builder) }
    }

    /// Tells this version by `--version` and to clients, instead of the library's.
    #[must_use]
    pub fn version(self, version: &'static str) -> Self {
        Self { version, ..self }
    }

    /// Serves what `serving` makes of the builder: with tools, prompts and resources of one's own.
    #[must_use]
    pub fn serving(self, serving: impl FnOnce(Builder<M>) -> Builder<M> + 'static) -> Self {
        Self { serving: Box::new(serving), ..self }
    }

    /// Does what the arguments of the process say.
    #[must_use]
    pub fn main(self) -> ExitCode {
        let line = self.parsed::<Line>();
        finish(line.map(|line| self.run(line.command)))
    }

    /// Reads the arguments of the process, with the machine's name and docs in the help.
    fn parsed<L: CommandFactory + FromArgMatches>(&self) -> Result<L, clap::Error> {
        let program = program_name();
        let command = L::command()
            .about(M::CHART.docs().trim())
            .version(self.version)
            .display_name(&program)
            .bin_name(program);
        let mut matches = command.try_get_matches()?;
        L::from_arg_matches_mut(&mut matches)
    }

    fn run(self, command: Command) -> Result<(), Box<dyn Error>> {
        match command {
            Command::Serve(serve) => self.serve(serve),
            Command::Runs(command) => runs::run::<M>(command),
            Command::Chart(chart) => draw::<M>(&chart),
        }
    }

    fn serve(self, Serve { run, grace, store }: Serve) -> Result<(), Box<dyn Error>> {
        log_to_stderr();
        let runs = Runs::<M>::new(store.open::<M>()?).with_unnamed(run);
        let builder = Server::builder(runs).named(program_name(), self.version);
        let server = (self.serving)(builder).build()?;
        let grace = Duration::from_secs(grace);
        let limits = StdioLimits { grace, ..StdioLimits::default() };
        Ok(serve_stdio(server, limits)?)
    }
}

/// What every machine's program understands.
#[derive(Parser)]
#[command(arg_required_else_help = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the machine to an MCP client over standard input and output
    Serve(Serve),
    #[command(flatten)]
    Runs(RunsCommand),
    /// Draw the machine
    Chart(Chart),
}

#[derive(Args)]
struct Serve {
    /// The run that is meant where a call names none
    #[arg(long, value_name = "NAME", default_value = "main")]
    run: RunName,
    /// The longest time to answer what was asked, once the input ends or the process is told to end
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    grace: u64,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
struct Chart {
    /// How to write it
    #[arg(long, value_enum, default_value = "mermaid")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A Mermaid state diagram
    Mermaid,
}

fn draw<M: Portable>(chart: &Chart) -> Result<(), Box<dyn Error>> {
    let text = match chart.format {
        Format::Mermaid => M::CHART.mermaid(),
    };
    match writeln!(io::stdout(), "{text}") {
        // A reader that has seen enough is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Tells how it went, and makes the exit code of it.
fn finish(done: Result<Result<(), Box<dyn Error>>, clap::Error>) -> ExitCode {
    match done {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            // Where nobody listens, the exit code is left.
            let _ = writeln!(io::stderr(), "error: {}", chain(&*error));
            ExitCode::FAILURE
        }
        Err(usage) => {
            let _ = usage.print();
            ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2))
        }
    }
}

/// Writes the log to standard error: `RUST_LOG` says what, else what went wrong. What a client does wrong is told to it
/// alone.
fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,rmcp=error"));
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && !plain);
    // A program that logs in its own way has set that up before.
    let _ = log.try_init();
}

/// The name by which the process was started.
fn program_name() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&path).file_stem().map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "leverframe".to_owned())
}
