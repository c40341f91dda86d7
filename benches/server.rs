//! What the ready-made server costs: the size of the program, the time to its first answer, the memory at rest.
//!
//! `cargo bench --bench server` measures the optimized program; `cargo bench --bench server -- --build` also builds it
//! as `cargo run -- demo` does, into an empty folder, and counts the crates.

#![expect(clippy::print_stdout, reason = "the figures are the output")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const STARTS: usize = 101;

/// What a client of revision 2026-07-28 says first.
const DISCOVER: &str = r#"{"jsonrpc":"2.0","id":1,"method":"server/discover","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"bench","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;

/// What one of the revisions before it says first.
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;

struct Server {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_leverframe"))
            .args(["serve", "--store", "memory"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        Ok(Self { child, input, output })
    }

    fn ask(&mut self, request: &str) -> Result<String, Box<dyn Error>> {
        writeln!(self.input, "{request}")?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        if answer.contains("\"result\"") { Ok(answer) } else { Err(answer.into()) }
    }

    /// Its resident memory in KiB, if the system reports it.
    fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.trim().trim_end_matches(" kB").trim().parse().ok()
    }

    fn end(self) -> Result<(), Box<dyn Error>> {
        let Self { mut child, input, output } = self;
        drop((input, output));
        let status = child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status}").into())
        }
    }
}

/// From the start of the process to its first answer: the median and the slowest of many.
fn first_answer(request: &str) -> Result<(Duration, Duration), Box<dyn Error>> {
    let mut times = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        let begin = Instant::now();
        let mut server = Server::start()?;
        server.ask(request)?;
        times.push(begin.elapsed());
        server.end()?;
    }
    times.sort();
    let at = |place| times.get::<usize>(place).copied().unwrap_or_default();
    Ok((at(STARTS / 2), at(STARTS - 1)))
}

fn build() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cold");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let cargo = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
        command.env("CARGO_TARGET_DIR", &folder);
        command
    };
    let begin = Instant::now();
    if !cargo(&["build", "--locked"]).status()?.success() {
        return Err("the build failed".into());
    }
    println!("| cold build, unoptimized | {:.0} s |", begin.elapsed().as_secs_f64());
    let tree =
        cargo(&["tree", "--locked", "--edges", "normal,build", "--prefix", "none"]).output()?;
    let text = String::from_utf8(tree.stdout)?;
    let crates: BTreeSet<_> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    println!("| crates, with those of macros | {} |", crates.len());
    fs::remove_dir_all(&folder)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("| what | figure |\n|---|---:|");
    if arguments.iter().any(|argument| argument == "--build") {
        build()?;
    }
    let bytes = fs::metadata(env!("CARGO_BIN_EXE_leverframe"))?.len();
    println!("| program, optimized and stripped | {:.1} MB |", bytes as f64 / 1e6);
    for (revision, request) in [("2026-07-28", DISCOVER), ("2025-11-25", INITIALIZE)] {
        let (median, slowest) = first_answer(request)?;
        let [median, slowest] = [median, slowest].map(|time| time.as_secs_f64() * 1e3);
        println!(
            "| first answer by {revision}, median (slowest) of {STARTS} | {median:.1} ms ({slowest:.1} ms) |"
        );
    }
    let mut server = Server::start()?;
    server.ask(DISCOVER)?;
    match server.resident() {
        Some(resident) => println!("| resident at rest | {:.1} MiB |", resident as f64 / 1024.0),
        None => println!("| resident at rest | not reported by this system |"),
    }
    server.end()
}
