//! A store with many records: processes that write to it are killed under load, and the next start is ready at once.

use std::time::{Duration, Instant};

use leverframe::record::{Hash, Version};
use leverframe::store::Store;
use leverframe::store::sqlite::SqliteStore;

use super::harness::Fault;
use super::weather::{look, round_of, rounds};
use super::{Folder, append, at_most, name, records, report};

/// How long a start may take, to the first answer.
const READY: Duration = Duration::from_millis(250);

/// How many records there are, and in how many runs.
struct Load {
    runs: u64,
    each: u64,
}

impl Load {
    /// Fills a store, many runs at once.
    fn filled(&self) -> Folder {
        let folder = Folder::new();
        let store = SqliteStore::open(&folder.file()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let history = records(&Hash::NONE, 0, self.each, &"x".repeat(200));
        let names: Vec<_> = (0..self.runs).map(|run| name(&format!("before-{run}"))).collect();
        for names in names.chunks(500) {
            let appends = names.iter().map(|run| append(&store, run, Hash::NONE, history.clone()));
            for done in runtime.block_on(futures::future::join_all(appends)) {
                done.unwrap();
            }
        }
        folder
    }

    /// Opens the store, and reads the end of a history.
    fn ready(&self, folder: &Folder, round: u64) -> (SqliteStore, Duration) {
        let run = name(&format!("before-{}", round * 7 % self.runs));
        let begin = Instant::now();
        let store = SqliteStore::open(&folder.file()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let page =
            runtime.block_on(store.load(&run, Version(self.each - 5), at_most(100))).unwrap();
        let took = begin.elapsed();
        assert_eq!(page.records.len(), 5);
        (store, took)
    }
}

/// Kills processes that write to the store, some times over, and starts it again.
fn check(load: &Load) {
    let begin = Instant::now();
    let folder = load.filled();
    let filling = begin.elapsed();
    let (mut kept, mut took) = (Vec::new(), Vec::new());
    for round in 0..rounds(5, 20) {
        kept.extend(round_of(&folder, Fault::None, 2, 200));
        let log = folder.file().with_extension("db-wal").metadata().unwrap().len();
        assert!(log > 0, "the processes are killed before they move the log into the file");
        let (store, time) = load.ready(&folder, round);
        look(&store, &kept).unwrap_or_else(|wrong| panic!("round {round}: {wrong}"));
        took.push(time);
    }
    took.sort();
    let [median, slowest] = [took[took.len() / 2], took[took.len() - 1]];
    report(
        "load",
        &format!(
            "{} records in {} runs, filled in {filling:.1?}, {} kills of 2 processes that write: ready after \
             {median:.1?} in the middle, {slowest:.1?} at most; {} records acknowledged, 0 lost",
            load.runs * load.each,
            load.runs,
            took.len(),
            kept.len()
        ),
    );
    // Beside other tests, one round may have to wait for them.
    let judged = rounds(median, slowest);
    assert!(judged <= READY, "ready after {judged:?}");
}

#[test]
fn the_next_start_is_ready_at_once() {
    check(&Load { runs: rounds(60, 1000), each: 1000 });
}

#[test]
fn the_next_start_with_many_runs_is_ready_at_once() {
    check(&Load { runs: rounds(20_000, 100_000), each: rounds(5, 10) });
}
