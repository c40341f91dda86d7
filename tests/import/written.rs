//! What is written for each construct of a chart.

use leverframe::import;

/// Checks that the declaration has these parts, white space aside.
fn check(chart: &str, parts: &[&str]) {
    let declaration = import::declaration(chart).unwrap();
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in parts {
        assert!(plain(&declaration).contains(&plain(part)), "`{part}` is in\n{declaration}");
    }
}

/// Checks an SCXML document with this content.
fn scxml(content: &str, parts: &[&str]) {
    let open = r#"<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="case">"#;
    check(&format!("{open}{content}</scxml>"), parts);
}

#[test]
fn a_whole_declaration_is_formatted() {
    let chart = r#"<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="door" initial="closed">
        <datamodel><data id="visitors" expr="0"/></datamodel>
        <state id="closed">
            <transition event="open" cond="visitors &lt; 9" target="ajar"><assign location="visitors" expr="visitors + 1"/></transition>
        </state>
        <state id="ajar">
            <onentry><send event="slam" delay="30s" id="wind"/></onentry>
            <onexit><cancel sendid="wind"/></onexit>
            <transition event="slam" target="closed"/>
            <transition event="brick.up" target="bricked"/>
        </state>
        <final id="bricked"/>
    </scxml>"#;
    let expected = r#"// Imported from SCXML by `import-chart`. Bodies of handlers and guards are stubs: fill them in.
// Not carried over: <data id="visitors" expr="0"/>
#[leverframe::machine(serde)]
pub mod door {
    #[state(initial)]
    pub struct Closed;

    #[state]
    pub struct Ajar;

    #[state(final)]
    pub struct Bricked;

    #[guard]
    fn when_visitors_9() -> Result<(), String> {
        // The original: visitors < 9
        Ok(())
    }

    #[transition(from = Closed, guard = when_visitors_9)]
    fn open() -> Ajar {
        // Not carried over: <assign location="visitors" expr="visitors + 1"/>
        Ajar
    }

    #[transition(from = Ajar, after = "30s")]
    fn slam() -> Closed {
        Closed
    }

    #[transition(from = Ajar)]
    fn brick_up() -> Bricked {
        Bricked
    }
}
"#;
    assert_eq!(import::declaration(chart).unwrap(), expected);
}

#[test]
fn one_region_of_a_parallel_state_is_kept() {
    scxml(
        r#"<parallel id="p">
            <state id="a"><state id="a1"><transition event="go" target="a2"/></state>
                <state id="a2"><transition event="back" target="b1"/></state></state>
            <state id="b"><state id="b1"><transition event="swap" cond="c" target="b2"><log expr="1"/></transition></state>
                <state id="b2"/></state>
        </parallel>"#,
        &[
            "// The original is parallel: a machine is in one state at a time, so one region is kept\n#[superstate]\npub struct P;",
            "#[state(initial, parent = A)] pub struct A1;",
            "// Left out, a region of `p` beside the one that is kept; declare a machine of its own for it:",
            "//     `swap` if `c` -> `b2`; <log expr=\"1\"/>",
            "fn back() -> A1 { // The original leads to `b1`, in a region that is left out",
        ],
    );
}

#[test]
fn several_targets_of_an_event_are_a_choice() {
    scxml(
        r#"<state id="a">
            <transition event="go" cond="x" target="b"/><transition event="go" cond="y" target="c"/>
            <transition event="go" target="a"/><transition event="go" target="b"/>
        </state><final id="b"/><final id="c"/>"#,
        &[
            "#[choice] pub enum GoFromA { B(B), C(C), A(A), }",
            "// `go` if `x` -> `b`",
            "// Never taken, since one before it has no condition: `go` -> `b`",
            "GoFromA::B(B)",
        ],
    );
}

#[test]
fn a_condition_that_fails_falls_back_to_the_superstate() {
    scxml(
        r#"<state id="s"><transition event="go" target="c"/>
            <state id="a"><transition event="go" cond="x" target="b"/></state>
        </state><final id="b"/><final id="c"/>"#,
        &[
            "#[choice] pub enum GoFromA { B(B), C(C), }",
            "// Where none of its own conditions holds, the original takes the transition of `s`",
            "// Left out, since every state inside takes the event: `go` -> `c`",
        ],
    );
}

#[test]
fn histories_lead_back() {
    scxml(
        r#"<state id="s" initial="a"><history id="h" type="deep"><transition target="b"/></history>
            <state id="a"><transition event="next" target="b"/></state>
            <state id="b"/><transition event="pause" target="p"/></state>
        <state id="p"><transition event="resume" target="h"/></state>"#,
        &["#[superstate(default = B)] pub struct S;", "fn resume() -> History<S> { History(S) }"],
    );
}

