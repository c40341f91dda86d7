//! Whether the file is still the one that was opened, by its identity and by its mark.
//!
//! The identity shows a file that was moved, removed or replaced. The mark shows one that was written over: a random
//! number in the header of the file and in the row of `store`. SQLite writes a commit to its log alone; the file changes
//! only when the log is moved into it, which the store does by itself, never SQLite. Before each such move, a
//! transaction changes the mark, unless the change before has not reached the file yet. So the header of the file has
//! the present mark or the one before; any other file has neither.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rusqlite::Connection;

use super::super::StoreError;
use super::held::Identity;
use super::place::Place;
use super::transaction::execute;

/// Where SQLite keeps `user_version` in the header, which is the mark here.
const OFFSET: u64 = 60;

/// Watches over the file of a store.
#[derive(Debug)]
pub(super) struct Guard {
    place: Place,
    logs: Vec<(PathBuf, Identity)>,
    /// The greatest length of the file so far.
    longest: AtomicU64,
    is_dead: AtomicBool,
}

/// The marks at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marks {
    current: i32,
    previous: i32,
    /// `None` if the file is too short to have one.
    file: Option<i32>,
}

impl Marks {
    /// Reads the marks through SQLite and from the file.
    pub(super) fn read(connection: &Connection, place: &Place) -> rusqlite::Result<Self> {
        let (current, previous) = connection
            .prepare_cached("SELECT mark, previous FROM store")?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut bytes = [0; 4];
        let file = place.held.read_at(&mut bytes, OFFSET);
        let file = file.ok().map(|()| i32::from_be_bytes(bytes));
        Ok(Self { current, previous, file })
    }

    /// Gives a new store its first mark.
    pub(super) fn begin(connection: &Connection) -> rusqlite::Result<()> {
        // The file has none yet, and so the one before.
        Self { current: 0, previous: 0, file: Some(0) }.renew(connection)
    }

    /// Whether log and file belong together.
    pub(super) fn fit(self) -> bool {
        [self.current, self.previous].map(Some).contains(&self.file)
    }

    /// Writes a new mark, unless the present one has not reached the file yet. Whoever moves the log into the file
    /// has to do this before.
    pub(super) fn renew(self, connection: &Connection) -> rusqlite::Result<()> {
        if self.file != Some(self.current) {
            return Ok(());
        }
        let mark = drawn(self);
        connection.prepare_cached("UPDATE store SET previous = mark, mark = ?")?.execute([mark])?;
        connection.pragma_update(None, "user_version", mark)
    }

    /// Forgets the mark before, once the file has the present one. A log that begins anew has this in its first
    /// transaction, and so tells to which file it belongs.
    pub(super) fn settle(self, connection: &Connection, is_first: bool) -> rusqlite::Result<()> {
        if self.file == Some(self.current) && (self.previous != self.current || is_first) {
            execute(connection, "UPDATE store SET previous = mark")?;
        }
        Ok(())
    }
}

/// A random number that is none of the marks.
fn drawn(marks: Marks) -> i32 {
    loop {
        // Each state is made with other keys, drawn by the system.
        let [a, b, c, d, ..] = RandomState::new().build_hasher().finish().to_be_bytes();
        let mark = i32::from_be_bytes([a, b, c, d]);
        if ![0, marks.current, marks.previous].contains(&mark) {
            return mark;
        }
    }
}

impl Guard {
    /// Begins to watch over a file that SQLite has opened.
    pub(super) fn new(place: Place) -> io::Result<Self> {
        let logs = ["-wal", "-shm"].map(|end| place.beside(end));
        let logs = logs.map(|log| Ok((Identity::of(&fs::metadata(&log)?), log)));
        let logs = logs.into_iter().collect::<io::Result<Vec<_>>>()?;
        let logs = logs.into_iter().map(|(identity, log)| (log, identity)).collect();
        let longest = AtomicU64::new(place.held.file().metadata()?.len());
        Ok(Self { place, logs, longest, is_dead: AtomicBool::new(false) })
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Whether the file was found to be another one. Then it is so for good.
    pub(super) fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::SeqCst)
    }

    /// Looks at the file within a transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Poisoned`] if it is another file, now or before.
    pub(super) fn check(&self, connection: &Connection) -> Result<Marks, StoreError> {
        if !self.is_dead() && self.is_same() {
            // What cannot be read because the file is another one is no damage of the store.
            match Marks::read(connection, &self.place) {
                Ok(marks) if marks.fit() => return Ok(marks),
                Ok(_) => {}
                Err(error) => return Err(super::value::failed(error)),
            }
        }
        if !self.is_dead.swap(true, Ordering::SeqCst) {
            tracing::error!(path = %self.place.path.display(), "{Replaced}");
        }
        Err(replaced())
    }

    /// Whether the paths lead to the files that were opened, and nothing was cut off the store's.
    pub(super) fn is_same(&self) -> bool {
        let file = (&self.place.path, &self.place.held.identity);
        let logs = self.logs.iter().map(|(path, identity)| (path, identity));
        std::iter::once(file).chain(logs).all(|(path, identity)| {
            fs::metadata(path).is_ok_and(|found| Identity::of(&found) == *identity)
        }) && !self.is_cut()
    }

    /// Whether the file is shorter than it was. SQLite never cuts off a part, as nothing is vacuumed.
    fn is_cut(&self) -> bool {
        let longest = self.longest.load(Ordering::SeqCst);
        let length = fs::metadata(&self.place.path).map_or(0, |found| found.len());
        self.longest.fetch_max(length, Ordering::SeqCst);
        length < longest
    }
}

/// The error of every use after the file was found to be another one.
pub(super) fn replaced() -> StoreError {
    StoreError::Poisoned(Box::new(Replaced))
}

#[derive(Debug, thiserror::Error)]
#[error(
    "the file of the store was moved, removed, replaced or cut; nothing is recorded any more; put it back and restart the program"
)]
struct Replaced;
