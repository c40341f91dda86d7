//! Entries for the targets in `fuzz`, which otherwise reach only what is public.

pub use super::stdio::fuzzing::line;

use super::resources::Address;

/// Reads the address of a resource, and returns whether it is one.
#[must_use]
pub fn address(uri: &str) -> bool {
    Address::parse(uri).is_some()
}
