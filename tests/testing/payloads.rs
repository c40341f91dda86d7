//! Payloads that are made from JSON Schemas.

use std::collections::BTreeSet;

use leverframe::testing::{Events, Walk, Walks};
use serde_json::{Value, json};

use super::panics;

/// A machine with payloads of all kinds.
#[leverframe::machine(serde)]
mod form {
    use std::collections::{BTreeMap, BTreeSet};

    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum Shape {
        Plain,
        Round { radius: u8 },
        Within(Box<Shape>),
    }

    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(tag = "kind")]
    pub enum Tagged {
        Small { size: i8 },
        Large { sizes: (u64, bool), more: Option<f64> },
    }

    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Tree {
        pub value: char,
        pub branches: Vec<Tree>,
        #[schemars(regex(pattern = "^[A-Z]{2}-[0-9]{3}$"))]
        pub code: String,
        #[schemars(range(min = 10, max = 20))]
        pub number: u32,
    }

    #[state(initial)]
    pub struct Open;

    #[transition(from = Open)]
    fn shape(shape: Shape) {
        drop(shape);
    }
    #[transition(from = Open)]
    fn tag(tagged: Tagged) {
        let _ = tagged;
    }
    #[transition(from = Open)]
    fn plant(tree: Tree) {
        drop(tree);
    }
    #[transition(from = Open)]
    fn count(small: i8, large: u64, far: i64, #[default = 123_456] often: u32) {
        let _ = (small, large, far, often);
    }
    #[transition(from = Open)]
    fn gather(
        names: BTreeSet<String>,
        counts: BTreeMap<String, u8>,
        pair: [bool; 2],
        any: serde_json::Value,
    ) {
        drop((names, counts, pair, any));
    }
    #[transition(from = Open)]
    fn unread(even: Even) {
        let _ = even;
    }
    #[transition(from = Open)]
    fn end() -> Ended {
        Ended
    }
    #[state(final)]
    pub struct Ended;

    /// A number whose schema does not say that it is even.
    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(try_from = "u8")]
    #[schemars(with = "u8")]
    pub struct Even(pub u8);
    impl TryFrom<u8> for Even {
        type Error = &'static str;
        fn try_from(number: u8) -> Result<Self, Self::Error> {
            if number.is_multiple_of(2) { Ok(Self(number)) } else { Err("it is odd") }
        }
    }
}
use form::{EventName, Form};

/// The payloads of one event in many steps.
fn drawn(event: EventName) -> Vec<Value> {
    let all = <EventName as leverframe::Name>::ALL.iter();
    let others = all.filter(|other| **other != event);
    let events = others.fold(Events::<Form>::generated(), |events, other| events.without(*other));
    let mut walk = Walk::new(events, 3);
    let form: Form = Form::new().into();
    let drawn = (0..200).map(|_| {
        let event = walk.pick(&form).expect("it is legal");
        let name = event.name().to_string();
        serde_json::to_value(event).unwrap()[name].take()
    });
    drawn.collect()
}

#[test]
fn payloads_of_all_kinds_are_made() {
    Walks::<Form>::new(|| Form::new().into(), Events::generated()).run().assert_complete();
}

#[test]
fn payloads_use_what_their_schemas_admit() {
    let shapes = drawn(EventName::Shape);
    for part in ["\"plain\"", "\"round\"", "\"within\":{\"within\""] {
        assert!(shapes.iter().any(|shape| shape.to_string().contains(part)), "{part}");
    }
    let tagged = drawn(EventName::Tag);
    assert!(tagged.iter().any(|value| value["tagged"]["kind"] == "Small"));
    assert!(tagged.iter().any(|value| value["tagged"]["more"].is_null()));
    assert!(tagged.iter().any(|value| value["tagged"]["more"].is_number()));

    for value in drawn(EventName::Plant) {
        let tree = &value["tree"];
        let code = tree["code"].as_str().unwrap();
        assert!(code.len() == 6 && code.as_bytes()[2] == b'-', "{code}");
        assert!((10..=20).contains(&tree["number"].as_u64().unwrap()), "{tree}");
        assert_eq!(tree["value"].as_str().unwrap().chars().count(), 1);
    }

    let counts = drawn(EventName::Count);
    let large = counts.iter().filter_map(|count| count["large"].as_u64());
    assert!(large.clone().any(|number| number > u64::from(u32::MAX)));
    assert!(large.clone().any(|number| number < 100));
    let small: BTreeSet<_> = counts.iter().map(|count| count["small"].as_i64().unwrap()).collect();
    assert!(small.len() > 50, "{small:?}");
    let often: BTreeSet<_> = counts.iter().map(|count| count["often"] == json!(123_456)).collect();
    assert_eq!(often.len(), 2, "it is left out sometimes, and given sometimes");

    for value in drawn(EventName::Unread) {
        assert_eq!(value["even"].as_u64().unwrap() % 2, 0);
    }
    assert!(drawn(EventName::Gather).iter().any(|value| !value["names"][0].is_null()));
}

/// A type that reads nothing of what its schema admits.
#[leverframe::machine(serde)]
mod closed {
    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(try_from = "u8")]
    #[schemars(with = "u8")]
    pub struct Never;
    impl TryFrom<u8> for Never {
        type Error = &'static str;
        fn try_from(_: u8) -> Result<Self, Self::Error> {
            Err("it is never read")
        }
    }
    impl From<Never> for u8 {
        fn from(_: Never) -> Self {
            0
        }
    }
    #[state(initial)]
    pub struct Open;
    #[state(final)]
    pub struct Ended;
    #[transition(from = Open)]
    fn end(never: Never) -> Ended {
        let _ = never;
        Ended
    }
}

#[test]
fn a_schema_that_does_not_describe_its_type_is_reported() {
    let mut walk = Walk::<closed::Closed>::new(Events::generated(), 0);
    let closed = closed::Closed::new().into();
    let text = panics(|| _ = walk.pick(&closed));
    assert!(text.starts_with("no payload for `end`: "), "{text}");
    assert!(text.ends_with("; give it one by `Events::with`"), "{text}");
}
