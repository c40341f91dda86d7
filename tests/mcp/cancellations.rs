//! Cancelled calls, and progress.

use std::sync::Arc;

use leverframe::mcp::Server;
use leverframe::mcp::rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use leverframe::mcp::rmcp::model::{CallToolResult, ContentBlock, ProgressNotificationParam, Tool};
use leverframe::mcp::rmcp::service::ServiceExt;
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::restarts::Folder;
use super::{PATIENCE, Raw, meta};

fn add(id: u64, is_legacy: bool) -> Value {
    let mut params = json!({"name": "add_user_message", "arguments": {"message": id.to_string()}});
    if !is_legacy {
        params["_meta"] = meta();
    }
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
}

/// A call that waits for its turn is not begun, one that is being recorded is finished, and neither is answered.
#[tokio::test]
async fn cancelled_calls() {
    for is_legacy in [false, true] {
        let folder = Folder::new(&format!("cancelled-{is_legacy}"));
        let store = folder.path("runs.db");
        let mut raw = Raw::start(&["serve", "--store", &store]);
        if is_legacy {
            raw.initialize().await;
        }
        raw.last = 100;
        ask(&mut raw, is_legacy, "tools/list", json!({})).await;
        // As long as another process writes, no record is added.
        let other = Connection::open(&store).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        for id in [1, 2, 3] {
            raw.send(&add(id, is_legacy)).await;
        }
        ask(&mut raw, is_legacy, "tools/list", json!({})).await;
        for id in [1, 2] {
            let params = json!({"requestId": id, "reason": "enough"});
            let cancel =
                json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params});
            raw.send(&cancel).await;
        }
        ask(&mut raw, is_legacy, "tools/list", json!({})).await;
        other.execute_batch("COMMIT").unwrap();
        assert_eq!(raw.receive().await["id"], 3);
        let history = json!({"name": "get_conversation_history"});
        let history = ask(&mut raw, is_legacy, "tools/call", history).await;
        let messages = &history["result"]["structuredContent"]["value"];
        let texts = messages.as_array().unwrap().iter().map(|message| &message["content"]);
        assert_eq!(texts.collect::<Vec<_>>(), ["1", "3"], "{history}");
    }
}

async fn ask(raw: &mut Raw, is_legacy: bool, method: &str, params: Value) -> Value {
    if is_legacy { raw.ask_legacy(method, params).await } else { raw.ask(method, params).await }
}

/// The machine's own tools answer at once and take a token; those of the author report to it.
#[tokio::test]
async fn progress_is_reported() {
    for is_legacy in [false, true] {
        let server = Server::builder(Runs::<Orchestrator>::new(Arc::new(MemoryStore::new())))
            .with_transition_tool()
            .with_tools(ToolRouter::new().with_route(slow()));
        let server = server.build().unwrap();
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move { Box::pin(server.serve(theirs)).await.unwrap().waiting().await });
        let (input, mut output) = tokio::io::split(ours);
        let mut lines = BufReader::new(input).lines();
        let mut meta = if is_legacy { json!({}) } else { meta() };
        meta["progressToken"] = json!("t");
        let call = |id: u64, tool: &str, arguments: Value| {
            let params = json!({"name": tool, "arguments": arguments, "_meta": meta});
            json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
        };
        let mut sent = Vec::new();
        if is_legacy {
            let client = json!({"name": "test", "version": "1"});
            let params =
                json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client});
            sent.push(json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}));
            sent.push(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        }
        sent.push(call(1, "slow", json!({})));
        let mut seen = Vec::new();
        for (request, last) in
            [(sent, 1), (vec![call(2, "add_user_message", json!({"message": "m"}))], 2)]
        {
            for message in request {
                output.write_all(format!("{message}\n").as_bytes()).await.unwrap();
            }
            loop {
                let line = timeout(PATIENCE, lines.next_line()).await.expect("an answer");
                let message: Value = serde_json::from_str(&line.unwrap().unwrap()).unwrap();
                let is_last = message["id"] == last;
                seen.push(message);
                if is_last {
                    break;
                }
            }
        }
        let reports = seen.iter().filter(|message| message["method"] == "notifications/progress");
        let reports: Vec<_> = reports.map(|report| &report["params"]).collect();
        assert_eq!(reports.len(), 2, "{seen:?}");
        assert_eq!(
            (&reports[1]["progressToken"], &reports[1]["progress"]),
            (&json!("t"), &json!(2.0))
        );
        let own = seen.last().unwrap();
        assert_eq!(own["result"]["isError"], false, "{own}");
    }
}

/// A tool that reports twice.
fn slow() -> ToolRoute<Server<Orchestrator>> {
    let tool = Tool::new("slow", "Reports progress.", serde_json::Map::new());
    ToolRoute::new_dyn(tool, |call| {
        Box::pin(async move {
            let context = &call.request_context;
            if let Some(token) = context.meta.get_progress_token() {
                for step in [1.0, 2.0] {
                    let report =
                        ProgressNotificationParam::new(token.clone(), step).with_total(2.0);
                    context.peer.notify_progress(report).await.expect("the client listens");
                }
            }
            Ok(CallToolResult::success(vec![ContentBlock::text("done")]).into())
        })
    })
}
