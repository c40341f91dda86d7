//! How long the store takes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper bounds of the classes of durations, in microseconds.
const BOUNDS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    10_000_000,
];

/// Counts of durations, by class.
#[derive(Debug, Default)]
pub(crate) struct Latency {
    counts: [AtomicU64; BOUNDS.len()],
    beyond: AtomicU64,
    micros: AtomicU64,
}

impl Latency {
    pub(super) fn add(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.partition_point(|bound| *bound < micros);
        self.counts.get(class).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// The upper bound of each class, and how many durations are in it. The last class has no bound.
    #[cfg(feature = "http")]
    pub(crate) fn classes(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS.map(|bound| Some(Duration::from_micros(bound)));
        let counts = self.counts.iter().chain([&self.beyond]);
        let counts = counts.map(|count| count.load(Ordering::Relaxed));
        bounds.into_iter().chain([None]).zip(counts)
    }

    /// The sum of all durations.
    #[cfg(feature = "http")]
    pub(crate) fn total(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }
}
