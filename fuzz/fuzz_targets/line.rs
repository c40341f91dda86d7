//! Lines of a client over standard input.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = leverframe::mcp::fuzzing::line(input);
});
