//! What clients of both transports have in common.

use std::fs;
use std::process::Child;
use std::time::Duration;

use super::Done;
use super::rate::Rate;

pub(crate) trait Measured {
    /// Lets all callers call for a while.
    fn measure(&mut self, span: Duration) -> Done<Rate>;
    /// A figure of the server's process in MiB, if the system reports it.
    fn memory(&self, name: &str) -> Option<f64>;
    fn end(self: Box<Self>) -> Done<()>;
}

pub(crate) fn memory(child: &Child, name: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let size: f64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(size / 1024.0)
}
