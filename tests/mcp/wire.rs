//! Standard input and output, line by line: every request is answered, in order, within bounded memory.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout};
use tokio::time::{sleep, timeout};

use super::restarts::Folder;
use super::{PATIENCE, Raw, each, meta, program};

const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"first","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;

/// All answers to an input, after which the server ends well.
pub(super) async fn answers(arguments: &[&str], input: impl AsRef<[u8]>) -> Vec<Value> {
    let mut server = program(arguments).spawn().unwrap();
    let (mut stdin, mut stdout) = (server.stdin.take().unwrap(), server.stdout.take().unwrap());
    let mut output = String::new();
    let exchanged = async {
        let write = async {
            stdin.write_all(input.as_ref()).await.unwrap();
            drop(stdin);
        };
        let ((), read) = tokio::join!(write, stdout.read_to_string(&mut output));
        read.unwrap();
        server.wait().await.unwrap()
    };
    let status = timeout(3 * PATIENCE, exchanged).await.expect("an end");
    assert!(status.success(), "{status}: {output}");
    output.lines().map(|line| serde_json::from_str(line).expect("messages alone")).collect()
}

/// The answer to a line, in a session, without a line break behind it.
async fn answer(line: &[u8]) -> Vec<Value> {
    let mut answers = answers(&["serve"], [INITIALIZE.as_bytes(), b"\n", line].concat()).await;
    answers.remove(0);
    answers
}

async fn refused(line: impl AsRef<[u8]>, id: &Value, code: i64, reason: &str) {
    let line = line.as_ref();
    let text = String::from_utf8_lossy(&line[..line.len().min(200)]).into_owned();
    let answers = answer(line).await;
    assert_eq!(answers.len(), 1, "{text}: {answers:?}");
    assert_eq!(answers[0].get("id"), Some(id), "{text}: {answers:?}");
    assert_eq!(answers[0]["error"]["code"], code, "{text}: {answers:?}");
    let message = answers[0]["error"]["message"].as_str().unwrap();
    assert!(message.contains(reason), "{text}: {message}");
    assert!(message.len() < 1000, "{message}");
}

fn call(id: impl Into<Value>, tool: &str, arguments: &Value) -> String {
    let params = json!({"name": tool, "arguments": arguments, "_meta": meta()});
    json!({"jsonrpc": "2.0", "id": id.into(), "method": "tools/call", "params": params}).to_string()
}

