//! A client over pipes: one thread that reads whatever is there and writes the next calls.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Done;
use super::mix::{Era, RECORDED, STEPS};
use super::rate::Rate;

pub(crate) struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    era: Era,
    callers: Vec<Caller>,
    /// The bytes of calls that are to be sent.
    ready: Vec<u8>,
    line: Vec<u8>,
    last: u64,
}

/// One who calls and waits, on a run of its own.
struct Caller {
    run: String,
    step: usize,
    sent: Instant,
}

impl Client {
    /// Starts a server, and a run for each caller.
    pub(crate) fn start(mut command: Command, era: Era, callers: usize) -> Done<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = child.stdin.take().ok_or("no standard input")?;
        let output =
            BufReader::with_capacity(1 << 18, child.stdout.take().ok_or("no standard output")?);
        let caller = |caller| Caller { run: format!("r{caller}"), step: 0, sent: Instant::now() };
        let callers: Vec<_> = (0..callers).map(caller).collect();
        let (ready, line) = (Vec::new(), Vec::new());
        let mut client = Self { child, input, output, era, callers, ready, line, last: 0 };
        client.say(&era.first())?;
        client.hear()?;
        if era == Era::Legacy {
            client.say("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")?;
        }
        for place in 0..client.callers.len() {
            let run = client.callers.get(place).map(|caller| caller.run.clone());
            client.ask("start_run", &json!({"run": run}))?;
        }
        Ok(client)
    }

    fn say(&mut self, text: &str) -> Done<()> {
        Ok(self.input.write_all(text.as_bytes())?)
    }

    /// Reads one line of output.
    fn hear(&mut self) -> Done<()> {
        self.line.clear();
        let read = self.output.read_until(b'\n', &mut self.line)?;
        if read == 0 { Err("the server has closed its output".into()) } else { Ok(()) }
    }

    /// The result of one call of a tool.
    pub(crate) fn ask(&mut self, tool: &str, arguments: &Value) -> Done<Value> {
        self.last += 1;
        let params = json!({"name": tool, "arguments": arguments});
        self.say(&self.era.request(self.last, "tools/call", params))?;
        self.hear()?;
        let mut answer: Value = serde_json::from_slice(&self.line)?;
        let result = answer.get_mut("result").map(Value::take);
        let result = result.filter(|result| result.get("isError") != Some(&json!(true)));
        result.ok_or_else(|| format!("{tool}: {answer}").into())
    }

    /// Lets all callers call for a while.
    pub(crate) fn measure(&mut self, span: Duration) -> Done<Rate> {
        let begin = Instant::now();
        self.drive(|_| begin.elapsed() < span)
    }

    /// Takes so many runs once through all calls. Each caller has every so many runs.
    pub(crate) fn walk(&mut self, runs: usize) -> Done<Rate> {
        for place in 0..runs {
            self.ask("start_run", &json!({"run": walked(place)}))?;
        }
        let callers = self.callers.len();
        for (place, caller) in self.callers.iter_mut().enumerate() {
            (caller.run, caller.step) = (walked(place), 0);
        }
        self.drive(|caller| {
            let round = caller.step / STEPS.len();
            let place = caller.place + round * callers;
            if caller.step % STEPS.len() == 0 && round > 0 && place < runs {
                *caller.run = walked(place);
            }
            place < runs
        })
    }

    /// The number of runs whose version is not that after so many rounds of all calls.
    pub(crate) fn check(&mut self, runs: usize, rounds: u64) -> Done<usize> {
        let mut wrong = 0;
        for place in 0..runs {
            let answer = self.ask("get_current_state", &json!({"run": walked(place)}))?;
            let version = answer.pointer("/structuredContent/version").and_then(Value::as_u64);
            wrong += usize::from(version != Some(rounds * RECORDED));
        }
        Ok(wrong)
    }

    /// Lets each caller call as long as it has something to call.
    fn drive(&mut self, mut has_next: impl FnMut(&mut Turn<'_>) -> bool) -> Done<Rate> {
        let (begin, mut times, mut open) = (Instant::now(), Vec::new(), 0);
        for place in 0..self.callers.len() {
            open += usize::from(self.next(place, &mut has_next));
        }
        while open > 0 {
            // Calls are sent together once all answers that are there have been read.
            if !self.output.buffer().contains(&b'\n') && !self.ready.is_empty() {
                self.input.write_all(&self.ready)?;
                self.ready.clear();
            }
            self.hear()?;
            let place = self.answered()?;
            let caller = self.callers.get(place).ok_or("an answer to nobody")?;
            times.push(caller.sent.elapsed());
            if !self.next(place, &mut has_next) {
                open -= 1;
            }
        }
        Ok(Rate::of(times, begin.elapsed()))
    }

    /// Prepares the next call of a caller, if it has one.
    fn next(&mut self, place: usize, has_next: &mut impl FnMut(&mut Turn<'_>) -> bool) -> bool {
        let Some(Caller { run, step, sent }) = self.callers.get_mut(place) else { return false };
        if !has_next(&mut Turn { place, step: *step, run }) {
            return false;
        }
        self.ready.extend(self.era.call(place as u64, run, *step).as_bytes());
        *step += 1;
        *sent = Instant::now();
        true
    }

    /// The caller to whom the line answers. Its number is the id.
    fn answered(&self) -> Done<usize> {
        const ID: &[u8] = br#""id":"#;
        let text = || String::from_utf8_lossy(&self.line).into_owned();
        let is_error = self.line.windows(14).any(|bytes| bytes == br#""isError":true"#);
        let place = self.line.windows(ID.len()).position(|bytes| bytes == ID);
        let place = place.filter(|_| !is_error).ok_or_else(text)? + ID.len();
        let digits = self.line.get(place..).unwrap_or_default().iter();
        let digits: String =
            digits.take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
        Ok(digits.parse().map_err(|_| text())?)
    }

    /// A figure of the process in MiB, if the system reports it.
    pub(crate) fn memory(&self, name: &str) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let size: f64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
        Some(size / 1024.0)
    }

    pub(crate) fn end(self) -> Done<()> {
        let Self { mut child, input, output, .. } = self;
        drop((input, output));
        let status = child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the server ended with {status}").into())
        }
    }
}

/// What a caller may look at to decide on its next call.
struct Turn<'a> {
    place: usize,
    step: usize,
    run: &'a mut String,
}

fn walked(place: usize) -> String {
    format!("walked-{place}")
}
