//! What a call costs over MCP: calls a second and their latency for a bare rmcp server with the same replies, for
//! Leverframe with runs in memory, and for Leverframe on SQLite, taken in turn; and what the servers take at rest.
//!
//! The client writes JSON-RPC itself, so that it costs little. Each caller sends its next call once it has its answer.
//!
//! `cargo bench --bench mcp` prints the tables; `-- --seconds 0.1` takes each figure for that long, `-- --rounds 1` so
//! often, `-- --runs 100` walks fewer runs, and `-- --dir PATH` keeps the stores in another folder.

#![expect(clippy::print_stdout, reason = "the figures are the output")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded")]

#[path = "mcp/bare.rs"]
mod bare;
#[path = "mcp/http.rs"]
mod http;
#[path = "mcp/inside.rs"]
mod inside;
#[path = "mcp/measured.rs"]
mod measured;
#[path = "mcp/mix.rs"]
mod mix;
#[path = "mcp/rate.rs"]
mod rate;
#[path = "mcp/stdio.rs"]
mod stdio;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use self::measured::Measured;
use self::mix::{Era, STEPS};
use self::rate::{Rate, median};

pub(crate) type Done<T> = Result<T, Box<dyn Error>>;

/// The numbers of callers.
const CALLERS: [usize; 3] = [1, 16, 64];
/// How often a server is started to see how long that takes.
const STARTS: usize = 51;
/// What is measured, and how.
struct Plan {
    folder: PathBuf,
    span: Duration,
    rounds: usize,
    /// The runs of the largest measurement.
    runs: usize,
}

/// How a server is reached.
#[derive(Clone, Copy)]
enum Way {
    Stdio,
    Http,
}

const WAYS: [(Way, &str); 2] = [(Way::Stdio, "stdio"), (Way::Http, "HTTP")];

/// A server that is measured.
#[derive(Clone, Copy)]
enum Kind {
    Bare,
    Memory,
    Sqlite,
}

