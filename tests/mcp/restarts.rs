//! Runs that go on: with another server on the same store, and on the command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use leverframe::caller::{Caller, Way};
use leverframe::orchestrator::{Orchestrator, events};
use leverframe::record::{Configuration, Entry, Hash, Program, Record, RunId, RunName, Version};
use leverframe::runs::{Request, Runs};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Append, NoteChange, Scope, Store};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use super::{Client, Raw, STYLES, main_run, program};

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("leverframe-restarts-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(super) async fn serve(store: &str) -> Client {
    Client::of(program(&["serve", "--store", store]), STYLES[0]()).await
}

/// What the program prints, with this exit code.
pub(super) fn said(code: i32, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_leverframe")).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

pub(super) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Whether a terminal shows the text as it is, and nothing else.
pub(super) fn is_printable(text: &str) -> bool {
    let is_hidden = |c| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    !text.contains(|c: char| (c.is_control() && c != '\n') || is_hidden(c))
}

#[tokio::test]
async fn a_run_goes_on_with_the_next_server() {
    let folder = Folder::new("next");
    let store = folder.path("runs.db");
    let first = serve(&store).await;
    first.ok("add_user_message", json!({"message": "a", "request_key": "k"})).await;
    let plan = json!({"new_state": "PLANNING", "request_key": "p", "arguments": {"task_description": "tea"}});
    assert_eq!(first.ok("transition_state", plan.clone()).await["version"], 2);
    drop(first);

    let second = serve(&store).await;
    let third = serve(&store).await;
    for client in [&second, &third] {
        let state = client.ok("get_current_state", json!({})).await;
        assert_eq!((&state["state"], &state["version"]), (&json!("PLANNING"), &json!(2)));
        let again =
            client.ok("add_user_message", json!({"message": "a", "request_key": "k"})).await;
        assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(2)));
        let again = client.ok("transition_state", plan.clone()).await;
        assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(2)));
        assert_eq!((&again["event"], &again["state"]), (&json!("plan"), &json!("PLANNING")));
        let other = json!({"message": "b", "request_key": "k"});
        let refused = client.error("add_user_message", other).await;
        assert_eq!(refused["refused"]["kind"], "conflict");
        let other = json!({"new_state": "RESEARCHING", "expected_version": 1});
        assert_eq!(client.error("transition_state", other).await["refused"]["kind"], "conflict");
    }
    let keyed = json!({"new_state": "RESEARCHING", "request_key": "r"});
    assert_eq!(second.ok("transition_state", keyed.clone()).await["version"], 3);
    third.ok("add_user_message", json!({"message": "c"})).await;
    let again = third.ok("transition_state", keyed).await;
    assert_eq!((&again["replayed"], &again["version"]), (&json!(true), &json!(4)));
    let other = json!({"new_state": "EXECUTING", "request_key": "r"});
    let refused = second.error("transition_state", other).await;
    assert_eq!(refused["refused"]["kind"], "conflict");
    assert!(refused["refused"]["reason"].as_str().unwrap().contains("`r` was used"), "{refused}");
}

#[tokio::test]
async fn the_command_line_reads_and_removes_runs() {
    let folder = Folder::new("line");
    let store = folder.path("runs.db");
    assert!(said(1, &["runs", "--store", &store]).contains("there is no store at"));
    assert!(!Path::new(&store).exists());
    assert!(said(1, &["runs", "--store", "memory"]).contains("name a file"));
    let client = serve(&store).await;
    client.ok("add_user_message", json!({"message": "a"})).await;
    client.go("PLANNING").await;
    client.ok("start_run", json!({"run": "b"})).await;

    let listed = lines(&said(0, &["runs", "--store", &store, "--json"]));
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["run"], "b");
    assert_eq!(
        (&listed[1]["run"], &listed[1]["version"], &listed[1]["state"]),
        (&json!("main"), &json!(2), &json!("PLANNING")),
    );
    let table = said(0, &["runs", "--store", &store]);
    assert!(table.starts_with("OWNER  RUN   VERSION  STATE     TIME"), "{table}");

    let history = lines(&said(0, &["history", "main", "--store", &store, "--json"]));
    assert_eq!(history.len(), 3);
    assert_eq!(history[1]["event"], "add_user_message");
    assert_eq!(history[1]["arguments"], json!({"message": "a"}));
    assert_eq!((&history[2]["from"], &history[2]["to"]), (&json!("IDLE"), &json!("PLANNING")));
    assert!(said(0, &["history", "main", "--from", "2", "--store", &store]).contains("plan"));
    assert!(said(1, &["history", "nain", "--store", &store]).contains("runs: `b`, `main`"));

    let at = |version: &str| {
        let arguments = ["replay", "main", "--to", version, "--store", &store, "--json"];
        lines(&said(0, &arguments)).remove(0)
    };
    let [before, after] = ["1", "2"].map(at);
    assert_eq!((&before["state"], &after["state"]), (&json!("IDLE"), &json!("PLANNING")));
    assert_ne!(before["digest"], after["digest"]);
    assert_eq!(before["value"]["context"]["messages"][0]["content"], "a");
    assert!(said(1, &["replay", "main", "--to", "3", "--store", &store]).contains("version 2"));

    assert!(said(0, &["remove", "main", "--store", &store]).contains("at version 2"));
    assert!(said(1, &["remove", "main", "--store", &store]).contains("was never started"));
    assert_eq!(lines(&said(0, &["runs", "--store", &store, "--json"])).len(), 1);
    let removed = lines(&said(0, &["runs", "--removed", "--store", &store, "--json"]));
    assert_eq!((&removed[0]["run"], &removed[0]["version"]), (&json!("main"), &json!(2)));
    let state = client.ok("get_current_state", json!({})).await;
    assert_eq!(
        (&state["state"], &state["version"]),
        (&json!("IDLE"), &json!(0)),
        "the server sees it"
    );
}

