//! What is under way on a connection: requests that were read and not answered, answers that were made and not taken.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use rmcp::ErrorData;
use rmcp::model::{JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use tokio::sync::Notify;

use super::StdioLimits;
use super::turns::Turn;
use crate::mcp::subscriptions::Ending;

/// A batch of answers that took more is given back to the allocator.
const KEPT: usize = 1024 * 1024;

/// What the reading and the writing half of a connection know of each other.
pub(super) struct Exchange {
    limits: StdioLimits,
    state: Mutex<State>,
    /// Lets one call go on that waits for room.
    room: Notify,
    /// Wakes the writer of answers.
    answered: Notify,
    /// Notified when nothing more is read.
    ended: Notify,
    /// Set to end the requests that last.
    ending: Ending,
}

#[derive(Default)]
struct State {
    calls: HashMap<RequestId, Call>,
    serial: u64,
    /// How many calls last.
    lasting: usize,
    /// The lines that wait for them.
    lines: usize,
    /// The bytes of the requests under way.
    asked: usize,
    /// About the bytes of the answers that are made and not handed over.
    made: usize,
    /// The answers that the writer has not taken.
    answers: Vec<u8>,
    /// The bytes of those that it has taken and not written.
    writing: usize,
    /// Where each answer that is not written whole ends, counted from the first byte of the connection.
    ends: VecDeque<u64>,
    /// How many bytes were written.
    written: u64,
    /// The calls that wait for room.
    waiting: usize,
    reader: Option<Waker>,
    /// A request has settled how the client speaks.
    has_begun: bool,
    /// Nothing more is to be read.
    is_stopping: bool,
    /// Nobody takes answers any more.
    is_deaf: bool,
}

/// A request under way.
struct Call {
    serial: u64,
    bytes: usize,
    /// About the bytes of its answer, once that is made.
    made: usize,
    is_cancelled: bool,
    has_ended: bool,
    /// It is answered when the client cancels it or the server ends.
    is_lasting: bool,
}

/// What a request carries to where it is handled. The handler has ended, in whatever way, once the last clone is
/// dropped.
#[derive(Clone)]
pub(super) struct Ticket(Arc<Admitted>);

struct Admitted {
    exchange: Arc<Exchange>,
    id: RequestId,
    serial: u64,
    turn: Option<Turn>,
}

impl Exchange {
    /// The requests that last are ended by `ending`, once all others are answered and nothing more is read.
    pub(super) fn new(limits: StdioLimits, ending: Ending) -> Arc<Self> {
        let [room, answered, ended] = [(); 3].map(|()| Notify::new());
        Arc::new(Self { limits, state: Mutex::default(), room, answered, ended, ending })
    }

    pub(super) fn limits(&self) -> &StdioLimits {
        &self.limits
    }

    /// The state. Nothing under the lock can leave it half changed, so a poisoned lock guards a whole one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The client has begun as the protocol says, so that what is no request is of use from here on.
    pub(super) fn begin(&self) {
        self.state().has_begun = true;
    }

    pub(super) fn has_begun(&self) -> bool {
        self.state().has_begun
    }

    /// Reads nothing more.
    pub(super) fn stop(&self) {
        let mut state = self.state();
        state.is_stopping = true;
        state.wake_reader();
        drop(state);
        self.ended.notify_one();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.state().is_stopping
    }

    /// Waits until nothing more is read.
    pub(super) async fn ended(&self) {
        self.ended.notified().await;
    }

    /// So many lines are still to be handled once nothing more is read.
    pub(super) fn will_read(&self, lines: usize) {
        self.state().lines = lines;
    }

    /// How many requests have no answer that was written whole.
    pub(super) fn left(&self) -> usize {
        let state = self.state();
        state.lines + state.calls.len() + state.ends.len()
    }

    /// Whether all that was read is answered, and all answers are written. Else wakes the reader when it may be so.
    pub(super) fn is_idle(&self, cx: &Context<'_>) -> bool {
        let mut state = self.state();
        state.reader_waits(cx);
        if state.calls.len() == state.lasting {
            // It was set before where one of them has not ended yet.
            let _ = self.ending.set(());
        }
        state.calls.is_empty() && state.ends.is_empty()
    }

    /// Whether the bounds allow to read one more line. Else wakes the reader when they may.
    pub(super) fn has_room(&self, cx: &Context<'_>) -> bool {
        let mut state = self.state();
        state.reader_waits(cx);
        state.asked + state.untaken() <= self.limits.waiting_bytes
    }

    /// Takes a request of so many bytes. Where as many as may be are under way, or one of its id is, it does not, and
    /// wakes the reader when it may.
    pub(super) fn admit(
        self: &Arc<Self>,
        id: &RequestId,
        bytes: usize,
        turn: impl FnOnce() -> Option<Turn>,
        cx: &Context<'_>,
    ) -> Option<Ticket> {
        let mut state = self.state();
        if state.calls.len() - state.lasting >= self.limits.in_flight.get()
            || state.calls.contains_key(id)
        {
            state.reader_waits(cx);
            return None;
        }
        let serial = state.serial;
        state.serial += 1;
        state.asked += bytes;
        let (is_cancelled, has_ended) = (false, false);
        let call = Call { serial, bytes, made: 0, is_cancelled, has_ended, is_lasting: false };
        state.calls.insert(id.clone(), call);
        drop(state);
        let exchange = Arc::clone(self);
        Some(Ticket(Arc::new(Admitted { exchange, id: id.clone(), serial, turn: turn() })))
    }

    /// The client wants no answer any more, and may get none.
    pub(super) fn cancelled(&self, id: &RequestId) {
        let mut state = self.state();
        let Some(call) = state.calls.get_mut(id) else { return };
        call.is_cancelled = true;
        if call.has_ended {
            state.remove(id);
            self.has_moved(state);
        }
    }

    /// Hands over the answer to a request.
    pub(super) fn answer(&self, id: Option<&RequestId>, answer: &ServerJsonRpcMessage) {
        let mut state = self.state();
        if let Some(id) = id {
            state.remove(id);
        }
        if let Err(error) = state.push(answer) {
            tracing::error!(%error, "an answer cannot be written");
            let error = ErrorData::internal_error("the answer cannot be written as JSON", None);
            // It has nothing in it that could not be written.
            let _ = state.push(&JsonRpcMessage::error(error, id.cloned()));
        }
        self.has_moved(state);
    }

    /// Hands over a line.
    pub(super) fn say(&self, line: &str) {
        let mut state = self.state();
        if !state.is_deaf {
            state.answers.extend_from_slice(line.as_bytes());
            state.ends();
        }
        self.has_moved(state);
    }

    /// Waits until the client has taken enough of what was answered before.
    pub(super) async fn room(&self) {
        {
            let mut state = self.state();
            if state.waiting == 0 && self.is_free(&state) {
                return;
            }
            state.waiting += 1;
        }
        let _waiting = Waiting(self);
        loop {
            self.room.notified().await;
            let state = self.state();
            if self.is_free(&state) {
                return;
            }
        }
    }

    fn is_free(&self, state: &State) -> bool {
        state.made + state.untaken() <= self.limits.waiting_bytes
    }

    /// Wakes whoever may go on.
    fn has_moved(&self, mut state: MutexGuard<'_, State>) {
        state.wake_reader();
        if !state.answers.is_empty() {
            self.answered.notify_one();
        }
        if state.waiting > 0 && self.is_free(&state) {
            self.room.notify_one();
        }
    }

    /// Waits until there are answers to write.
    pub(super) async fn has_answers(&self) {
        while self.state().answers.is_empty() {
            self.answered.notified().await;
        }
    }

    /// Gives the writer all answers that are ready, in exchange for a buffer.
    pub(super) fn take_answers(&self, batch: &mut Vec<u8>) {
        batch.clear();
        if batch.capacity() > KEPT {
            *batch = Vec::new();
        }
        let mut state = self.state();
        std::mem::swap(&mut state.answers, batch);
        state.writing = batch.len();
    }

    /// The writer has written so many bytes of its batch.
    pub(super) fn written(&self, bytes: usize) {
        let mut state = self.state();
        state.writing -= bytes;
        state.written += bytes as u64;
        while state.ends.front().is_some_and(|end| *end <= state.written) {
            state.ends.pop_front();
        }
        self.has_moved(state);
    }

    /// The client has closed its end.
    pub(super) fn client_is_gone(&self, error: &io::Error) {
        tracing::debug!(%error, "the client takes no more answers");
        let mut state = self.state();
        state.is_deaf = true;
        state.answers = Vec::new();
        state.ends = VecDeque::new();
        state.writing = 0;
        self.has_moved(state);
        self.stop();
    }
}

impl State {
    /// The bytes of the answers that were not taken.
    fn untaken(&self) -> usize {
        self.answers.len() + self.writing
    }

    fn reader_waits(&mut self, cx: &Context<'_>) {
        match &mut self.reader {
            Some(reader) => reader.clone_from(cx.waker()),
            None => self.reader = Some(cx.waker().clone()),
        }
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    /// Takes out a call that needs no answer any more.
    fn remove(&mut self, id: &RequestId) {
        if let Some(call) = self.calls.remove(id) {
            self.asked -= call.bytes;
            self.made -= call.made;
            self.lasting -= usize::from(call.is_lasting);
            self.wake_reader();
        }
    }

    fn push(&mut self, message: &ServerJsonRpcMessage) -> Result<(), serde_json::Error> {
        if self.is_deaf {
            return Ok(());
        }
        let before = self.answers.len();
        if let Err(error) = serde_json::to_writer(&mut self.answers, message) {
            self.answers.truncate(before);
            return Err(error);
        }
        self.answers.push(b'\n');
        self.ends();
        Ok(())
    }

    /// Remembers where the last answer ends.
    fn ends(&mut self) {
        self.ends.push_back(self.written + self.untaken() as u64);
    }
}

/// A call that waits for room. The one behind it is let go on as well, so that all do for which there is room.
struct Waiting<'a>(&'a Exchange);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.waiting -= 1;
        self.0.has_moved(state);
    }
}

