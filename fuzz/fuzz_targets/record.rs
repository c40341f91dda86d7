//! Records as JSON: what is read is written in the same way, and replaying it fails or follows.
#![no_main]

use leverframe::Machine;
use leverframe::orchestrator::Orchestrator;
use leverframe::record::{Program, Record};
use leverframe::run::Run;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(records) = serde_json::from_slice::<Vec<Record>>(input) else { return };
    let written = serde_json::to_string(&records).expect("JSON");
    let again: Vec<Record> = serde_json::from_str(&written).expect("records");
    assert_eq!(serde_json::to_string(&again).expect("JSON"), written);
    let Some((first, rest)) = records.split_first() else { return };
    let program = Program::of(Orchestrator::CHART);
    let Ok(mut run) = Run::<Orchestrator>::begun(first, program) else { return };
    for record in rest {
        if run.replay(record).is_err() {
            return;
        }
        assert_eq!(run.version(), record.version);
    }
});
