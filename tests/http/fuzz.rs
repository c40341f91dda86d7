//! The hostile client of `mcp/fuzz` over HTTP, with connections that are cut, left half open, flooded, or not HTTP.

mod attacker;

use fastrand::Rng;
use futures::future::join_all;
use tokio::process::Command;

use self::attacker::Attacker;
use super::Program;
use crate::durable::weather::rounds;
use crate::mcp::fuzz::witness::Witness;
use crate::mcp::fuzz::{SUBJECTS, assault};

/// The clients that attack one server at once, and the calls of each.
const CLIENTS: usize = 8;
const CALLS: usize = 125;
/// The maximum memory of a server, whatever it is sent.
const MEMORY: usize = 128 << 20;

#[tokio::test]
async fn a_hostile_client_over_http() {
    let stores = rounds(10_000, 500_000) / (CLIENTS * CALLS);
    assault("over HTTP", stores, CLIENTS * CALLS, MEMORY, async |folder, seed| {
        let subject = &SUBJECTS[usize::from(seed.is_multiple_of(2))];
        let witness = Witness::new(subject);
        let store = folder.path(&format!("{seed}.db"));
        let mut command = Command::new((subject.program)());
        command.args(["serve", "--http", "127.0.0.1:0", "--store", &store]);
        let mut program = Program::of(command).await;
        let mut rng = Rng::with_seed(seed);
        let seeds = std::iter::repeat_with(|| rng.u64(..)).take(CLIENTS);
        let attackers = join_all(seeds.map(|seed| Attacker::new(&program, seed, &witness))).await;
        join_all(attackers.into_iter().map(|attacker| attacker.run(CALLS))).await;
        witness.weigh(&program.process);
        program.signal("TERM").await;
        let (status, log) = program.ends().await;
        assert!(status.success() && !log.contains("panicked"), "store {seed}: {status}: {log}");
        witness.check(subject, &store).await
    })
    .await;
}
