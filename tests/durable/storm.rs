//! Many who append to one run: one winner each round.

use std::sync::Arc;

use leverframe::record::{Hash, Version};
use leverframe::store::StoreError;
use leverframe::store::sqlite::SqliteStore;

use super::harness::Fault;
use super::{Folder, after, all, name, record, report, said};

const RACERS: usize = 64;

/// Lets all append at once, a few rounds long, through two stores on one file. Says what is wrong.
pub(super) async fn storm(fault: Fault, rounds: u64) -> Result<(), String> {
    let folder = Folder::new();
    let stores = [(); 2].map(|()| Arc::new(SqliteStore::open(&folder.file()).unwrap()));
    let main = name("main");
    let mut end = Hash::NONE;
    let mut winners = Vec::new();
    for version in 0..rounds {
        let racers = (0..RACERS).map(|racer| {
            let (store, main) = (Arc::clone(&stores[racer % 2]), main.clone());
            let record = record(&end, version, &format!("{version}-{racer}"), None);
            async move {
                let append = after(&main, end, vec![record.clone()]);
                (record, fault.append(&store, append).await)
            }
        });
        let mut won = Vec::new();
        for (record, done) in futures::future::join_all(racers).await {
            match done {
                Ok(_) => won.push(record),
                Err(StoreError::Conflict { actual: Some(Version(at)) }) if at == version => {}
                Err(error) => return Err(format!("a loser is told {error:?}")),
            }
        }
        let [winner] = won.as_slice() else { return Err(format!("{} winners", won.len())) };
        end = winner.hash;
        winners.push(said(winner));
    }
    let kept = all(&*stores[1], &main).await.map_err(|error| error.to_string())?;
    let kept: Vec<_> = kept.iter().map(said).collect();
    if kept == winners { Ok(()) } else { Err(format!("{kept:?} is kept, {winners:?} won")) }
}

#[tokio::test]
async fn a_storm_has_one_winner_each_round() {
    storm(Fault::None, 20).await.unwrap();
    report("storm", &format!("20 rounds of {RACERS} who append at once, 1 winner in each"));
}
