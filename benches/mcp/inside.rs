//! The same calls on SQLite inside this process, without a protocol: what is left for the protocol to lose.

use std::cell::Cell;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use leverframe::api::{Api, ApiLimits, Style};
use leverframe::caller::{Caller, Way};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::sqlite::SqliteStore;
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};

use super::Done;
use super::mix::arguments;
use super::rate::Rate;

pub(crate) struct Inside {
    runtime: Runtime,
    api: Api<Orchestrator>,
    caller: Caller,
    /// The next call of each caller.
    steps: Vec<Cell<usize>>,
}

impl Inside {
    pub(crate) fn start(store: &Path, callers: usize) -> Done<Self> {
        let runs = Runs::new(Arc::new(SqliteStore::open(store)?));
        let api = Api::new(runs, Style::Target, ApiLimits::default())?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let caller = Caller::new("bench".parse()?, Way::Program);
        let inside = Self { runtime, api, caller, steps: vec![Cell::new(0); callers] };
        for place in 0..callers {
            let run = json!({"run": format!("r{place}")});
            inside.runtime.block_on(inside.call("start_run", run))?;
        }
        Ok(inside)
    }

    async fn call(&self, name: &str, arguments: Value) -> Done<()> {
        let operation = self.api.operation(name).ok_or("an operation")?;
        let arguments: Map<String, Value> = serde_json::from_value(arguments)?;
        let answer = self.api.call(&self.caller, operation, arguments).await;
        if answer.is_refusal() { Err(answer.into_text().into()) } else { Ok(()) }
    }

    pub(crate) fn measure(&mut self, span: Duration) -> Done<Rate> {
        let begin = Instant::now();
        let calling = async |place: usize, next: &Cell<usize>| -> Done<Vec<Duration>> {
            let (run, mut times) = (format!("r{place}"), Vec::new());
            while begin.elapsed() < span {
                let sent = Instant::now();
                let (tool, arguments) = arguments(&run, next.get());
                self.call(tool, arguments).await?;
                next.set(next.get() + 1);
                times.push(sent.elapsed());
            }
            Ok(times)
        };
        let callers = self.steps.iter().enumerate().map(|(place, next)| calling(place, next));
        let times = self.runtime.block_on(futures::future::join_all(callers));
        let times = times.into_iter().collect::<Done<Vec<_>>>()?.concat();
        Ok(Rate::of(times, begin.elapsed()))
    }
}
