//! A run with a large context does not hold up the others.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Raw, meta};

/// The longest time that a ping may take beside work on a large run. An unoptimized build is given more; the work itself
/// takes it seconds.
const QUICK: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 20 });

/// The size of a message, and how many there are.
const MESSAGE: usize = 1 << 20;
const MESSAGES: usize = if cfg!(debug_assertions) { 24 } else { 200 };

impl Raw {
    /// Sends a call of a tool, and answers its id.
    async fn begin(&mut self, tool: &str, arguments: Value) -> u64 {
        self.last += 1;
        let params = json!({"name": tool, "arguments": arguments, "_meta": meta()});
        let id = self.last;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}))
            .await;
        id
    }

    /// Asks for the list of runs again and again until the call with this id is answered. The answers are the call's, the
    /// longest time that a list took, and how many there were.
    async fn beside(&mut self, call: u64) -> (Value, Duration, usize) {
        let (mut longest, mut count) = (Duration::ZERO, 0);
        loop {
            let begun = Instant::now();
            let id = self.begin("list_runs", json!({})).await;
            loop {
                let answer = self.receive().await;
                if answer["id"] == call {
                    return (answer, longest, count);
                }
                if answer["id"] == id {
                    break;
                }
            }
            longest = longest.max(begun.elapsed());
            count += 1;
        }
    }
}

#[tokio::test]
async fn work_on_a_large_run_holds_up_no_other() {
    let folder = crate::durable::Folder::new();
    let file = folder.file();
    let arguments = [
        "serve",
        "--store",
        file.to_str().unwrap(),
        "--max-context",
        "300MiB",
        "--max-live",
        "400MiB",
        "--max-argument",
        "2MiB",
        "--grace",
        "60",
    ];
    let mut server = Raw::start(&arguments);
    let message = "x".repeat(MESSAGE);
    for _ in 0..MESSAGES {
        let call = server.begin("add_user_message", json!({"message": message})).await;
        assert_eq!(server.receive().await["id"], call);
    }
    server.input = None;
    assert!(server.server.wait().await.unwrap().success());
    // The first call reads the whole run, from its snapshot and the records after it.
    let mut server = Raw::start(&arguments);
    let (mut slowest, mut lists) = (Duration::ZERO, 0);
    for (tool, arguments) in [
        ("get_current_state", json!({})),
        ("get_conversation_history", json!({"max_messages": 1_000_000})),
        ("transition_state", json!({"new_state": "PLANNING"})),
    ] {
        let call = server.begin(tool, arguments).await;
        let (answer, longest, count) = server.beside(call).await;
        let is_large = tool == "get_conversation_history";
        assert_eq!(answer["result"]["isError"], is_large, "{tool}: {answer}");
        (slowest, lists) = (slowest.max(longest), lists + count);
    }
    crate::durable::report(
        "large",
        &format!("beside a run of {MESSAGES} MiB, the slowest of {lists} lists took {slowest:?}"),
    );
    assert!(lists > 3, "the calls were not slow enough to look beside them");
    assert!(slowest < QUICK, "{slowest:?}");
}
