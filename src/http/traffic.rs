//! What is under way over HTTP, and its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::sleep;
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
    given_up: CancellationToken,
}

/// A call under way.
pub(crate) struct Call {
    calls: watch::Sender<usize>,
    _room: Room,
}

/// The room that the body of a request takes.
#[derive(Default)]
pub(crate) struct Room(Option<OwnedSemaphorePermit>);

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
            given_up: CancellationToken::new(),
        }
    }

    /// Counts a call, with the room of its body, until it is dropped. When the end has begun, it is too late.
    pub(crate) fn call(&self, room: Room) -> Option<Call> {
        self.calls.send_modify(|calls| *calls += 1);
        let call = Call { calls: self.calls.clone(), _room: room };
        (!self.closing.is_cancelled()).then_some(call)
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

    /// Takes room for a part of a body.
    pub(crate) fn hold(&self, room: &mut Room, bytes: usize) -> Result<(), Full> {
        let bytes = u32::try_from(bytes).map_err(|_| Full)?;
        let waiting = Arc::clone(&self.waiting_bytes);
        let permit = waiting.try_acquire_many_owned(bytes).map_err(|_| Full)?;
        match &mut room.0 {
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

    /// Cancelled when nobody waits any more, not even for answers to be written.
    pub(super) fn given_up(&self) -> &CancellationToken {
        &self.given_up
    }

    /// Begins the end, and waits until no call is under way, at most for `grace`. The answer is the number of calls that
    /// are given up.
    pub(super) async fn close(&self, grace: Duration) -> usize {
        self.closing.cancel();
        let mut calls = self.calls.subscribe();
        tokio::select! {
            // The sender lives as long as this.
            _ = calls.wait_for(|calls| *calls == 0) => {}
            () = self.given_up.cancelled() => {}
            () = sleep(grace) => {}
        }
        self.closed.cancel();
        self.calls()
    }

    /// Ends at once.
    pub(super) fn give_up(&self) {
        for token in [&self.given_up, &self.closing, &self.closed] {
            token.cancel();
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.calls.send_modify(|calls| *calls -= 1);
    }
}
