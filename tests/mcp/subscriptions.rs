//! Subscriptions: what is notified, to whom, how soon, and when it ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leverframe::caller::{Caller, Way};
use leverframe::mcp::Server;
use leverframe::mcp::rmcp::model::{ServerNotification, SubscriptionFilter};
use leverframe::mcp::rmcp::service::{ServiceExt, SubscriptionEnd};
use leverframe::orchestrator::{Orchestrator, events};
use leverframe::runs::{Request, Runs};
use leverframe::store::memory::MemoryStore;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::restarts::{Folder, said, serve};
use super::{Client, PATIENCE, Raw, STYLES, main_run, meta};

const MAIN: [&str; 3] = ["run://main/history", "run://main/state", "state://current"];

/// A client of one of the two eras that subscribes.
struct Subscriber {
    raw: Raw,
    is_legacy: bool,
    /// What was notified and not yet looked at.
    updates: Vec<String>,
}

impl Subscriber {
    async fn start(arguments: &[&str], is_legacy: bool) -> Self {
        let mut raw = Raw::start(arguments);
        if is_legacy {
            raw.initialize().await;
        } else {
            raw.ask("server/discover", json!({})).await;
        }
        Self { raw, is_legacy, updates: Vec::new() }
    }

    async fn send(&mut self, method: &str, mut params: Value) -> u64 {
        self.raw.last += 1;
        if !self.is_legacy {
            params["_meta"] = meta();
        }
        let id = self.raw.last;
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.raw.send(&request).await;
        id
    }

    /// The answer to a request. Notifications before it are kept.
    async fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.raw.receive().await;
            if message["id"] == id {
                return message;
            }
            self.keep(&message);
        }
    }

    fn keep(&mut self, message: &Value) {
        assert_eq!(message["method"], "notifications/resources/updated", "{message}");
        self.updates.push(message["params"]["uri"].as_str().unwrap().to_owned());
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.answer(id).await
    }

    /// Subscribes these addresses. The answer is the id of the stream, where there is one.
    async fn subscribe(&mut self, uris: &[&str]) -> u64 {
        if self.is_legacy {
            for uri in uris {
                let answer = self.ask("resources/subscribe", json!({"uri": uri})).await;
                assert!(answer["result"].is_object(), "{answer}");
            }
            return 0;
        }
        let filter = json!({"notifications": {"resourceSubscriptions": uris}});
        let id = self.send("subscriptions/listen", filter).await;
        let acknowledged = loop {
            let message = self.raw.receive().await;
            if message["method"] == "notifications/subscriptions/acknowledged" {
                break message;
            }
            self.keep(&message);
        };
        assert_eq!(acknowledged["params"]["notifications"]["resourceSubscriptions"], json!(uris));
        id
    }

    /// Ends the subscription of one address, or the stream.
    async fn unsubscribe(&mut self, uri: &str, stream: u64) {
        if self.is_legacy {
            let answer = self.ask("resources/unsubscribe", json!({"uri": uri})).await;
            assert!(answer["result"].is_object(), "{answer}");
        } else {
            let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": stream}});
            self.raw.send(&cancel).await;
        }
    }

    /// Why these addresses are not subscribed.
    async fn refused(&mut self, uris: &[&str]) -> String {
        let answer = if self.is_legacy {
            self.ask("resources/subscribe", json!({"uri": uris[0]})).await
        } else {
            let filter = json!({"notifications": {"resourceSubscriptions": uris}});
            self.ask("subscriptions/listen", filter).await
        };
        answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The addresses that are notified, until all of these are.
    async fn notified(&mut self, expected: &[&str]) -> BTreeSet<String> {
        let mut updates: BTreeSet<_> = self.updates.drain(..).collect();
        while !expected.iter().all(|uri| updates.contains(*uri)) {
            let message = self.raw.receive().await;
            self.keep(&message);
            updates.extend(self.updates.drain(..));
        }
        updates
    }

    async fn say(&mut self, run: &str) {
        let arguments = json!({"message": "m", "run": run});
        let call = json!({"name": "add_user_message", "arguments": arguments});
        let answer = self.ask("tools/call", call).await;
        assert_eq!(answer["result"]["isError"], false, "{answer}");
    }
}

fn set(uris: &[&str]) -> BTreeSet<String> {
    uris.iter().map(|uri| (*uri).to_owned()).collect()
}

