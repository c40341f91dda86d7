//! Addresses of resources.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let _ = leverframe::mcp::fuzzing::address(input);
});
