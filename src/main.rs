//! Switched off.
fn main() {}