#[tokio::test]
async fn records_of_the_same_server() {
    for is_legacy in [false, true] {
        let mut client = Subscriber::start(&["serve"], is_legacy).await;
        // Another run of one's own may be subscribed before it is started.
        client.subscribe(&MAIN).await;
        client.subscribe(&["run://later/state"]).await;
        client.say("main").await;
        assert_eq!(client.notified(&MAIN).await, set(&MAIN));
        let start = json!({"name": "start_run", "arguments": {"run": "later"}});
        client.ask("tools/call", start).await;
        let later = ["run://later/state"];
        assert_eq!(client.notified(&later).await, set(&later));
        // Reading changes nothing, and other runs are not notified.
        client.ask("resources/read", json!({"uri": "state://current"})).await;
        let start = json!({"name": "start_run", "arguments": {"run": "other"}});
        client.ask("tools/call", start).await;
        client.say("later").await;
        assert_eq!(client.notified(&later).await, set(&later));
    }
}

/// Within 50 ms, from the call on. A busy machine delays some of them.
#[tokio::test]
async fn records_of_another_process() {
    for is_legacy in [false, true] {
        let folder = Folder::new(&format!("notified-{is_legacy}"));
        let store = folder.path("runs.db");
        let other = serve(&store).await;
        other.ok("add_user_message", json!({"message": "m"})).await;
        let mut client = Subscriber::start(&["serve", "--store", &store], is_legacy).await;
        client.subscribe(&MAIN).await;
        let mut times = Vec::new();
        for _ in 0..25 {
            let began = Instant::now();
            other.ok("add_user_message", json!({"message": "m"})).await;
            assert_eq!(client.notified(&MAIN).await, set(&MAIN));
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let (median, longest) = (times[12], times[24]);
        eprintln!(
            "legacy: {is_legacy}, from call to notification: median {median:?}, longest {longest:?}"
        );
        assert!(times[6] < Duration::from_millis(50), "a quarter of them is in time: {times:?}");
        assert!(median < Duration::from_millis(500), "{times:?}");
    }
}

#[tokio::test]
async fn a_run_that_is_removed() {
    for is_legacy in [false, true] {
        let folder = Folder::new(&format!("removed-{is_legacy}"));
        let store = folder.path("runs.db");
        let mut client = Subscriber::start(&["serve", "--store", &store], is_legacy).await;
        client.say("main").await;
        client.subscribe(&MAIN).await;
        said(0, &["remove", "main", "--store", &store]);
        assert_eq!(client.notified(&MAIN).await, set(&MAIN));
        client.say("main").await;
        assert_eq!(client.notified(&MAIN).await, set(&MAIN));
    }
}

#[tokio::test]
async fn none_after_the_end_of_a_subscription() {
    for is_legacy in [false, true] {
        let mut client = Subscriber::start(&["serve", "--max-subscriptions", "2"], is_legacy).await;
        let stream = client.subscribe(&["run://main/state"]).await;
        client.subscribe(&["run://main/history"]).await;
        client.say("main").await;
        client.notified(&["run://main/state", "run://main/history"]).await;
        client.unsubscribe("run://main/state", stream).await;
        client.say("main").await;
        client.say("main").await;
        let history = ["run://main/history"];
        assert_eq!(client.notified(&history).await, set(&history));
        // Its place is free again.
        client.subscribe(&["state://current"]).await;
        let refused = client.refused(&["run://main/state"]).await;
        assert!(
            refused.contains("2 subscriptions are open")
                && refused.contains("`--max-subscriptions`"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_subscribed() {
    for is_legacy in [false, true] {
        let mut client = Subscriber::start(&["serve"], is_legacy).await;
        for uri in ["machine://chart", "state://IDLE/prompt", "run://main/prompt/IDLE", "x", ""] {
            let refused = client.refused(&[uri]).await;
            assert!(refused.contains("`run://{run}/history`"), "{uri}: {refused}");
        }
        let refused = client.refused(&["run://a b/state"]).await;
        assert!(refused.contains("name"), "{refused}");
        client.subscribe(&MAIN).await;
    }
    let mut client = Subscriber::start(&["serve"], false).await;
    let many: Vec<_> = (0..150_000).map(|number| format!("run://r{number}/state")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let refused = client.refused(&many).await;
    assert!(refused.contains("150000 more are requested"), "{refused}");
    // All or nothing.
    client.refused(&["state://current", "machine://chart"]).await;
    for number in 0..100 {
        client.subscribe(&[&format!("run://r{number}/state")]).await;
    }
    client.refused(&["state://current"]).await;
}

/// A stream takes the place of no other request, and ends with its result after everything else.
#[tokio::test]
async fn a_stream_ends_with_its_result() {
    let serve = ["serve", "--max-in-flight", "1"];
    let mut client = Subscriber::start(&serve, false).await;
    let stream = client.subscribe(&MAIN).await;
    let nothing = client
        .send("subscriptions/listen", json!({"notifications": {"toolsListChanged": true}}))
        .await;
    let acknowledged = client.raw.receive().await;
    assert_eq!(acknowledged["params"]["notifications"], json!({}), "lists never change");
    client.say("main").await;
    client.notified(&MAIN).await;
    let call = json!({"name": "add_user_message", "arguments": {"message": "last"}});
    let last = client.send("tools/call", call).await;
    drop(client.raw.input.take());
    let mut seen = Vec::new();
    while let Some(line) = client.raw.output.as_mut().unwrap().next_line().await.unwrap() {
        let message: Value = serde_json::from_str(&line).unwrap();
        seen.push(message);
    }
    assert!(client.raw.ends().await.success());
    let place = |id: u64| seen.iter().position(|message| message["id"] == id).unwrap();
    for id in [stream, nothing] {
        let end = &seen[place(id)]["result"];
        assert_eq!(end["_meta"]["io.modelcontextprotocol/subscriptionId"], id, "{end}");
        assert!(place(last) < place(id), "{seen:?}");
    }
    let updates = seen.iter().filter_map(|message| message["params"]["uri"].as_str());
    let updates: BTreeSet<_> = updates.map(str::to_owned).collect();
    assert_eq!(updates, set(&MAIN), "the last record is notified");
}

#[cfg(unix)]
#[tokio::test]
async fn a_stream_ends_at_a_signal() {
    let mut client = Subscriber::start(&["serve"], false).await;
    let stream = client.subscribe(&MAIN).await;
    client.raw.signal("TERM").await;
    let end = client.raw.receive().await;
    assert_eq!((&end["id"], end["result"].is_object()), (&json!(stream), true), "{end}");
    assert!(client.raw.ends().await.success());
}

/// As the library's own client sees it.
#[tokio::test]
async fn through_a_client_of_the_newest_revision() {
    let client = Client::begin(STYLES[0]()).await;
    let filter = SubscriptionFilter::builder().resource_subscriptions(MAIN).build();
    let mut stream = client.service.listen(filter).await.unwrap();
    client.ok("add_user_message", json!({"message": "m"})).await;
    let mut updates = BTreeSet::new();
    while updates.len() < 3 {
        let next = timeout(PATIENCE, stream.next()).await.expect("a notification").unwrap();
        match next.expect("the stream goes on") {
            ServerNotification::ResourceUpdatedNotification(update) => {
                updates.insert(update.params.uri);
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(updates, set(&MAIN));
    let filter = SubscriptionFilter::builder().resource_subscription("machine://chart").build();
    assert!(client.service.listen(filter).await.is_err());
    assert!(!matches!(stream.end(), Some(SubscriptionEnd::Graceful(_))));
}

/// For a client that does not read, at most one notification of each address waits.
#[tokio::test]
async fn a_slow_reader() {
    let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    let server = Server::builder(runs).with_transition_tool().build().unwrap();
    let (ours, theirs) = tokio::io::duplex(1 << 10);
    let serving = server.clone();
    tokio::spawn(async move { Box::pin(serving.serve(theirs)).await.unwrap().waiting().await });
    let (input, mut output) = tokio::io::split(ours);
    let mut lines = BufReader::new(input).lines();
    let mut ask = async |id: u64, method: &str, params: Value| {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        output.write_all(format!("{request}\n").as_bytes()).await.unwrap();
        let line = timeout(PATIENCE, lines.next_line()).await.expect("an answer");
        line.unwrap().expect("a line")
    };
    let filter = json!({"resourceSubscriptions": ["state://current"]});
    ask(1, "server/discover", json!({"_meta": meta()})).await;
    ask(2, "subscriptions/listen", json!({"notifications": filter, "_meta": meta()})).await;

    let caller = Caller::new(main_run().owner, Way::Program);
    for _ in 0..2_000 {
        let message = events::AddUserMessage { message: "m".into() };
        let runs = server.runs();
        runs.apply(&caller, &main_run(), message.into(), Request::new()).await.unwrap();
        tokio::task::yield_now().await;
    }
    let mut updates = 0;
    while let Ok(line) = timeout(Duration::from_millis(500), lines.next_line()).await {
        assert!(line.unwrap().expect("a line").contains("notifications/resources/updated"));
        updates += 1;
    }
    assert!((1..40).contains(&updates), "{updates} notifications of 2000 changes");
}
