//! A hostile client. It follows from a seed, which is printed; `LEVERFRAME_SEED` sets it. `LEVERFRAME_FULL=1` makes a
//! million calls.
//!
//! Each store serves some sessions, one after another, and is then held against what was acknowledged.

mod answer;
mod input;
mod ledger;
mod session;
mod values;

use std::path::PathBuf;
use std::time::Instant;

use futures::StreamExt;
use leverframe::Machine;
use leverframe::chart::Chart;
use leverframe::orchestrator::Orchestrator;
use tokio::process::Child;

use self::ledger::Ledger;
use self::session::Session;
use super::restarts::Folder;
use super::timeouts::example;
use crate::durable::weather::rounds;
use crate::walk::machines::Purchase;

/// The sessions of one store, and the calls of each.
const SESSIONS: usize = 4;
const CALLS: usize = 500;
/// The stores that are attacked at once.
const AT_ONCE: usize = 4;
/// The maximum memory of a server, whatever it is sent.
const MEMORY: usize = 64 << 20;

/// A machine, and the program that serves it.
struct Subject {
    chart: fn() -> &'static Chart,
    program: fn() -> PathBuf,
}

const SUBJECTS: [Subject; 2] = [
    Subject { chart: || Orchestrator::CHART, program: || env!("CARGO_BIN_EXE_leverframe").into() },
    Subject { chart: || Purchase::CHART, program: || example("purchase") },
];

/// What happened.
#[derive(Debug, Default)]
struct Counts {
    calls: usize,
    done: usize,
    refused: usize,
    errors: usize,
    acknowledged: usize,
    floods: usize,
    /// The maximum resident memory of a server, in bytes.
    peak: usize,
}

impl Counts {
    /// Notes how much memory a server has taken at most.
    fn see(&mut self, server: &Child) {
        let id = server.id().expect("the server runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak = line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024;
        self.peak = self.peak.max(peak);
    }
}

#[tokio::test]
async fn a_hostile_client_over_stdio() {
    let stores = rounds(20_000, 1_000_000) / (SESSIONS * CALLS);
    let seed: u64 = match std::env::var("LEVERFRAME_SEED") {
        Ok(seed) => seed.parse().expect("`LEVERFRAME_SEED` is a number"),
        Err(_) => 1,
    };
    eprintln!("seed {seed}: set `LEVERFRAME_SEED` to the seed of a store to begin with it");
    let begin = Instant::now();
    let folder = Folder::new("fuzz");
    let attacks = (0..stores as u64).map(|store| attack(&folder, seed.wrapping_add(store)));
    let counts: Vec<_> = futures::stream::iter(attacks).buffer_unordered(AT_ONCE).collect().await;
    let sum = |count: fn(&Counts) -> usize| counts.iter().map(count).sum::<usize>();
    let peak = counts.iter().map(|counts| counts.peak).max().unwrap_or_default();
    eprintln!(
        "{} calls in {:.1} s: {} done, {} refused, {} errors; {} records acknowledged; {} floods; at most {} MiB",
        sum(|counts| counts.calls),
        begin.elapsed().as_secs_f32(),
        sum(|counts| counts.done),
        sum(|counts| counts.refused),
        sum(|counts| counts.errors),
        sum(|counts| counts.acknowledged),
        sum(|counts| counts.floods),
        peak >> 20,
    );
    assert!(sum(|counts| counts.acknowledged) > sum(|counts| counts.calls) / 20);
    assert!(peak <= MEMORY, "{peak} bytes");
}

/// Attacks one store.
async fn attack(folder: &Folder, seed: u64) -> Counts {
    let (mut counts, mut ledger) = (Counts::default(), Ledger::default());
    let subject = &SUBJECTS[usize::from(seed.is_multiple_of(2))];
    let store = folder.path(&format!("{seed}.db"));
    for session in 0..SESSIONS as u64 {
        eprintln!("store {seed}, session {session}");
        let seed = seed.wrapping_mul(SESSIONS as u64).wrapping_add(session);
        Session::start(subject, &store, seed, &mut ledger, &mut counts).run(CALLS).await;
    }
    ledger.check(subject, &store).await;
    counts.acknowledged = ledger.len();
    counts
}
