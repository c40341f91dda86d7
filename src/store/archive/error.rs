//! Why a run cannot be exported, or its export cannot be read.

use std::io;

use super::super::StoreError;
use super::FORM;
use crate::record::{RunId, Version};
use crate::text;

/// Why a run cannot be exported, or its export cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// There is no such run.
    #[error("the run `{}` was never started", .0.name)]
    NeverStarted(RunId),
    /// The run was removed while it was exported.
    #[error("the run `{}` was removed while it was exported; export it again", .0.name)]
    Replaced(RunId),
    /// A record was written in a form that this program does not write, so that another would not read it back.
    #[error("record {version} of the run `{}` has another form than this program writes; export it with the program that wrote it", run.name)]
    Foreign {
        /// The run.
        run: RunId,
        /// The record.
        version: Version,
    },
    /// It is no export of a run.
    #[error("line 1 is not the beginning of an exported run")]
    NoExport(#[source] serde_json::Error),
    /// It has another form.
    #[error(
        "the export has the form {found}, and this program reads the form {FORM}; use a newer program"
    )]
    Form {
        /// Its form.
        found: u32,
    },
    /// It is of another format.
    #[error("the file is {}, and no exported run", text::quoted(.0))]
    Format(String),
    /// A line is not as it was written.
    #[error("line {line} is damaged")]
    Line {
        /// The number of the line, 1 for the first.
        line: u64,
        /// What is wrong.
        #[source]
        fault: LineFault,
    },
    /// The last line is missing.
    #[error(
        "the export ends after line {line}, without its last line; it was cut off, export the run again"
    )]
    CutOff {
        /// The number of lines.
        line: u64,
    },
    /// Something follows the last line.
    #[error("line {line} follows the last line of the export; remove it")]
    Longer {
        /// The number of the line.
        line: u64,
    },
    /// The file cannot be read or written.
    #[error("the export cannot be read or written")]
    Io(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a line of an export differs from what was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// It is longer than any record.
    #[error("it has more than {0} bytes")]
    TooLong(u64),
    /// It is no record.
    #[error("it is no record")]
    Unreadable(#[source] serde_json::Error),
    /// It is another record than the one that follows.
    #[error("it has record {found}, and record {expected} follows here")]
    Version {
        /// The record that follows.
        expected: Version,
        /// The record that it has.
        found: Version,
    },
    /// The first record is no start of a run, or a later one is.
    #[error("the first record of a run starts it, and no other does")]
    Start,
    /// The first record is of another machine than the first line says.
    #[error("it is of the machine `{0}`, and line 1 names another")]
    Machine(String),
    /// It happened before the record in front of it.
    #[error("it is earlier than the record before it")]
    Time,
    /// Its hash does not follow.
    #[error(
        "its hash does not follow from its content and the line before; one of them was changed"
    )]
    Hash,
    /// Its entry has another form than this program writes.
    #[error(
        "its entry has another form than this program writes; import it with the program that exported it"
    )]
    Foreign,
    /// The count or the hash of the last line does not fit.
    #[error(
        "it counts {counted} records, the last with the hash that it repeats, and {found} are there"
    )]
    Trailer {
        /// How many records it counts.
        counted: u64,
        /// How many there are.
        found: u64,
    },
}
