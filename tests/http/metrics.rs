//! Metrics.

use serde_json::json;

use super::{Client, Era, Program};

#[tokio::test]
async fn calls_and_refusals_are_counted() {
    let program = Program::start(&[]).await;
    let mut client = Client::begin(&program, Era::Legacy).await;
    client.go("PLANNING").await;
    client.go("PLANNING").await;
    client.go("RESEARCHING").await;
    client.call("add_user_message", json!({"message": 7})).await;
    let answer = program.connect().await.get("/metrics").await;
    let kind = answer.header("content-type").unwrap();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let text = answer.text();
    assert!(text.ends_with("# EOF\n"), "{text}");
    let value = |metric: &str, labels: &[&str]| -> u64 {
        let is_it = |line: &&str| {
            let (name, rest) = line.split_once('{').unwrap_or_default();
            name == metric && labels.iter().all(|label| rest.contains(label))
        };
        let line =
            text.lines().find(is_it).unwrap_or_else(|| panic!("{metric} {labels:?}: {text}"));
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let machine = r#"machine="Orchestrator""#;
    let calls = |operation: &str, outcome: &str| {
        let (operation, outcome) =
            (format!("operation=\"{operation}\""), format!("outcome=\"{outcome}\""));
        value("leverframe_calls_total", &[machine, &operation, &outcome])
    };
    assert_eq!(calls("transition_state", "done"), 2);
    assert_eq!(calls("transition_state", "refused"), 1);
    assert_eq!(calls("add_user_message", "refused"), 1);
    let refusals = |kind| value("leverframe_refusals_total", &[kind]);
    assert_eq!(refusals(r#"kind="no_transition""#), 1);
    assert_eq!(refusals(r#"kind="invalid_arguments""#), 1);
    assert_eq!(refusals(r#"kind="guard""#), 0);
    assert_eq!(value("leverframe_append_seconds_count", &[]), 2);
    assert_eq!(value("leverframe_append_seconds_bucket", &[r#"le="+Inf""#]), 2);
    assert_eq!(value("leverframe_live_runs", &[]), 1);
    assert_eq!(value("leverframe_http_sessions", &[]), 1);
    assert_eq!(value("leverframe_due_timeouts", &[]), 0);
}
