//! What every answer has to be, whatever was asked.

use leverframe::chart::Chart;
use serde_json::Value;

/// The longest refusal, in bytes of JSON, and the longest message of an error.
const REFUSAL: usize = 4 << 10;
const MESSAGE: usize = 2 << 10;

/// The kinds of refusals.
const KINDS: [&str; 7] =
    ["no_transition", "guard", "failed", "final", "conflict", "waiting", "limit"];

/// What an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    Done,
    Refused,
    Error,
}

/// Checks an answer, or panics.
pub(crate) fn check(answer: &Value, chart: &Chart) -> Said {
    assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
    assert!(answer.get("id").is_some(), "{answer}");
    let members = answer.as_object().unwrap().len();
    assert_eq!(members, 3, "an id, and either a result or an error: {answer}");
    if let Some(error) = answer.get("error") {
        assert!(error["code"].as_i64().is_some_and(|code| code < 0), "{answer}");
        check_words(&error["message"], MESSAGE);
        return Said::Error;
    }
    let result = &answer["result"];
    assert!(result.is_object(), "{answer}");
    let Some(is_error) = result.get("isError") else { return Said::Done };
    let text = result["content"][0]["text"].as_str().expect("a text");
    let said: Value = serde_json::from_str(text).expect("JSON");
    if let Some(structure) = result.get("structuredContent") {
        assert_eq!(*structure, said, "text and structure say the same");
    }
    if is_error == false {
        return Said::Done;
    }
    assert!(text.len() <= REFUSAL, "{} bytes: {text}", text.len());
    check_refusal(&said, chart);
    Said::Refused
}

/// A refusal says what is wrong, and names a way on.
fn check_refusal(said: &Value, chart: &Chart) {
    if let Some(problems) = said.get("invalid") {
        assert!(said["operation"].is_string(), "{said}");
        let problems = problems.as_array().expect("a list");
        assert!(!problems.is_empty(), "{said}");
        for problem in problems {
            assert!(problem["argument"].is_string(), "{said}");
            check_words(&problem["reason"], MESSAGE);
        }
    } else if let Some(failed) = said.get("failed") {
        assert!(failed["operation"].is_string(), "{said}");
        check_words(&failed["reason"], MESSAGE);
    } else {
        let refused = &said["refused"];
        let kind = refused["kind"].as_str().expect("a kind");
        assert!(KINDS.contains(&kind), "{said}");
        check_words(&refused["reason"], MESSAGE);
        check_moves(said, chart);
    }
}

/// All that is named as legal is allowed by the graph; where there is nothing, the reason says how to go on.
fn check_moves(said: &Value, chart: &Chart) {
    let state = said["state"].as_str().expect("a state");
    let (leaf, state) = chart.state_named(state).expect("a state of the machine");
    let legal = said["legal"].as_array().map_or(&[][..], Vec::as_slice);
    for one in legal {
        let event = one["event"].as_str().expect("an event");
        let (_, event) = chart.event_named(event).expect("an event of the machine");
        let clause = chart.clause(leaf, event);
        assert!(clause.is_some_and(|clause| clause.after().is_none()), "not legal: {said}");
    }
    if state.is_final() {
        let reason = said["refused"]["reason"].as_str().unwrap_or_default();
        assert!(reason.contains("start"), "no way on: {said}");
    } else {
        assert!(!legal.is_empty(), "no way on: {said}");
    }
}

/// A reason is there, short, and harmless to print.
fn check_words(reason: &Value, limit: usize) {
    let text = reason.as_str().expect("a reason");
    assert!(!text.is_empty() && text.len() <= limit, "{} bytes: {text}", text.len());
    let hostile = |c: char| c.is_control() || matches!(c, '\u{202e}' | '\u{feff}');
    assert!(!text.contains(hostile), "unprintable: {text:?}");
}
