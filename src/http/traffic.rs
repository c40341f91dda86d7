//! What is under way over HTTP, and its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::HttpLimits;

/// The calls and streams of all servers of a program.
pub(crate) struct Traffic {
    calls: watch::Sender<usize>,
    streams: Arc<Semaphore>,
    waiting_bytes: Arc<Semaphore>,
    most_streams: usize,
    connections: Arc<Semaphore>,
    most_connections: usize,
    closing: CancellationToken,
    closed: CancellationToken,
}

/// A call under way.
pub(crate) struct Call {
    calls: watch::Sender<usize>,
    bytes: Option<OwnedSemaphorePermit>,
}

/// An answer that stays open.
pub(crate) struct Stream {
    _permit: OwnedSemaphorePermit,
}

/// A bound that leaves no room.
pub(crate) struct Full;

impl Traffic {
    pub(super) fn new(limits: &HttpLimits) -> Self {
        let semaphore =
            |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self {
            calls: watch::Sender::new(0),
            streams: semaphore(limits.streams),
            waiting_bytes: semaphore(limits.waiting_bytes),
            connections: semaphore(limits.connections),
            most_connections: limits.connections.min(Semaphore::MAX_PERMITS),
            most_streams: limits.streams.min(Semaphore::MAX_PERMITS),
            closing: CancellationToken::new(),
            closed: CancellationToken::new(),
        }
    }

    /// Counts a call until it is dropped.
    pub(crate) fn call(&self) -> Call {
        self.calls.send_modify(|calls| *calls += 1);
        Call { calls: self.calls.clone(), bytes: None }
    }

    /// The number of calls under way.
    pub(super) fn calls(&self) -> usize {
        *self.calls.borrow()
    }

    /// The number of answers that stay open.
    pub(super) fn streams(&self) -> usize {
        self.most_streams - self.streams.available_permits()
    }

    /// The number of connections.
    pub(super) fn connections(&self) -> usize {
        self.most_connections - self.connections.available_permits()
    }

    /// Takes room for a connection, until it is dropped.
    pub(super) fn connection(&self) -> Result<OwnedSemaphorePermit, Full> {
        Arc::clone(&self.connections).try_acquire_owned().map_err(|_| Full)
    }

    /// Takes room for a part of the body of a call, which the call holds until it is dropped.
    pub(crate) fn hold(&self, call: &mut Call, bytes: usize) -> Result<(), Full> {
        let bytes = u32::try_from(bytes).map_err(|_| Full)?;
        let waiting = Arc::clone(&self.waiting_bytes);
        let permit = waiting.try_acquire_many_owned(bytes).map_err(|_| Full)?;
        match &mut call.bytes {
            Some(held) => held.merge(permit),
            held => *held = Some(permit),
        }
        Ok(())
    }

    /// Takes room for an answer that stays open.
    pub(crate) fn stream(&self) -> Result<Stream, Full> {
        let permit = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| Full)?;
        Ok(Stream { _permit: permit })
    }

    /// Cancelled when the end begins: streams end, calls are finished.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.closing
    }

    /// Cancelled when what is still under way is given up.
    pub(crate) fn closed(&self) -> &CancellationToken {
        &self.closed
    }

    /// Begins the end, and waits until no call is under way, at most for `grace`. The answer is the number of calls that
    /// are given up.
    pub(super) async fn close(&self, grace: Duration) -> usize {
        self.closing.cancel();
        let mut calls = self.calls.subscribe();
        let finished = calls.wait_for(|calls| *calls == 0);
        // The sender lives as long as this.
        let _ = timeout(grace, finished).await;
        self.give_up()
    }

    /// Gives up what is under way. The answer is the number of calls.
    pub(super) fn give_up(&self) -> usize {
        self.closing.cancel();
        self.closed.cancel();
        self.calls()
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.send_modify(|calls| *calls -= 1);
    }
}
