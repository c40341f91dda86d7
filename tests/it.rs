//! The integration tests: one binary, one module for each boundary.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

mod allocation;
mod cli;
mod durable;
mod envelope;
mod features;
mod guide;
#[cfg(feature = "http")]
mod http;
mod import;
mod layout;
mod mcp;
mod pictures;
mod runs;
mod tasks;
mod testing;
mod ui;
mod walk;