#[test]
fn transitions_without_an_event_are_timeouts() {
    scxml(
        r#"<state id="a"><transition target="b"/></state><final id="b"/>"#,
        &[
            "#[transition(from = A, after = \"1ms\")] fn proceed() -> B {",
            "// The original takes this by itself, at once; a run does after 1ms",
        ],
    );
}

#[test]
fn a_machine_that_would_stay_for_ever_has_an_end() {
    check(
        r#"{"id": "counter", "initial": "active", "context": {"count": 0}, "states": {"active": {"on": {"inc": {"actions": "add"}}}}}"#,
        &[
            "// Not carried over: `context`: {\"count\":0}",
            "#[transition(from = Active)] fn inc() { // Not carried over: `actions`: \"add\" }",
            "#[state(final)] pub struct Ended;",
            "#[transition(from = Active)] fn end() -> Ended {",
        ],
    );
}

#[test]
fn final_states_inside_of_others_lead_on() {
    check(
        r#"{"id": "m", "initial": "work", "states": {
            "work": {"initial": "doing", "onDone": "rest", "states": {
                "doing": {"on": {"FINISH": "done"}}, "done": {"type": "final"}}},
            "rest": {"type": "final"}, "never": {"tags": ["x"]}}}"#,
        &[
            "// Final in the original, where transitions lead on from it\n#[state(parent = Work)]\npub struct Done;",
            "#[transition(from = Work)] fn done_work() -> Rest {",
            "// Left out, nothing leads to it: // state `never` //   `tags`: [\"x\"]",
        ],
    );
}

#[test]
fn names_are_legal_and_unique() {
    check(
        r#"{"id": "State", "initial": "Self", "states": {
            "Self": {"on": {"type": "in-review", "error.platform": "in review", "new": "1st", "*": "Zürich"}},
            "in-review": {"on": {"1": "State"}}, "in review": {"on": {"🙂": "Event"}},
            "1st": {"type": "final"}, "State": {"type": "final"}, "Event": {"type": "final"}, "Zürich": {"type": "final"}}}"#,
        &[
            "#[leverframe::machine(serde)] pub mod state_machine {",
            "pub struct SelfState;",
            "pub struct InReview;",
            "pub struct InReview2;",
            "pub struct State1st;",
            "pub struct StateState;",
            "pub struct EventState;",
            "pub struct Zürich;",
            "fn r#type() -> InReview {",
            "fn error_platform() -> InReview2 {",
            "fn new_event() -> State1st {",
            "fn any_event() -> Zürich {",
            "fn event_1() -> StateState {",
            "fn event() -> EventState {",
        ],
    );
}

#[test]
fn what_a_machine_cannot_have_is_a_comment() {
    check(
        r#"{"id": "m", "initial": "a", "states": {
            "a": {"entry": ["greet"], "exit": {"type": "wave"}, "invoke": {"src": "load", "input": 1, "onDone": {"target": "b", "actions": "keep"}},
                "after": {"1500": "b", "patience": "c"}, "on": {"GO": {"target": "c", "guard": {"type": "ready", "params": {"n": 1}}}}},
            "b": {"type": "final", "output": "x"}, "c": {"type": "final"}}}"#,
        &[
            "// Not carried over: on entry: [\"greet\"]",
            "// Not carried over: on exit: {\"type\":\"wave\"}",
            "// Not carried over: invokes `load`, `src`: \"load\", `input`: 1",
            "fn done_load() -> B {",
            "// Not carried over: `actions`: \"keep\"",
            "#[transition(from = A, after = \"1500ms\")] fn after_1500ms() -> B {",
            "// Not carried over: the delay `patience`, after which the original takes this by itself: add `after = \"…\"`",
            "// The original: {\"type\":\"ready\",\"params\":{\"n\":1}}",
            "// Not carried over: `output`: \"x\"",
        ],
    );
}

#[test]
fn a_documented_parameter_has_its_marker_on_a_line_of_its_own() {
    let chart = r#"{"machine": "M", "version": 1, "initial": "A", "states": [{"name": "A"}, {"name": "B", "final": true}],
        "events": [{"name": "pay", "payload": [{"name": "card", "type": "String", "docs": "A token.", "sensitive": true}],
            "clauses": [{"from": ["A"], "to": ["B"]}]}]}"#;
    let declaration = import::declaration(chart).unwrap();
    let expected = "    fn pay(\n        /// A token.\n        #[sensitive]\n        card: String,\n    ) -> B {\n";
    assert!(declaration.contains(expected), "{declaration}");
}
