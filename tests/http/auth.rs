//! Access by the tokens of a file, on the real program.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::Connection;
use super::{Client, Era, PATIENCE, Program};
use crate::mcp::restarts::Folder;

/// What a command about tokens prints.
pub(super) fn token(file: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    let output = command.arg("token").args(arguments).args(["--tokens", file]).output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(output.status.success(), "{arguments:?}: {text}");
    text.trim().to_owned()
}

async fn start(file: &str, arguments: &[&str]) -> Program {
    Program::start(&[&["--tokens", file], arguments].concat()).await
}

#[tokio::test]
async fn each_token_has_a_principal_and_roles() {
    let folder = Folder::new("http-tokens");
    let file = folder.path("tokens.json");
    let ada = token(&file, &["add", "ada"]);
    let bob = token(&file, &["add", "bob"]);
    let eve = token(&file, &["add", "eve", "--role", "runs:read"]);
    let program = start(&file, &[]).await;
    for era in [Era::Modern, Era::Legacy] {
        let mut ada = Client::bearing(&ada, &program, era).await;
        let mut bob = Client::bearing(&bob, &program, era).await;
        let mut eve = Client::bearing(&eve, &program, era).await;
        if era == Era::Modern {
            ada.go("PLANNING").await;
        }
        let seen = ada.call("get_current_state", json!({})).await;
        assert_eq!(seen["state"], "PLANNING");
        let seen = bob.call("get_current_state", json!({})).await;
        assert_eq!(seen["state"], "IDLE", "each principal has its own `main`: {seen}");
        let foreign = json!({"run": "ada/main"});
        let seen = eve.call("get_current_state", foreign.clone()).await;
        assert_eq!(seen["state"], "PLANNING", "{seen}");
        let answer =
            bob.ask("tools/call", json!({"name": "get_current_state", "arguments": foreign}));
        let answer = answer.await.to_string();
        assert!(answer.contains("never started"), "{answer}");
        let step = json!({"run": "ada/main", "new_state": "EXECUTING"});
        let answer = eve.ask("tools/call", json!({"name": "transition_state", "arguments": step}));
        let answer = answer.await.to_string();
        assert!(answer.contains("runs:write"), "{answer}");
    }
}

#[tokio::test]
async fn whoever_has_no_token_learns_where_to_get_one() {
    let folder = Folder::new("http-no-token");
    let file = folder.path("tokens.json");
    token(&file, &["add", "ada"]);
    let program = start(&file, &["--public-url", "https://mcp.example.org/"]).await;
    let mut connection = program.connect().await;
    let challenge = "Bearer resource_metadata=\"https://mcp.example.org/.well-known/oauth-protected-resource/mcp\"";
    let mut check = async |headers: &[(&str, String)], status: u16, error: Option<&str>| {
        connection.request("POST", "/mcp", headers, b"{}").await;
        let answer = connection.answer().await;
        let sent = answer.header("www-authenticate").unwrap();
        assert_eq!((answer.status, sent.starts_with(challenge)), (status, true), "{sent}");
        match error {
            Some(error) => assert!(sent.contains(&format!("error=\"{error}\"")), "{sent}"),
            None => assert_eq!(sent, challenge),
        }
    };
    let header = |value: &str| ("authorization", value.to_owned());
    check(&[], 401, None).await;
    check(&[header("Basic YTpi")], 401, None).await;
    check(&[header("Bearer lvf_unknown")], 401, Some("invalid_token")).await;
    check(&[header("Bearer no-token-of-a-file")], 401, Some("invalid_token")).await;
    check(&[header("Bearer a"), header("Bearer b")], 400, Some("invalid_request")).await;
    check(&[header("Bearer ")], 400, Some("invalid_request")).await;
    for path in ["", "/mcp"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        let metadata = connection.get(&path).await.message();
        assert_eq!(metadata["resource"], "https://mcp.example.org/mcp");
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
        assert_eq!(metadata.get("authorization_servers"), None);
    }
    assert_eq!(connection.get("/healthz").await.status, 200);
    assert_eq!(connection.get("/metrics").await.status, 401);
}

async fn status(connection: &mut Connection, token: &str) -> u16 {
    let headers = [("authorization", format!("Bearer {token}"))];
    connection.request("GET", "/metrics", &headers, b"").await;
    connection.answer().await.status
}

