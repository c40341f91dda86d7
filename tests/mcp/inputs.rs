//! What a run is started with.

use leverframe::mcp::Server;
use leverframe::record::Entry;
use leverframe::runs::{Durable, Runs};
use serde_json::{Value, json};

use super::own_machine::connect;
use super::{error, local, ok, run};

/// A claim for what a customer has spent.
#[leverframe::machine(serde)]
pub mod claim {
    #[context]
    #[derive(Debug, serde::Serialize, serde::Deserialize)]
    pub struct Form {
        /// Who claims.
        #[input]
        pub customer: String,
        /// How much, in cents.
        #[input]
        #[default = 100]
        pub cents: u32,
        /// The account.
        #[input]
        #[sensitive]
        pub account: Option<String>,
        pub currency: String,
    }

    impl Default for Form {
        fn default() -> Self {
            let currency = "EUR".to_owned();
            Self { customer: String::new(), cents: 0, account: None, currency }
        }
    }

    /// Somebody has to look at it.
    #[state(initial)]
    pub struct Open;
    /// It was paid.
    #[state(final)]
    pub struct Paid;

    /// Pay it.
    #[transition(from = Open)]
    fn pay() -> Paid {
        Paid
    }
}

use claim::{Claim, InState};

const NEVER: &str = "the run `main` was never started; start it with `start_run`; runs: none";

fn server() -> Server<Claim> {
    Server::builder(Runs::<Claim>::in_memory()).build().unwrap()
}

#[tokio::test]
async fn inputs_are_arguments_of_the_start() {
    let client = connect(server()).await;
    let tools = client.list_all_tools().await.unwrap();
    let start = &tools[0];
    assert_eq!(
        Value::Object((*start.input_schema).clone()),
        json!({
            "type": "object",
            "properties": {
                "customer": {"type": "string", "description": "Who claims."},
                "cents": {"type": "integer", "minimum": 0, "default": 100,
                    "description": "How much, in cents."},
                "account": {"type": "string", "description": "The account."},
                "run": {"type": "string", "description": "default `main`"},
                "request_key": {"type": "string",
                    "description": "makes a repeat apply once"},
            },
            "required": ["customer"],
            "additionalProperties": false,
        }),
    );
    assert_eq!(
        start.description.as_deref(),
        Some("Start a run under a name that does not exist yet.")
    );

    ok(&client, "start_run", json!({"customer": "Ada"})).await;
    let seen = ok(&client, "get_current_state", json!({"context": true})).await;
    let expected =
        json!({"customer": "Ada", "cents": 100, "account": "[redacted]", "currency": "EUR"});
    assert_eq!((&seen["state"], &seen["context"]), (&json!("OPEN"), &expected));
    let paid = ok(&client, "pay", json!({})).await;
    assert_eq!(paid["version"], 1);

    let all = json!({"customer": "Bob", "cents": 7, "account": "31d8aa", "run": "second"});
    ok(&client, "start_run", all).await;
    let asked = json!({"run": "second", "context": true});
    let seen = ok(&client, "get_current_state", asked).await;
    let expected =
        json!({"customer": "Bob", "cents": 7, "account": "[redacted]", "currency": "EUR"});
    assert_eq!(seen["context"], expected);
    let history = ok(&client, "get_history", json!({"run": "second"})).await;
    assert!(!history.to_string().contains("31d8aa"), "{history}");
}

#[tokio::test]
async fn a_run_that_needs_inputs_is_not_started_by_its_first_event() {
    let client = connect(server()).await;
    for (tool, arguments) in
        [("pay", json!({})), ("get_current_state", json!({})), ("get_history", json!({}))]
    {
        let refused = error(&client, tool, arguments).await;
        assert_eq!(
            refused["invalid"],
            json!([{"argument": "run", "reason": NEVER}]),
            "{tool}: {refused}"
        );
    }
    let runs = ok(&client, "list_runs", json!({})).await;
    assert_eq!(runs["runs"], json!([]), "nothing was started");
}

#[tokio::test]
async fn wrong_inputs_start_nothing() {
    let client = connect(server()).await;
    let check = async |arguments: Value, argument: &str, part: &str| {
        let refused = error(&client, "start_run", arguments).await;
        assert_eq!(refused["invalid"][0]["argument"], argument, "{refused}");
        let reason = refused["invalid"][0]["reason"].as_str().unwrap();
        assert!(reason.contains(part), "{refused}");
        assert!(!refused.to_string().contains("31d8aa"), "{refused}");
    };
    check(json!({}), "customer", "it is missing; expected a string (Who claims)").await;
    check(json!({"customer": 1}), "customer", "it is 1; expected a string").await;
    check(json!({"customer": "Ada", "cent": 1}), "cent", "no such argument").await;
    check(json!({"customer": "Ada", "currency": "USD"}), "currency", "no such argument").await;
    check(json!({"customer": "Ada", "cents": -1}), "cents", "it is -1").await;
    let secret = json!({"customer": "Ada", "account": ["31d8aa"]});
    check(secret, "account", "it is sensitive").await;
    assert_eq!(ok(&client, "list_runs", json!({})).await["runs"], json!([]));
}

#[tokio::test]
async fn a_repeated_start_has_the_same_inputs() {
    let client = connect(server()).await;
    let start = |cents: u32| json!({"customer": "Ada", "cents": cents, "request_key": "k"});
    ok(&client, "start_run", start(1)).await;
    assert_eq!(ok(&client, "start_run", start(1)).await["replayed"], true);
    let reused = error(&client, "start_run", start(2)).await;
    assert_eq!(reused["refused"]["kind"], "conflict");
    let reason = reused["refused"]["reason"].as_str().unwrap();
    assert!(reason.starts_with("the request key `k` was used for another request"), "{reason}");
}

#[tokio::test]
async fn typed_code_starts_with_a_context() {
    let runs = std::sync::Arc::new(Runs::<Claim>::in_memory());
    let never = Durable::open(&runs, &local(), &run("main")).await.err().unwrap();
    assert!(never.to_string().starts_with("the run `main` was never started"), "{never}");
    let form = claim::Form { customer: "Ada".into(), ..Default::default() };
    let open = Durable::start(&runs, &local(), &run("main"), form).await.unwrap();
    drop(open.fire(claim::events::Pay).await.unwrap());
    let opened = Durable::open(&runs, &local(), &run("main")).await.unwrap();
    assert!(matches!(opened, InState::Paid(_)));
    let limit = leverframe::store::PageLimit::new(1, 1 << 20);
    let page = runs.store().load(&run("main"), leverframe::record::Version::START, limit).await;
    let Entry::Started { context, .. } = &page.unwrap().records[0].entry else { panic!("a start") };
    assert!(context.get().contains(r#""customer":"Ada""#), "{context}");
}
