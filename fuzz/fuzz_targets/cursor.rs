//! Cursors of histories and lists.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|input: &str| {
    for operation in ["get_history", "list_runs"] {
        let cursor = Map::from_iter([("cursor".to_owned(), Value::from(input))]);
        leverframe_fuzz::call(0, Some(operation), cursor);
    }
});
