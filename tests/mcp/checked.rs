//! The commands that compare a store and a chart with the machine of the program.

use std::path::Path;

use leverframe::Machine;
use leverframe::chart::Document;
use leverframe::orchestrator::Orchestrator;
use leverframe::record::{Configuration, Entry, Hash, Program, Record, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Append, Store};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::main_run;
use super::restarts::{Folder, lines, said, serve};

#[tokio::test]
async fn a_store_is_checked() {
    let folder = Folder::new("checked");
    let store = folder.path("runs.db");
    let client = serve(&store).await;
    client.ok("add_user_message", json!({"message": "a"})).await;
    client.ok("start_run", json!({"run": "b"})).await;
    drop(client);
    let text = said(0, &["check", "--store", &store]);
    assert_eq!(text, "runs     2\nrecords  3\n      2  identical\n");
    said(0, &["chart", "--diff", &store]);

    // Beside them, a history whose second record the machine of this program would not make, and a damaged one.
    let program = Program::new(Hash::NONE, Hash::NONE);
    let context = to_raw_value(&json!({"messages": [], "task_data": {}, "knowledge": {}})).unwrap();
    let idle = Configuration::of("IDLE");
    let entries = [
        Entry::started("Orchestrator", program, idle.clone(), context),
        Entry::applied(to_raw_value(&json!({"ping": {}})).unwrap(), idle.clone(), idle, false),
    ];
    let file = SqliteStore::open(Path::new(&store)).unwrap();
    for name in ["c", "d"] {
        let mut hash = Hash::NONE;
        let records = (0..).zip(entries.clone()).map(|(version, entry)| {
            let (time, actor) = (chrono::DateTime::UNIX_EPOCH, main_run().owner.into());
            let record = Record::new(&hash, Version(version), time, actor, None, entry);
            hash = record.hash;
            record
        });
        let mut run = main_run();
        run.name = name.parse().unwrap();
        file.append(Append::new(run, Hash::NONE, records.collect(), Hash::NONE)).await.unwrap();
    }
    drop(file);
    let file = rusqlite::Connection::open(&store).unwrap();
    assert_eq!(file.execute("UPDATE run SET version = 7 WHERE name = 'd'", []).unwrap(), 1);
    drop(file);
    let before = std::fs::read(&store).unwrap();
    let text = said(1, &["check", "--store", &store]);
    for part in [
        "local  c    refused  1       event removed  the machine has no event `ping`",
        "local  d    damaged  0       damaged",
        "      2  identical\n      1  refused\n      1  damaged\n",
        "      1  cannot go on: event removed",
        "error: 2 of 4 runs cannot go on with this machine; declare an upgrade",
    ] {
        assert!(text.contains(part), "`{part}`: {text}");
    }
    assert_eq!(std::fs::read(&store).unwrap(), before, "nothing is written");
    let refused = said(1, &["replay", "c", "--store", &store]);
    assert!(refused.contains("`check` on the command line"), "{refused}");
    let json = said(1, &["check", "--json", "--store", &store]);
    let json = lines(json.split("error:").next().unwrap());
    assert_eq!(json.len(), 5);
    assert_eq!(
        json[2],
        json!({"owner": "local", "run": "d", "version": 0, "outcome": "damaged", "upgrades": [], "faults": [
            {"record": 0, "cause": "damaged", "reason": "it is not as it was written; restore a backup, or remove the run"},
        ]}),
    );
    assert_eq!(json[4]["summary"]["causes"], json!({"damaged": 1, "event_removed": 1}));
    said(0, &["check", "--owner", "nobody", "--store", &store]);
}

#[test]
fn a_chart_is_compared_with_a_file() {
    let folder = Folder::new("chart");
    std::fs::create_dir_all(folder.path("")).unwrap();
    let file = folder.path("chart.json");
    std::fs::write(&file, said(0, &["chart", "--format", "json"])).unwrap();
    assert_eq!(said(0, &["chart", "--diff", &file]), "no changes\n");
    let mut old = Document::of(Orchestrator::CHART);
    old.states.pop();
    old.events.retain(|event| event.name != "rest");
    std::fs::write(&file, serde_json::to_string(&old).unwrap()).unwrap();
    let text = said(0, &["chart", "--diff", &file]);
    assert!(text.contains("+ state ERROR\n") && text.contains("+ event `rest`\n"), "{text}");
    old.states[1].name = "DRAFTING".into();
    std::fs::write(&file, serde_json::to_string(&old).unwrap()).unwrap();
    let text = said(1, &["chart", "--diff", &file]);
    assert!(text.contains("- state DRAFTING (breaks old histories"), "{text}");
    assert!(text.contains("declare upgrades, and run `check`"), "{text}");
    let json = said(1, &["chart", "--format", "json", "--diff", &file]);
    let json = &lines(json.split("error:").next().unwrap())[0];
    assert_eq!(
        (&json["changes"][0]["kind"], &json["changes"][0]["item"]),
        (&json!("removed"), &json!("state DRAFTING"))
    );
}
