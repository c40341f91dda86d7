//! Why a file cannot be the store.

use std::io;
use std::path::PathBuf;

use super::super::{Cause, StoreError};

/// Why a file cannot be the store.
#[derive(Debug, thiserror::Error)]
#[error("the store `{}` cannot be used", path.display())]
pub struct OpenError {
    pub(super) path: PathBuf,
    #[source]
    pub(super) cause: OpenCause,
}

impl OpenError {
    /// Whether the file was written by a later version of this library.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        matches!(self.cause, OpenCause::Form { found, known } if found > known)
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum OpenCause {
    #[error("the file or its folder cannot be used; check that its user may write there")]
    Folder(#[source] Cause),
    #[error("a part of the path is a file, and no folder; choose another place")]
    NoFolder,
    #[error("it is a folder; name a file in it")]
    IsFolder,
    #[error("the disk has no room; make some, and try again")]
    Full(#[source] Cause),
    #[error("there is such a file already; choose another name, or remove it")]
    Exists,
    #[error("there is no such file; name a backup")]
    Missing,
    #[error("it is the store itself; name a backup of it")]
    Itself,
    #[error("its content before could not be kept beside it, so nothing was restored")]
    Unkept(#[source] Cause),
    #[error("its content cannot be used")]
    Content(#[source] Box<StoreError>),
    #[error("another backup to this path is under way; wait for it, or choose another name")]
    Underway,
    #[error("its path is not text; choose another path")]
    NoText,
    #[error("it is no store of runs; choose another file")]
    Foreign,
    #[error(
        "it is not the path of a file; a store in memory is named by `memory`, a file by its plain path"
    )]
    NoPath,
    #[error("it is a pipe, a socket or a device; name a plain file")]
    Special,
    #[error(
        "the file is missing or empty, and its log `-wal` is there; put the file back, or move the log away"
    )]
    OnlyLog,
    #[error(
        "it was emptied; restore a backup to another path, or move it and what stands beside it with `-wal` and `-shm` away"
    )]
    Emptied,
    #[error(
        "the log `-wal` beside it belongs to another file; put that file back, or move the log away"
    )]
    OtherLog,
    #[error(
        "it is a copy that was made while the store was written; restore a backup, or copy the store by `leverframe backup`"
    )]
    Torn,
    #[error("it is damaged (it ends after {length} bytes, before its last page); restore a backup")]
    Cut { length: u64 },
    #[error(
        "it has the form {found}, and this program knows the form {known}; use the program that made it"
    )]
    Form { found: i64, known: i64 },
    #[error("it is damaged ({0}); restore a backup")]
    Damaged(String),
    #[error(
        "the file cannot be read or written; check that the disk has room and that its user may write"
    )]
    Sqlite(#[source] rusqlite::Error),
    #[error("the database cannot be told to {0}")]
    Setting(&'static str),
    #[error("the SQLite in use is {0}, which may damage files; 3.51.3 or newer is needed")]
    Old(&'static str),
}

impl From<io::Error> for OpenCause {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind::{IsADirectory, NotADirectory, QuotaExceeded, StorageFull};
        match error.kind() {
            NotADirectory => Self::NoFolder,
            IsADirectory => Self::IsFolder,
            StorageFull | QuotaExceeded => Self::Full(Box::new(error)),
            _ => Self::Folder(Box::new(error)),
        }
    }
}

impl From<rusqlite::Error> for OpenCause {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly};
        match error.sqlite_error_code() {
            Some(NotADatabase) => Self::Foreign,
            Some(DatabaseCorrupt) => Self::Damaged(error.to_string()),
            Some(CannotOpen | ReadOnly) => Self::Folder(Box::new(error)),
            Some(DiskFull) => Self::Full(Box::new(error)),
            _ => Self::Sqlite(error),
        }
    }
}
