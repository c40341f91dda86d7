//! Who waits to be written, and who is written together.

use std::hint;

use tokio::sync::mpsc;

/// The most requests of one transaction.
const BATCH: usize = 512;

/// How often the queue is looked at for those who were just answered, before it goes on without them. All of it takes
/// some 30 µs, much less than the disk.
const LOOKS: u32 = 1000;

/// What is to be done next.
pub(super) enum Next<T> {
    /// A batch, which begins with this request, or has none and is for upkeep alone.
    Batch(Option<T>),
    /// Nothing: nobody can ask any more.
    End,
}

/// The requests that wait, batch after batch.
pub(super) struct Queue<T> {
    waiting: mpsc::Receiver<T>,
    /// How many the batch before had.
    before: usize,
    /// How many the present one has.
    taken: usize,
}

impl<T> Queue<T> {
    pub(super) fn new(waiting: mpsc::Receiver<T>) -> Self {
        Self { waiting, before: 0, taken: 0 }
    }

    /// The first request of the next batch. Where there is nothing else to do, it waits for one.
    pub(super) fn first(&mut self, has_work: bool) -> Next<T> {
        self.before = std::mem::replace(&mut self.taken, 1);
        if let Some(task) = self.soon() {
            return Next::Batch(Some(task));
        }
        if has_work && !self.waiting.is_closed() {
            self.taken = 0;
            return Next::Batch(None);
        }
        self.waiting.blocking_recv().map_or(Next::End, |task| Next::Batch(Some(task)))
    }

    /// Another one of the batch. As many as were just answered are likely to ask again at once; who is left behind
    /// waits for the disk twice.
    pub(super) fn another(&mut self) -> Option<T> {
        let task = match self.taken {
            BATCH.. => None,
            taken if taken < self.before => self.soon(),
            _ => self.waiting.try_recv().ok(),
        }?;
        self.taken += 1;
        Some(task)
    }

    /// One that is here or about to come. To sleep, and to be woken, would take longer.
    fn soon(&mut self) -> Option<T> {
        (0..LOOKS).find_map(|_| {
            hint::spin_loop();
            self.waiting.try_recv().ok()
        })
    }
}
