//! What can be requested of a machine's runs: operations with named arguments, answered as JSON.
//!
//! An [`Api`] knows no protocol. Every way to a machine's runs shares its operations, their schemas, the checks of their
//! arguments, its answers and its refusals.

mod access;
mod answer;
mod arguments;
mod calls;
mod completion;
mod counts;
mod cursor;
mod error;
mod fork;
mod gate;
mod gates;
mod limits;
mod listed;
mod moves;
mod operations;
mod pages;
mod prompts;
mod reads;
mod record;
pub(crate) mod redact;
mod refusal;
mod schema;
mod start;
mod style;
mod task;
pub(crate) mod words;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

pub use self::answer::Answer;
pub use self::arguments::Problem;
pub use self::completion::{Completed, Completion};
use self::counts::Counts;
pub use self::error::{CallError, OperationsError};
pub use self::limits::ApiLimits;
use self::moves::Moves;
pub use self::operations::Operation;
use self::prompts::Prompts;
pub(crate) use self::record::{ParentJson, RecordJson};
use self::schema::Payloads;
pub use self::style::Style;
use crate::caller::Caller;
use crate::chart::Prompt;
use crate::portable::Portable;
use crate::record::{RunId, RunName};
use crate::runs::Runs;

/// The operations of the machine `M` on its runs.
///
/// Every call names its caller. It reaches the caller's own runs by their names, and those of other principals as
/// `owner/name`, as far as the caller's roles permit.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use leverframe::api::{Api, ApiLimits, Style};
/// use leverframe::caller::{Caller, Way};
/// use leverframe::orchestrator::Orchestrator;
/// use leverframe::runs::Runs;
/// use leverframe::store::memory::MemoryStore;
/// use serde_json::{Map, json};
///
/// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
/// let api = Api::new(runs, Style::Target, ApiLimits::default())?;
/// let ada = Caller::new("ada".parse()?, Way::Program);
///
/// let transition = api.operation("transition_state").ok_or("there is no such operation")?;
/// let arguments = Map::from_iter([("new_state".to_owned(), json!("PLANNING"))]);
/// let answer = api.call(&ada, transition, arguments.clone()).await;
/// assert!(answer.text().starts_with(r#"{"run":"main","version":1,"state":"PLANNING","event":"plan""#));
///
/// let again = api.call(&ada, transition, arguments).await;
/// assert!(again.is_refusal());
/// assert!(again.text().contains("no move leads from PLANNING to PLANNING"));
/// # Ok(())
/// # }
/// ```
pub struct Api<M> {
    runs: Runs<M>,
    moves: Moves,
    operations: Vec<Operation>,
    prompts: Arc<Prompts>,
    limits: ApiLimits,
    counts: Counts,
}

impl<M: Portable<Context: Default>> Api<M> {
    /// The operations on these runs.
    ///
    /// # Errors
    ///
    /// [`OperationsError`] if the machine cannot be offered in this style.
    pub fn new(runs: Runs<M>, style: Style, limits: ApiLimits) -> Result<Self, OperationsError> {
        let moves = Moves::new(M::CHART, &Payloads::of::<M::Event>(), style);
        let operations = operations::operations::<M>(&moves, runs.default_run(), style)?;
        let (prompts, counts) = (Arc::new(Prompts::of::<M>()), Counts::of(&operations));
        Ok(Self { runs, moves, operations, prompts, limits, counts })
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> &Runs<M> {
        &self.runs
    }

    /// All operations, in a fixed order. The list never changes.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// How often the operations were called.
    #[cfg(feature = "http")]
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The operation with this name.
    #[must_use]
    pub fn operation(&self, name: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.name() == name)
    }

    /// All prompts, in a fixed order.
    #[must_use]
    pub fn prompts(&self) -> &'static [Prompt] {
        M::CHART.prompts()
    }

    /// The caller's own run with this name; without a name, the caller's default run.
    #[must_use]
    pub fn run_of(&self, caller: &Caller, run: Option<RunName>) -> RunId {
        let run = run.unwrap_or_else(|| self.runs.default_run().clone());
        RunId::new(caller.principal().clone(), run)
    }
}

impl<M> Debug for Api<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.operations.iter().map(Operation::name).collect();
        f.debug_struct("Api").field("operations", &names).finish_non_exhaustive()
    }
}
