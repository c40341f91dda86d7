//! Damage and failing disks: told, or harmless; never a wrong history without a word.

use leverframe::record::Hash;
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
        let mut damaged = whole.clone();
        damaged[place] ^= 1 << bit;
        for left in ["db-wal", "db-shm"] {
            // Only what a reader before has left.
            let _ = std::fs::remove_file(folder.file().with_extension(left));
        }
        std::fs::write(folder.file(), &damaged).unwrap();
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

/// All that a store says of some runs.
async fn told(folder: &Folder, runs: &[leverframe::record::RunName]) -> Result<String, String> {
    let store = SqliteStore::open(&folder.file()).map_err(|error| error.to_string())?;
    let heads = store.heads(None, 10).await.map_err(|error| error.to_string())?;
    let mut told = vec![format!("{heads:?}")];
    for run in runs {
        let records = all(&store, run).await.map_err(|error| error.to_string())?;
        told.push(serde_json::to_string(&records).unwrap());
    }
    Ok(told.join("\n"))
}
