//! The client.

use std::collections::{BTreeMap, BTreeSet};

use leverframe::mcp::rmcp::RoleClient;
use leverframe::mcp::rmcp::service::RunningService;
use serde_json::{Value, json};

use super::super::call;
use super::request::{Request, Tools, Turn};

/// How often each move is made from each state.
const TURNS: usize = 4;
const FIRST: Turn = Turn { made: 0, failed: 0 };
/// The maximum number of rounds, each with a call or two.
const ROUNDS: usize = 600;

pub(super) struct Agent<'a> {
    client: &'a RunningService<RoleClient, ()>,
    tools: Tools,
    run: String,
    runs: Vec<String>,
    /// The states in which it has been, and whether each is an end.
    states: BTreeMap<String, bool>,
    /// The moves that it has seen from each state, and how often it has made each.
    moves: BTreeMap<(String, String), Turn>,
    /// The mistakes that it has made in each state.
    mistakes: BTreeSet<(String, String)>,
    refusals: usize,
}

impl<'a> Agent<'a> {
    pub(super) async fn new(client: &'a RunningService<RoleClient, ()>) -> Self {
        let tools = client.list_all_tools().await.unwrap().into_iter().map(|tool| {
            let reads = tool.annotations.and_then(|hints| hints.read_only_hint).unwrap_or(false);
            (tool.name.to_string(), (Value::Object((*tool.input_schema).clone()), reads))
        });
        Self {
            client,
            tools: Tools(tools.collect()),
            run: "main".to_owned(),
            runs: vec!["main".to_owned()],
            states: BTreeMap::new(),
            moves: BTreeMap::new(),
            mistakes: BTreeSet::new(),
            refusals: 0,
        }
    }

    pub(super) fn visited(&self) -> impl Iterator<Item = &str> {
        self.states.keys().map(String::as_str)
    }

    /// The states in which runs have ended.
    pub(super) fn ended(&self) -> impl Iterator<Item = &str> {
        self.states.iter().filter(|(_, ends)| **ends).map(|(state, _)| state.as_str())
    }

    pub(super) fn runs(&self) -> &[String] {
        &self.runs
    }

    pub(super) fn refusals(&self) -> usize {
        self.refusals
    }

    /// Makes each mistake once in each state, and each move some times.
    pub(super) async fn explore(mut self) -> Self {
        for _ in 0..ROUNDS {
            let now = self.look().await;
            if let Some((wrong, right)) = self.mistake(&now) {
                self.attempt(wrong, &right).await;
            } else if is_end(&now) {
                self.start_another().await;
            } else if self.moves.values().all(|turn| turn.made >= TURNS) {
                break;
            } else if let Some(request) = self.least_made(&now) {
                let is_refused = self.attempt(request.clone(), &request).await;
                let turn = self.moves.get_mut(&(name(&now["state"]), request.event)).unwrap();
                turn.made += 1;
                turn.failed += usize::from(is_refused);
            } else {
                // A person decides, or time does.
                self.start_another().await;
            }
        }
        self
    }

    async fn look(&mut self) -> Value {
        let request = self.tools.request("get_current_state", FIRST);
        let now = self.accepted(request).await;
        let state = name(&now["state"]);
        for legal in list(&now["legal"]) {
            self.moves.entry((state.clone(), name(&legal["event"]))).or_default();
        }
        self.states.insert(state, is_end(&now));
        now
    }

    /// The move that was made least often from this state.
    fn least_made(&self, now: &Value) -> Option<Request> {
        let turn = |legal: &Value| self.moves[&(name(&now["state"]), name(&legal["event"]))];
        let legal = list(&now["legal"]).iter().min_by_key(|legal| turn(legal).made)?;
        Some(self.tools.for_move(legal, turn(legal)))
    }

    /// A mistake that was not made in this state yet, and the call without the mistake.
    fn mistake(&mut self, now: &Value) -> Option<(Request, Request)> {
        let state = name(&now["state"]);
        let candidates = self.mistakes_in(now);
        let mut new = candidates.into_iter().filter_map(|(mistake, wrong, right)| {
            self.mistakes.insert((state.clone(), mistake)).then_some((wrong, right))
        });
        new.next()
    }

