//! A hostile client. It follows from a seed, which is printed; `LEVERFRAME_SEED` sets it. `LEVERFRAME_FULL=1` makes a
//! million calls.
//!
//! Each store serves some sessions, one after another, and is then held against what was acknowledged.

mod answer;
pub(crate) mod input;
mod ledger;
mod session;
mod values;
pub(crate) mod witness;

use std::path::PathBuf;
use std::time::Instant;

use futures::StreamExt;
use leverframe::Machine;
use leverframe::chart::Chart;
use leverframe::orchestrator::Orchestrator;

use self::session::Session;
use self::witness::{Counts, Witness};
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
pub(crate) struct Subject {
    pub(crate) chart: fn() -> &'static Chart,
    pub(crate) program: fn() -> PathBuf,
}

pub(crate) const SUBJECTS: [Subject; 2] = [
    Subject { chart: || Orchestrator::CHART, program: || env!("CARGO_BIN_EXE_leverframe").into() },
    Subject { chart: || Purchase::CHART, program: || example("purchase") },
];

#[tokio::test]
async fn a_hostile_client_over_stdio() {
    let stores = rounds(20_000, 1_000_000) / (SESSIONS * CALLS);
    assault("over stdio", stores, SESSIONS * CALLS, MEMORY, async |folder, seed| {
        let subject = &SUBJECTS[usize::from(seed.is_multiple_of(2))];
        let witness = Witness::new(subject);
        let store = folder.path(&format!("{seed}.db"));
        for session in 0..SESSIONS as u64 {
            eprintln!("store {seed}, session {session}");
            let seed = seed.wrapping_mul(SESSIONS as u64).wrapping_add(session);
            Session::start(subject, &store, seed, &witness).run(CALLS).await;
        }
        witness.check(subject, &store).await
    })
    .await;
}

/// Attacks so many stores, some at once, and reports what happened. Each attack makes `calls` calls.
pub(crate) async fn assault(
    way: &str,
    stores: usize,
    calls: usize,
    memory: usize,
    attack: impl AsyncFn(&Folder, u64) -> Counts,
) {
    let seed: u64 = match std::env::var("LEVERFRAME_SEED") {
        Ok(seed) => seed.parse().expect("`LEVERFRAME_SEED` is a number"),
        Err(_) => 1,
    };
    eprintln!("{way}, seed {seed}: `LEVERFRAME_SEED` begins with another store");
    let begin = Instant::now();
    let folder = Folder::new(&way.replace(' ', "-"));
    let attacks = (0..stores as u64).map(|store| attack(&folder, seed.wrapping_add(store)));
    let counts: Vec<_> = futures::stream::iter(attacks).buffer_unordered(AT_ONCE).collect().await;
    let sum = |count: fn(&Counts) -> usize| counts.iter().map(count).sum::<usize>();
    let peak = counts.iter().map(|counts| counts.peak).max().unwrap_or_default();
    eprintln!(
        "{way}: {} calls in {:.1} s: {} done, {} refused, {} errors; {} records acknowledged; {} floods; at most {} MiB",
        stores * calls,
        begin.elapsed().as_secs_f32(),
        sum(|counts| counts.done),
        sum(|counts| counts.refused),
        sum(|counts| counts.errors),
        sum(|counts| counts.acknowledged),
        sum(|counts| counts.floods),
        peak >> 20,
    );
    assert!(sum(|counts| counts.acknowledged) > stores * calls / 20, "too little is accepted");
    assert!(peak <= memory, "{peak} bytes");
}
