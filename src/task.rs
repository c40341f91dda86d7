//! Tasks: async work that a state starts, and that ends in an event of the machine.
//!
//! A machine declares its tasks by `#[task]`. From the declaration come an enum of inputs, `Task`, and a trait with one
//! async method for each task, `Tasks`. The function `worker` makes a [`Worker`] of an implementation.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::error::Error;
use core::fmt::{self, Debug, Display, Formatter};
use core::pin::Pin;

use crate::portable::Portable;

/// One attempt at a task.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The owner and the name of the run: `ada/main`.
    pub run: String,
    /// The name of the task.
    pub task: &'static str,
    /// The idempotency key: the same for all attempts at the task since its state was entered, and used for no other. It
    /// has 64 hexadecimal digits.
    pub key: String,
    /// The number of the attempt, 1 for the first.
    pub number: u32,
}

impl Attempt {
    /// An attempt at a task of a run.
    #[must_use]
    pub fn new(run: String, task: &'static str, key: String, number: u32) -> Self {
        Self { run, task, key, number }
    }
}

/// Why an attempt failed. The task is tried again, unless its attempts are used up or another attempt cannot succeed.
///
/// Every error converts into it, so that `?` works in the methods of `Tasks`.
///
/// ```
/// use leverframe::task::TaskError;
///
/// fn port(text: &str) -> Result<u16, TaskError> {
///     Ok(text.parse()?)
/// }
/// assert_eq!(port("x").unwrap_err().to_string(), "invalid digit found in string");
/// assert!(port("x").unwrap_err().permanent().is_permanent());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TaskError {
    reason: String,
    is_permanent: bool,
}

impl TaskError {
    /// An attempt that failed for this reason.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_permanent: false }
    }

    /// No other attempt can succeed: the task ends in its failure event at once.
    #[must_use]
    pub fn permanent(self) -> Self {
        Self { is_permanent: true, ..self }
    }

    /// Whether no other attempt can succeed.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.is_permanent
    }
}

impl Display for TaskError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Debug for TaskError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// The reason is the error's own text and those of its sources.
impl<E: Error> From<E> for TaskError {
    fn from(error: E) -> Self {
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            reason.push_str(": ");
            reason.push_str(&error.to_string());
            source = error.source();
        }
        Self::new(reason)
    }
}

/// An attempt under way. It ends in an event of the machine.
pub type Attempting<E> = Pin<Box<dyn Future<Output = Result<E, TaskError>> + Send>>;

/// What performs the tasks of the machine `M`: made by the generated function `worker` of an implementation of the
/// generated trait `Tasks`.
pub struct Worker<M> {
    perform: Arc<dyn Perform<M>>,
}

/// A function from a task to its attempt. The bound is on the method, so that types can hold a worker of any `M`.
trait Perform<M>: Send + Sync {
    fn perform(&self, task: M::Task, attempt: Attempt) -> Attempting<M::Event>
    where
        M: Portable;
}

struct Function<F>(F);

impl<M, F> Perform<M> for Function<F>
where
    M: Portable,
    F: Fn(M::Task, Attempt) -> Attempting<M::Event> + Send + Sync,
{
    fn perform(&self, task: M::Task, attempt: Attempt) -> Attempting<M::Event> {
        (self.0)(task, attempt)
    }
}

impl<M: Portable> Worker<M> {
    /// A worker that performs tasks by this function.
    #[must_use]
    pub fn new(
        perform: impl Fn(M::Task, Attempt) -> Attempting<M::Event> + Send + Sync + 'static,
    ) -> Self {
        Self { perform: Arc::new(Function(perform)) }
    }

    /// Begins an attempt. Dropping it cancels it.
    #[must_use]
    pub fn perform(&self, task: M::Task, attempt: Attempt) -> Attempting<M::Event> {
        self.perform.perform(task, attempt)
    }
}

impl<M> Clone for Worker<M> {
    fn clone(&self) -> Self {
        Self { perform: Arc::clone(&self.perform) }
    }
}

impl<M> Debug for Worker<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

/// A machine that declares no tasks, so that no worker is needed. `#[machine(serde)]` implements it for those.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares tasks, and nothing performs them here",
    label = "this needs a worker",
    note = "implement the generated trait `Tasks`, and build the program by `with_worker(worker(…))`"
)]
pub trait Taskless: Portable {}
