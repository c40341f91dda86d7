//! Damage and failing disks: told, or harmless; never a wrong history without a word.

use std::io::Write;
use std::process::{Command, Stdio};

use leverframe::record::{Hash, Version};
use leverframe::store::sqlite::{Fault, SqliteStore};
use leverframe::store::{Store, StoreError};

use super::weather::rounds;
use super::{Folder, all, name, record, records, said};

/// Flips bits of the file, one at a time, and reads all of it.
#[tokio::test]
async fn a_flipped_bit_is_told_or_harmless() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let runs = ["a", "b", "c"].map(name);
    for run in &runs {
        let written = records(&Hash::NONE, 0, 40, "a text that is neither short nor long");
        store.append(run, Hash::NONE, written, None).await.unwrap();
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
    eprintln!("{seen} flips told, {harmless} harmless");
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

/// Where the file is that a process of the test writes to while its disk fails.
pub(super) const FILE: &str = "LEVERFRAME_TEST_FAILING_DISK";
/// Whether it does not wait for its disk.
pub(super) const FAULT: &str = "LEVERFRAME_TEST_IMPATIENT";

/// The process whose disk fails: writes, tells what was acknowledged, and goes on after failures.
#[test]
fn writer_on_a_failing_disk() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let impatient = std::env::var_os(FAULT).is_some();
        let fault = if impatient { Fault::SyncNormal } else { Fault::None };
        let Ok(mut store) = SqliteStore::open_with(file.as_ref(), fault) else { return };
        let main = name("main");
        let (mut end, mut version) = (Hash::NONE, 0);
        for number in 0..30 {
            if number % 12 == 11 {
                // Its end moves the log into the file.
                drop(store);
                let Ok(again) = SqliteStore::open_with(file.as_ref(), fault) else { return };
                store = again;
            }
            let record = record(&end, version, &format!("n{number}"), None);
            match store.append(&main, end, vec![record.clone()], None).await {
                Ok(()) => {
                    let line = format!("kept {version} n{number}\n");
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                    (end, version) = (record.hash, version + 1);
                }
                Err(
                    StoreError::Indeterminate(_)
                    | StoreError::Unavailable(_)
                    | StoreError::Poisoned(_)
                    | StoreError::Conflict { .. },
                ) => {
                    let Ok(page) = store.load(&main, Version(version), 100).await else { continue };
                    if let Some(last) = page.records.last() {
                        (end, version) = (last.hash, last.version.0 + 1);
                    }
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    });
}

/// Each call of one kind fails once, in a process of its own; whatever was acknowledged is there afterwards.
fn check_failing(call: &str, error: &str) {
    let (mut failed, mut kept) = (0, 0);
    for at in (1..rounds(60, 400)).step_by(if rounds(0, 1) == 0 { 4 } else { 1 }) {
        let folder = Folder::new();
        let inject = format!("inject={call}:error={error}:when={at}");
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o", "/dev/null", "-e", &inject])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "durable::damage::writer_on_a_failing_disk", "--nocapture"])
            .args(["--test-threads", "1"])
            .env(FILE, folder.file())
            .stdout(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        let acknowledged: Vec<(usize, &str)> = text
            .lines()
            .filter_map(|line| line.split_once("kept ")?.1.split_once(' '))
            .map(|(version, text)| (version.parse().unwrap(), text))
            .collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let records = runtime.block_on(async {
            let store = SqliteStore::open(&folder.file()).unwrap();
            all(&store, &name("main")).await.unwrap()
        });
        let texts: Vec<_> = records.iter().map(said).collect();
        for (version, text) in &acknowledged {
            let found = texts.get(*version).map(String::as_str);
            assert_eq!(found, Some(*text), "{call} {at} fails with {error}: {texts:?}");
        }
        failed += u32::from(acknowledged.len() < 30);
        kept += acknowledged.len();
    }
    eprintln!(
        "{call} fails with {error}: {failed} processes noticed, {kept} records kept, none lost"
    );
    assert!(failed > 0, "no failure was ever noticed");
}

#[cfg(target_os = "linux")]
#[test]
fn a_failing_disk_makes_no_false_acknowledgement() {
    if !super::has_strace() {
        return;
    }
    for (call, error) in [
        ("fsync,fdatasync", "EIO"),
        ("pwrite64", "EIO"),
        ("pwrite64", "ENOSPC"),
        ("ftruncate", "EIO"),
    ] {
        check_failing(call, error);
    }
}
