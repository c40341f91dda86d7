//! Exports of runs: what is written, what is read back, and what is refused.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use leverframe::Portable;
use leverframe::orchestrator::{Orchestrator, events};
use leverframe::record::{RunId, Version};
use leverframe::runs::{Decided, ImportError, Imported, Request, Runs, RunsError, Verdict};
use leverframe::store::{Archive, Store, export};
use serde_json::Value;

use super::gates::purchase::{self, Purchase};
use super::timeouts::{clock, sqlite, ticket, tickets};
use super::{all, called, caller, chain, id, key, memory};
use crate::durable::{Folder, at};

pub(super) async fn exported(store: &dyn Store, run: &RunId) -> String {
    let mut out = Vec::new();
    export(store, run, &mut out, |_, _| {}).await.unwrap();
    String::from_utf8(out).unwrap()
}

fn file(text: &str) -> File {
    let folder = Folder::new();
    let mut file = File::create_new(folder.file()).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    File::open(folder.file()).unwrap()
}

pub(super) async fn imported<M: Portable<Context: Default>>(
    store: &Arc<dyn Store>,
    text: &str,
    to: &RunId,
) -> Result<Imported, ImportError> {
    let runs = Runs::<M>::new(Arc::clone(store));
    runs.import(Archive::open(file(text))?, to, Arc::new(|_, _, _| {})).await
}

/// A run with a start, a fork, an approval, request keys and a client's own text.
async fn purchases() -> Arc<dyn Store> {
    let store = memory();
    let runs = Runs::<Purchase>::new(Arc::clone(&store));
    let note = |text: &str| purchase::Event::from(purchase::events::Note { text: text.to_owned() });
    for text in ["ä \"quoted\"\n\u{2028}", "1.50", ""] {
        let request = Request::new().with_key(key(&format!("k{text}")));
        runs.apply(&caller(), &id("main"), note(text), request).await.unwrap();
    }
    runs.fork(&caller(), &id("main"), None, &id("fork"), Some(key("k"))).await.unwrap();
    for run in ["main", "fork"] {
        let buy: purchase::Event = purchase::events::Buy { price: 7 }.into();
        let asked = runs.apply(&caller(), &id(run), buy, Request::new()).await;
        let Err(RunsError::Waiting(waiting)) = asked else { panic!("{asked:?}") };
        let boss = called("bo").with_role(leverframe::caller::Role::GatesDecide);
        let gate = &waiting.request.id;
        let done = runs.decide(&boss, &id(run), gate, &Verdict::Approve).await.unwrap();
        assert!(matches!(done, Decided::Applied(_)));
    }
    store
}

#[tokio::test]
async fn an_export_of_an_import_has_the_same_bytes() {
    let store = purchases().await;
    for run in ["main", "fork"] {
        let first = exported(&*store, &id(run)).await;
        assert_eq!(exported(&*store, &id(run)).await, first);
        let folder = Folder::new();
        let other = sqlite(&folder);
        let done = imported::<Purchase>(&other, &first, &id(run)).await.unwrap();
        assert!(done.unreplayable.is_none());
        assert_eq!(exported(&*other, &id(run)).await, first);
        let here = store.head(&id(run)).await.unwrap();
        assert_eq!(here, other.head(&id(run)).await.unwrap());
        let runs = Runs::<Purchase>::new(other);
        let status = runs.status(&id(run)).await.unwrap();
        assert_eq!((status.version, status.state.wire()), (done.version, "BOUGHT"));
    }
    // Under another name only the first line differs.
    let text = exported(&*store, &id("main")).await;
    let other = memory();
    imported::<Purchase>(&other, &text, &id("copy")).await.unwrap();
    let copied = exported(&*other, &id("copy")).await;
    assert_ne!(copied, text);
    assert_eq!(copied.split_once('\n').unwrap().1, text.split_once('\n').unwrap().1);
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let keys: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(first["format"], "leverframe-run");
    assert_eq!(
        (first["machine"].as_str(), first["run"].as_str()),
        (Some("Purchase"), Some("main"))
    );
    assert_eq!(keys.len(), 6);
}

