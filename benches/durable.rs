//! What durable runs cost, beside the floor of the same disk in the same run: records that are acknowledged after the
//! disk has them, the start with a million records, bytes and memory.
//!
//! `cargo bench --bench durable` prints the tables; `-- --dir PATH` measures the disk of another folder.

#![expect(clippy::print_stdout, reason = "the figures are the output")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded")]

use std::cell::RefCell;
use std::error::Error;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use leverframe::caller::{Caller, Way};
use leverframe::clock::{Clock, SystemClock};
use leverframe::orchestrator::{Orchestrator, events};
use leverframe::record::{Configuration, Entry, Hash, Program, Record, RunId, Version};
use leverframe::runs::{Request, RunLimits, Runs};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Append, PageLimit, Store};
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::{mpsc, oneshot};

type Done<T> = Result<T, Box<dyn Error>>;

/// The payload of an event, in bytes.
const EVENT: usize = 300;
/// The runs over which the callers spread.
const RUNS: usize = 1000;
/// How long each figure is taken in each round, and how many rounds there are.
const SPAN: Duration = Duration::from_secs(1);
const ROUNDS: usize = 5;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let given = arguments.iter().position(|argument| argument == "--dir");
    let base = given.and_then(|place| arguments.get(place + 1)).map(PathBuf::from);
    let folder = base
        .unwrap_or_else(std::env::temp_dir)
        .join(format!("leverframe-bench-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let done = runtime.block_on(async {
        rates(&folder).await?;
        start(&folder).await?;
        growth(&folder).await?;
        conversation(&folder).await?;
        memory().await
    });
    fs::remove_dir_all(&folder)?;
    done
}

/// What one kind of log does for a number of callers.
struct Rate {
    a_second: f64,
    /// In milliseconds.
    p99: f64,
}

/// Takes the floor, the log and the store in turn, so that what else goes on meets all three, and prints the medians.
/// The ratios are medians as well, each of a round's own figures.
async fn rates(folder: &Path) -> Done<()> {
    println!(
        "| callers | fsync/s | log, grouped /s | p99 ms | SQLite /s | p99 ms | × fsync | % of the log | p99 × |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for callers in [1, 8, 64] {
        let mut runs = Started::new(&folder.join(format!("{callers}.db"))).await?;
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let floor = fsyncs(&folder.join("floor"))?;
            let log = logged(&folder.join("log"), callers).await?;
            rounds.push((floor, log, stored(&mut runs, callers).await?));
        }
        let of = |figure: &dyn Fn(f64, &Rate, &Rate) -> f64| {
            median(rounds.iter().map(|(floor, log, store)| figure(*floor, log, store)).collect())
        };
        println!(
            "| {callers} | {:.0} | {:.0} | {:.2} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} |",
            of(&|floor, _, _| floor),
            of(&|_, log, _| log.a_second),
            of(&|_, log, _| log.p99),
            of(&|_, _, store| store.a_second),
            of(&|_, _, store| store.p99),
            of(&|floor, _, store| store.a_second / floor),
            of(&|_, log, store| 100.0 * store.a_second / log.a_second),
            of(&|_, log, store| store.p99 / log.p99),
        );
    }
    Ok(())
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How often a second the disk takes one record and says so.
fn fsyncs(path: &Path) -> Done<f64> {
    let mut file = File::create(path)?;
    let (begin, mut count) = (Instant::now(), 0);
    while begin.elapsed() < SPAN {
        file.write_all(&[7; EVENT])?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begin.elapsed().as_secs_f64())
}

/// A file to which a thread appends whatever waits, and then answers. It has no checksums, lengths or index, and so is
/// faster than a log that could be read back.
async fn logged(path: &Path, callers: usize) -> Done<Rate> {
    let mut file = File::create(path)?;
    let (sender, mut waiting) = mpsc::channel::<oneshot::Sender<()>>(1024);
    let thread = std::thread::spawn(move || -> std::io::Result<()> {
        let mut batch = Vec::new();
        while waiting.blocking_recv_many(&mut batch, 512) > 0 {
            file.write_all(&vec![7; EVENT * batch.len()])?;
            file.sync_data()?;
            for reply in batch.drain(..) {
                // A caller that is gone has no use for it.
                let _ = reply.send(());
            }
        }
        Ok(())
    });
    let rate = measured(callers, async |_, _| {
        let (reply, answer) = oneshot::channel();
        sender.send(reply).await?;
        Ok(answer.await?)
    })
    .await?;
    drop(sender);
    thread.join().map_err(|_| "the log's thread panicked")??;
    Ok(rate)
}

