//! The integration tests: one binary, one module for each boundary.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by a panic")]

#[cfg(any())]
mod allocation;
#[cfg(any())]
mod durable;
#[cfg(any())]
mod features;
mod mcp;
#[cfg(any())]
mod ui;
#[cfg(any())]
mod walk;
