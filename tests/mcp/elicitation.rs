//! Questions to the user of a client at a gate, with real programs.

use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};

use leverframe::mcp::rmcp;
use leverframe::mcp::rmcp::RoleClient;
use rmcp::ClientHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig,
    ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData, Implementation,
    InputResponses,
};
use rmcp::service::{ClientServiceExt, RequestContext, RunningService, ServiceError};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::restarts::{Folder, lines};
use super::timeouts::example;
use super::{PATIENCE, Raw, STYLES, object};

/// A user of a client with forms: what the next answers are, and what was shown.
#[derive(Clone, Default)]
struct User {
    answers: Arc<Mutex<Vec<ElicitResult>>>,
    shown: Arc<Mutex<Vec<ElicitRequestParams>>>,
    has_forms: bool,
    /// Notified when a form is shown that has no answer.
    asked: Arc<Notify>,
}

impl User {
    fn with(answers: impl IntoIterator<Item = ElicitResult>) -> Self {
        let mut answers: Vec<_> = answers.into_iter().collect();
        answers.reverse();
        Self { answers: Arc::new(Mutex::new(answers)), has_forms: true, ..Self::default() }
    }

    fn messages(&self) -> Vec<String> {
        let shown = self.shown.lock().unwrap();
        let messages = shown.iter().map(|form| match form {
            ElicitRequestParams::FormElicitationParams { message, .. } => message.clone(),
            other => panic!("no form: {other:?}"),
        });
        messages.collect()
    }
}