/// A store with the runs that are driven, and where each of them ends.
struct Started {
    store: SqliteStore,
    ids: Vec<RunId>,
    heads: Vec<(Hash, Version)>,
}

impl Started {
    async fn new(path: &Path) -> Done<Self> {
        let store = SqliteStore::open(path)?;
        let ids = (0..RUNS).map(|run| id(&format!("r{run}"))).collect::<Done<Vec<_>>>()?;
        let first = first()?;
        let start = |id: &RunId| store.append(appended(id, Hash::NONE, vec![first.clone()]));
        futures::future::try_join_all(ids.iter().map(start)).await?;
        Ok(Self { store, ids, heads: vec![(first.hash, first.version); RUNS] })
    }
}

async fn stored(runs: &mut Started, callers: usize) -> Done<Rate> {
    let Started { store, ids, heads } = runs;
    let event = event()?;
    let heads = RefCell::new(heads);
    measured(callers, async |caller, turn| {
        // Each caller has runs of its own, so that none conflicts.
        let place = (turn * callers + caller) % (RUNS / callers * callers);
        let head = heads.borrow().get(place).copied();
        let (hash, version) = head.ok_or("a run")?;
        let record = next(&hash, version, &event)?;
        let (end, at) = (record.hash, record.version);
        store.append(appended(ids.get(place).ok_or("a run")?, hash, vec![record])).await?;
        if let Some(head) = heads.borrow_mut().get_mut(place) {
            *head = (end, at);
        }
        Ok(())
    })
    .await
}

/// Lets callers call for a while, each again once it has its answer.
async fn measured(callers: usize, call: impl AsyncFn(usize, usize) -> Done<()>) -> Done<Rate> {
    let begin = Instant::now();
    let all = futures::future::join_all((0..callers).map(async |caller| -> Done<Vec<Duration>> {
        let mut times = Vec::new();
        while begin.elapsed() < SPAN {
            let sent = Instant::now();
            call(caller, times.len()).await?;
            times.push(sent.elapsed());
        }
        Ok(times)
    }));
    let mut times = all.await.into_iter().collect::<Done<Vec<_>>>()?.concat();
    let a_second = times.len() as f64 / begin.elapsed().as_secs_f64();
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Rate { a_second, p99: p99.as_secs_f64() * 1e3 })
}

/// A store of a million records, and how soon it is ready: after a good end, and after none.
async fn start(folder: &Path) -> Done<()> {
    let path = folder.join("million.db");
    let store = SqliteStore::open(&path)?;
    let event = event()?;
    let begin = Instant::now();
    for run in 0..RUNS {
        let mut records = vec![first()?];
        while records.len() < 1000 {
            let last = records.last().ok_or("a record")?;
            let record = next(&last.hash, last.version, &event)?;
            records.push(record);
        }
        store.append(appended(&id(&format!("r{run}"))?, Hash::NONE, records)).await?;
    }
    println!("\n1,000,000 records written in {:.1} s", begin.elapsed().as_secs_f64());
    let copy = folder.join("killed.db");
    for end in ["", "-wal"] {
        let [from, to] = [&path, &copy].map(|path| format!("{}{end}", path.display()));
        fs::copy(from, to)?;
    }
    drop(store);
    for (name, path) in [("a good end", &path), ("kill -9", &copy)] {
        let begin = Instant::now();
        let store = SqliteStore::open(path)?;
        let opened = begin.elapsed();
        let page = store.load(&id("r500")?, Version(990), PageLimit::new(20, 1 << 20)).await?;
        let read = begin.elapsed();
        assert_eq!(page.records.len(), 10);
        println!(
            "open after {name}: {:.1} ms, with the first page read {:.1} ms, {} MB",
            opened.as_secs_f64() * 1e3,
            read.as_secs_f64() * 1e3,
            path.metadata()?.len() / 1_000_000,
        );
    }
    Ok(())
}

