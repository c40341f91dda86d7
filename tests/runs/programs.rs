//! Histories that another version of a machine has recorded: a changed machine never goes on silently.

mod check;

use std::sync::Arc;

use leverframe::Portable;
use leverframe::record::{RunName, Snapshot, Version};
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::{Scope, Store};

use super::{ALL, all, caller, chain, id, memory};

/// Versions of one machine, `Counter`, as they follow one another in the life of a program.
macro_rules! counter {
    ($version:ident, { $($handlers:tt)* }) => {
        counter!($version, { $($handlers)* }, { pub(crate) total: u64 }, Counting);
    };
    ($version:ident, { $($handlers:tt)* }, { $($fields:tt)* }, $state:ident) => {
        mod $version {
            #[leverframe::machine(serde, name = Counter)]
            pub(crate) mod counter {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(crate) struct Sum { $($fields)* }
                #[state(initial)]
                pub(crate) struct Fresh;
                #[state]
                pub(crate) struct $state;
                #[state(final)]
                pub(crate) struct Done;
                #[transition(from = $state)]
                fn finish() -> Done {
                    Done
                }
                $($handlers)*
            }
        }
    };
}

counter!(first, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number;
        Counting
    }
});
counter!(documented, {
    /// Adds a number.
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number;
        Counting
    }
});
counter!(rewritten, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        let added = number;
        sum.total += added;
        Counting
    }
});
counter!(tenfold, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number * 10;
        Counting
    }
});
counter!(internal, {
    #[transition(from = Fresh)]
    fn begin() -> Counting {
        Counting
    }
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) {
        sum.total += number;
    }
});
counter!(narrowed, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u8) -> Counting {
        sum.total += u64::from(number);
        Counting
    }
});
counter!(renamed, {
    #[transition(from = [Fresh, Totalling])]
    fn add(sum: &mut Sum, number: u64) -> Totalling {
        sum.total += number;
        Totalling
    }
}, { pub(crate) total: u64 }, Totalling);
counter!(widened, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number;
        Counting
    }
}, { pub(crate) total: u64, #[serde(default)] pub(crate) count: u64 }, Counting);

counter!(without, {
    #[transition(from = [Fresh, Counting])]
    fn count(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number;
        Counting
    }
});
counter!(once, {
    #[transition(from = Fresh)]
    fn add(sum: &mut Sum, number: u64) -> Counting {
        sum.total += number;
        Counting
    }
});
counter!(bounded, {
    #[transition(from = [Fresh, Counting])]
    fn add(sum: &mut Sum, number: u64) -> Result<Counting, String> {
        if sum.total >= 20 {
            return Err("the sum is at most 20".to_owned());
        }
        sum.total += number * 10;
        Ok(Counting)
    }
});

/// Another machine, with the states and events of the first.
mod other {
    #[leverframe::machine(serde, name = Tally)]
    pub(crate) mod tally {
        #[context]
        #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
        pub(crate) struct Sum {
            pub(crate) total: u64,
        }
        #[state(initial)]
        pub(crate) struct Fresh;
        #[state]
        pub(crate) struct Counting;
        #[state(final)]
        pub(crate) struct Done;
        #[transition(from = Counting)]
        fn finish() -> Done {
            Done
        }
        #[transition(from = [Fresh, Counting])]
        fn add(sum: &mut Sum, number: u64) -> Counting {
            sum.total += number;
            Counting
        }
    }
}

type First = first::counter::Counter;

async fn add<M>(runs: &Runs<M>, number: u64) -> Result<Version, RunsError>
where
    M: Portable<Context: Default>,
{
    let event = serde_json::from_value(serde_json::json!({"add": {"number": number}})).unwrap();
    let accepted = runs.apply(&caller(), &id("main"), event, Request::new()).await?;
    Ok(accepted.status.version)
}

/// State and context.
async fn value<M: Portable<Context: Default>>(store: &Arc<dyn Store>) -> Result<String, RunsError> {
    Runs::<M>::new(store.clone()).read(&id("main"), |run| run.value().unwrap()).await
}

/// A store with a run that the first program has recorded, and left without a clean end.
async fn recorded(count: u64, number: u64) -> Arc<dyn Store> {
    let store = memory();
    let runs = Runs::<First>::new(store.clone());
    for _ in 0..count {
        add(&runs, number).await.unwrap();
    }
    store
}

/// The machine `M` refuses the run from this record on, for this reason, and leaves the store as it is.
async fn refuses<M: Portable<Context: Default>>(store: &Arc<dyn Store>, version: u64, part: &str) {
    let before = all(&**store, &id("main")).await.len();
    let runs = Runs::<M>::new(store.clone());
    let Err(error) = add(&runs, 1).await else { panic!("the run goes on") };
    let RunsError::Unreplayable { source, .. } = &error else { panic!("{error:?}") };
    let text = chain(&error);
    assert_eq!(source.version, Version(version), "{text}");
    assert!(text.contains(part), "`{part}`: {text}");
    assert!(text.contains("use the program that recorded it, or start another run"), "{text}");
    assert_eq!(all(&**store, &id("main")).await.len(), before);
    let history = runs.history(&id("main"), Version::START, ALL).await.unwrap();
    assert_eq!(history.records.len(), before, "the records can be read");
    assert_eq!(history.version, Version(before as u64 - 1));
    assert_eq!(history.unreplayable.unwrap().version, Version(version));
    // And the program that recorded it goes on.
    add(&Runs::<First>::new(store.clone()), 1).await.unwrap();
}

/// The issue's own case: 300 times one, and then a program that adds ten.
#[tokio::test]
async fn a_changed_handler_is_refused() {
    let store = recorded(300, 1).await;
    refuses::<tenfold::counter::Counter>(&store, 1, "digest differs").await;
    assert_eq!(
        value::<First>(&store).await.unwrap(),
        r#"{"context":{"total":301},"history":null,"state":{"COUNTING":null}}"#
    );
}

/// Wherever the snapshot lies, and however short the history is.
#[tokio::test]
async fn a_changed_machine_is_refused_wherever_a_snapshot_lies() {
    for count in [1, 2, 30, 100, 257, 600] {
        let store = recorded(count, 1).await;
        refuses::<tenfold::counter::Counter>(&store, 1, "digest differs").await;
        let store = recorded(count, 1).await;
        refuses::<renamed::counter::Counter>(
            &store,
            1,
            "it leads to COUNTING, and the machine goes to TOTALLING",
        )
        .await;
        let store = recorded(count, 1).await;
        refuses::<internal::counter::Counter>(&store, 1, "goes to FRESH").await;
        let store = recorded(count, 300).await;
        refuses::<narrowed::counter::Counter>(&store, 1, "cannot be read").await;
        let store = recorded(count, 1).await;
        refuses::<other::tally::Tally>(&store, 0, "it is of the machine `Counter`").await;
        let store = recorded(count, 1).await;
        refuses::<widened::counter::Counter>(&store, 0, "reads back differently").await;
    }
}

/// A run that was only started belongs to its machine too.
#[tokio::test]
async fn a_run_without_events_is_refused_by_another_machine() {
    let store = memory();
    Runs::<First>::new(store.clone()).start(&caller(), &id("main"), None).await.unwrap();
    refuses::<other::tally::Tally>(&store, 0, "it is of the machine `Counter`").await;
}

/// Nothing of a run that was only started is snapshotted.
#[tokio::test]
async fn version_0_has_no_snapshot() {
    let store = memory();
    Runs::<First>::new(store.clone()).start(&caller(), &id("main"), None).await.unwrap();
    Runs::<rewritten::counter::Counter>::new(store.clone()).status(&id("main")).await.unwrap();
    assert_eq!(store.open(&id("main"), ALL).await.unwrap().snapshot, None);
}

/// A machine that behaves as before goes on, and back again.
#[tokio::test]
async fn a_changed_declaration_that_behaves_the_same_goes_on() {
    let store = recorded(300, 1).await;
    let rewritten = Runs::<rewritten::counter::Counter>::new(store.clone());
    assert_eq!(add(&rewritten, 1).await.unwrap(), Version(301));
    assert_eq!(add(&Runs::<First>::new(store.clone()), 1).await.unwrap(), Version(302));
    let expected = r#"{"context":{"total":302},"history":null,"state":{"COUNTING":null}}"#;
    assert_eq!(value::<rewritten::counter::Counter>(&store).await.unwrap(), expected);
    assert_eq!(value::<First>(&store).await.unwrap(), expected);
}

/// The whole history is replayed once, and then no more.
#[tokio::test]
async fn another_declaration_replays_once() {
    let store = recorded(300, 1).await;
    value::<rewritten::counter::Counter>(&store).await.unwrap();
    let snapshot = store.open(&id("main"), ALL).await.unwrap().snapshot.unwrap();
    assert_eq!(snapshot.version, Version(300));
    let program = snapshot.program;
    assert_ne!(program, snapshot_of::<First>(300).await.program);
    // Documentation is no other declaration.
    let store = recorded(300, 1).await;
    let before = store.open(&id("main"), ALL).await.unwrap().snapshot.unwrap();
    value::<documented::counter::Counter>(&store).await.unwrap();
    assert_eq!(store.open(&id("main"), ALL).await.unwrap().snapshot.unwrap(), before);
}

async fn snapshot_of<M: Portable<Context: Default>>(count: u64) -> Snapshot {
    let store = memory();
    let runs = Runs::<M>::new(store);
    for _ in 0..count {
        add(&runs, 1).await.unwrap();
    }
    runs.read(&id("main"), |run| run.snapshot().unwrap()).await.unwrap()
}

/// Two programs that differ share a store: the record of the second shows the first that they do not agree.
#[tokio::test]
async fn two_programs_at_once_do_not_drift_apart() {
    let store = memory();
    let ours = Runs::<First>::new(store.clone());
    ours.start(&caller(), &id("main"), None).await.unwrap();
    let theirs = Runs::<tenfold::counter::Counter>::new(store.clone());
    add(&theirs, 1).await.unwrap();
    let error = add(&ours, 1).await.unwrap_err();
    assert!(chain(&error).contains("digest differs"), "{error:?}");
}

/// A large value has few digests. A clean end notes the one that is missing.
#[tokio::test]
async fn a_clean_end_covers_the_last_records() {
    use texts::first::Texts;
    let write = async |store: &Arc<dyn Store>| {
        let runs = Runs::<Texts>::new(store.clone());
        for text in ["x".repeat(3000), "y".into(), "z".into()] {
            let event = texts::first::events::Write { text };
            runs.apply(&caller(), &id("main"), event.into(), Request::new()).await.unwrap();
        }
        runs
    };
    // Killed: the last records have no digest, and the states agree.
    let store = memory();
    drop(write(&store).await);
    let changed = Runs::<texts::shouting::Texts>::new(store.clone());
    let seen = changed.read(&id("main"), |run| (run.digest_version(), run.value().unwrap())).await;
    let (digest, value) = seen.unwrap();
    assert_eq!(digest, Some(Version(1)), "the program can say what no digest covers");
    assert!(value.contains("YZ"), "{value}");
    // Ended cleanly.
    let store = memory();
    write(&store).await.close().await;
    let head = store.head(&id("main")).await.unwrap().unwrap();
    let scope = Scope::Head { run: id("main"), hash: head.hash };
    assert_eq!(store.notes(&scope).await.unwrap().len(), 1);
    let changed = Runs::<texts::shouting::Texts>::new(store.clone());
    let error = changed.status(&id("main")).await.unwrap_err();
    assert!(
        chain(&error).contains("record 3 cannot be replayed by this program: its digest differs"),
        "{error:?}"
    );
    // The program that recorded it goes on, and so does one that ends twice.
    let runs = Runs::<Texts>::new(store.clone());
    runs.status(&id("main")).await.unwrap();
    runs.close().await;
}

mod texts {
    macro_rules! texts {
        ($version:ident, $text:ident => $written:expr) => {
            #[leverframe::machine(serde, name = Texts)]
            pub(crate) mod $version {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(crate) struct Written {
                    pub(crate) text: String,
                }
                #[state(initial)]
                pub(crate) struct Open;
                #[state(final)]
                pub(crate) struct Closed;
                #[transition(from = Open)]
                fn close() -> Closed {
                    Closed
                }
                #[transition(from = Open)]
                fn write(written: &mut Written, $text: String) {
                    written.text.push_str(&$written);
                }
            }
        };
    }
    texts!(first, text => text);
    // The long text is written as it was, so that only what no digest covers differs.
    texts!(shouting, text => if text.len() > 1 { text } else { text.to_uppercase() });
}

/// The default run needs no start, under whatever name.
#[tokio::test]
async fn a_default_run_needs_no_start() {
    let runs = Runs::<First>::new(memory()).with_default_run("other".parse::<RunName>().unwrap());
    assert!(matches!(runs.status(&id("main")).await, Err(RunsError::NeverStarted { .. })));
    assert_eq!(runs.status(&id("other")).await.unwrap().version, Version::START);
}
