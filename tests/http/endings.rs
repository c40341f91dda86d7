//! Ends in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leverframe::http::{AllowedHosts, Http, HttpLimits, ServeHttpError};
use leverframe::mcp::rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use leverframe::mcp::rmcp::handler::server::tool::ToolCallContext;
use leverframe::mcp::rmcp::model::{CallToolResult, ContentBlock, Tool};
use leverframe::mcp::{Server, closing};
use serde_json::json;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::client::Connection;
use super::{Client, Era, PATIENCE, Program};
use crate::mcp::own_machine::builder;
use crate::mcp::own_machine::loan::Loan;
use crate::mcp::restarts::Folder;

/// Serves in this process, until the test says otherwise. The loan's own tools take their time.
struct Served {
    http: Http,
    address: SocketAddr,
    end: Arc<Notify>,
    outcome: JoinHandle<Result<(), ServeHttpError>>,
}

impl Served {
    async fn start(grace: Duration) -> Self {
        let tool = |name, time| {
            let tool = Tool::new(name, "Takes its time.", serde_json::Map::new());
            ToolRoute::new_dyn(tool, move |call: ToolCallContext<'_, Server<Loan>>| {
                Box::pin(async move {
                    let text = tokio::select! {
                        () = tokio::time::sleep(time) => "done",
                        () = closing(&call.request_context), if name == "polite" => "the end came",
                    };
                    Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
                })
            })
        };
        let tools = [("short", 1), ("long", 3600), ("polite", 3600)];
        let tools = tools.map(|(name, seconds)| tool(name, Duration::from_secs(seconds)));
        let server =
            builder().with_tools(tools.into_iter().fold(ToolRouter::new(), ToolRouter::with_route));
        let mut limits = HttpLimits::default();
        limits.grace = grace;
        let http = Http::new(AllowedHosts::loopback(), limits);
        let listener = http.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let (address, end) = (listener.address(), Arc::new(Notify::new()));
        let (routes, signal) = (server.build().unwrap().router(&http), Arc::clone(&end));
        let shared = http.clone();
        let serving = async move { shared.serve(listener, routes, signal.notified()).await };
        Self { http, address, end, outcome: tokio::spawn(serving) }
    }

    /// Sends a call of a tool, in this era, and waits until it is under way.
    async fn call(&self, tool: &str, era: Era) -> Client {
        let mut client = Client::at("/mcp", Connection::open(self.address).await, era).await;
        let text = client.text("tools/call", json!({"name": tool, "arguments": {}}));
        let headers = client.headers("tools/call", &text);
        client.connection.request("POST", "/mcp", &headers, text.as_bytes()).await;
        loop {
            let text = Connection::open(self.address).await.get("/metrics").await.text();
            if text.contains("leverframe_http_calls{machine=\"Loan\"} 1") {
                return client;
            }
        }
    }
}

#[tokio::test]
async fn a_call_is_finished_within_the_grace() {
    for era in [Era::Modern, Era::Legacy] {
        for (tool, said) in [("short", "done"), ("polite", "the end came")] {
            let served = Served::start(PATIENCE).await;
            let mut client = served.call(tool, era).await;
            served.end.notify_one();
            let answer = client.connection.answer().await.message();
            assert_eq!(answer["result"]["content"][0]["text"], said, "{era:?}: {answer}");
            assert!(served.outcome.await.unwrap().is_ok());
        }
    }
}

#[tokio::test]
async fn a_call_is_given_up_after_the_grace_or_on_demand() {
    for era in [Era::Modern, Era::Legacy] {
        for (grace, is_patient) in
            [(Duration::from_millis(200), true), (Duration::from_secs(3600), false)]
        {
            let served = Served::start(grace).await;
            let _client = served.call("long", era).await;
            served.end.notify_one();
            if !is_patient {
                served.http.give_up();
            }
            let ended = timeout(PATIENCE, served.outcome).await.expect("an end").unwrap();
            let reason = ended.unwrap_err().to_string();
            assert_eq!(reason, "ended with calls unanswered: 1; allow more time by `--grace`");
        }
    }
}

/// Whatever was acknowledged before and during the end is there afterwards, and nobody waits for silent connections.
#[tokio::test]
async fn calls_under_way_are_answered() {
    let folder = Folder::new("http-end");
    let store = folder.path("runs.db");
    let mut program = Program::start(&["--store", &store]).await;
    let silent = program.connect().await;
    let mut half = program.connect().await;
    half.write(b"POST /mcp HTTP/1.1\r\nhost: local").await;
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..8 {
        let era = [Era::Modern, Era::Legacy][number % 2];
        let mut client = Client::begin(&program, era).await;
        calls.spawn(async move {
            let run = format!("run-{number}");
            client.call("start_run", json!({"run": run})).await;
            let mut done = 0_u64;
            loop {
                let call =
                    json!({"name": "add_user_message", "arguments": {"run": run, "message": "x"}});
                let text = client.text("tools/call", call);
                let headers = client.headers("tools/call", &text);
                client.connection.request("POST", "/mcp", &headers, text.as_bytes()).await;
                match client.connection.read().await {
                    Some(answer) if answer.status == 200 => {
                        assert_eq!(answer.message()["result"]["isError"], false);
                        done += 1;
                        if client.connection.is_over() {
                            return (run, done);
                        }
                    }
                    _ => return (run, done),
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begin = Instant::now();
    program.signal("TERM").await;
    let (status, errors) = program.ends().await;
    assert!(status.success(), "{errors}");
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
    drop((silent, half));
    let acknowledged = calls.join_all().await;
    let program = Program::start(&["--store", &store]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    for (run, done) in acknowledged {
        assert!(done > 0, "{run}");
        let answer = client.call("get_current_state", json!({"run": run})).await;
        assert!(answer["version"].as_u64().unwrap() >= done, "{run}: {done} of {answer}");
    }
}

#[tokio::test]
async fn streams_end() {
    let mut program = Program::start(&[]).await;
    let mut client = Client::begin(&program, Era::Legacy).await;
    let mut headers = client.headers("", "");
    headers.retain(|(name, _)| *name != "content-type");
    client.connection.request("GET", "/mcp", &headers, b"").await;
    assert_eq!(client.connection.head().await.map(|(status, _)| status), Some(200));
    let begin = Instant::now();
    program.signal("TERM").await;
    // The stream ends whole: with its last chunk.
    while client.connection.chunk().await.expect("a whole stream").is_some() {}
    assert!(program.ends().await.0.success());
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
}

/// A client that is subscribed gets what has happened, and then the result of its request.
#[tokio::test]
async fn subscriptions_come_to_their_result() {
    let mut program = Program::start(&[]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    client.go("PLANNING").await;
    let filter = json!({"notifications": {"resourceSubscriptions": ["state://current"]}});
    let text = client.text("subscriptions/listen", filter);
    let headers = client.headers("subscriptions/listen", &text);
    client.connection.request("POST", "/mcp", &headers, text.as_bytes()).await;
    assert_eq!(client.connection.head().await.map(|(status, _)| status), Some(200));
    let acknowledged = client.connection.chunk().await.flatten().expect("an acknowledgement");
    assert!(String::from_utf8_lossy(&acknowledged).contains("acknowledged"));
    let begin = Instant::now();
    program.signal("TERM").await;
    let mut rest = Vec::new();
    while let Some(chunk) = client.connection.chunk().await.expect("a whole stream") {
        rest.extend(chunk);
    }
    let rest = String::from_utf8_lossy(&rest).into_owned();
    assert!(rest.contains("\"result\""), "{rest}");
    assert!(program.ends().await.0.success());
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
}
