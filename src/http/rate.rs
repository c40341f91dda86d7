//! How many requests a second a principal may make.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use serde_json::json;

use super::hosts::{closing, json_answer};
use crate::caller::{Caller, Principal};
use crate::text::quoted;

/// After how many requests the principals that make none any more are forgotten.
const SWEEP: usize = 10_000;

/// The requests of each authenticated principal.
pub(super) struct Rates {
    most: NonZeroU32,
    limiter: DefaultKeyedRateLimiter<Principal>,
    checks: AtomicUsize,
}

impl Rates {
    pub(super) fn new(most: NonZeroU32) -> Self {
        let limiter = RateLimiter::keyed(Quota::per_second(most));
        Self { most, limiter, checks: AtomicUsize::new(0) }
    }

    /// Counts a request. The error is the time until there is room for another.
    fn check(&self, principal: &Principal) -> Result<(), Duration> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.limiter.retain_recent();
        }
        let checked = self.limiter.check_key(principal);
        checked.map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }
}

/// Refuses what an authenticated principal requests beyond its rate. Others are not told apart, and not counted.
pub(super) async fn check_rate(
    State(rates): State<Arc<Rates>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(caller) = request.extensions().get::<Caller>() else { return next.run(request).await };
    let Err(wait) = rates.check(caller.principal()) else { return next.run(request).await };
    let seconds = wait.as_secs() + 1;
    let (name, most) = (quoted(caller.principal().as_str()), rates.most);
    let reason = format!(
        "{name} has the maximum of {most} requests a second; try again in {seconds} s, or raise `--max-rate`"
    );
    let body = json!({
        "error": "too_many_requests",
        "error_description": reason,
        "limit": "max_rate",
        "maximum": most,
    });
    let mut answer = closing(json_answer(StatusCode::TOO_MANY_REQUESTS, &body));
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

#[cfg(test)]
mod tests {
    use super::Rates;

    #[test]
    fn principals_are_counted_apart() {
        let rates = Rates::new(2.try_into().unwrap());
        let [ada, bob] = ["ada", "bob"].map(|name| name.parse().unwrap());
        assert_eq!([rates.check(&ada), rates.check(&ada)], [Ok(()), Ok(())]);
        assert!(rates.check(&ada).is_err());
        assert_eq!(rates.check(&bob), Ok(()));
    }
}
