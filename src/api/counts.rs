//! How often operations are called, and what comes of it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::operations::Operation;
use crate::run::RejectionKind;

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallOutcome {
    /// It did what was requested.
    Done,
    /// The machine or the state of the run refused it.
    Refused(RejectionKind),
    /// The arguments were wrong.
    Invalid,
    /// It failed, for another reason.
    Error,
}

impl CallOutcome {
    /// All outcomes.
    pub(crate) const ALL: [Self; 11] = [
        Self::Done,
        Self::Refused(RejectionKind::NoTransition),
        Self::Refused(RejectionKind::Guard),
        Self::Refused(RejectionKind::Failed),
        Self::Refused(RejectionKind::Final),
        Self::Refused(RejectionKind::Conflict),
        Self::Refused(RejectionKind::Waiting),
        Self::Refused(RejectionKind::Denied),
        Self::Refused(RejectionKind::Limit),
        Self::Invalid,
        Self::Error,
    ];

    /// Whether the call did what was requested, was refused, or failed.
    #[cfg(feature = "http")]
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused(_) | Self::Invalid => "refused",
            Self::Error => "failed",
        }
    }

    /// The kind of a refusal.
    #[cfg(feature = "http")]
    pub(crate) fn refusal(self) -> Option<&'static str> {
        Some(match self {
            Self::Done | Self::Error => return None,
            Self::Invalid => "invalid_arguments",
            Self::Refused(kind) => match kind {
                RejectionKind::NoTransition => "no_transition",
                RejectionKind::Guard => "guard",
                RejectionKind::Failed => "failed",
                RejectionKind::Final => "final",
                RejectionKind::Conflict => "conflict",
                RejectionKind::Waiting => "waiting",
                RejectionKind::Denied => "denied",
                RejectionKind::Limit => "limit",
            },
        })
    }
}

/// The number of calls of each operation, by outcome.
pub(crate) struct Counts(Vec<(&'static str, [AtomicU64; CallOutcome::ALL.len()])>);

impl Counts {
    pub(super) fn of(operations: &[Operation]) -> Self {
        Self(operations.iter().map(|operation| (operation.name(), Default::default())).collect())
    }

    pub(super) fn add(&self, operation: &str, outcome: CallOutcome) {
        let counts = self.0.iter().find(|(name, _)| *name == operation);
        let place = CallOutcome::ALL.iter().position(|known| *known == outcome);
        if let Some(count) = counts.zip(place).and_then(|((_, counts), place)| counts.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The operations, and how often each came to an outcome.
    #[cfg(feature = "http")]
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, CallOutcome, u64)> {
        self.0.iter().flat_map(|(name, counts)| {
            let counts = counts.iter().map(|count| count.load(Ordering::Relaxed));
            CallOutcome::ALL.into_iter().zip(counts).map(|(outcome, count)| (*name, outcome, count))
        })
    }
}
