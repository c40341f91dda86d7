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
