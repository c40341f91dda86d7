//! How much runs may hold.

use std::time::Duration;

/// How much runs may hold. Sizes are lengths as JSON, in bytes.
///
/// ```
/// use leverframe::runs::RunLimits;
///
/// let mut limits = RunLimits::default();
/// limits.context_bytes = 1 << 20;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunLimits {
    /// The maximum size of a machine's value: state, context and history memory. An event that would exceed it is
    /// refused. Default: 16 MiB.
    pub context_bytes: usize,
    /// The approximate total size of the machines that are kept live. The others are read again when they are used.
    /// Default: 64 MiB.
    pub live_bytes: usize,
    /// The maximum number of runs that are kept live. Default: 16,384.
    pub live_runs: usize,
    /// The maximum number of runs that one principal owns, whether they have ended or not. Another cannot be started
    /// before one is removed. Runs that start at the same moment may exceed it by their number. Default: 10,000.
    pub runs_per_principal: u64,
    /// The maximum number of tasks that are performed at the same time. Default: 64.
    pub tasks: usize,
    /// The time after which a task that its program neither ends nor goes on with is taken over by another. Default:
    /// 10 seconds.
    pub task_lease: Duration,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            context_bytes: 16 << 20,
            live_bytes: 64 << 20,
            live_runs: 16 << 10,
            runs_per_principal: 10_000,
            tasks: 64,
            task_lease: Duration::from_secs(10),
        }
    }
}
