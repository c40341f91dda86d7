//! The traits that the wire form needs of the author's types, under names that say what a type is used for.
//!
//! Each has a lifetime that it does not use: a bound `for<'a> T: Payload<'a>` of an impl is not checked where it stands,
//! only where the impl is used.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::ser::Serialize;

/// A part of an event's payload.
#[diagnostic::on_unimplemented(
    message = "the payload type `{Self}` lacks a trait that `#[machine(serde)]` needs",
    label = "derive what is missing: `#[derive(Clone, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]`",
    note = "it has to be `Send`, `Sync` and `'static`, too"
)]
pub trait Payload<'a>:
    Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

#[diagnostic::do_not_recommend]
impl<T> Payload<'_> for T where
    T: Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

/// An argument of a query.
#[diagnostic::on_unimplemented(
    message = "the argument type `{Self}` lacks a trait that `#[machine(serde)]` needs",
    label = "derive what is missing: `#[derive(serde::Deserialize, schemars::JsonSchema)]`",
    note = "it has to be `Send` and `'static`, too"
)]
pub trait Argument<'a>: DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send + 'static> Argument<'_> for T {}

/// The context.
#[diagnostic::on_unimplemented(
    message = "the context `{Self}` lacks a trait that `#[machine(serde)]` needs",
    label = "derive what is missing: `#[derive(serde::Serialize, serde::Deserialize)]`",
    note = "it has to be `Send` and `Sync`, too"
)]
pub trait Context<'a>: Serialize + DeserializeOwned + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync> Context<'_> for T {}

/// The answer of a query.
#[diagnostic::on_unimplemented(
    message = "the answer `{Self}` lacks a trait that `#[machine(serde)]` needs",
    label = "derive what is missing: `#[derive(serde::Serialize)]`"
)]
pub trait Answer: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Answer for T {}

/// One event or all of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire form until the errors about its payloads are fixed"
)]
pub trait Events<'a>:
    Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

#[diagnostic::do_not_recommend]
impl<T> Events<'_> for T where
    T: Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
}

/// All queries.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire form until the errors about its arguments are fixed"
)]
pub trait Questions<'a>: DeserializeOwned + JsonSchema + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + JsonSchema + Send + 'static> Questions<'_> for T {}

/// Compiles where the type can be a part of a payload.
pub const fn payload<T: for<'a> Payload<'a>>() {}

/// Compiles where the type can be an argument of a query.
pub const fn argument<T: for<'a> Argument<'a>>() {}

/// Compiles where the type can be a context.
pub const fn context<T: for<'a> Context<'a>>() {}

#[cfg(test)]
mod tests {
    use alloc::format;

    use schemars::schema_for;
    use serde_json::json;

    #[leverframe::machine(serde)]
    #[expect(dead_code, reason = "the test needs the wire form alone")]
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
}