#[tokio::test]
async fn what_is_not_json() {
    for (message, reason) in [
        (r#""\ud83d""#, "hex escape"),
        ("1e400", "out of range"),
        ("{", "EOF"),
        ("[1,]", "trailing comma"),
        (
            &format!("{}{}", "[".repeat(300), "]".repeat(300)),
            "nests 303 deep; expected at most 127",
        ),
        (&format!("{}{}", "[".repeat(1 << 20), "]".repeat(1 << 20)), "expected at most 127"),
    ] {
        let params =
            format!(r#"{{"name":"add_user_message","arguments":{{"message":{message}}}}}"#);
        let line =
            format!(r#"{{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{params}}}"#);
        refused(line, &json!("a"), -32700, reason).await;
        if message == "{" {
            continue;
        }
        // As the SDK in TypeScript orders it.
        let line =
            format!(r#"{{"method":"tools/call","params":{params},"jsonrpc":"2.0","id":17}}"#);
        refused(line, &json!(17), -32700, reason).await;
    }
    let line =
        b"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"ping\",\"params\":{\"a\":\"\xff\xfe\"}}";
    refused(line, &json!(3), -32700, "unicode").await;
    refused("nonsense", &Value::Null, -32700, "not JSON").await;
    refused(r#"{"jsonrpc":"2.0","method":"ping","#, &Value::Null, -32700, "not JSON").await;
}

#[tokio::test]
async fn what_is_no_request() {
    let long = format!(r#"{{"jsonrpc":"2.0","id":"{}","method":"ping"}}"#, "x".repeat(257));
    for (line, id, reason) in [
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, json!(1), "`jsonrpc` is `1.0`"),
        (r#"{"id":1,"method":"ping"}"#, json!(1), "`jsonrpc` is missing"),
        (r#"{"jsonrpc":"2.0","id":1}"#, json!(1), "`method` is missing"),
        (r#"{"jsonrpc":"2.0","id":1,"method":2}"#, json!(1), "`method` is a number"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[1]}"#,
            json!(1),
            "`params` is an array; expected an object",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":"x"}}"#,
            json!(1),
            "`params._meta` is a string; expected an object",
        ),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":1}"#, json!(1), "no `result`"),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, json!(2), "twice"),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, Value::Null, "`id` is not usable"),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, Value::Null, "`id` is not usable"),
        (&long, Value::Null, "`id` is too long; expected at most 256 bytes"),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, Value::Null, "a batch is not taken"),
        ("7", Value::Null, "the message is a number"),
    ] {
        refused(line, &id, -32600, reason).await;
    }
}

#[tokio::test]
async fn what_has_wrong_parameters() {
    for (method, params, reason) in [
        ("tools/call", json!({}), "`name` is missing; expected a string"),
        ("tools/call", json!({"name": 5}), "`name` is a number; expected a string"),
        ("tools/call", json!({"name": "plan", "arguments": [1]}), "`arguments` is an array"),
        ("tools/call", json!({"name": "plan", "arguments": "x"}), "`arguments` is a string"),
        ("prompts/get", json!({"name": {}}), "`name` is an object; expected a string"),
        ("prompts/get", json!({"name": "a", "arguments": 1}), "`arguments` is a number"),
        ("resources/read", json!({}), "`uri` is missing; expected a string"),
        ("resources/read", json!({"uri": 7}), "`uri` is a number; expected a string"),
    ] {
        let line = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        refused(line.to_string(), &json!(1), -32602, reason).await;
    }
    let none = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#;
    refused(none, &json!(1), -32602, "`params` is missing").await;
    let unknown = json!({"jsonrpc": "2.0", "id": 1, "method": "x".repeat(5000)});
    refused(unknown.to_string(), &json!(1), -32601, "is unknown").await;
}

/// Notifications and answers get none, whatever is wrong with them.
#[tokio::test]
async fn what_asks_nothing_gets_silence() {
    for line in [
        "",
        " \t\r",
        r#"{"jsonrpc":"2.0","method":"notifications/unheard-of","params":[1]}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"a":"\ud83d"}}"#,
        r#"{"jsonrpc":"1.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":1e400}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":5}"#,
    ] {
        assert_eq!(answer(line.as_bytes()).await, Vec::<Value>::new(), "{line}");
    }
}

#[tokio::test]
async fn a_line_over_the_limit_is_refused_by_its_id() {
    const LIMIT: usize = 4 * 1024 * 1024;
    let line = |size| {
        let rest = r#"{"method":"ping","params":{"a":""},"jsonrpc":"2.0","id":"last"}"#;
        let filler = "x".repeat(size - rest.len());
        rest.replace(r#""""#, &format!(r#""{filler}""#))
    };
    assert_eq!(answer(line(LIMIT).as_bytes()).await[0]["result"], json!({}));
    let reason = "the line has 4194305 bytes; `line_bytes` allows 4194304";
    refused(line(LIMIT + 1), &json!("last"), -32600, reason).await;
    let reason = "the line has 20971520 bytes";
    refused(line(5 * LIMIT), &json!("last"), -32600, reason).await;
    let next = [line(2 * LIMIT).as_str(), r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#].join("\n");
    let answers = answer(next.as_bytes()).await;
    assert_eq!(answers[0]["error"]["code"], -32600);
    assert_eq!(answers[1], json!({"jsonrpc": "2.0", "id": 2, "result": {}}));
}

/// Whatever comes first, the server goes on, and each request gets its answer.
#[tokio::test]
async fn first_messages() {
    let ping = |id: u64| json!({"jsonrpc": "2.0", "id": id, "method": "ping"}).to_string();
    let bare = |id: u64| {
        let params = json!({"name": "get_current_state"});
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string()
    };
    let initialized = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned();
    let result = r#"{"jsonrpc":"2.0","id":9,"result":{}}"#.to_owned();
    let initialize = |id: u64| INITIALIZE.replace("\"first\"", &id.to_string());
    let modern = |id: u64| call(id, "get_current_state", &json!({}));
    for (name, lines) in [
        ("a notification", vec![initialized.clone(), modern(1)]),
        ("an answer", vec![result, modern(1)]),
        (
            "a cancellation",
            vec![
                r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#
                    .to_owned(),
                modern(1),
            ],
        ),
        ("a ping", vec![ping(1), initialized.clone(), initialize(2), initialized.clone(), bare(3)]),
        ("a call without metadata", vec![bare(1), initialized.clone(), bare(2), initialize(3)]),
        ("initialize, twice", vec![initialize(1), initialized.clone(), initialize(2), bare(3)]),
        ("nonsense", vec!["nonsense".to_owned(), initialize(1), bare(2)]),
        (
            "an unknown method",
            vec![r#"{"jsonrpc":"2.0","id":1,"method":"a/b"}"#.to_owned(), modern(2)],
        ),
        (
            "a wrong initialize",
            vec![
                r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#.to_owned(),
                initialize(2),
                bare(3),
            ],
        ),
        ("only notifications", vec![initialized.clone(), initialized]),
    ] {
        let answers = answers(&["serve"], lines.join("\n")).await;
        let asked: HashSet<String> = lines
            .iter()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter_map(|line| line.get("method").and(line.get("id")).map(Value::to_string))
            .collect();
        let answered: Vec<_> = answers.iter().map(|answer| answer["id"].to_string()).collect();
        let nonsense = usize::from(name == "nonsense");
        assert_eq!(answered.len(), asked.len() + nonsense, "{name}: {answers:?}");
        assert!(asked.iter().all(|id| answered.contains(id)), "{name}: {answers:?}");
        if let Some(last) = answers.last() {
            assert!(last["result"].is_object(), "{name}: {answers:?}");
        }
    }
}

/// Calls for a run are applied in the order in which they were sent, on a store on disk, and all of them, though the
/// input ends right behind them.
#[tokio::test]
async fn a_burst_is_recorded_in_its_order() {
    const CALLS: usize = 400;
    const STATES: [&str; 5] = ["PLANNING", "RESEARCHING", "EXECUTING", "REVIEWING", "IDLE"];
    let folder = Folder::new("bursts");
    let mut lines = Vec::new();
    let runs: Vec<_> = (0..20).map(|run| format!("burst-{run:02}")).collect();
    for run in &runs {
        lines.push(call(format!("{run} start"), "start_run", &json!({"run": run})));
        for index in 0..CALLS {
            let (tool, arguments) = if index % 2 == 0 {
                ("add_user_message", json!({"run": run, "message": index.to_string()}))
            } else {
                let state = STATES[index / 2 % STATES.len()];
                ("transition_state", json!({"run": run, "new_state": state}))
            };
            lines.push(call(format!("{run} {}", index + 1), tool, &arguments));
        }
    }
    let store = folder.path("runs.db");
    let serve = ["serve", "--store", &store];
    let answered = answers(&serve, lines.join("\n")).await;
    assert_eq!(answered.len(), lines.len());
    for answer in answered {
        let id = answer["id"].as_str().unwrap();
        let (_, index) = id.split_once(' ').unwrap();
        let version = &answer["result"]["structuredContent"]["version"];
        assert_eq!(version.to_string(), index.replace("start", "0"), "{answer}");
    }
    let recorded = answers(&serve, call(1, "list_runs", &json!({}))).await;
    let recorded = &recorded[0]["result"]["structuredContent"]["runs"];
    assert_eq!(each(recorded, "run"), runs);
    assert!(recorded.as_array().unwrap().iter().all(|run| run["version"] == CALLS), "{recorded}");
}

/// A prompt comes after the calls that were sent before it.
#[tokio::test]
async fn a_prompt_keeps_its_order() {
    let folder = Folder::new("prompts");
    let mut lines = vec![call("start", "start_run", &json!({"run": "main"}))];
    for index in 0..50 {
        let value = format!("plan {index}.");
        let data = json!({"key": "action_plan", "value": value});
        lines.push(call(format!("store {index}"), "store_task_data", &data));
        let params = json!({"name": "executing_prompt", "arguments": {}, "_meta": meta()});
        let id = format!("prompt {index}.");
        lines.push(
            json!({"jsonrpc": "2.0", "id": id, "method": "prompts/get", "params": params})
                .to_string(),
        );
    }
    let store = folder.path("runs.db");
    let answered = answers(&["serve", "--store", &store], lines.join("\n")).await;
    assert_eq!(answered.len(), lines.len());
    for answer in answered {
        if let Some(index) = answer["id"].as_str().unwrap().strip_prefix("prompt ") {
            let text = answer["result"]["messages"][0]["content"]["text"].as_str().unwrap();
            assert!(text.contains(&format!("plan {index}")), "{answer}");
        }
    }
}

/// The resident memory of a process, in bytes.
#[cfg(target_os = "linux")]
fn resident(server: &Child) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// Waits until a process has nothing to do: until it has used no processor for a while.
#[cfg(target_os = "linux")]
pub(super) async fn rests(server: &Child) {
    let used = || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id().unwrap())).unwrap();
        let (_, fields) = stat.rsplit_once(')').unwrap();
        let fields: Vec<String> = fields.split_whitespace().map(str::to_owned).collect();
        (fields[11].clone(), fields[12].clone())
    };
    let mut quiet = 0;
    let mut before = used();
    while quiet < 15 {
        sleep(Duration::from_millis(20)).await;
        let now = used();
        quiet = if now == before { quiet + 1 } else { 0 };
        before = now;
    }
}

/// Sends a flood and reads nothing, until the server rests. Then reads all, and gives how much memory that took.
#[cfg(target_os = "linux")]
async fn flood(mut raw: Raw, lines: &[String]) -> usize {
    let before = resident(&raw.server);
    let mut input = raw.input.take().unwrap();
    let count = lines.len();
    let flood = lines.join("\n") + "\n";
    let writing = tokio::spawn(async move {
        input.write_all(flood.as_bytes()).await.unwrap();
        input
    });
    rests(&raw.server).await;
    let grown = resident(&raw.server).saturating_sub(before);
    let mut output: BufReader<ChildStdout> = raw.output.take().unwrap().into_inner();
    let mut line = Vec::new();
    let mut ids = HashSet::new();
    while ids.len() < count {
        line.clear();
        timeout(PATIENCE, output.read_until(b'\n', &mut line)).await.expect("an answer").unwrap();
        // A long answer is not parsed, which would take the most of the time.
        let text = String::from_utf8_lossy(&line);
        let (_, id) = text.split_once(r#""id":"#).unwrap();
        let (id, _) = id.split_once(',').unwrap();
        assert!(ids.insert(id.to_owned()), "{id} is answered twice");
    }
    drop(writing.await.unwrap());
    assert!(raw.ends().await.success());
    grown
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn pings_that_nobody_reads_take_little_memory() {
    let mut raw = Raw::start(&["serve"]);
    raw.initialize().await;
    let ping = |id| format!(r#"{{"jsonrpc":"2.0","id":"ping-{id:0100}","method":"ping"}}"#);
    let grown = flood(raw, &(0..40_000).map(ping).collect::<Vec<_>>()).await;
    assert!(grown < 64 << 20, "{grown} bytes");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn refusals_that_nobody_reads_take_little_memory() {
    let mut raw = Raw::start(&["serve"]);
    raw.initialize().await;
    let line = |id| format!(r#"{{"id":"{id:0250}"}}"#);
    let grown = flood(raw, &(0..60_000).map(line).collect::<Vec<_>>()).await;
    assert!(grown < 16 << 20, "{grown} bytes");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn large_answers_that_nobody_reads_take_little_memory() {
    let mut raw = Raw::start(&["serve"]);
    raw.initialize().await;
    let arguments = json!({"message": "x".repeat(1 << 20)});
    raw.ask_legacy("tools/call", json!({"name": "add_user_message", "arguments": arguments})).await;
    let read = |id| {
        let id = format!("read-{id}");
        let (method, params) = ("tools/call", json!({"name": "get_conversation_history"}));
        json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
    };
    let grown = flood(raw, &(0..30).map(read).collect::<Vec<_>>()).await;
    assert!(grown < 32 << 20, "{grown} bytes");
}
