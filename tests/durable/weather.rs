//! Processes that are killed, at any moment.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use leverframe::record::{Hash, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Store, StoreError};

use super::harness::Fault;
use super::{Folder, after, all, at_most, name, record, report, said};

/// Where the file is that a process of the test writes to; the process does nothing else.
const FILE: &str = "LEVERFRAME_TEST_WRITE_TO";
/// Which fault it is seeded with.
const FAULT: &str = "LEVERFRAME_TEST_FAULT";

/// How often, and by how many at once.
pub(super) struct Rounds {
    pub(super) rounds: u64,
    pub(super) processes: usize,
}

/// `LEVERFRAME_FULL=1` makes it long.
pub(crate) fn rounds<T>(short: T, full: T) -> T {
    if std::env::var_os("LEVERFRAME_FULL").is_some() { full } else { short }
}

/// The process that is killed: appends to one run with all others, and tells each record that is acknowledged.
#[test]
fn writer() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let fault = if std::env::var_os(FAULT).is_some() { Fault::EarlyAnswer } else { Fault::None };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(file.as_ref()).unwrap());
        futures::future::join_all((0..4).map(|run| append_forever(&store, run, fault))).await;
    });
}

async fn append_forever(store: &Arc<SqliteStore>, run: u32, fault: Fault) {
    let run = name(&format!("r{run}"));
    let us = std::process::id();
    let (mut end, mut version) = (Hash::NONE, 0);
    for number in 0_u64.. {
        let text = format!("{us}-{number}");
        loop {
            let record = record(&end, version, &text, None);
            match fault.append(store, after(&run, end, vec![record.clone()])).await {
                Ok(_) => {
                    let line = format!("kept {} {version} {text}\n", run.name);
                    // One write, so that a kill leaves a whole line or none.
                    std::io::stderr().write_all(line.as_bytes()).unwrap();
                    (end, version) = (record.hash, version + 1);
                    break;
                }
                Err(StoreError::Conflict { .. }) => {
                    let page = store.load(&run, Version(version), at_most(100_000)).await.unwrap();
                    let known = (page.after == end).then_some(page.records).unwrap();
                    let last = known.last().unwrap();
                    (end, version) = (last.hash, last.version.0 + 1);
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

fn start(folder: &Folder, fault: Fault) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "durable::weather::writer", "--nocapture", "--test-threads", "1"]);
    command.env(FILE, folder.file()).stdin(Stdio::null()).stdout(Stdio::null());
    if fault != Fault::None {
        command.env(FAULT, "1");
    }
    command.stderr(Stdio::piped()).spawn().unwrap()
}

/// Kills processes that write to one file, each time after another number of acknowledged records, and looks at what
/// is left. Says what is wrong.
pub(super) fn kills(fault: Fault, how: &Rounds) -> Result<(), String> {
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut folder = Folder::new();
    let mut kept: Vec<(String, usize, String)> = Vec::new();
    let (mut slowest, mut total) = (Duration::ZERO, 0);
    for round in 0..how.rounds {
        if round % 50 == 0 {
            // A history that is looked at whole after each round has to stay short.
            (folder, kept) = (Folder::new(), Vec::new());
        }
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let enough = random >> 58;
        let before = kept.len();
        kept.extend(round_of(&folder, fault, how.processes, enough));
        total += kept.len() - before;
        let begin = Instant::now();
        let store = SqliteStore::open(&folder.file()).map_err(|error| format!("{error:?}"))?;
        slowest = slowest.max(begin.elapsed());
        look(&store, &kept).map_err(|wrong| format!("round {round}: {wrong}"))?;
    }
    report(
        "kill -9",
        &format!(
            "{} rounds of {} processes: {total} records acknowledged, 0 lost; the slowest start took \
             {slowest:.1?}",
            how.rounds, how.processes
        ),
    );
    Ok(())
}

/// One round: what was acknowledged before all were killed.
pub(super) fn round_of(
    folder: &Folder,
    fault: Fault,
    processes: usize,
    enough: u64,
) -> Vec<(String, usize, String)> {
    let mut children: Vec<_> = (0..processes).map(|_| start(folder, fault)).collect();
    let (lines, received) = mpsc::channel();
    let readers: Vec<_> = children
        .iter_mut()
        .map(|child| {
            let (output, lines) = (child.stderr.take().unwrap(), lines.clone());
            std::thread::spawn(move || {
                for line in BufReader::new(output).split(b'\n') {
                    if lines.send(String::from_utf8(line.unwrap()).unwrap()).is_err() {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(lines);
    let mut told: Vec<String> = Vec::new();
    while told.len() as u64 <= enough {
        told.push(received.recv().expect("the processes write until they are killed"));
    }
    for child in &mut children {
        child.kill().unwrap();
    }
    for mut child in children {
        child.wait().unwrap();
    }
    told.extend(received);
    for reader in readers {
        reader.join().unwrap();
    }
    let wrong: Vec<_> = told.iter().filter(|line| !line.starts_with("kept ")).collect();
    assert!(wrong.is_empty(), "a process failed by itself: {wrong:?}");
    told.iter()
        .map(|line| {
            let parts: Vec<_> = line.split(' ').collect();
            let [_, run, version, text] = parts[..] else { panic!("{line}") };
            (run.to_owned(), version.parse().unwrap(), text.to_owned())
        })
        .collect()
}

/// Looks whether all that was acknowledged is there, once, without a gap.
pub(super) fn look(store: &SqliteStore, kept: &[(String, usize, String)]) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for run in (0..4).map(|run| format!("r{run}")) {
        let records = runtime.block_on(all(store, &name(&run)));
        let records = records.map_err(|error| format!("{error:?}"))?;
        let texts: Vec<_> = records.iter().map(said).collect();
        if texts.iter().collect::<HashSet<_>>().len() != texts.len() {
            return Err(format!("a record of {run} is there twice"));
        }
        for (_, version, text) in kept.iter().filter(|(kept, ..)| *kept == run) {
            if texts.get(*version) != Some(text) {
                return Err(format!("record {version} of {run} is lost"));
            }
        }
    }
    Ok(())
}

#[test]
fn what_was_acknowledged_outlives_kill_9() {
    let [most, some, few] = [(100, 3_400), (100, 3_300), (100, 3_300)];
    for (processes, (short, full)) in [(1, most), (2, some), (4, few)] {
        kills(Fault::None, &Rounds { rounds: rounds(short, full), processes }).unwrap();
    }
}
