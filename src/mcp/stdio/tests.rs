//! A server at the ends of two pipes in memory, with tools that take as long as the test wants.

#![expect(clippy::indexing_slicing, reason = "a test fails by a panic")]

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use rmcp::model::{CallToolResult, JsonObject, Tool};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, duplex};
use tokio::sync::{Notify, Semaphore};
use tokio::time::timeout;

use super::{ServeError, Server, StdioLimits, serve};
use crate::clock::{Clock, SystemClock};
use crate::orchestrator::Orchestrator;
use crate::runs::Runs;
use crate::store::memory::MemoryStore;

/// What the test and the server know of each other.
struct World {
    /// How many slow calls have begun.
    begun: AtomicUsize,
    /// Lets that many slow calls end.
    may_end: Semaphore,
    clock_panics: AtomicBool,
}

impl World {
    fn new() -> Arc<Self> {
        let (begun, may_end) = (AtomicUsize::new(0), Semaphore::new(0));
        Arc::new(Self { begun, may_end, clock_panics: AtomicBool::new(false) })
    }
}

impl Clock for World {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.clock_panics.load(Ordering::Relaxed), "the clock has stopped");
        SystemClock.now()
    }

    fn sleep_until(&self, _: DateTime<Utc>) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

fn server(world: &Arc<World>) -> Server<Orchestrator> {
    let runs = Runs::new(Arc::new(MemoryStore::new())).with_clock(Arc::clone(world) as Arc<_>);
    let world = Arc::clone(world);
    let slow =
        ToolRoute::new_dyn(Tool::new("slow", "Takes long.", JsonObject::new()), move |call| {
            let world = Arc::clone(&world);
            Box::pin(async move {
                world.begun.fetch_add(1, Ordering::Relaxed);
                tokio::select! {
                    permit = world.may_end.acquire() => permit.expect("it stays open").forget(),
                    () = call.request_context.ct.cancelled() => {}
                }
                Ok(CallToolResult::success(Vec::new()).into())
            })
        });
    Server::builder(runs).with_tools(ToolRouter::new().with_route(slow)).build().unwrap()
}

struct Client {
    input: Option<DuplexStream>,
    output: Lines<BufReader<DuplexStream>>,
    signal: Arc<Notify>,
}

impl Client {
    async fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.input.as_mut().unwrap().write_all(line.as_bytes()).await.unwrap();
    }

    async fn call(&mut self, id: u64, tool: &str, arguments: Value) {
        let params = json!({"name": tool, "arguments": arguments});
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}))
            .await;
    }

    async fn receive(&mut self) -> Value {
        let line = self.output.next_line().await.unwrap().expect("an answer");
        serde_json::from_str(&line).unwrap()
    }

    async fn initialize(&mut self) {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        self.send(&json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}))
            .await;
        assert_eq!(self.receive().await["id"], 0);
    }
}

