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
use crate::upgrade::Upgrade;

/// A machine whose state, context, events and answers can be serialized: `#[machine(serde)]`.
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
    /// What a run is started with: the inputs, which are fields of the context.
    type Input: DeserializeOwned + JsonSchema + Send + 'static;
    /// The enum of tasks, each with its input; it has no value where there are no tasks.
    type Task: Send + 'static;

    /// How records of earlier versions of the machine are read, in the order of the versions.
    const UPGRADES: &'static [Upgrade] = &[];

    /// The initial context with these inputs. Its other fields are those of the default context.
    fn context(input: Self::Input) -> Self::Context
    where
        Self::Context: Default,
    {
        let _ = input;
        Self::Context::default()
    }

    /// The input of the task with this number in the chart; `None` if the machine is not in the task's state.
    fn task(&self, number: u16) -> Option<Self::Task>;

    /// The event in which the task with this number ends when its attempts are used up, the last with this error; `None`
    /// if there is no such task.
    fn failure(number: u16, error: String) -> Option<Self::Event>;

    /// Answers a query into a serializer.
    ///
    /// # Errors
    ///
    /// [`QueryError`], where the query reads the data of a state in which the machine is not, or the query or the
    /// serializer fails.
    fn answer<Z: Serializer>(
        &self,
        query: Self::Query,
        to: Z,
    ) -> Result<Z::Ok, QueryError<Self, Z::Error>>;

    /// The text of a prompt.
    ///
    /// # Errors
    ///
    /// [`QueryError`], where the prompt reads the data of a state in which the machine is not, or fails.
    fn prompt(&self, prompt: Self::Prompt) -> Result<String, QueryError<Self, Infallible>>;
}

/// Why a query or a prompt was not answered.
pub enum QueryError<M: Machine, E> {
    /// It reads the data of one state, and the machine is in another.
    WrongState {
        /// The state in which the machine is.
        state: M::StateName,
        /// The state whose data it reads.
        about: M::StateName,
    },
    /// The function failed, with this reason.
    Failed(String),
    /// The serializer failed.
    Serializer(E),
}

impl<M: Machine, E: Display> Display for QueryError<M, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongState { state, about } => {
                let [state, about] =
                    [state, about].map(|name| M::CHART.state(name.number()).wire());
                write!(f, "it is about the state {about}, and the machine is in {state}")
            }
            Self::Failed(reason) => f.write_str(reason),
            Self::Serializer(error) => write!(f, "the answer cannot be written: {error}"),
        }
    }
}

impl<M: Machine, E: Debug> Debug for QueryError<M, E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongState { state, about } => {
                f.debug_struct("WrongState").field("state", state).field("about", about).finish()
            }
            Self::Failed(reason) => f.debug_tuple("Failed").field(reason).finish(),
            Self::Serializer(error) => f.debug_tuple("Serializer").field(error).finish(),
        }
    }
}

impl<M: Machine, E: Debug + Display> Error for QueryError<M, E> {}
