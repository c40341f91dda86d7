//! What a declaration costs: the expansion of a machine of 6, 50 and 300 states and the warm `cargo check` of its crate,
//! beside the same crate written by hand; and the size of a machine in memory.
//!
//! `cargo bench --bench cost` writes the crates, checks them several times, and prints medians.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod generated;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use leverframe::orchestrator::{Idle, Orchestrator, Workspace};

const STATES: [usize; 3] = [6, 50, 300];

/// What a machine of so many states may add to the check of its crate, in milliseconds.
const LIMITS: [(usize, f64); 2] = [(6, 300.0), (300, 5_000.0)];

/// Each crate is checked so often; the median counts.
const TIMES: usize = 7;

/// A crate of one machine.
struct Package {
    folder: PathBuf,
    source: String,
}

impl Package {
    fn new(name: &str, source: String) -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost").join(name);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = {name:?}\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             leverframe = {{ path = {:?}, default-features = false, features = [\"serde\"] }}\n\
             serde = {{ version = \"1\", default-features = false, features = [\"derive\"] }}\n",
            env!("CARGO_MANIFEST_DIR"),
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"),
            folder.join("Cargo.lock"),
        )?;
        let package = Self { folder, source };
        // The dependencies, which are warm from now on.
        package.check(0)?;
        Ok(package)
    }

    /// Checks the crate after a change, which the number makes.
    fn check(&self, change: usize) -> Result<(Duration, Output), Box<dyn Error>> {
        let source = format!("{}\n// {change}\n", self.source);
        fs::write(self.folder.join("src/lib.rs"), source)?;
        let begin = Instant::now();
        let output = Command::new(env!("CARGO"))
            .args(["rustc", "--lib", "--profile", "check", "--offline", "--", "-Ztime-passes"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cost/target"))
            // Allows `-Ztime-passes`, by which the compiler reports what its passes took.
            .env("RUSTC_BOOTSTRAP", "1")
            .output()?;
        let time = begin.elapsed();
        let log = String::from_utf8_lossy(&output.stderr);
        if output.status.success() { Ok((time, output)) } else { Err(log.into()) }
    }

    /// The medians of the expansion of all macros and of the whole check.
    fn measure(&self) -> Result<[Duration; 2], Box<dyn Error>> {
        let mut expansions = Vec::new();
        let mut checks = Vec::new();
        for change in 1..=TIMES {
            let (time, output) = self.check(change)?;
            checks.push(time);
            expansions.push(expansion(&output)?);
        }
        Ok([expansions, checks].map(|mut times| {
            times.sort();
            times.get(TIMES / 2).copied().unwrap_or_default()
        }))
    }
}

/// The time of the pass that expands macros: `time:   0.009; rss: … macro_expand_crate`.
fn expansion(output: &Output) -> Result<Duration, Box<dyn Error>> {
    let log = String::from_utf8_lossy(&output.stderr).into_owned()
        + &String::from_utf8_lossy(&output.stdout);
    let line = log.lines().find(|line| line.trim_end().ends_with("\tmacro_expand_crate"));
    let seconds = line.and_then(|line| line.trim_start().strip_prefix("time:"));
    let seconds = seconds.and_then(|rest| rest.split(';').next());
    Ok(Duration::from_secs_f64(seconds.ok_or("the compiler reports no times")?.trim().parse()?))
}

fn main() -> Result<(), Box<dyn Error>> {
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!(
        "| states | transitions | written | macros, ms | warm check, ms | more than by hand, ms |"
    );
    println!("|---:|---:|---|---:|---:|---:|");
    let mut over = false;
    for states in STATES {
        let mut by_hand = None;
        for (written, source) in generated::sources(states) {
            let name = format!("cost_{states}_{}", written.replace(['(', ')', ' '], "_"));
            let [macros, check] = Package::new(&name, source)?.measure()?;
            let [macros, check] = [macros, check].map(|time| time.as_secs_f64() * 1e3);
            let more = check - *by_hand.get_or_insert(check);
            let limit = LIMITS.iter().find(|(limited, _)| *limited == states);
            over |= limit.is_some_and(|(_, limit)| more > *limit);
            let transitions = states * generated::SOURCES;
            println!(
                "| {states} | {transitions} | {written} | {macros:.0} | {check:.0} | {more:.0} |"
            );
        }
    }
    println!("\n| in memory | bytes |\n|---|---:|");
    println!("| the orchestrator's context alone | {} |", size_of::<Workspace>());
    println!("| typed machine | {} |", size_of::<Orchestrator<Idle>>());
    println!("| runtime machine | {} |", size_of::<Orchestrator>());
    if over { Err(format!("a limit is passed: {LIMITS:?}").into()) } else { Ok(()) }
}
