//! Where histories are kept.
//!
//! A store knows records, not machines: whoever reads a history applies it. All that it promises is that an
//! acknowledged record stays, and that no version of a run is ever given twice.

pub mod memory;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::record::{Record, RunName, Version};

/// A place for histories.
pub trait Store: Send + Sync + 'static {
    /// Adds records to the end of a run's history: all of them, or none.
    ///
    /// The versions of the records are consecutive. The first tells where the history has to end for the records to
    /// be taken: version 0 starts the run, any other follows on the version before it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Conflict`], where the history ends elsewhere; nothing was added then.
    fn append<'a>(
        &'a self,
        run: &'a RunName,
        records: Vec<Record>,
    ) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Reads at most `limit` records of a run, beginning with the version `from`. A run that was never started has
    /// none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], where the store cannot be read.
    fn load<'a>(
        &'a self,
        run: &'a RunName,
        from: Version,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Record>, StoreError>>;

    /// Reads the heads of at most `limit` runs, in the order of their names, beginning after the name `after`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], where the store cannot be read.
    fn heads<'a>(
        &'a self,
        after: Option<&'a RunName>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Head>, StoreError>>;
}

/// The end of a run's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The run.
    pub run: RunName,
    /// The version of its last record.
    pub version: Version,
    /// The state in which it is, as on the wire.
    pub state: String,
    /// The time of its last record.
    pub time: DateTime<Utc>,
}

/// Why a store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The history ends elsewhere than the records to be added suppose. Nothing was added; read again.
    #[error("{}", conflict(*actual))]
    Conflict {
        /// The version at which the run is; `None` where it was never started.
        actual: Option<Version>,
    },
    /// The store cannot be used now. Nothing is known about what was to be added; read again.
    #[error("the store of runs is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn conflict(actual: Option<Version>) -> String {
    match actual {
        Some(version) => format!("the run is at version {version} already"),
        None => "the run was never started".to_owned(),
    }
}
