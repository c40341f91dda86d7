//! Tasks at their boundary: what a state does to the world is done, and with its key once, whatever happens.

mod ends;
pub(crate) mod errand;
#[cfg(all(unix, feature = "http"))]
mod killed;
mod many;
#[cfg(all(unix, feature = "http"))]
mod order;
#[cfg(feature = "http")]
mod payments;
#[cfg(all(unix, feature = "http"))]
mod program;
#[cfg(all(unix, feature = "http"))]
mod several;

use std::sync::Arc;
use std::time::Duration;

use leverframe::record::{Entry, Record, RunId, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{PageLimit, Store};
use tokio::time::timeout;

#[cfg(feature = "http")]
use self::payments::Payments;
use crate::durable::Folder;

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

const ALL: PageLimit = PageLimit::new(1_000_000, usize::MAX);

fn sqlite(folder: &Folder) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&folder.file()).unwrap())
}

async fn all(store: &dyn Store, run: &RunId) -> Vec<Record> {
    store.load(run, Version::START, ALL).await.unwrap().records
}

/// Waits until a run is in the state, whoever brings it there.
async fn until_in(store: &dyn Store, run: &RunId, state: &str) {
    let mut appends = store.watch();
    let there = async {
        loop {
            appends.borrow_and_update();
            let head = store.head(run).await.unwrap();
            if head.is_some_and(|head| head.configuration.to_string() == state) {
                return;
            }
            appends.changed().await.unwrap();
        }
    };
    let Ok(()) = timeout(PATIENCE, there).await else {
        panic!("{run} is not in {state}: {:?}", told(store, run).await)
    };
}

/// The events of a run, each with its actor.
async fn told(store: &dyn Store, run: &RunId) -> Vec<(String, String)> {
    let tell = |record: &Record| {
        let event = match &record.entry {
            Entry::Applied { event, .. } => {
                let event: serde_json::Value = serde_json::from_str(event.get()).unwrap();
                match event.as_object() {
                    Some(fields) => fields.keys().next().unwrap().clone(),
                    None => event.as_str().unwrap().to_owned(),
                }
            }
            _ => "start".to_owned(),
        };
        (event, record.actor.to_string())
    };
    all(store, run).await.iter().map(tell).collect()
}

/// The events of a run.
async fn events(store: &dyn Store, run: &RunId) -> Vec<String> {
    told(store, run).await.into_iter().map(|(event, _)| event).collect()
}