    fn mistakes_in(&self, now: &Value) -> Vec<(String, Request, Request)> {
        let mut found = Vec::new();
        let mut add = |name: String, wrong: Request, right: &Request| {
            found.push((name, wrong, right.clone()));
        };
        for tool in self.tools.that(true) {
            let request = self.tools.request(tool, FIRST);
            add(format!("read by {tool}"), request.clone(), &request);
        }
        let read = self.tools.request("get_current_state", FIRST);
        add("a run that was never started".into(), read.clone().with("run", "nobody"), &read);
        let page = self.tools.request("get_history", FIRST);
        add("a cursor that was never given".into(), page.clone().with("cursor", "+x"), &page);
        for tool in self.tools.that(false).filter(|tool| *tool != "transition_state") {
            let request = self.tools.request(tool, FIRST);
            add(format!("call {tool}"), request.clone(), &request);
        }
        for state in self.states.keys().filter(|_| self.tools.has("transition_state")) {
            let request =
                self.tools.request("transition_state", FIRST).with("new_state", state.clone());
            add(format!("go to {state}"), request.clone(), &request);
        }
        if let Some(legal) = list(&now["legal"]).first() {
            let right = self.tools.for_move(legal, FIRST);
            let version = now["version"].as_u64().unwrap();
            add("stale".into(), right.clone().with("expected_version", version + 7), &right);
            add("an unknown argument".into(), right.clone().with("bogus", 1), &right);
            add(
                "a version that is none".into(),
                right.clone().with("expected_version", "1"),
                &right,
            );
        }
        for legal in list(&now["legal"]) {
            let right = self.tools.for_move(legal, FIRST);
            for argument in right.clone().payload().keys().filter(|key| *key != "new_state") {
                let mut wrong = right.clone();
                wrong.payload().remove(argument);
                add(format!("{} without {argument}", right.event), wrong.clone(), &right);
                wrong.payload().insert(argument.clone(), json!([{}]));
                add(format!("{} with a wrong {argument}", right.event), wrong, &right);
            }
        }
        found
    }

    /// Makes a call, and answers whether it was refused. The next call then follows from the refusal, and has to be accepted.
    async fn attempt(&mut self, request: Request, right: &Request) -> bool {
        let Err(refusal) = self.call(&request).await else { return false };
        self.refusals += 1;
        if refusal["invalid"].is_array() {
            let mut next = request.corrected(&refusal, right);
            if let Some(run) = list(&refusal["runs"]).first() {
                next = next.with("run", run.clone());
            } else if refusal["runs"].is_array() {
                self.accepted(self.tools.request("start_run", FIRST)).await;
            }
            // What a value means, only the author's code knows.
            match self.call(&next).await {
                Err(failed) if failed["refused"]["kind"] == "failed" => self.go_on(&failed).await,
                answer => drop(answer.unwrap_or_else(|refusal| panic!("{next:?}: {refusal}"))),
            }
        } else if let Some(failed) = refusal["failed"].as_object() {
            assert!(failed["reason"].as_str().is_some_and(|why| !why.is_empty()), "{refusal}");
            self.look().await;
        } else {
            self.go_on(&refusal).await;
        }
        true
    }

    /// Makes a move that a refusal names, or starts another run where the run has ended.
    async fn go_on(&mut self, refusal: &Value) {
        let reason = refusal["refused"]["reason"].as_str().unwrap();
        let failed = match refusal["refused"]["kind"].as_str() {
            Some("failed") => refusal["refused"]["event"].as_str(),
            _ => None,
        };
        let moves = list(&refusal["legal"]).iter().map(|legal| {
            let mut request = self.tools.for_move(legal, FIRST);
            (legal["event"].as_str() == failed, request.payload().len(), request)
        });
        match moves.min_by_key(|(has_failed, arguments, _)| (*has_failed, *arguments)) {
            Some((_, _, next)) => {
                let next = next.with("run", refusal["run"].clone());
                self.accepted(next.with("expected_version", refusal["version"].clone())).await;
            }
            None if reason.contains("start another") => self.start_another().await,
            None => {
                let closed: Vec<_> = list(&refusal["blocked"]).iter().collect();
                assert!(!closed.is_empty(), "a refusal without a way on: {refusal}");
            }
        }
    }

    async fn start_another(&mut self) {
        self.run = format!("run-{}", self.runs.len());
        self.runs.push(self.run.clone());
        let request = self.tools.request("start_run", FIRST);
        self.accepted(request).await;
    }

    async fn accepted(&self, request: Request) -> Value {
        let answer = self.call(&request).await;
        answer.unwrap_or_else(|refusal| panic!("{request:?} was to be accepted: {refusal}"))
    }

    /// The answer to a call, or the refusal.
    async fn call(&self, request: &Request) -> Result<Value, Value> {
        let mut arguments = request.arguments.clone();
        if request.tool != "list_runs" && arguments.get("run").is_none() {
            arguments["run"] = json!(self.run);
        }
        let result = call(self.client, &request.tool, arguments).await;
        let answer = result.structured_content.unwrap();
        if result.is_error == Some(true) { Err(answer) } else { Ok(answer) }
    }
}

/// Whether a run has ended: nothing may be done, and nothing is waited for.
fn is_end(answer: &Value) -> bool {
    let is_open = ["legal", "blocked"].iter().any(|moves| !list(&answer[*moves]).is_empty());
    answer["final"] == true || !(is_open || answer["timeout"].is_object())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn name(value: &Value) -> String {
    value.as_str().expect("a name").to_owned()
}
