//! Completion of the arguments of prompts and of addresses.

use std::sync::Arc;

use leverframe::api::{Api, ApiLimits, Completed, Style};
use leverframe::caller::{Caller, Role, Way};
use leverframe::mcp::Server;
use leverframe::mcp::rmcp::model::{
    ArgumentInfo, CompleteRequestParams, CompletionInfo, Reference,
};
use leverframe::mcp::rmcp::service::{ClientServiceExt, ServiceError, ServiceExt};
use leverframe::mcp::rmcp::{RoleClient, service::RunningService};
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::json;

use super::{Client, STYLES, ok};

/// A lamp.
#[leverframe::machine(serde)]
pub mod lamp {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Wire;

    /// It is dark.
    #[state(initial)]
    pub struct Off;

    /// It is light.
    #[state]
    pub struct On;

    /// Switch it on.
    #[transition(from = Off)]
    fn switch_on() -> On {
        On
    }

    /// Switch it off.
    #[transition(from = On)]
    fn switch_off() -> Off {
        Off
    }

    /// Praise the lamp.
    #[prompt(On)]
    fn praise(state: String, event: Option<String>, tone: String) -> String {
        format!("{state} {event:?} {tone}")
    }
}

use lamp::Lamp;

type Service = RunningService<RoleClient, ()>;

async fn complete(
    client: &Service,
    of: Reference,
    name: &str,
    typed: &str,
) -> Result<CompletionInfo, ServiceError> {
    let argument = ArgumentInfo::new(name, typed);
    let answer = client.complete(CompleteRequestParams::new(of, argument)).await?;
    Ok(answer.completion)
}

async fn check(client: &Service, of: Reference, name: &str, typed: &str, expected: &[&str]) {
    let completion = complete(client, of, name, typed).await.unwrap();
    assert_eq!(completion.values, expected, "{name}: {typed}");
    assert_eq!(completion.total, u32::try_from(expected.len()).ok());
    assert_eq!(completion.has_more, Some(false));
}

async fn refused(client: &Service, of: Reference, name: &str, reason: &str) {
    match complete(client, of, name, "").await.unwrap_err() {
        ServiceError::McpError(error) => {
            assert_eq!(error.code.0, -32602);
            assert!(error.message.contains(reason), "{}", error.message);
        }
        other => panic!("{other}"),
    }
}

/// Through the program, in both eras.
#[tokio::test]
async fn addresses_are_completed() {
    for style in STYLES {
        let client = Client::begin(style()).await;
        let capabilities = client.service.peer_info().unwrap().capabilities.clone();
        assert!(capabilities.completions.is_some());
        client.ok("start_run", json!({"run": "Trip-1"})).await;
        client.ok("start_run", json!({"run": "trip-2"})).await;
        client.ok("start_run", json!({"run": "work"})).await;
        let of = Reference::for_resource;
        let service = &client.service;
        check(service, of("run://{run}/state"), "run", "TRIP", &["Trip-1", "trip-2"]).await;
        check(service, of("run://{run}/history"), "run", "w", &["work"]).await;
        check(service, of("run://{run}/prompt/{state}"), "run", "x", &[]).await;
        check(
            service,
            of("run://{run}/prompt/{state}"),
            "state",
            "re",
            &["RESEARCHING", "REVIEWING"],
        )
        .await;
        check(service, of("state://{state}/prompt"), "state", "I", &["IDLE"]).await;
        refused(service, of("run://{run}/state"), "state", "has no variable `state`").await;
        refused(service, of("run://{run}/stat"), "run", "did you mean").await;
        refused(service, Reference::for_prompt("none"), "a", "no prompt is named `none`").await;
    }
}

#[tokio::test]
async fn arguments_of_prompts_are_completed() {
    for style in STYLES {
        let server = Server::builder(Runs::<Lamp>::new(Arc::new(MemoryStore::new())));
        let server = server.build().unwrap();
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move { Box::pin(server.serve(theirs)).await.unwrap().waiting().await });
        let client = ().serve_with_lifecycle(ours, style()).await.unwrap();
        ok(&client, "switch_on", json!({})).await;
        let of = || Reference::for_prompt("praise");
        check(&client, of(), "state", "o", &["OFF", "ON"]).await;
        check(&client, of(), "event", "SWITCH_O", &["switch_on", "switch_off"]).await;
        check(&client, of(), "tone", "", &[]).await;
        refused(&client, of(), "tune", "did you mean `tone`").await;
        // A state without a prompt has no address.
        let states = Reference::for_resource("state://{state}/prompt");
        check(&client, states, "state", "", &["ON"]).await;
    }
}

/// A caller is offered the runs that it may see, and at most 100.
#[tokio::test]
async fn runs_of_others_need_a_role() {
    let runs = Runs::<Lamp>::new(Arc::new(MemoryStore::new()));
    let api = Api::new(runs, Style::Events, ApiLimits::default()).unwrap();
    let [ada, bob] = ["ada", "bob"].map(|name| Caller::new(name.parse().unwrap(), Way::Program));
    for number in 0..120 {
        let run = api.run_of(&ada, Some(format!("r{number:03}").parse().unwrap()));
        api.runs().start(&ada, &run, None).await.unwrap();
    }
    let own = api.complete(&ada, Completed::Run, "R").await.unwrap();
    assert_eq!((own.values.len(), own.total, own.has_more()), (100, Some(120), true));
    let own = api.complete(&ada, Completed::Run, "r11").await.unwrap();
    assert_eq!((own.values.len(), own.total, own.has_more()), (10, Some(10), false));
    let none = api.complete(&bob, Completed::Run, "").await.unwrap();
    assert_eq!(none.values, [""; 0]);
    let reader = bob.with_role(Role::RunsRead);
    let seen = api.complete(&reader, Completed::Run, "ADA/r00").await.unwrap();
    assert_eq!(seen.values.first().map(String::as_str), Some("ada/r000"));
    assert_eq!(seen.total, Some(10));
}
