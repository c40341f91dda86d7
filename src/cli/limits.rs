//! Options for the limits of a server.

use std::fmt::{self, Display, Formatter};
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

use bytesize::ByteSize;
use clap::{Args, value_parser};

use crate::api::ApiLimits;
use crate::mcp::{self, StdioLimits};
use crate::runs::RunLimits;

/// Sizes are written as `512KiB`, `16MiB` or a number of bytes.
#[derive(Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    /// The maximum size of a run's state and context, as JSON
    #[arg(long, value_name = "SIZE", default_value_t = Size(RunLimits::default().context_bytes))]
    max_context: Size,
    /// The maximum total size of the runs that are kept in memory
    #[arg(long, value_name = "SIZE", default_value_t = Size(RunLimits::default().live_bytes))]
    max_live: Size,
    /// The maximum number of runs that are kept in memory
    #[arg(long, value_name = "N", default_value_t = RunLimits::default().live_runs)]
    max_live_runs: usize,
    /// The maximum number of runs of one principal; beyond it, none is started before one is removed
    #[arg(long, value_name = "N", default_value_t = RunLimits::default().runs_per_principal)]
    max_runs: u64,
    /// The maximum number of tasks that are performed at the same time
    #[arg(long, value_name = "N", default_value_t = RunLimits::default().tasks)]
    max_tasks: usize,
    /// The time after which another program takes over a task of a program that has ended
    #[arg(long, value_name = "SECONDS", default_value_t = RunLimits::default().task_lease.as_secs(), value_parser = value_parser!(u64).range(1..))]
    task_lease: u64,
    /// The maximum size of one argument
    #[arg(long, value_name = "SIZE", default_value_t = Size(ApiLimits::default().argument_bytes))]
    max_argument: Size,
    /// The maximum size of a page of a history or a list
    #[arg(long, value_name = "SIZE", default_value_t = Size(ApiLimits::default().page_bytes))]
    max_page: Size,
    /// The maximum size of the answer to a query, and of a prompt
    #[arg(long, value_name = "SIZE", default_value_t = Size(ApiLimits::default().answer_bytes))]
    max_answer: Size,
    /// The maximum size of a line of input, which is one message
    #[arg(long, value_name = "SIZE", default_value_t = Size(StdioLimits::default().line_bytes))]
    max_line: Size,
    /// The maximum total size of requests and answers that wait; beyond it, input is not read
    #[arg(long, value_name = "SIZE", default_value_t = Size(StdioLimits::default().waiting_bytes))]
    max_waiting: Size,
    /// The maximum number of requests that are handled at once; beyond it, input is not read
    #[arg(long, value_name = "N", default_value_t = StdioLimits::default().in_flight)]
    max_in_flight: NonZeroUsize,
    /// The maximum number of subscriptions of one client
    #[arg(long, value_name = "N", default_value_t = mcp::MAX_SUBSCRIPTIONS)]
    pub(super) max_subscriptions: usize,
    /// The maximum time to finish requests after the end of input or a signal
    #[arg(long, value_name = "SECONDS", default_value_t = StdioLimits::default().grace.as_secs())]
    grace: u64,
    #[cfg(feature = "http")]
    #[command(flatten)]
    http: super::http::HttpLimitOptions,
}

impl Limits {
    pub(super) fn of_runs(&self) -> RunLimits {
        RunLimits {
            context_bytes: self.max_context.0,
            live_bytes: self.max_live.0,
            live_runs: self.max_live_runs,
            runs_per_principal: self.max_runs,
            tasks: self.max_tasks,
            task_lease: Duration::from_secs(self.task_lease),
        }
    }

    pub(super) fn of_api(&self) -> ApiLimits {
        ApiLimits {
            argument_bytes: self.max_argument.0,
            page_bytes: self.max_page.0,
            answer_bytes: self.max_answer.0,
        }
    }

    #[cfg(feature = "http")]
    pub(super) fn of_http(&self) -> crate::http::HttpLimits {
        self.http.limits(Duration::from_secs(self.grace))
    }

    pub(super) fn of_stdio(&self) -> StdioLimits {
        StdioLimits {
            in_flight: self.max_in_flight,
            waiting_bytes: self.max_waiting.0,
            line_bytes: self.max_line.0,
            grace: Duration::from_secs(self.grace),
        }
    }
}

/// A number of bytes.
#[derive(Clone, Copy)]
pub(super) struct Size(pub(super) usize);

impl FromStr for Size {
    type Err = InvalidSize;

    fn from_str(text: &str) -> Result<Self, InvalidSize> {
        let size: ByteSize = text.parse().map_err(|_| InvalidSize)?;
        Ok(Self(usize::try_from(size.as_u64()).unwrap_or(usize::MAX)))
    }
}

impl Display for Size {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let &Self(bytes) = self;
        let units = [(30, "GiB"), (20, "MiB"), (10, "KiB"), (0, "")];
        let fits = |(bits, _): &&(u32, _)| bytes >> bits > 0 && bytes.trailing_zeros() >= *bits;
        let (bits, unit) = units.iter().find(fits).unwrap_or(&(0, ""));
        write!(f, "{}{unit}", bytes >> bits)
    }
}

/// A text that is not a size.
#[derive(Debug, thiserror::Error)]
#[error("write a number of bytes, or a size such as `512KiB` or `16MiB`")]
pub(super) struct InvalidSize;

#[cfg(test)]
mod tests {
    use super::Size;

    fn check(text: &str, bytes: usize, shown: &str) {
        let size: Size = text.parse().unwrap();
        assert_eq!((size.0, size.to_string().as_str()), (bytes, shown), "{text}");
    }

    #[test]
    fn sizes_are_read_and_shown() {
        check("16MiB", 16 << 20, "16MiB");
        check("1.5 KiB", 1536, "1536");
        check("1MB", 1_000_000, "1000000");
        check("0", 0, "0");
        check("1GiB", 1 << 30, "1GiB");
        for text in ["", "5x", "-1", "MiB", "\u{202e}1"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