#[cfg(unix)]
#[test]
fn the_default_store_is_a_file_for_each_machine() {
    let folder = Folder::new("default");
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.arg("serve").stdin(std::process::Stdio::null()).env("HOME", &folder.0);
    command.env("XDG_DATA_HOME", folder.path("data"));
    assert!(command.output().unwrap().status.success());
    if cfg!(target_os = "linux") {
        assert!(folder.0.join("data/leverframe/Orchestrator.db").exists());
    }
}

#[tokio::test]
async fn runs_of_all_owners_are_listed() {
    let folder = Folder::new("owners");
    let store = folder.path("runs.db");
    let runs = Runs::<Orchestrator>::new(Arc::new(SqliteStore::open(Path::new(&store)).unwrap()));
    for owner in ["ada", "bob"] {
        let caller = Caller::new(owner.parse().unwrap(), Way::Program);
        let run = RunId::new(caller.principal().clone(), RunName::main());
        let plan = events::Plan { task_description: Some(owner.to_owned()) };
        runs.apply(&caller, &run, plan.into(), Request::new()).await.unwrap();
    }
    drop(runs);
    let owners = |arguments: &[&str]| -> Vec<Value> {
        let json = [&["runs", "--store", &store, "--json"], arguments].concat();
        lines(&said(0, &json)).iter().map(|run| run["owner"].clone()).collect()
    };
    assert_eq!(owners(&[]), ["ada", "bob"]);
    assert_eq!(owners(&["--owner", "bob"]), ["bob"]);
    let table = said(0, &["runs", "--store", &store]);
    assert!(table.contains("\nada    main  1        PLANNING"), "{table}");
    assert!(said(1, &["history", "main", "--store", &store]).contains("was never started"));
    let of_ada = ["--owner", "ada", "--store", &store];
    assert!(said(0, &[&["history", "main"][..], &of_ada].concat()).contains("\"ada\""));
    let replayed = said(0, &[&["replay", "main"][..], &of_ada].concat());
    assert!(replayed.contains("owner     ada") && replayed.contains("PLANNING"), "{replayed}");
    said(0, &[&["remove", "main"][..], &of_ada].concat());
    assert_eq!(owners(&[]), ["bob"]);
    assert_eq!(owners(&["--removed"]), ["ada"]);
}

#[tokio::test]
async fn a_replay_is_compared_with_digests() {
    let folder = Folder::new("digests");
    let store = folder.path("runs.db");
    let message = |length: usize| json!({"name": "add_user_message", "arguments": {"message": "a".repeat(length)}});
    // The large record has a digest of its own, and the small one has none.
    let mut server = Raw::start(&["serve", "--store", &store]);
    server.ask("tools/call", message(5000)).await;
    server.ask("tools/call", message(1)).await;
    drop(server.input.take());
    assert!(server.ends().await.success());
    let replayed = said(0, &["replay", "main", "--store", &store]);
    assert!(replayed.contains("was compared with a digest"), "a clean end notes one: {replayed}");

    let mut server = Raw::start(&["serve", "--store", &store]);
    server.ask("tools/call", message(1)).await;
    server.server.kill().await.unwrap();
    let replayed = said(0, &["replay", "main", "--store", &store]);
    assert!(replayed.contains("up to version 1, and none after it"), "{replayed}");
    let replayed = lines(&said(0, &["replay", "main", "--store", &store, "--json"]));
    assert_eq!((&replayed[0]["version"], &replayed[0]["compared_to"]), (&json!(3), &json!(1)));

    let file = SqliteStore::open(Path::new(&store)).unwrap();
    let head = file.head(&main_run()).await.unwrap().unwrap();
    let scope = Scope::Head { run: main_run(), hash: head.hash };
    let other = to_raw_value(&json!({"digest": Hash::NONE})).unwrap();
    file.note(&scope, NoteChange::create("digest".parse().unwrap(), other)).await.unwrap();
    drop(file);
    let refused = said(1, &["replay", "main", "--store", &store]);
    assert!(refused.contains("record 3 cannot be replayed"), "{refused}");
    assert!(refused.contains("its digest differs"), "{refused}");
    said(0, &["replay", "main", "--to", "2", "--store", &store]);
}

