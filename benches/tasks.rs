//! What tasks cost on SQLite: tasks a second, and the time from a record that starts a task to the start of its attempt,
//! while other tasks are in flight.
//!
//! `cargo bench --bench tasks` prints the tables; `-- --dir PATH` measures the disk of another folder, and `-- --dbos PYTHON`
//! measures DBOS on SQLite in between, by a Python that has `dbos`.

#![expect(clippy::print_stdout, reason = "the figures are the output")]
#![expect(clippy::cast_precision_loss, reason = "figures are rounded")]

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use leverframe::caller::{Caller, Way};
use leverframe::record::{Position, RunId, Version};
use leverframe::runs::{Request, RunLimits, Runs};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{PageLimit, Store};
use leverframe::task::{Attempt, TaskError};
use tokio::sync::mpsc;

#[path = "../examples/checkout/machine.rs"]
mod machine;
use machine::checkout::{Charge, Checkout, Tasks, events, outcomes, worker};

type Done<T> = Result<T, Box<dyn Error>>;

/// How long each figure is taken.
const SPAN: Duration = Duration::from_secs(5);
/// The tasks that are due at once.
const DUE: usize = 10_000;
const PAGE: PageLimit = PageLimit::new(512, 4 << 20);

fn main() -> Done<()> {
    let folder = option("--dir")
        .map_or_else(std::env::temp_dir, PathBuf::from)
        .join(format!("leverframe-bench-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    println!(
        "| way | in flight | tasks/s | from record to start, p50 ms | p99 ms | from call to outcome, p50 ms | p99 ms |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|");
    for callers in [1, 8, 64] {
        runtime.block_on(in_flight(&folder.join(format!("{callers}.db")), callers))?;
        if let Some(python) = option("--dbos") {
            dbos(&python, &folder, callers)?;
        }
    }
    runtime.block_on(due_at_once(&folder.join("due.db")))?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// The value of an option of the command line.
fn option(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}

/// Prints the row of DBOS.
fn dbos(python: &str, folder: &Path, callers: usize) -> Done<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/tasks_dbos.py");
    let mut command = Command::new(python);
    command.arg(script).arg(folder).args([SPAN.as_secs().to_string(), callers.to_string()]);
    let Output { status, stdout, stderr } = command.output()?;
    if !status.success() {
        return Err(String::from_utf8_lossy(&stderr).into());
    }
    print!("{}", String::from_utf8_lossy(&stdout));
    Ok(())
}

/// A shop whose cards are all declined, so that an order can be placed again.
#[derive(Clone, Default)]
struct Shop {
    starts: Arc<Mutex<HashMap<String, Instant>>>,
}

impl Tasks for Shop {
    async fn charge(&self, _: Charge, attempt: Attempt) -> Result<outcomes::Charge, TaskError> {
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        starts.insert(attempt.run, Instant::now());
        Ok(events::Declined.into())
    }

    async fn pay_back(&self, _: String, _: Attempt) -> Result<outcomes::PayBack, TaskError> {
        Ok(events::Refunded.into())
    }
}

impl Shop {
    /// When the last attempt at the task of a run began.
    fn start(&self, run: &RunId) -> Option<Instant> {
        let mut starts = self.starts.lock().unwrap_or_else(PoisonError::into_inner);
        starts.remove(&format!("{}/{}", run.owner, run.name))
    }
}

/// The times of one task.
struct Times {
    /// From the acknowledgement of the record that starts it to the start of its attempt.
    start: Duration,
    /// From the call that starts it to the outcome, read from the store.
    whole: Duration,
}

/// So many callers, each with a run of its own, start a task, wait for its outcome, and start the next.
async fn in_flight(path: &Path, callers: usize) -> Done<()> {
    let (store, shop) = (Arc::new(SqliteStore::open(path)?), Shop::default());
    let runs = Runs::<Checkout>::new(store.clone()).with_worker(worker(shop.clone()));
    let ids = (0..callers).map(id).collect::<Done<Vec<_>>>()?;
    let mut outcomes = HashMap::new();
    let mut waiting = Vec::new();
    for id in &ids {
        runs.start(&caller()?, id, None).await?;
        let (send, receive) = mpsc::channel(1);
        outcomes.insert(id.clone(), send);
        waiting.push((id, receive));
    }
    let begin = Instant::now();
    let calls = waiting.into_iter().map(async |(id, mut outcome)| -> Done<Vec<Times>> {
        let mut times = Vec::new();
        while begin.elapsed() < SPAN {
            let called = Instant::now();
            place(&runs, id).await?;
            let recorded = Instant::now();
            let ended: Instant = outcome.recv().await.ok_or("an outcome")?;
            let start = shop.start(id).ok_or("a start")?.saturating_duration_since(recorded);
            times.push(Times { start, whole: ended - called });
        }
        Ok(times)
    });
    let times = tokio::select! {
        times = futures::future::join_all(calls) => times.into_iter().collect::<Done<Vec<_>>>()?,
        never = runs.drive() => match never {},
        failed = follow(&*store, &outcomes) => return Err(failed.err().ok_or("the reader ends")?),
    };
    let times = times.into_iter().flatten().collect::<Vec<_>>();
    let rate = times.len() as f64 / begin.elapsed().as_secs_f64();
    let mut starts: Vec<_> = times.iter().map(|times| times.start).collect();
    let mut wholes: Vec<_> = times.iter().map(|times| times.whole).collect();
    println!(
        "| Leverframe | {callers} | {rate:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
        percentile(&mut starts, 50),
        percentile(&mut starts, 99),
        percentile(&mut wholes, 50),
        percentile(&mut wholes, 99),
    );
    Ok(())
}

/// Tells the callers of outcomes, which it reads from the store.
async fn follow(
    store: &dyn Store,
    outcomes: &HashMap<RunId, mpsc::Sender<Instant>>,
) -> Done<Infallible> {
    let (mut appends, mut place) = (store.watch(), Position::START);
    loop {
        appends.borrow_and_update();
        let page = store.log(place, PAGE).await?;
        let Some(last) = page.last() else {
            appends.changed().await?;
            continue;
        };
        place = last.position;
        // The records of a run are its start, and then an order and its outcome in turn.
        let is_outcome = |version: Version| version.0 > 0 && version.0.is_multiple_of(2);
        for logged in page.iter().filter(|logged| is_outcome(logged.record.version)) {
            if let Some(caller) = outcomes.get(&logged.run) {
                caller.send(Instant::now()).await?;
            }
        }
    }
}

/// How long the tasks of many runs take that are due at once.
async fn due_at_once(path: &Path) -> Done<()> {
    let store = Arc::new(SqliteStore::open(path)?);
    let mut limits = RunLimits::default();
    limits.runs_per_principal = u64::MAX;
    let runs = Runs::<Checkout>::new(store.clone()).with_limits(limits);
    let runs = runs.with_worker(worker(Shop::default()));
    let ids = (0..DUE).map(id).collect::<Done<Vec<_>>>()?;
    let placing = futures::stream::iter(&ids).map(async |id| -> Done<()> {
        runs.start(&caller()?, id, None).await?;
        place(&runs, id).await
    });
    let placed = placing.buffer_unordered(512).collect::<Vec<_>>().await;
    placed.into_iter().collect::<Done<Vec<_>>>()?;
    let begin = Instant::now();
    let mut appends = store.watch();
    let ended = async {
        while store.next_due_note(chrono::DateTime::<chrono::Utc>::MIN_UTC).await?.is_some() {
            appends.changed().await?;
        }
        Ok::<_, Box<dyn Error>>(())
    };
    tokio::select! {
        ended = ended => ended?,
        never = runs.drive() => match never {},
    }
    let took = begin.elapsed().as_secs_f64();
    println!("\n{DUE} tasks due at once: {took:.1} s, {:.0} a second", DUE as f64 / took);
    Ok(())
}

async fn place(runs: &Runs<Checkout>, id: &RunId) -> Done<()> {
    let place = events::Place { cents: 1_200, card: "tok_1".to_owned() };
    runs.apply(&caller()?, id, place.into(), Request::new()).await?;
    Ok(())
}

/// A percentile, in milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times.get(times.len() * percent / 100).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
}

fn caller() -> Done<Caller> {
    Ok(Caller::new("bench".parse()?, Way::Program))
}

fn id(number: usize) -> Done<RunId> {
    Ok(RunId::new(caller()?.principal().clone(), format!("r{number}").parse()?))
}