impl Ticket {
    pub(super) fn turn(&self) -> Option<&Turn> {
        self.0.turn.as_ref()
    }

    /// Waits until the client has taken enough of what was answered before.
    pub(super) async fn room(&self) {
        self.0.exchange.room().await;
    }

    /// The request lasts, so that it takes no room from others.
    pub(super) fn lasts(&self) {
        let mut state = self.0.exchange.state();
        let call = state.calls.get_mut(&self.0.id).filter(|call| call.serial == self.0.serial);
        let Some(call) = call.filter(|call| !call.is_lasting) else { return };
        call.is_lasting = true;
        let bytes = std::mem::take(&mut call.bytes);
        state.asked -= bytes;
        state.lasting += 1;
        self.0.exchange.has_moved(state);
    }

    /// Counts an answer of about so many bytes, until it is handed over.
    pub(super) fn made(&self, bytes: usize) {
        let mut state = self.0.exchange.state();
        let call = state.calls.get_mut(&self.0.id).filter(|call| call.serial == self.0.serial);
        if let Some(call) = call {
            call.made = bytes;
            state.made += bytes;
        }
    }
}

impl Drop for Admitted {
    /// A call that was cancelled may get no answer, so that it is over with its handler.
    fn drop(&mut self) {
        let mut state = self.exchange.state();
        let Some(call) = state.calls.get_mut(&self.id) else { return };
        if call.serial != self.serial {
            return;
        }
        call.has_ended = true;
        if call.is_cancelled {
            state.remove(&self.id);
            self.exchange.has_moved(state);
        }
    }
}

/// The request to which a message is the answer.
pub(super) fn answered(message: &ServerJsonRpcMessage) -> Option<&RequestId> {
    match message {
        JsonRpcMessage::Response(response) => Some(&response.id),
        JsonRpcMessage::Error(error) => error.id.as_ref(),
        JsonRpcMessage::Request(_) | JsonRpcMessage::Notification(_) => None,
    }
}
