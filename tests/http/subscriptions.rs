//! Subscriptions over HTTP.

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{Client, Era, PATIENCE, Program};

/// What the stream of a client says, until it says this. Nothing further is read.
pub(super) async fn until(client: &mut Client, text: &str) -> String {
    let mut said = String::new();
    while !said.contains(text) {
        let chunk = timeout(PATIENCE, client.connection.chunk()).await;
        let chunk = chunk.unwrap_or_else(|_| panic!("no {text} in {said}"));
        match chunk.expect("a whole stream") {
            Some(chunk) => said.push_str(&String::from_utf8(chunk).unwrap()),
            None => panic!("the stream ends without {text}: {said}"),
        }
    }
    said
}

async fn say(program: &Program, era: Era) {
    let mut other = Client::begin(program, era).await;
    let call = json!({"name": "add_user_message", "arguments": {"message": "m"}});
    let answer = other.ask("tools/call", call).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
}

pub(super) async fn listen(client: &mut Client, uris: &[&str]) {
    let filter = json!({"notifications": {"resourceSubscriptions": uris}});
    let text = client.text("subscriptions/listen", filter);
    let headers = client.headers("subscriptions/listen", &text);
    client.connection.request("POST", "/mcp", &headers, text.as_bytes()).await;
    assert_eq!(client.connection.head().await.map(|(status, _)| status), Some(200));
}

#[tokio::test]
async fn a_stream_without_a_session() {
    let mut program = Program::start(&["--max-subscriptions", "2"]).await;
    let mut client = Client::begin(&program, Era::Modern).await;
    listen(&mut client, &["state://current", "run://main/history"]).await;
    until(&mut client, "notifications/subscriptions/acknowledged").await;
    say(&program, Era::Legacy).await;
    let said = until(&mut client, "notifications/resources/updated").await;
    assert!(said.contains("state://current"), "{said}");

    let mut second = Client::begin(&program, Era::Modern).await;
    listen(&mut second, &["state://current"]).await;
    until(&mut second, "`--max-subscriptions` allows 2").await;

    program.signal("TERM").await;
    let said = until(&mut client, "\"result\"").await;
    assert!(said.contains("io.modelcontextprotocol/subscriptionId"), "{said}");
    assert!(program.ends().await.0.success());
}

#[tokio::test]
async fn a_stream_of_a_session() {
    let program = Program::start(&[]).await;
    let mut session = Client::begin(&program, Era::Legacy).await;
    let answer = session.ask("resources/subscribe", json!({"uri": "state://current"})).await;
    assert_eq!(answer["result"], json!({}), "{answer}");
    let mut stream = Client {
        connection: program.connect().await,
        path: "/mcp",
        era: Era::Legacy,
        proof: None,
        session: session.session.clone(),
        last: 0,
    };
    let mut headers = stream.headers("", "");
    headers.retain(|(name, _)| *name != "content-type");
    stream.connection.request("GET", "/mcp", &headers, b"").await;
    assert_eq!(stream.connection.head().await.map(|(status, _)| status), Some(200));
    say(&program, Era::Modern).await;
    let said = until(&mut stream, "notifications/resources/updated").await;
    assert!(said.contains("state://current"), "{said}");
    // Another session ends nothing of this one.
    let mut other = Client::begin(&program, Era::Legacy).await;
    let end: Value = json!({"uri": "state://current"});
    other.ask("resources/unsubscribe", end).await;
    say(&program, Era::Modern).await;
    until(&mut stream, "notifications/resources/updated").await;
}