/// Does what `act` says with a client, while the server serves it. Gives how the server ends, once `act` is done and
/// the input has ended.
async fn check(
    limits: StdioLimits,
    world: &Arc<World>,
    act: impl AsyncFnOnce(&mut Client),
) -> Result<(), ServeError> {
    let (input, reads) = duplex(1 << 20);
    let (writes, output) = duplex(1 << 20);
    let signal = Arc::new(Notify::new());
    let told = Arc::clone(&signal);
    let served = serve(server(world), limits, reads, writes, async || told.notified().await);
    let mut client = Client { input: Some(input), output: BufReader::new(output).lines(), signal };
    let acted = async {
        client.initialize().await;
        act(&mut client).await;
        drop(client.input.take());
        std::future::pending::<()>().await;
    };
    let mut acted = pin!(acted);
    let ended = timeout(Duration::from_secs(20), async {
        tokio::select! {
            ended = served => ended,
            () = &mut acted => unreachable!("it waits for the server"),
        }
    });
    ended.await.expect("the server ends")
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_holds_up_nobody() {
    let world = World::new();
    let ended = check(StdioLimits::default(), &world, async |client| {
        world.clock_panics.store(true, Ordering::Relaxed);
        client.call(1, "add_user_message", json!({"message": "a"})).await;
        let answer = client.receive().await;
        assert_eq!(answer["error"]["code"], -32603, "{answer}");
        assert_eq!(answer["error"]["message"], "the code panicked: the clock has stopped");
        world.clock_panics.store(false, Ordering::Relaxed);
        client.call(2, "add_user_message", json!({"message": "a"})).await;
        assert_eq!(client.receive().await["result"]["structuredContent"]["version"], 1);
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn a_slow_tool_of_the_author_holds_up_nobody() {
    let world = World::new();
    let ended = check(StdioLimits::default(), &world, async |client| {
        client.call(1, "slow", json!({})).await;
        client.call(2, "add_user_message", json!({"message": "a"})).await;
        assert_eq!(client.receive().await["id"], 2);
        world.may_end.add_permits(1);
        assert_eq!(client.receive().await["id"], 1);
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way() {
    let world = World::new();
    let limits = StdioLimits { in_flight: 2.try_into().unwrap(), ..StdioLimits::default() };
    let ended = check(limits, &world, async |client| {
        for id in 1..=5 {
            client.call(id, "slow", json!({})).await;
        }
        for ended in 0..5 {
            let allowed = 5.min(ended + 2);
            until(|| world.begun.load(Ordering::Relaxed) >= allowed).await;
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            assert_eq!(world.begun.load(Ordering::Relaxed), allowed);
            world.may_end.add_permits(1);
            client.receive().await;
        }
    });
    ended.await.unwrap();
}

/// A call that is cancelled makes room for another, though it gets no answer.
#[tokio::test]
async fn a_cancelled_call_is_over() {
    let world = World::new();
    let limits = StdioLimits { in_flight: 1.try_into().unwrap(), ..StdioLimits::default() };
    let ended = check(limits, &world, async |client| {
        for id in 1..=3 {
            client.call(id, "slow", json!({})).await;
            let params = json!({"requestId": id});
            let method = "notifications/cancelled";
            client.send(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await;
        }
        client.call(4, "add_user_message", json!({"message": "a"})).await;
        assert_eq!(client.receive().await["id"], 4);
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn an_id_may_come_again_once_it_is_answered() {
    let world = World::new();
    let ended = check(StdioLimits::default(), &world, async |client| {
        client.call(1, "slow", json!({})).await;
        client.call(1, "add_user_message", json!({"message": "a"})).await;
        client.call(1, "add_user_message", json!({"message": "b"})).await;
        until(|| world.begun.load(Ordering::Relaxed) == 1).await;
        world.may_end.add_permits(1);
        assert_eq!(client.receive().await["result"]["content"], json!([]));
        for version in 1..=2 {
            let answer = client.receive().await;
            assert_eq!(answer["result"]["structuredContent"]["version"], version);
        }
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn what_is_left_after_the_grace_is_counted() {
    let world = World::new();
    let (grace, in_flight) = (Duration::from_millis(1), 2.try_into().unwrap());
    let limits = StdioLimits { in_flight, grace, ..StdioLimits::default() };
    let ended = check(limits, &world, async |client| {
        for id in 1..=4 {
            client.call(id, "slow", json!({})).await;
        }
    });
    assert!(matches!(ended.await, Err(ServeError::Unanswered(4))));
}

#[tokio::test]
async fn a_second_signal_ends_at_once() {
    let world = World::new();
    let limits = StdioLimits { grace: Duration::from_secs(1000), ..StdioLimits::default() };
    let ended = check(limits, &world, async |client| {
        client.call(1, "slow", json!({})).await;
        client.call(2, "add_user_message", json!({"message": "a"})).await;
        until(|| world.begun.load(Ordering::Relaxed) == 1).await;
        client.signal.notify_one();
        // Calls that were read are still answered.
        assert_eq!(client.receive().await["id"], 2);
        client.signal.notify_one();
        std::future::pending::<()>().await;
    });
    assert!(matches!(ended.await, Err(ServeError::Unanswered(1))));
}