const KINDS: [(Kind, &str); 3] = [
    (Kind::Bare, "bare rmcp"),
    (Kind::Memory, "Leverframe in memory"),
    (Kind::Sqlite, "Leverframe on SQLite"),
];

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        arguments.get(place + 1)
    };
    if let Some(replies) = given(bare::SERVE) {
        return bare::serve(Path::new(replies));
    }
    if let Some(replies) = given(bare::SERVE_HTTP) {
        return bare::serve_http(Path::new(replies));
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let seconds = given("--seconds").map_or(Ok(1.0), |seconds| seconds.parse())?;
    let rounds = given("--rounds").map_or(Ok(5), |rounds| rounds.parse())?;
    let runs = given("--runs").map_or(Ok(10_000), |runs| runs.parse())?;
    let base = given("--dir").map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = base.join(format!("leverframe-bench-mcp-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let plan = Plan { folder, span: Duration::from_secs_f64(seconds), rounds, runs };
    let done = plan.measure();
    fs::remove_dir_all(&plan.folder)?;
    done
}

impl Plan {
    fn measure(&self) -> Done<()> {
        bare::record(self)?;
        println!(
            "| client | callers | bare rmcp /s | p50 µs | p99 µs | in memory /s | p50 µs | p99 µs | × bare | SQLite /s | p50 µs | p99 µs | × inside |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        for (way, name) in WAYS {
            for era in [Era::Modern, Era::Legacy] {
                for callers in CALLERS {
                    self.rates(way, name, era, callers)?;
                }
            }
        }
        self.starts()?;
        self.many_runs()
    }

    /// Takes the servers in turn, so that what else goes on meets all of them, and prints the medians. The ratios are
    /// medians as well, each of a round's own figures.
    fn rates(&self, way: Way, name: &str, era: Era, callers: usize) -> Done<()> {
        let store = format!("{name}-{era}-{callers}");
        let mut clients = Vec::new();
        for (kind, _) in KINDS {
            clients.push(self.start(way, kind, &store, era, callers)?);
        }
        let inside = self.folder.join(format!("{store}-inside.db"));
        let mut inside = inside::Inside::start(&inside, callers)?;
        let mut rounds = Vec::new();
        for _ in 0..self.rounds {
            let mut round = Vec::new();
            for client in &mut clients {
                round.push(client.measure(self.span)?);
            }
            round.push(inside.measure(self.span)?);
            let round: [Rate; 4] = round.try_into().map_err(|_| "four figures")?;
            rounds.push(round);
        }
        for client in clients {
            client.end()?;
        }
        let of = |figure: &dyn Fn(&[Rate; 4]) -> f64| median(rounds.iter().map(figure).collect());
        println!(
            "| {name}, {era} | {callers} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} | {:.0} | {:.0} | {:.0} | {:.2} |",
            of(&|[bare, ..]| bare.a_second),
            of(&|[bare, ..]| bare.p50),
            of(&|[bare, ..]| bare.p99),
            of(&|[_, memory, ..]| memory.a_second),
            of(&|[_, memory, ..]| memory.p50),
            of(&|[_, memory, ..]| memory.p99),
            of(&|[bare, memory, ..]| memory.a_second / bare.a_second),
            of(&|[_, _, sqlite, _]| sqlite.a_second),
            of(&|[_, _, sqlite, _]| sqlite.p50),
            of(&|[_, _, sqlite, _]| sqlite.p99),
            of(&|[_, _, sqlite, inside]| sqlite.a_second / inside.a_second),
        );
        Ok(())
    }

    fn command(&self, way: Way, kind: Kind, store: &str) -> Command {
        let mut command = match (kind, way) {
            (Kind::Bare, Way::Stdio) => return bare::command(self, bare::SERVE),
            (Kind::Bare, Way::Http) => return bare::command(self, bare::SERVE_HTTP),
            _ => Command::new(env!("CARGO_BIN_EXE_leverframe")),
        };
        // The walk starts more runs than one principal may have by default.
        command.args(["serve", "--max-runs", "1000000", "--store"]);
        match kind {
            Kind::Sqlite => command.arg(self.folder.join(format!("{store}.db"))),
            _ => command.arg("memory"),
        };
        if let Way::Http = way {
            command.args(["--http", "127.0.0.1:0"]);
        }
        command
    }

    fn start(
        &self,
        way: Way,
        kind: Kind,
        store: &str,
        era: Era,
        callers: usize,
    ) -> Done<Box<dyn Measured>> {
        let command = self.command(way, kind, store);
        Ok(match way {
            Way::Stdio => Box::new(stdio::Client::start(command, era, callers)?),
            Way::Http => Box::new(http::Client::start(command, era, callers)?),
        })
    }

    /// How soon a server answers, and the memory that it takes.
    fn starts(&self) -> Done<()> {
        println!(
            "\n| server | first answer, median ms | slowest ms | resident at rest MiB | peak with 64 callers MiB |"
        );
        println!("|---|---:|---:|---:|---:|");
        for (way, through) in WAYS {
            for (kind, name) in KINDS {
                let mut times = Vec::with_capacity(STARTS);
                let mut rest = None;
                for start in 0..STARTS {
                    let store = format!("start-{through}-{start}");
                    let begin = Instant::now();
                    let client = self.start(way, kind, &store, Era::Modern, 0)?;
                    times.push(begin.elapsed().as_secs_f64() * 1e3);
                    rest = client.memory("VmRSS:");
                    client.end()?;
                }
                let slowest = times.iter().copied().fold(0.0, f64::max);
                let store = format!("peak-{through}");
                let mut client = self.start(way, kind, &store, Era::Modern, 64)?;
                client.measure(self.span)?;
                let peak = client.memory("VmHWM:");
                client.end()?;
                let [rest, peak] = [rest, peak].map(|size| size.unwrap_or(f64::NAN));
                println!(
                    "| {name}, {through} | {:.1} | {slowest:.1} | {rest:.1} | {peak:.1} |",
                    median(times)
                );
            }
        }
        Ok(())
    }

    /// Many runs on SQLite, by 64 callers. Each history has exactly the records that were acknowledged.
    fn many_runs(&self) -> Done<()> {
        let (callers, era) = (64, Era::Modern);
        let command = self.command(Way::Stdio, Kind::Sqlite, "many");
        let mut client = stdio::Client::start(command, era, callers)?;
        let rate = client.walk(self.runs)?;
        let wrong = client.check(self.runs, 1)?;
        Box::new(client).end()?;
        println!(
            "\n{} runs on SQLite by {callers} callers, {} calls each: {:.0} calls/s, p50 {:.0} µs, p99 {:.0} µs, {wrong} at a wrong version",
            self.runs,
            STEPS.len(),
            rate.a_second,
            rate.p50,
            rate.p99,
        );
        if wrong == 0 { Ok(()) } else { Err("runs have lost or gained records".into()) }
    }
}
