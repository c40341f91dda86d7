//! The endpoint for people who decide about gates. No agent reaches it: a caller needs the role `gates:decide`.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::WWW_AUTHENTICATE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value, json};

use super::Server;
use crate::api::redact;
use crate::caller::{Caller, InvalidPrincipal, Role};
use crate::http::{closing, insufficient, text_answer};
use crate::mcp::caller_of;
use crate::portable::Portable;
use crate::record::{InvalidRunName, RunId};
use crate::runs::{Decided, GateId, GateRequest, Verdict};
use crate::text;

/// How many requests are listed by default, and at most.
const PAGE: usize = 20;
const LARGEST_PAGE: usize = 200;

const LIST: &str = "list_gates";
const DECIDE: &str = "decide_gate";

/// Decides about the gates of a server's runs.
pub(super) struct Operators<M>(Server<M>);

impl<M> Operators<M> {
    pub(super) fn new(server: Server<M>) -> Self {
        Self(server)
    }
}

impl<M> Clone for Operators<M> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Refuses callers that may not decide.
pub(super) async fn check_operator(request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    if caller.is_some_and(|caller| caller.has(Role::GatesDecide)) {
        return next.run(request).await;
    }
    let role = Role::GatesDecide;
    let challenge = [(WWW_AUTHENTICATE, insufficient(&request, role.as_str()))];
    let reason = format!("deciding about gates takes the role `{role}`");
    closing((challenge, text_answer(StatusCode::FORBIDDEN, &reason)).into_response())
}

/// Which requests are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    after: Option<String>,
    #[serde(default = "page")]
    limit: usize,
}

const fn page() -> usize {
    PAGE
}

/// A decision about a request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    run: String,
    gate: GateId,
    approve: bool,
    reason: Option<String>,
}

impl<M: Portable<Context: Default>> ServerHandler for Operators<M> {
    fn get_info(&self) -> ServerConfig {
        let mut config = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        config.instructions = Some(format!(
            "Events that wait for a person's decision. `{LIST}` shows them, `{DECIDE}` approves or denies one."
        ));
        config
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        tools().into_iter().find(|tool| tool.name == name)
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let (caller, arguments) = (caller_of(&context), request.arguments.unwrap_or_default());
        let answer = match &*request.name {
            LIST => self.list(arguments).await,
            DECIDE => self.decide(&caller, arguments).await,
            name => {
                let name = text::quoted(name);
                let message = format!("no tool is named {name}; tools: `{LIST}`, `{DECIDE}`");
                return Err(ErrorData::invalid_params(message, None));
            }
        };
        Ok(match answer {
            Ok(answer) => CallToolResult::structured(answer),
            Err(reason) => CallToolResult::structured_error(json!({"error": reason})),
        }
        .into())
    }
}

impl<M: Portable<Context: Default>> Operators<M> {
    async fn list(&self, arguments: Map<String, Value>) -> Result<Value, String> {
        let Listing { after, limit } = parsed(arguments)?;
        if !(1..=LARGEST_PAGE).contains(&limit) {
            return Err(format!("`limit` is {limit}; expected 1 to {LARGEST_PAGE}"));
        }
        let after = after.map(|after| run_named("after", &after)).transpose()?;
        let found = self.0.runs().gates_after(None, after.as_ref(), limit).await;
        let (gates, next) = found.map_err(|error| error.to_string())?;
        let mut answer = json!({"gates": gates.iter().map(object).collect::<Vec<_>>()});
        if let (Some(next), Some(answer)) = (next, answer.as_object_mut()) {
            answer.insert("next".to_owned(), json!(next.to_string()));
        }
        Ok(answer)
    }

    async fn decide(
        &self,
        caller: &Caller,
        arguments: Map<String, Value>,
    ) -> Result<Value, String> {
        let decision: Decision = parsed(arguments)?;
        let run = run_named("run", &decision.run)?;
        let verdict =
            if decision.approve { Verdict::Approve } else { Verdict::Deny(decision.reason) };
        let decided = self.0.runs().decide(caller, &run, &decision.gate, &verdict).await;
        Ok(match decided.map_err(|error| error.to_string())? {
            Decided::Applied(accepted) => json!({
                "decided": "applied",
                "event": accepted.event.name(),
                "state": accepted.status.state.wire(),
                "version": accepted.status.version,
            }),
            Decided::Counted(request) => json!({"decided": "counted", "gate": object(&request)}),
            Decided::Denied(request) => json!({"decided": "denied", "gate": object(&request)}),
        })
    }
}

fn parsed<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, String> {
    serde_json::from_value(arguments.into()).map_err(|error| text::shortened(&error.to_string()))
}

/// The run with a name such as `owner/name`, which is the argument `argument`.
fn run_named(argument: &str, text: &str) -> Result<RunId, String> {
    let (owner, name) = text
        .rsplit_once('/')
        .ok_or_else(|| format!("`{argument}` is `owner/name`, as `list_gates` shows it"))?;
    let owner = owner.parse().map_err(|error: InvalidPrincipal| error.to_string())?;
    let name = name.parse().map_err(|error: InvalidRunName| error.to_string())?;
    Ok(RunId::new(owner, name))
}

/// A request as operators see it.
fn object(request: &GateRequest) -> Value {
    let payload = to_raw_value(&request.payload).expect("a value of JSON is JSON");
    json!({
        "run": request.run.to_string(),
        "version": request.version,
        "gate": request.id,
        "event": request.event.name(),
        "payload": redact::payload(request.event, &payload),
        "asker": request.asker,
        "asked_at": text::time(request.time),
        "needed": request.needed,
        "approvals": request.approvals,
        "denied": request.denied,
    })
}

fn tools() -> Vec<Tool> {
    let schema = |schema: Value| schema.as_object().cloned().unwrap_or_default();
    let page = schema(json!({
        "type": "object",
        "properties": {
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": LARGEST_PAGE,
                "description": format!("How many at least, if so many wait; {PAGE} by default."),
            },
            "after": {
                "type": "string",
                "description": "The run after which to go on: `next` of the last answer.",
            },
        },
        "additionalProperties": false,
    }));
    let decision = schema(json!({
        "type": "object",
        "properties": {
            "run": {"type": "string", "description": "The run, as `owner/name`."},
            "gate": {"type": "string", "description": "The request, by its `gate`."},
            "approve": {"type": "boolean", "description": "Whether the event may happen."},
            "reason": {"type": "string", "description": "Why it may not, for who asked."},
        },
        "required": ["run", "gate", "approve"],
        "additionalProperties": false,
    }));
    let annotations = ToolAnnotations::new().open_world(false);
    vec![
        Tool::new(
            LIST,
            "Lists the events that wait for a person's decision, a page at a time.",
            page,
        )
        .with_annotations(annotations.clone().read_only(true)),
        Tool::new(
            DECIDE,
            "Approves or denies an event that waits. Who asked for it cannot decide.",
            decision,
        )
        .with_annotations(annotations.destructive(true)),
    ]
}
