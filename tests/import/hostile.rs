//! Charts that are refused, with where and why.

use leverframe::import::{self, ImportError};

/// Checks that a chart is refused with this error and its cause.
fn check(chart: &str, parts: &[&str]) {
    let error = import::declaration(chart).unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    for part in parts {
        assert!(format!("{error}: {cause}").contains(part), "`{part}` is in `{error}: {cause}`");
    }
}

#[test]
fn other_texts_are_refused() {
    check("", &["neither SCXML nor JSON"]);
    check("state a", &["neither SCXML nor JSON"]);
    check("<html><body/></html>", &["line 1, column 1: `<html>` is no SCXML"]);
    check("<scxml>", &["no XML that is accepted"]);
    check("<scxml/>", &["line 1, column 1: the chart has no states: add a `<state>`"]);
    check("{", &["no JSON that is accepted", "line 1 column 1"]);
    check("{\"a\": 1}", &["neither a machine of XState nor a chart of `chart --format json`"]);
    check("{\"states\": [], \"events\": []}", &["missing field `machine`"]);
}

#[test]
fn unknown_states_are_named_with_their_place() {
    check(
        "<scxml>\n <state id=\"closed\">\n  <transition event=\"x\" target=\"close\"/>\n </state>\n</scxml>",
        &["line 3, column 3: there is no state `close`; did you mean `closed`"],
    );
    check(
        "<scxml>\n <state id=\"a\"/>\n <state id=\"a\"/>\n</scxml>",
        &["line 3, column 2: the state `a` is declared at line 2, column 2 already"],
    );
    check(
        r#"{"id": "m", "states": {"off": {"on": {"x": "onn"}}, "onx": {}}}"#,
        &["m.off: there is no state `onn`; did you mean `onx`"],
    );
    check(
        r#"{"id": "m", "states": {"a": {"on": {"x": "c"}}, "b": {"states": {"c": {}}}}}"#,
        &["m.a: there is no state `c` beside it; one is at `#m.b.c`"],
    );
}

#[test]
fn hostile_texts_are_refused_within_bounds() {
    let large = format!("<scxml>{}</scxml>", " ".repeat(import::MAX_CHART));
    assert!(matches!(import::declaration(&large), Err(ImportError::TooLarge)));
    let entities =
        r#"<!DOCTYPE scxml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><scxml name="&b;"/>"#;
    check(entities, &["a document type and entities are not"]);
    let deep = format!("<scxml>{}{}</scxml>", "<state>".repeat(5_000), "</state>".repeat(5_000));
    check(&deep, &["nested more than 60 deep"]);
    let nested = format!("{}{}", "{\"states\":".repeat(5_000), "}".repeat(5_000));
    check(&nested, &["no JSON that is accepted", "recursion limit"]);
    check(&format!("<scxml>{}</scxml>", "<state/>".repeat(2_001)), &["more than 2000 states"]);
    let many = "<transition event=\"e\"/>".repeat(10_001);
    check(&format!("<scxml><state>{many}</state></scxml>"), &["more than 10000 transitions"]);
}

#[test]
fn what_a_stranger_wrote_stays_in_its_comment() {
    let chart = "{\"id\": \"m\", \"description\": \"```\\nfn\\n```\", \"states\": {\"a\": {\"entry\": \"x\u{202e}y\", \"description\": \"one\\ntwo\", \"on\": {\"go\": {\"guard\": \"a\\n}\\nb\", \"target\": \"b\"}}}, \"b\": {}}}";
    let declaration = import::declaration(chart).unwrap();
    assert!(declaration.contains("/// '''\n/// fn\n/// '''\n"), "{declaration}");
    assert!(
        declaration.contains("// Not carried over: on entry: \"x\\u{202e}y\""),
        "{declaration}"
    );
    assert!(
        declaration.contains("// The original: a\n        // }\n        // b\n"),
        "{declaration}"
    );
}
