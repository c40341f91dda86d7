//! Work on large runs, off the thread that serves others.

use crate::guarded::Panic;
use crate::portable::Portable;
use crate::run::Run;

/// The size from which a run is worked on by another thread, in bytes.
const LARGE: usize = 256 << 10;

/// Works on a run, on another thread if it is large.
pub(super) async fn offload<M: Portable, T: Send + 'static>(
    mut run: Run<M>,
    work: impl FnOnce(&mut Run<M>) -> T + Send + 'static,
) -> Result<(Run<M>, T), Panic> {
    if run.size() < LARGE {
        let done = work(&mut run);
        return Ok((run, done));
    }
    offload_work(move || {
        let done = work(&mut run);
        (run, done)
    })
    .await
}

/// Does work on a thread that may block.
pub(super) async fn offload_work<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Panic> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done),
        Err(error) => Err(error.try_into_panic().map_or_else(
            |cancelled| Panic::from(Box::new(cancelled.to_string()) as Box<_>),
            Panic::from,
        )),
    }
}
