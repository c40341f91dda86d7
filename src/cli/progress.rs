//! How far a long command is.

use std::io::{self, IsTerminal, Write};

/// Shows on a terminal how far the work is.
pub(super) struct Progress {
    verb: &'static str,
    is_shown: bool,
}

impl Progress {
    pub(super) fn new(verb: &'static str) -> Self {
        Self { verb, is_shown: false }
    }

    pub(super) fn show(&mut self, done: u64, all: u64) {
        if done > 0 && io::stderr().is_terminal() {
            self.is_shown = true;
            let percent = done * 100 / all.max(1);
            let _ = write!(io::stderr(), "\r{} {percent} %", self.verb);
        }
    }

    pub(super) fn end(self) {
        if self.is_shown {
            let _ = write!(io::stderr(), "\r{:20}\r", "");
        }
    }
}
