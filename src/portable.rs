//! Machines whose values have a wire form.

use alloc::string::String;
use core::convert::Infallible;
use core::error::Error;
use core::fmt::{self, Debug, Display, Formatter};

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::ser::Serializer;

use crate::machine::{Machine, Name};

/// A machine of which state, context, events and answers can be written and read: `#[machine(serde)]`.
///
/// Events are read and written as `{"submit": {"summary": "…"}}`, queries and prompts likewise; states as
/// `{"IN_REVIEW": …}`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire form",
    label = "a machine that is served or kept is declared `#[machine(serde)]`"
)]
pub trait Portable:
    Machine<
        State: Clone + Serialize + DeserializeOwned + Send + Sync,
        Context: Serialize + DeserializeOwned + Send + Sync,
        History: Serialize + DeserializeOwned + Send + Sync,
        Event: Clone + Serialize + DeserializeOwned + JsonSchema + Send + Sync,
    > + Send
    + Sync
{
    /// The enum of queries, each with its arguments.
    type Query: DeserializeOwned + JsonSchema + Send + 'static;
    /// The enum of prompts, each with its arguments.
    type Prompt: DeserializeOwned + JsonSchema + Send + 'static;

    /// Answers a query into a serializer.
    ///
    /// # Errors
    ///
    /// [`Unanswered`], where the query is about a state in which the machine is not, the query fails, or the
    /// serializer does.
    fn answer<Z: Serializer>(
        &self,
        query: Self::Query,
        to: Z,
    ) -> Result<Z::Ok, Unanswered<Self, Z::Error>>;

    /// The text of a prompt.
    ///
    /// # Errors
    ///
    /// [`Unanswered`], where the prompt is about a state in which the machine is not, or fails.
    fn prompt(&self, prompt: Self::Prompt) -> Result<String, Unanswered<Self, Infallible>>;
}

/// Why a query or a prompt has no answer.
pub enum Unanswered<M: Machine, E> {
    /// It is about the data of one state, and the machine is in another.
    Elsewhere {
        /// The state in which the machine is.
        state: M::StateName,
        /// The state that it is about.
        about: M::StateName,
    },
    /// It failed, for this reason.
    Failed(String),
    /// The answer could not be written.
    Unwritten(E),
}

impl<M: Machine, E: Display> Display for Unanswered<M, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere { state, about } => {
                let [state, about] =
                    [state, about].map(|name| M::CHART.state(name.number()).wire());
                write!(f, "it is about the state {about}, and the machine is in {state}")
            }
            Self::Failed(reason) => f.write_str(reason),
            Self::Unwritten(error) => write!(f, "the answer cannot be written: {error}"),
        }
    }
}

impl<M: Machine, E: Debug> Debug for Unanswered<M, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere { state, about } => {
                f.debug_struct("Elsewhere").field("state", state).field("about", about).finish()
            }
            Self::Failed(reason) => f.debug_tuple("Failed").field(reason).finish(),
            Self::Unwritten(error) => f.debug_tuple("Unwritten").field(error).finish(),
        }
    }
}

impl<M: Machine, E: Debug + Display> Error for Unanswered<M, E> {}
