//! Figures of many calls.

use std::time::Duration;

/// Calls a second, and how long one took in microseconds.
pub(crate) struct Rate {
    pub(crate) a_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Rate {
    pub(crate) fn of(mut times: Vec<Duration>, span: Duration) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let time = times.get(times.len() * percent / 100).copied().unwrap_or_default();
            time.as_secs_f64() * 1e6
        };
        let a_second = times.len() as f64 / span.as_secs_f64();
        Self { a_second, p50: at(50), p99: at(99) }
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
