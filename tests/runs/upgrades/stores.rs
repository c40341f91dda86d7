//! Stores that earlier versions of a machine have written, kept as files.
//!
//! `LEVERFRAME_WRITE_STORES=1 cargo test --test it upgrades::stores` makes them anew.

use std::path::{Path, PathBuf};

use leverframe::store::sqlite::SqliteStore;

use super::*;

/// What is in a kept store: a run in each state, one that was halted, and one with many records.
async fn write<M: Portable<Context: Default>>(path: &Path, put: &dyn Fn(u64) -> Value) {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path).unwrap());
    let (waiting, taken) = (json!({"send": {"by": null}}), json!({"send": {"by": "Ada"}}));
    let pay = event("pay");
    record::<M>(&store, "draft", &[put(3), event("ping"), put(4)]).await;
    record::<M>(&store, "waiting", &[put(3), waiting.clone()]).await;
    record::<M>(&store, "reading", &[put(3), taken.clone(), json!({"take": {"by": "Bob"}})]).await;
    record::<M>(&store, "halted", &[put(3), waiting.clone(), event("halt")]).await;
    record::<M>(&store, "charged", &[put(3), taken.clone(), pay.clone()]).await;
    record::<M>(&store, "done", &[put(3), taken, pay, event("finish")]).await;
    record::<M>(&store, "long", &vec![put(1); 300]).await;
}

/// A copy of a kept store.
fn copy(name: &str, to: &Path) -> Arc<dyn Store> {
    std::fs::copy(kept(name), to).unwrap();
    Arc::new(SqliteStore::open(to).unwrap())
}

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stores").join(name)
}

#[tokio::test]
async fn kept_stores_go_on() {
    let folder = std::env::temp_dir().join(format!("leverframe-stores-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["order-1.db", "order-2.db"] {
        if std::env::var_os("LEVERFRAME_WRITE_STORES").is_some() {
            let path = kept(name);
            let _ = std::fs::remove_file(&path);
            match name {
                "order-1.db" => write::<first::Order>(&path, &put).await,
                _ => write::<second::Order>(&path, &add).await,
            }
        }
        let store = copy(name, &folder.join(name));
        let price = if name == "order-1.db" { 100 } else { 1 };
        let summary = Check::<third::Order>::new(store.clone()).run(|_| ()).await.unwrap();
        assert!(summary.goes_on(), "{name}: {summary}");
        assert_eq!((summary.runs, summary.records), (7, 325), "{name}");
        let states = [
            ("draft", "DRAFT", 7, json!({"send": {"by": "Ada"}})),
            ("waiting", "WAITING", 3, json!({"take": {"by": "Ada"}})),
            ("reading", "READING", 3, event("pay")),
            ("halted", "HALTED", 3, event("resume")),
            ("charged", "CHARGED", 3, event("finish")),
            ("done", "DONE", 3, Value::Null),
            ("long", "DRAFT", 300, add(1)),
        ];
        for (run, state, total, next) in states {
            let runs = Runs::<third::Order>::new(store.clone());
            let cents = runs.read(&id(run), |run| run.context().cents).await.unwrap();
            assert_eq!(cents, total * price, "{name}: {run}");
            assert_eq!(runs.status(&id(run)).await.unwrap().state.wire(), state, "{name}: {run}");
            if !next.is_null() {
                apply(&runs, run, next).await.unwrap();
            }
        }
        let halted = value::<third::Order>(&store, "halted").await;
        assert_eq!(halted["state"], json!({"WAITING": null}), "{name}: from its memory");
        let charts = leverframe::runs::charts(&*store).await.unwrap();
        assert_eq!(
            charts.iter().map(|chart| chart.version).min(),
            Some(if price == 1 { 2 } else { 1 })
        );
        let summary = Check::<third::Order>::new(store).run(|_| ()).await.unwrap();
        assert!(summary.goes_on(), "{name}: {summary}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
