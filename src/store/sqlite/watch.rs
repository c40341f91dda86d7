//! What other processes write, as it is seen by looking at the file.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::watch;

use super::guard::Guard;
use super::schema;
use crate::record::Position;

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// A thread that looks at the file until its value is dropped.
#[derive(Debug)]
pub(super) struct Watcher {
    thread: Option<JoinHandle<()>>,
    /// Dropped to end the thread.
    life: Option<mpsc::Sender<()>>,
}

impl Watcher {
    /// Starts the thread, which publishes the end of the log at `end`.
    pub(super) fn start(
        guard: Arc<Guard>,
        end: Arc<watch::Sender<Position>>,
    ) -> std::io::Result<Self> {
        let (life, ended) = mpsc::channel();
        let mut looking = Looking { guard, end, seen: None };
        let thread = thread::Builder::new().name("store-watch".to_owned()).spawn(move || {
            let mut connection = None;
            let mut has_failed = false;
            loop {
                let looked = looking.look(&mut connection);
                if let Err(error) = &looked
                    && !has_failed
                {
                    tracing::error!(%error, "the store cannot be looked at for what others write");
                }
                has_failed = looked.is_err();
                if ended.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        })?;
        Ok(Self { thread: Some(thread), life: Some(life) })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.life = None;
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::error!("a thread of the store has panicked");
        }
    }
}

struct Looking {
    guard: Arc<Guard>,
    end: Arc<watch::Sender<Position>>,
    seen: Option<Seen>,
}

/// What was seen of the file.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    /// A number of the connection, which changes whenever another one commits.
    data: Option<i64>,
    /// The last tombstone.
    tombstone: i64,
}

impl Looking {
    /// Publishes what has changed.
    fn look(&mut self, connection: &mut Option<Connection>) -> rusqlite::Result<()> {
        if self.guard.is_dead() {
            return Ok(());
        }
        let open = match connection.take() {
            Some(open) => open,
            None => schema::reading(self.guard.place())?,
        };
        let looked = self.look_through(&open);
        // After a failure it is opened again.
        *connection = looked.is_ok().then_some(open);
        if looked.is_err()
            && let Some(seen) = &mut self.seen
        {
            seen.data = None;
        }
        looked
    }

    fn look_through(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        // Before the end of the log, so that what comes between is seen the next time.
        let data =
            connection.pragma_query_value(None, "data_version", |row| row.get(0)).map(Some)?;
        if self.seen.is_some_and(|seen| seen.data == data) {
            return Ok(());
        }
        let (position, tombstone) = connection
            .prepare_cached(
                "SELECT coalesce((SELECT max(position) FROM record), 0),
                 coalesce((SELECT max(number) FROM tombstone), 0)",
            )?
            .query_row([], |row| Ok((row.get::<_, Position>(0)?, row.get(1)?)))?;
        let has_removed = self.seen.is_some_and(|seen| seen.tombstone != tombstone);
        self.end.send_if_modified(|end| {
            let has_grown = position > *end;
            *end = position.max(*end);
            has_grown || has_removed
        });
        self.seen = Some(Seen { data, tombstone });
        Ok(())
    }
}