/// Bytes on the disk for a history that grows.
async fn growth(folder: &Path) -> Done<()> {
    let path = folder.join("growth.db");
    let text = "x".repeat(EVENT);
    println!();
    let mut before = 0;
    for steps in [2_500, 5_000, 10_000_u64] {
        let runs = Runs::<Orchestrator>::new(Arc::new(SqliteStore::open(&path)?));
        let begin = Instant::now();
        let main = id("main")?;
        while runs.status(&main).await?.version.0 < steps {
            let event = events::StoreTaskData { key: "k".to_owned(), value: text.clone() };
            runs.apply(&caller()?, &main, event.into(), Request::new()).await?;
        }
        let took = begin.elapsed();
        drop(runs);
        let size = path.metadata()?.len();
        println!(
            "{steps} steps: {size} bytes, {} a record of {EVENT} bytes, the last part in {:.1} s",
            size / steps,
            took.as_secs_f64(),
        );
        assert!(size > before);
        before = size;
    }
    Ok(())
}

/// A conversation that grows to 80,000 messages of 500 bytes: what is written, and whether it slows down.
async fn conversation(folder: &Path) -> Done<()> {
    let mut limits = RunLimits::default();
    limits.context_bytes = 64 << 20;
    let store = Arc::new(SqliteStore::open(&folder.join("conversation.db"))?);
    let runs = Runs::<Orchestrator>::new(store).with_limits(limits);
    let (caller, main, message) = (caller()?, id("main")?, "x".repeat(500));
    let before = written();
    println!();
    for part in 1..=8 {
        let begin = Instant::now();
        for _ in 0..10_000 {
            let event = events::AddUserMessage { message: message.clone() };
            runs.apply(&caller, &main, event.into(), Request::new()).await?;
        }
        let rate = 10_000.0 / begin.elapsed().as_secs_f64();
        let written = written().zip(before).map(|(now, before)| (now - before) >> 20);
        let written = written.map_or(String::new(), |written| format!(", {written} MiB written"));
        println!("{} messages: {rate:.0} records/s{written}", part * 10_000);
    }
    Ok(())
}

/// The bytes that this process has passed to the system to write, if it reports that.
fn written() -> Option<u64> {
    let io = fs::read_to_string("/proc/self/io").ok()?;
    io.lines().find_map(|line| line.strip_prefix("wchar:"))?.trim().parse().ok()
}

/// Resident memory of many live runs, if the system reports it.
async fn memory() -> Done<()> {
    let many = 10_000;
    let with_live = |most| {
        let mut limits = RunLimits::default();
        limits.live_runs = most;
        Runs::<Orchestrator>::new(Arc::new(MemoryStore::new())).with_limits(limits)
    };
    let (runs, store_alone) = (with_live(many + 1), with_live(1));
    let before = resident();
    for runs in [&store_alone, &runs] {
        for number in 0..many {
            runs.start(&caller()?, &id(&format!("r{number}"))?, None).await?;
        }
        if let (Some(before), Some(now)) = (before, resident()) {
            println!("resident after {many} more runs: {} KiB more", now.saturating_sub(before));
        }
    }
    println!("the first are records in memory alone, the second live runs beside that");
    Ok(())
}

fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").trim().parse().ok()
}

fn event() -> Done<Box<RawValue>> {
    let text = "x".repeat(EVENT - "{\"say\":\"\"}".len());
    Ok(to_raw_value(&serde_json::json!({"say": text}))?)
}

fn caller() -> Done<Caller> {
    Ok(Caller::new("bench".parse()?, Way::Program))
}

fn id(name: &str) -> Done<RunId> {
    Ok(RunId::new(caller()?.principal().clone(), name.parse()?))
}

fn appended(id: &RunId, after: Hash, records: Vec<Record>) -> Append {
    Append::new(id.clone(), after, records, Hash::NONE)
}

fn first() -> Done<Record> {
    let (open, program) = (Configuration::of("OPEN"), Program::new(Hash::NONE, Hash::NONE));
    let entry = Entry::started("Bench", program, open, to_raw_value(&())?);
    let (time, actor) = (SystemClock.now(), caller()?.principal().clone().into());
    Ok(Record::new(&Hash::NONE, Version::START, time, actor, None, entry))
}

fn next(previous: &Hash, version: Version, event: &RawValue) -> Done<Record> {
    let open = Configuration::of("OPEN");
    let entry = Entry::applied(event.to_owned(), open.clone(), open, true);
    let (time, actor) = (SystemClock.now(), caller()?.principal().clone().into());
    Ok(Record::new(previous, version.next(), time, actor, None, entry))
}
