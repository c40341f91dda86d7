//! Arguments of operations: the first byte chooses the operation, the rest is JSON.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((choice, text)) = input.split_first() else { return };
    if let Ok(arguments) = serde_json::from_slice(text) {
        leverframe_fuzz::call(usize::from(*choice), None, arguments);
    }
});
