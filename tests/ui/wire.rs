//! Types of the author's own in a payload: bounds on the impls of its wire form change nothing of that form.

use schemars::schema_for;
use serde_json::json;

#[leverframe::machine(serde)]
mod lamp {
    #[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    pub(super) struct Force(pub(super) u8);
    #[context]
    #[derive(serde::Serialize, serde::Deserialize)]
    pub(super) struct Total(u8);
    #[state(initial)]
    pub(super) struct Off;
    #[state(final)]
    pub(super) struct On;
    /// Press the switch.
    #[transition(from = Off)]
    fn press(
        total: &mut Total,
        /** How hard. */
        force: Force,
        #[default = 1] times: u8,
        #[default = Force(2)] least: Force,
    ) -> On {
        total.0 += force.0.max(least.0) * times;
        On
    }
    #[query]
    fn is_hard(force: Force) -> bool {
        force.0 > 10
    }
}

/// What schemars makes of the same struct without bounds.
mod plain {
    use super::lamp::Force;

    /// Press the switch.
    #[derive(schemars::JsonSchema, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "its schema alone is used")]
    pub(super) struct Press {
        /// How hard.
        force: Force,
        #[serde(default = "Press::one")]
        times: u8,
        #[serde(default = "Press::two")]
        least: Force,
    }

    impl Press {
        fn one() -> u8 {
            1
        }
        fn two() -> Force {
            Force(2)
        }
    }

    #[derive(schemars::JsonSchema, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) enum Event {
        #[serde(rename = "press")]
        Press(#[expect(dead_code, reason = "its schema alone is used")] Press),
    }
}

#[test]
fn bounds_change_no_wire_form() {
    assert_eq!(schema_for!(lamp::events::Press), schema_for!(plain::Press));
    let [event, plain] = [schema_for!(lamp::Event), schema_for!(plain::Event)]
        .map(|schema| (schema.get("oneOf").cloned(), schema.get("$defs").cloned()));
    assert_eq!(event, plain);
    let press = json!({"press": {"force": 9, "times": 1, "least": 2}});
    let event: lamp::Event =
        serde_json::from_value(json!({"press": {"force": 9}})).expect("an event");
    assert_eq!(serde_json::to_value(event.clone()).expect("JSON"), press);
    let unknown = serde_json::from_value::<lamp::Event>(json!({"press": {"speed": 9}}));
    assert!(unknown.is_err_and(|error| format!("{error}").contains("speed")));
    let query = serde_json::from_value::<lamp::Query>(json!({"is_hard": {"force": 9}}));
    assert!(query.is_ok());
}
