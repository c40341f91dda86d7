//! The log on standard error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::terminal;
use crate::mcp;

/// Writes the log and panics to standard error, escaped. `RUST_LOG` says what is logged; without it, warnings and
/// errors, except errors of clients, which are answered.
///
/// Where the machine has sensitive values, requests are never logged: rmcp writes them out from the level `debug` on.
pub(super) fn start(has_sensitive: bool) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(mcp::LOG_FILTER));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(|| Escaped(io::stderr()))
        .finish()
        .with(filter_fn(move |metadata| !(has_sensitive && writes_requests(metadata))));
    // A program that logs in its own way has set that up before.
    if log.try_init().is_ok() {
        panic::set_hook(Box::new(report));
    }
}

fn writes_requests(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("rmcp") && *metadata.level() > Level::INFO
}

fn report(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message");
    let mut errors = io::stderr().lock();
    // A panic of the hook would end the process.
    let _ = writeln!(errors, "{}", terminal::line(&format!("panicked{place}: {text}")));
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        let _ = write!(errors, "{backtrace}");
    }
}

/// Writes each event of the log, which comes whole, as one line.
struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        writeln!(self.0, "{}", terminal::line(text))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::Escaped;

    #[test]
    fn an_event_is_one_line() {
        let mut written = Vec::new();
        Escaped(&mut written).write_all("a\u{1b}[2J\nb\u{202e}\u{9b}\u{7f}\n".as_bytes()).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), "a\\u{1b}[2J\\nb\\u{202e}\\u{9b}\\u{7f}\n");
    }
}
