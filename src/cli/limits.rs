//! Options for the limits of a server.

use bytesize::ByteSize;
use clap::Args;

use crate::api::ApiLimits;
use crate::runs::RunLimits;

/// Sizes are written as `512KiB`, `16MiB` or a number of bytes.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    /// The maximum size of a run's state and context, as JSON
    #[arg(long, value_name = "SIZE", default_value_t = size(RunLimits::default().context_bytes))]
    max_context: ByteSize,
    /// The maximum total size of the runs that are kept in memory
    #[arg(long, value_name = "SIZE", default_value_t = size(RunLimits::default().live_bytes))]
    max_live: ByteSize,
    /// The maximum number of runs that are kept in memory
    #[arg(long, value_name = "N", default_value_t = RunLimits::default().live_runs)]
    max_live_runs: usize,
    /// The maximum size of one argument
    #[arg(long, value_name = "SIZE", default_value_t = size(ApiLimits::default().argument_bytes))]
    max_argument: ByteSize,
    /// The maximum size of a page of a history or a list
    #[arg(long, value_name = "SIZE", default_value_t = size(ApiLimits::default().page_bytes))]
    max_page: ByteSize,
    /// The maximum size of the answer to a query, and of a prompt
    #[arg(long, value_name = "SIZE", default_value_t = size(ApiLimits::default().answer_bytes))]
    max_answer: ByteSize,
}

impl Limits {
    pub(super) fn of_runs(&self) -> RunLimits {
        let mut limits = RunLimits::default();
        limits.context_bytes = bytes(self.max_context);
        limits.live_bytes = bytes(self.max_live);
        limits.live_runs = self.max_live_runs;
        limits
    }

    pub(super) fn of_api(&self) -> ApiLimits {
        let mut limits = ApiLimits::default();
        limits.argument_bytes = bytes(self.max_argument);
        limits.page_bytes = bytes(self.max_page);
        limits.answer_bytes = bytes(self.max_answer);
        limits
    }
}

fn size(bytes: usize) -> ByteSize {
    ByteSize::b(u64::try_from(bytes).unwrap_or(u64::MAX))
}

fn bytes(size: ByteSize) -> usize {
    usize::try_from(size.as_u64()).unwrap_or(usize::MAX)
}
