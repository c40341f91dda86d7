//! What the targets share: the orchestrator's operations on runs in memory.

use std::cell::OnceCell;
use std::sync::Arc;

use leverframe::api::{Api, ApiLimits, Style};
use leverframe::caller::{Caller, Principal, Way};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::{RunLimits, Runs};
use leverframe::store::memory::MemoryStore;
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};

/// The maximum length of a refusal.
const REFUSAL: usize = 4 << 10;

/// Calls the operation that `choice` selects. Whatever the arguments are, the answer is JSON, and a refusal is short.
pub fn call(choice: usize, name: Option<&str>, arguments: Map<String, Value>) {
    thread_local! {
        static SHARED: OnceCell<(Runtime, Api<Orchestrator>)> = const { OnceCell::new() };
    }
    SHARED.with(|shared| {
        let (runtime, api) = shared.get_or_init(started);
        let operations = api.operations();
        let operation = match name {
            Some(name) => api.operation(name).expect("an operation"),
            None => &operations[choice % operations.len()],
        };
        let caller = Caller::new(Principal::LOCAL, Way::Program);
        let answer = runtime.block_on(api.call(&caller, operation, arguments));
        let _: Value = serde_json::from_str(answer.text()).expect("JSON");
        assert!(!answer.is_refusal() || answer.text().len() <= REFUSAL, "{}", answer.text());
    });
}

fn started() -> (Runtime, Api<Orchestrator>) {
    let mut limits = RunLimits::default();
    limits.context_bytes = 64 << 10;
    let runs = Runs::new(Arc::new(MemoryStore::new())).with_limits(limits);
    let api = Api::new(runs, Style::Target, ApiLimits::default()).expect("operations");
    (Builder::new_current_thread().build().expect("a runtime"), api)
}
