//! The command that serves the machine.

use std::error::Error;

use clap::{Args, FromArgMatches};

use super::gates::GatesOption;
use super::limits::Limits;
use super::store::StoreOption;
use super::{Program, program_name};
use crate::mcp::{Server, serve_stdio};
use crate::portable::Portable;
use crate::record::RunName;
use crate::runs::Runs;

#[derive(Args)]
pub(crate) struct Serve {
    /// The run of calls that name none
    #[arg(long, value_name = "NAME", default_value = "main")]
    run: RunName,
    #[command(flatten)]
    store: StoreOption,
    #[cfg(feature = "http")]
    #[command(flatten)]
    http: super::http::HttpOptions,
    #[command(flatten)]
    gates: GatesOption,
    #[command(flatten)]
    limits: Limits,
}

impl Serve {
    /// Checks that these arguments, from the name of the command on, serve the client that starts the program.
    pub(super) fn check(arguments: &[String]) -> Result<(), ServeArgumentsError> {
        let command = Self::augment_args(clap::Command::new("serve"));
        let matches = command.try_get_matches_from(arguments);
        let serve = matches.and_then(|mut matches| Self::from_arg_matches_mut(&mut matches));
        let serve = serve.map_err(|error| {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            ServeArgumentsError::Invalid(first.trim_start_matches("error: ").to_owned())
        })?;
        if serve.is_over_http() { Err(ServeArgumentsError::Listens) } else { Ok(()) }
    }

    fn is_over_http(&self) -> bool {
        #[cfg(feature = "http")]
        return self.http.address().is_some();
        #[cfg(not(feature = "http"))]
        false
    }
}

/// Why a client cannot start a server by some arguments.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeArgumentsError {
    #[error("`serve` does not take the arguments after `--`: {0}")]
    Invalid(String),
    #[error("a server that the client starts does not listen; leave out `--http` after `--`")]
    Listens,
}

/// Serves one client, or many over HTTP, and notes what a later program needs to check the runs.
pub(super) fn serve<M: Portable<Context: Default>>(
    options: Serve,
    program: Program<M>,
) -> Result<(), Box<dyn Error>> {
    let Serve { run, store, ref gates, limits, .. } = options;
    let runs = Runs::<M>::new(store.open::<M>()?);
    let runs = runs.with_default_run(run).with_limits(limits.of_runs());
    let runs = match program.worker {
        Some(worker) => runs.with_worker(worker),
        None => runs,
    };
    let builder =
        Server::builder(runs).named(program_name(), program.version).with_limits(limits.of_api());
    let builder = builder.with_max_subscriptions(limits.max_subscriptions);
    let server = (program.serving)(gates.set(builder)).build()?;
    #[cfg(feature = "http")]
    if let Some(address) = options.http.address() {
        return super::http::serve(&server, address, &options.http, limits.of_http());
    }
    let outcome = serve_stdio(server.clone(), limits.of_stdio());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(server.runs().close());
    Ok(outcome?)
}
