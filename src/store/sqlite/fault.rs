//! Faults that the tests seed, to show that they would see them.

/// A way in which a store could be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is as it has to be.
    None,
    /// Commits do not reach the disk.
    SyncNormal,
    /// A record is acknowledged before it is committed.
    EarlyAnswer,
    /// This commit fails, counted from 1, and is told to have failed, as it should be.
    CommitFails(u64),
    /// This commit fails, and is taken for one that did not.
    FailureIgnored(u64),
    /// What conflicts is taken for written.
    ConflictIgnored,
    /// The end of the history is looked up before the lock is taken.
    CheckedUnlocked,
}
