//! Damage and failing disks: told, or harmless; never a wrong history without a word.

use leverframe::record::{Hash, RunId};
use leverframe::store::Store;
use leverframe::store::sqlite::SqliteStore;

use super::weather::rounds;
use super::{Folder, all, append, name, records, report};

/// Flips bits of the file, one at a time, and reads all of it.
#[tokio::test]
async fn a_flipped_bit_is_told_or_harmless() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let runs = ["a", "b", "c"].map(name);
    for run in &runs {
        let written = records(&Hash::NONE, 0, 40, "a text that is neither short nor long");
        append(&store, run, Hash::NONE, written).await.unwrap();
    }
    drop(store);
    let whole = std::fs::read(folder.file()).unwrap();
    let expected = told(&folder, &runs).await.unwrap();
    let (mut random, mut seen, mut harmless) = (0x2545_f491_4f6c_dd1d_u64, 0, 0);
    for _ in 0..rounds(300, 1000) {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let (place, bit) =
            (usize::try_from(random >> 24).unwrap() % whole.len(), (random >> 20) % 8);
        flip(&folder, &whole, place, bit);
        match told(&folder, &runs).await {
            Err(_) => seen += 1,
            Ok(found) => {
                assert_eq!(found, expected, "bit {bit} of byte {place} has changed a history");
                harmless += 1;
            }
        }
    }
    report("flipped bits", &format!("{} flips, {seen} told, {harmless} harmless", seen + harmless));
    assert!(seen > harmless / 20, "{seen} of {harmless}");
}

/// A file that is too large to be checked whole: a run is not taken for one that was never started, whichever place it is
/// looked up in is damaged.
#[tokio::test]
async fn a_flipped_bit_in_a_name_is_told() {
    const NAME: &str = "the-one-that-is-hit";
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let filler = records(&Hash::NONE, 0, 2_500, &"x".repeat(4_000));
    append(&store, &name("filler"), Hash::NONE, filler).await.unwrap();
    let run = name(NAME);
    append(&store, &run, Hash::NONE, records(&Hash::NONE, 0, 3, "text")).await.unwrap();
    drop(store);
    let whole = std::fs::read(folder.file()).unwrap();
    let expected = read(&folder, &run).await.unwrap();
    let mut places = 0;
    for place in 0..whole.len() - NAME.len() {
        if whole[place..].starts_with(NAME.as_bytes()) {
            flip(&folder, &whole, place + 3, 1);
            match read(&folder, &run).await {
                Err(_) => places += 1,
                Ok(found) => assert_eq!(found, expected, "byte {place}"),
            }
        }
    }
    report("flipped bits", &format!("a name in {places} places of {} MB", whole.len() >> 20));
    assert!(places >= 2, "the head, and the index of names");
}

/// What a store has of a run.
async fn read(folder: &Folder, run: &RunId) -> Result<String, String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| error.to_string())?;
    let records = all(&store, run).await.map_err(|error| error.to_string())?;
    Ok(serde_json::to_string(&records).unwrap())
}

/// Leaves the file as it was, but for one bit.
fn flip(folder: &Folder, whole: &[u8], place: usize, bit: u64) {
    let mut damaged = whole.to_owned();
    damaged[place] ^= 1 << bit;
    for left in ["db-wal", "db-shm"] {
        // Only what a reader before has left.
        let _ = std::fs::remove_file(folder.file().with_extension(left));
    }
    std::fs::write(folder.file(), &damaged).unwrap();
}

/// All that a store says of some runs.
async fn told(folder: &Folder, runs: &[RunId]) -> Result<String, String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| error.to_string())?;
    let heads = store.heads(None, None, 10).await.map_err(|error| error.to_string())?;
    let mut told = vec![format!("{heads:?}")];
    for run in runs {
        let records = all(&store, run).await.map_err(|error| error.to_string())?;
        told.push(serde_json::to_string(&records).unwrap());
    }
    Ok(told.join("\n"))
}
