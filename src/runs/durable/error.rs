//! Why a typed handle did not do what was requested.

use std::fmt::{self, Debug, Formatter};

use super::super::{GateRequest, RunsError};
use super::{At, Durable, Opened};
use crate::portable::Portable;
use crate::run::{Rejection, RunStatus};

/// Why an event was not recorded.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum FireError<M: Portable, S> {
    /// The machine does not take the event: a guard forbids it, or the handler failed. The run is as it was.
    #[error("{}", rejection.reason)]
    Refused {
        /// The handle, on the run as it was.
        handle: Durable<M, S>,
        /// What was refused, and why.
        rejection: Rejection,
    },
    /// A person has to decide about the event, or has decided against it. It is recorded when it is approved; open the run
    /// again then.
    #[error("{request}")]
    Waiting {
        /// The handle, on the run as it was.
        handle: Durable<M, S>,
        /// The request.
        request: GateRequest,
    },
    /// The run is at another version: somebody else, a timeout or a task has changed it. Nothing was recorded.
    #[error(transparent)]
    MovedOn(MovedOn<M>),
    /// The run cannot be read or written. If it is unknown whether the event was recorded, the handle is out of date if it
    /// was.
    #[error("the event was not recorded")]
    Failed {
        /// The handle, on the run as it was.
        handle: Durable<M, S>,
        /// Why.
        #[source]
        error: RunsError,
    },
}

/// Why there is no handle.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum OpenError<M: Portable> {
    /// The run is at another version, or in another state.
    #[error(transparent)]
    MovedOn(MovedOn<M>),
    /// The run cannot be started or read.
    #[error(transparent)]
    Run(#[from] RunsError),
}

/// A run that is at another version than its handle.
#[derive(thiserror::Error)]
#[error(
    "the run `{}` is at version {} in {}, and the handle was of version {}; open it again",
    at.id.name, status.version, status.state.wire(), at.version
)]
pub struct MovedOn<M: Portable> {
    pub(super) at: At<M>,
    pub(super) status: Box<RunStatus>,
}

impl<M: Portable<Context: Default>> MovedOn<M> {
    /// The run as it is.
    #[must_use]
    pub fn status(&self) -> &RunStatus {
        &self.status
    }

    /// Opens the run as it is now.
    ///
    /// # Errors
    ///
    /// As [`Durable::open`].
    pub async fn reopen(&self) -> Result<Opened<M>, RunsError> {
        Durable::open(&self.at.runs, &self.at.caller, &self.at.id).await
    }
}

impl<M: Portable, S: 'static> Debug for FireError<M, S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::chain(self))
    }
}

impl<M: Portable> Debug for OpenError<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::text::chain(self))
    }
}

impl<M: Portable> Debug for MovedOn<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