#[tokio::test]
async fn a_run_of_another_machine_is_refused_and_shown() {
    let folder = Folder::new("other");
    let store = folder.path("runs.db");
    let program = Program::new(Hash::NONE, Hash::NONE);
    let context = to_raw_value(&json!({"messages": [], "task_data": {}, "knowledge": {}})).unwrap();
    let (idle, executing) = (Configuration::of("IDLE"), Configuration::of("EXECUTING"));
    let entries = [
        Entry::started("Orchestrator", program, idle.clone(), context),
        Entry::applied(
            to_raw_value(&json!({"plan": {"task_description": null}})).unwrap(),
            idle,
            executing,
            false,
        ),
    ];
    let mut hash = Hash::NONE;
    let records = (0..).zip(entries).map(|(version, entry)| {
        let time = chrono::DateTime::UNIX_EPOCH;
        let actor = main_run().owner.into();
        let record = Record::new(&hash, Version(version), time, actor, None, entry);
        hash = record.hash;
        record
    });
    let append = Append::new(main_run(), Hash::NONE, records.collect(), Hash::NONE);
    SqliteStore::open(Path::new(&store)).unwrap().append(append).await.unwrap();

    let refused = said(1, &["replay", "main", "--store", &store]);
    for part in ["another version of this machine", "record 1 cannot be replayed", "EXECUTING"] {
        assert!(refused.contains(part), "`{part}`: {refused}");
    }
    assert!(refused.contains("`history main --owner local`"), "{refused}");
    assert!(said(0, &["history", "main", "--store", &store]).contains("EXECUTING"));
    said(0, &["replay", "main", "--to", "0", "--store", &store]);
    assert!(said(0, &["remove", "main", "--store", &store]).contains("at version 1"));
}

#[tokio::test]
async fn a_damaged_head_is_listed_and_removed() {
    let folder = Folder::new("head");
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    client.ok("start_run", json!({"run": "a"})).await;
    client.ok("start_run", json!({"run": "b"})).await;
    drop(client);
    let file = rusqlite::Connection::open(&store).unwrap();
    assert_eq!(file.execute("UPDATE run SET version = 7 WHERE name = 'a'", []).unwrap(), 1);
    drop(file);
    let listed = said(0, &["runs", "--store", &store]);
    assert!(listed.contains("local  a             damaged"), "{listed}");
    assert!(listed.contains("note: the run `a` of `local` is damaged"), "{listed}");
    assert!(listed.contains("\nlocal  b    0        IDLE"), "{listed}");
    said(1, &["history", "a", "--store", &store]);
    said(1, &["replay", "a", "--store", &store]);
    said(0, &["remove", "a", "--store", &store]);
    assert!(!said(0, &["runs", "--store", &store]).contains("damaged"));
}

#[tokio::test]
async fn records_before_a_damaged_one_are_shown() {
    let folder = Folder::new("record");
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    for message in ["one", "two", "three"] {
        client.ok("add_user_message", json!({"message": message})).await;
    }
    drop(client);
    let file = rusqlite::Connection::open(&store).unwrap();
    let trigger = "SELECT sql FROM sqlite_schema WHERE name = 'record_is_never_changed'";
    let trigger: String = file.query_row(trigger, [], |row| row.get(0)).unwrap();
    file.execute("DROP TRIGGER record_is_never_changed", []).unwrap();
    let damage = "UPDATE record SET entry = replace(entry, 'two', 'TWO') WHERE version = 2";
    assert_eq!(file.execute(damage, []).unwrap(), 1);
    file.execute(&trigger, []).unwrap();
    drop(file);
    let shown = said(1, &["history", "main", "--store", &store]);
    assert!(shown.contains("\"one\"") && shown.contains("record 2 of the run `main`"), "{shown}");
    assert!(!shown.contains("TWO"), "{shown}");
    said(0, &["remove", "main", "--store", &store]);
}

#[tokio::test]
async fn a_backup_is_restored_under_a_live_server() {
    let folder = Folder::new("restore");
    let (store, copy) = (folder.path("runs.db"), folder.path("copy.db"));
    let client = serve(&store).await;
    client.go("PLANNING").await;
    said(0, &["backup", &copy, "--store", &store]);
    assert!(said(1, &["backup", &copy, "--store", &store]).contains("the backup was not made"));
    client.go("RESEARCHING").await;
    let restored = said(0, &["restore", &copy, "--store", &store]);
    let kept = restored.split("is kept in `").nth(1).unwrap().trim_end_matches("`\n").to_owned();
    assert_eq!(client.ok("get_current_state", json!({})).await["state"], "PLANNING");
    let replaced = lines(&said(0, &["runs", "--store", &kept, "--json"]));
    assert_eq!(replaced[0]["state"], "RESEARCHING", "{restored}");
    assert!(said(1, &["restore", &folder.path("none.db"), "--store", &store]).contains("none.db"));
    assert!(said(1, &["backup", &copy, "--store", "memory"]).contains("name a file by `--store`"));
}