/// Every line that is changed, removed, doubled or cut is refused by its number, and nothing is written.
#[tokio::test]
async fn a_damaged_export_is_refused_by_the_line() {
    let text = exported(&*purchases().await, &id("main")).await;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 7);
    let store = memory();
    let refused = async |text: String, said: &str| {
        let error = imported::<Purchase>(&store, &text, &id("main")).await.unwrap_err();
        assert!(chain(&error).contains(said), "`{said}`: {}", chain(&error));
        assert!(store.heads(None, None, 9).await.unwrap().is_empty());
    };
    let with = |number: usize, line: &str| {
        let mut lines = lines.clone();
        lines[number - 1] = line;
        format!("{}\n", lines.join("\n"))
    };
    // Each digit of each record is covered.
    for number in 2..=6 {
        let line = lines[number - 1];
        for (place, digit) in line.match_indices(|c: char| c.is_ascii_digit()) {
            let mut other = line.to_owned();
            let changed = if digit == "9" { "8" } else { "9" };
            other.replace_range(place..=place, changed);
            refused(with(number, &other), &format!("line {number} is damaged")).await;
        }
        let of_another = line.replacen("\"ada\"", "\"bob\"", 1);
        assert_ne!(of_another, line);
        refused(with(number, &of_another), "its hash does not follow").await;
        refused(with(number, &format!("{line} x")), &format!("line {number} is damaged")).await;
        refused(with(number, ""), &format!("line {number} is damaged: it is no record")).await;
        let spaced = line.replacen("\"entry\":{", "\"entry\":{ ", 1);
        refused(with(number, &spaced), &format!("line {number} is damaged")).await;
        let without = [&lines[..number - 1], &lines[number..]].concat().join("\n") + "\n";
        refused(without, &format!("line {number} is damaged")).await;
        let doubled = [&lines[..number], &lines[number - 1..]].concat().join("\n") + "\n";
        refused(doubled, &format!("line {} is damaged", number + 1)).await;
    }
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let lines = text[..cut].matches('\n').count();
        let said = format!("ends after line {lines}, without its last line");
        refused(text[..cut].to_owned(), &said).await;
    }
    refused(format!("{text}\n"), "line 8 follows the last line").await;
    let records = lines[6].replace("\"records\":5", "\"records\":4");
    refused(with(7, &records), "line 7 is damaged: it counts 4 records").await;
    refused(with(1, "{}"), "line 1 is not the beginning of an exported run").await;
    refused(with(1, &lines[0].replace("\"form\":1", "\"form\":2")), "has the form 2").await;
    refused(with(1, &lines[0].replace("-run\"", "-note\"")), "`leverframe-note`").await;
    refused(with(1, &lines[0].replace("Purchase", "Other")), "of the machine `Other`").await;
    let renamed = with(1, &lines[0].replace("Purchase", "Orchestrator"));
    let error = imported::<Orchestrator>(&store, &renamed, &id("main")).await.unwrap_err();
    assert!(chain(&error).contains("line 2 is damaged: it is of the machine `Purchase`"));
    imported::<Purchase>(&store, &text, &id("main")).await.unwrap();
    let error = imported::<Purchase>(&store, &text, &id("main")).await.unwrap_err();
    assert!(chain(&error).contains("there is a run `main` of `ada` already"), "{}", chain(&error));
}

#[tokio::test]
async fn timeouts_of_an_imported_run_come() {
    let folder = Folder::new();
    let clock = clock();
    let runs = tickets(sqlite(&folder), &clock);
    let accept = ticket::Event::from(ticket::events::Accept);
    runs.apply(&caller(), &id("main"), accept, Request::new()).await.unwrap();
    let text = exported(&**runs.store(), &id("main")).await;
    let other = Folder::new();
    let runs = tickets(sqlite(&other), &clock);
    let archive = Archive::open(file(&text)).unwrap();
    runs.import(archive, &id("copy"), Arc::new(|_, _, _| {})).await.unwrap();
    let due = runs.store().due(None, 9).await.unwrap();
    assert_eq!(due.iter().map(|due| due.time).collect::<Vec<_>>(), [at(3600)]);
    clock.set(at(60 * 60));
    runs.tick().await.unwrap();
    assert_eq!(all(&**runs.store(), &id("copy")).await.len(), 3, "it was reminded");
}

/// A run that this program does not follow is imported as it is, and nothing comes of it by itself.
#[tokio::test]
async fn a_run_that_does_not_replay_is_imported_untouched() {
    macro_rules! programs {
        ($($program:ident($limit:expr);)*) => {$(
            #[leverframe::machine(serde, name = Counter)]
            mod $program {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(super) struct Count {
                    pub(super) count: u64,
                }
                #[state(initial)]
                pub(super) struct Open;
                #[state(final)]
                pub(super) struct Shut;
                #[transition(from = Open, after = "1h")]
                fn shut() -> Shut {
                    Shut
                }
                #[transition(from = Open)]
                fn add(count: &mut Count, by: u64) -> Result<Open, String> {
                    if by > $limit {
                        return Err(format!("{by} is too much"));
                    }
                    count.count += by;
                    Ok(Open)
                }
            }
        )*};
    }
    programs! {
        former(100);
        strict(5);
    }
    let store = memory();
    let runs = Runs::<former::Counter>::new(Arc::clone(&store));
    for by in [1, 50, 2] {
        let event: former::Event = former::events::Add { by }.into();
        runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    }
    let text = exported(&*store, &id("main")).await;
    let other = memory();
    let done = imported::<strict::Counter>(&other, &text, &id("main")).await.unwrap();
    assert_eq!(done.unreplayable.unwrap().version, Version(2));
    assert_eq!(other.head(&id("main")).await.unwrap().unwrap().due, None);
    assert_eq!(exported(&*other, &id("main")).await, text);
    // The program that wrote it goes on with it.
    let runs = Runs::<former::Counter>::new(other);
    let event: former::Event = former::events::Add { by: 1 }.into();
    let done = runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    assert_eq!(done.status.version, Version(4));
}

/// The replayed value is kept, so that a long run need not be replayed again.
#[tokio::test]
async fn an_imported_run_has_a_snapshot() {
    let store = memory();
    let runs = Runs::<Orchestrator>::new(Arc::clone(&store));
    for number in 0..20 {
        let event = events::AddUserMessage { message: format!("message {number}") };
        runs.apply(&caller(), &id("main"), event.into(), Request::new()).await.unwrap();
    }
    let text = exported(&*store, &id("main")).await;
    let other = memory();
    imported::<Orchestrator>(&other, &text, &id("main")).await.unwrap();
    let opening = other.open(&id("main"), super::ALL).await.unwrap();
    assert_eq!(opening.snapshot.unwrap().version, Version(20));
}