/// Waits until a token is answered with this status. The answer is how long that took.
async fn until(connection: &mut Connection, token: &str, expected: u16) -> Duration {
    let begun = Instant::now();
    while status(connection, token).await != expected {
        assert!(begun.elapsed() < PATIENCE, "the token is not answered with {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

#[tokio::test]
async fn changes_of_the_file_take_effect_while_it_serves() {
    let folder = Folder::new("http-revoked");
    let file = folder.path("tokens.json");
    let ada = token(&file, &["add", "ada"]);
    let program = start(&file, &["--max-rate", "100000"]).await;
    let mut connection = program.connect().await;
    assert_eq!(status(&mut connection, &ada).await, 200);
    let bob = token(&file, &["add", "bob", "--role", "admin"]);
    until(&mut connection, &bob, 200).await;
    token(&file, &["revoke", "ada"]);
    let took = until(&mut connection, &ada, 401).await;
    assert!(took < Duration::from_secs(1), "{took:?}");
    // A damaged file changes nothing, and neither does one that is gone.
    let good = std::fs::read_to_string(&file).unwrap();
    assert!(!good.contains(&bob) && good.contains("\"bob\""), "{good}");
    std::fs::write(&file, &good[..good.len() / 2]).unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(status(&mut connection, &bob).await, 200);
    assert_eq!(status(&mut connection, &ada).await, 401);
    std::fs::remove_file(&file).unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(status(&mut connection, &bob).await, 200);
    std::fs::write(&file, r#"{"tokens": []}"#).unwrap();
    until(&mut connection, &bob, 401).await;
}

#[test]
fn the_file_is_kept_by_commands() {
    let folder = Folder::new("http-token-command");
    let file = folder.path("tokens.json");
    let added: Vec<_> = std::thread::scope(|scope| {
        let add = |name: &'static str| {
            scope.spawn({
                let file = &file;
                move || token(file, &["add", name])
            })
        };
        ["ada", "bob", "eve", "ada"].map(add).map(|thread| thread.join().unwrap()).into()
    });
    assert!(added.iter().all(|token| token.starts_with("lvf_") && token.len() == 47), "{added:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let listed = token(&file, &["list"]);
    assert_eq!(listed.lines().count(), 4, "no addition is lost: {listed}");
    let id = listed.lines().find(|line| line.contains("bob")).unwrap().split(' ').next().unwrap();
    assert_eq!(token(&file, &["revoke", id]), "revoked tokens: 1");
    assert_eq!(token(&file, &["revoke", "ada"]), "revoked tokens: 2");
    let fails = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_leverframe")).args(arguments).output();
        let output = output.unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(fails(&["token", "revoke", "bob", "--tokens", &file]).contains("see `token list`"));
    let wrong = fails(&["token", "add", "bob", "--role", "root", "--tokens", &file]);
    assert!(wrong.contains("gates:decide"), "{wrong}");
    let missing = folder.path("missing.json");
    let serve = ["serve", "--store", "memory", "--http", "127.0.0.1:0", "--tokens", &missing];
    assert!(fails(&serve).contains("token add NAME"));
    let open = ["serve", "--store", "memory", "--http", "0.0.0.0:0"];
    assert!(fails(&open).contains("configure `--tokens` or `--issuer`"));
}

#[tokio::test]
async fn a_principal_has_a_rate() {
    let folder = Folder::new("http-rate");
    let file = folder.path("tokens.json");
    let [ada, bob] = ["ada", "bob"].map(|name| token(&file, &["add", name]));
    let program = start(&file, &["--max-rate", "3"]).await;
    let mut connection = program.connect().await;
    let headers = [("authorization", format!("Bearer {ada}"))];
    let refused = loop {
        connection.request("GET", "/metrics", &headers, b"").await;
        let answer = connection.answer().await;
        if answer.status != 200 {
            break answer;
        }
    };
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")));
    let body: Value = serde_json::from_str(&refused.text()).unwrap();
    assert_eq!((&body["limit"], &body["maximum"]), (&json!("max_rate"), &json!(3)));
    assert_eq!(status(&mut connection, &bob).await, 200);
}