impl ClientHandler for User {
    fn get_info(&self) -> ClientConfig {
        let capabilities = if self.has_forms {
            ClientCapabilities::builder().enable_elicitation().build()
        } else {
            ClientCapabilities::default()
        };
        ClientConfig::new(capabilities, Implementation::new("test", "1"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        self.shown.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop();
        match answer {
            Some(answer) => Ok(answer),
            None => {
                self.asked.notify_one();
                std::future::pending().await
            }
        }
    }
}

fn chooses(decision: &str) -> ElicitResult {
    ElicitResult::new(ElicitationAction::Accept).with_content(json!({"decision": decision}))
}

struct Session {
    service: RunningService<RoleClient, User>,
    _server: Child,
}

fn server(store: &str, options: &[&str]) -> Command {
    let mut command = Command::new(example("purchase"));
    command.args(["serve", "--store", store]).args(options).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

impl Session {
    async fn start(store: &str, options: &[&str], style: usize, user: User) -> Self {
        let mut server = server(store, options).spawn().unwrap();
        let pipes = (server.stdout.take().unwrap(), server.stdin.take().unwrap());
        let service = user.serve_with_lifecycle(pipes, STYLES[style]());
        let service = timeout(PATIENCE, service).await.expect("the server answers").unwrap();
        Self { service, _server: server }
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        let call = CallToolRequestParams::new(tool).with_arguments(object(arguments));
        timeout(PATIENCE, self.service.call_tool(call)).await.expect("an answer").unwrap()
    }

    async fn value(&self, tool: &'static str, arguments: Value) -> Value {
        self.call(tool, arguments).await.structured_content.unwrap()
    }

    /// Asks for approval.
    async fn prepare(&self) {
        self.value("put", basket("main")).await;
        let asked = self.value("ask", json!({})).await;
        assert_eq!(asked["state"], "ASKED");
    }

    async fn order(&self) -> Value {
        self.value("order", json!({"budget_cents": 500})).await
    }

    /// Calls without following what the answer asks for.
    async fn once(&self, call: CallToolRequestParams) -> Result<CallToolResponse, ServiceError> {
        timeout(PATIENCE, self.service.call_tool_once(call)).await.expect("an answer")
    }

    /// A call that ends with a question, and its state.
    async fn asked(&self, call: &CallToolRequestParams) -> String {
        match self.once(call.clone()).await.unwrap() {
            CallToolResponse::InputRequired(question) => question.request_state.unwrap(),
            other => panic!("a question: {other:?}"),
        }
    }

    async fn state(&self) -> Value {
        self.value("get_current_state", json!({})).await
    }
}

/// The arguments that put something into the basket of a run.
fn basket(run: &str) -> Value {
    json!({"run": run, "items": [{"name": "tea", "cents": 300, "quantity": 1}]})
}

fn order(budget: u64) -> CallToolRequestParams {
    CallToolRequestParams::new("order").with_arguments(object(json!({"budget_cents": budget})))
}

fn with(call: CallToolRequestParams, state: &str, decision: &str) -> CallToolRequestParams {
    let answer = serde_json::to_value(chooses(decision)).unwrap();
    let answers = InputResponses::from([("decision".to_owned(), answer)]);
    call.with_request_state(state).with_input_responses(answers)
}

/// Runs a command on a store, and returns what it prints.
async fn command(store: &str, code: i32, arguments: &[&str]) -> String {
    let mut command = Command::new(example("purchase"));
    let Output { status, stdout, stderr } =
        command.args(arguments).args(["--store", store]).output().await.unwrap();
    let text = [stdout, stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert_eq!(status.code(), Some(code), "{arguments:?}: {text}");
    text
}

async fn approvals(store: &str) -> Value {
    let history = lines(&command(store, 0, &["history", "main", "--json"]).await);
    let last = history.last().unwrap();
    assert_eq!((&last["event"], &last["actor"]), (&json!("order"), &json!("local")));
    last["approvals"].clone()
}

#[track_caller]
fn is_waiting(refused: &Value) {
    let gate = &refused["refused"]["gate"];
    assert_eq!(refused["refused"]["kind"], "waiting", "{refused}");
    assert_eq!(refused["refused"]["event"], "order");
    assert_eq!((&gate["needed"], gate.get("approvals")), (&json!(1), None));
    assert!(gate["id"].is_string() && gate["asked_at"].is_string(), "{gate}");
    let reason = refused["refused"]["reason"].as_str().unwrap();
    for part in
        ["approve main", "operator of the server", "do not call it again", "get_current_state"]
    {
        assert!(reason.contains(part), "`{part}`: {reason}");
    }
}

#[track_caller]
fn is_refused(done: Result<CallToolResponse, ServiceError>, part: &str) {
    match done {
        Err(ServiceError::McpError(error)) => assert!(error.message.contains(part), "{error:?}"),
        other => panic!("a refusal with `{part}`: {other:?}"),
    }
}

#[tokio::test]
async fn a_user_approves_in_a_form() {
    for style in [0, 1] {
        let folder = Folder::new(&format!("gates-approve-{style}"));
        let store = folder.path("runs.db");
        let user = User::with([chooses("approve")]);
        let client = Session::start(&store, &[], style, user.clone()).await;
        client.prepare().await;
        let paid = client.order().await;
        assert_eq!(
            (&paid["state"], &paid["event"]),
            (&json!("ORDERED"), &json!("order")),
            "{paid}"
        );
        let by = &approvals(&store).await[0];
        assert_eq!((&by["by"], &by["way"]), (&json!("local"), &json!("elicitation")));
        let [message] = user.messages().try_into().unwrap();
        assert!(message.contains("    budget_cents: 500\n"), "{message}");
    }
}

#[tokio::test]
async fn a_user_denies_or_closes_the_form() {
    for style in [0, 1] {
        let folder = Folder::new(&format!("gates-deny-{style}"));
        let store = folder.path("runs.db");
        let answers =
            [ElicitResult::new(ElicitationAction::Cancel), chooses("perhaps"), chooses("deny")];
        let user = User::with(answers);
        let client = Session::start(&store, &[], style, user.clone()).await;
        client.prepare().await;
        is_waiting(&client.order().await);
        is_waiting(&client.order().await);
        let denied = client.order().await;
        assert_eq!(denied["refused"]["kind"], "denied", "{denied}");
        assert_eq!(denied["refused"]["gate"]["denied"]["by"], "local");
        let again = client.order().await;
        assert_eq!(again["refused"]["kind"], "denied", "nobody is asked again");
        assert_eq!(user.messages().len(), 3);
        let state = client.state().await;
        assert_eq!((&state["state"], &state["version"]), (&json!("ASKED"), &json!(2)));
        assert_eq!(state["gates"][0]["denied"]["by"], "local");
    }
}

#[tokio::test]
async fn a_client_without_forms_is_told_what_it_waits_for() {
    for (style, options, has_forms) in
        [(0, &[][..], false), (1, &[], false), (0, &["--gates", "external"], true)]
    {
        let folder = Folder::new(&format!("gates-none-{style}-{has_forms}"));
        let store = folder.path("runs.db");
        let user = User { has_forms, ..User::default() };
        let client = Session::start(&store, options, style, user.clone()).await;
        client.prepare().await;
        is_waiting(&client.order().await);
        let state = client.state().await;
        let gate = &state["gates"][0];
        assert_eq!((&gate["event"], &gate["asker"]), (&json!("order"), &json!("local")));
        assert!(user.messages().is_empty());
    }
}

#[tokio::test]
async fn a_state_is_good_for_one_answer_to_one_call() {
    let folder = Folder::new("gates-state");
    let store = folder.path("runs.db");
    let client = Session::start(&store, &[], 0, User::with([])).await;
    client.prepare().await;
    let state = client.asked(&order(500)).await;

    let mut forged = state.clone();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    let unknown = "not given out for this call";
    for state in [forged.as_str(), "", "rs1.AAAA.AAAA", "null"] {
        is_refused(client.once(with(order(500), state, "approve")).await, unknown);
    }
    is_refused(client.once(with(order(501), &state, "approve")).await, unknown);
    let other_tool = CallToolRequestParams::new("reopen").with_arguments(object(json!({})));
    is_refused(client.once(with(other_tool, &state, "approve")).await, unknown);

    let cancelled = client.once(with(order(500), &state, "perhaps")).await.unwrap();
    assert!(matches!(cancelled, CallToolResponse::Complete(_)));
    is_refused(client.once(with(order(500), &state, "approve")).await, "was used before");
    assert_eq!(client.state().await["version"], 2);

    // A later record voids the request.
    let state = client.asked(&order(500)).await;
    client.value("reopen", json!({})).await;
    client.value("ask", json!({})).await;
    match client.once(with(order(500), &state, "approve")).await.unwrap() {
        CallToolResponse::Complete(result) => {
            let refused = result.structured_content.unwrap();
            assert_eq!(refused["refused"]["kind"], "conflict", "{refused}");
            assert_eq!(refused["state"], "ASKED");
        }
        other => panic!("a refusal: {other:?}"),
    }
    let state = client.asked(&order(500)).await;
    let other = Session::start(&store, &[], 0, User::with([])).await;
    is_refused(other.once(with(order(500), &state, "approve")).await, unknown);
    match client.once(with(order(500), &state, "approve")).await.unwrap() {
        CallToolResponse::Complete(result) => assert_eq!(result.is_error, Some(false)),
        other => panic!("it is paid: {other:?}"),
    }
}

#[tokio::test]
async fn a_late_answer_is_refused() {
    let folder = Folder::new("gates-late");
    let store = folder.path("runs.db");
    let client = Session::start(&store, &["--patience", "0"], 0, User::with([])).await;
    client.prepare().await;
    let state = client.asked(&order(500)).await;
    is_refused(client.once(with(order(500), &state, "approve")).await, "has expired");
    assert_eq!(client.state().await["version"], 2);
}

#[tokio::test]
async fn others_go_on_while_a_user_thinks_and_the_end_comes_at_once() {
    let folder = Folder::new("gates-meanwhile");
    let store = folder.path("runs.db");
    let user = User::with([]);
    let options = ["--max-in-flight", "1"];
    let client = Session::start(&store, &options, 1, user.clone()).await;
    client.prepare().await;
    let paying = client.service.send_cancellable_request(
        rmcp::model::ClientRequest::CallToolRequest(rmcp::model::CallToolRequest::new(order(500))),
        rmcp::service::PeerRequestOptions::default(),
    );
    let _paying = timeout(PATIENCE, paying).await.unwrap().unwrap();
    timeout(PATIENCE, user.asked.notified()).await.expect("the user is asked");
    assert_eq!(client.state().await["state"], "ASKED");
    assert_eq!(client.value("reopen", json!({})).await["state"], "CHOOSING");
}

#[tokio::test]
async fn a_question_does_not_hold_up_the_end_of_the_input() {
    let folder = Folder::new("gates-end");
    let store = folder.path("runs.db");
    let mut client = Raw::of(server(&store, &[]));
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {"elicitation": {}},
        "clientInfo": {"name": "test", "version": "1"},
    });
    client.ask_legacy("initialize", params).await;
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    let call = |name, arguments| json!({"name": name, "arguments": arguments});
    client.ask_legacy("tools/call", call("put", basket("main"))).await;
    client.ask_legacy("tools/call", call("ask", json!({}))).await;
    let paying = json!({
        "jsonrpc": "2.0", "id": 99, "method": "tools/call", "params": call("order", json!({"budget_cents": 1})),
    });
    client.send(&paying).await;
    let question = client.receive().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    drop(client.input.take());
    let answer = client.receive().await;
    assert_eq!((&answer["id"], &answer["result"]["isError"]), (&json!(99), &json!(true)));
    assert!(client.ends().await.success());
}

#[tokio::test]
async fn what_a_model_writes_is_shown_as_plain_text() {
    let folder = Folder::new("gates-plain");
    let store = folder.path("runs.db");
    let user = User::with([ElicitResult::new(ElicitationAction::Cancel)]);
    let client = Session::start(&store, &[], 1, user.clone()).await;
    client.value("start_run", json!({"run": "harmless"})).await;
    client.value("put", basket("harmless")).await;
    client.value("ask", json!({"run": "harmless"})).await;
    client.value("order", json!({"run": "harmless", "budget_cents": u64::MAX})).await;
    let [message] = user.messages().try_into().unwrap();
    let (words, lines) = message.split_once("\n\n").unwrap();
    assert!(words.starts_with("`order` of Purchase needs the approval of a person."), "{words}");
    let is_indented =
        |line: &str| line.is_empty() || line == "Arguments:" || line.starts_with("    ");
    assert!(lines.lines().all(is_indented), "{message}");
    assert!(message.contains("    run: local/harmless\n"), "{message}");
}
