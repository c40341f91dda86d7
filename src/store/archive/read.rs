//! Reading an export, line by line, with all that it proves.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ArchiveError, FORM, FORMAT, Header, LineFault, Trailer, machine};
use crate::record::{Actor, Entry, Hash, Record, RequestKey, RunId, Version, truncated};

/// The maximum length of a line. It bounds what is held in memory.
const LINE: u64 = 256 << 20;

/// A file with an exported run.
#[derive(Debug)]
pub struct Archive {
    file: File,
    header: Header,
}

impl Archive {
    /// An export in a file, of which the first line is read.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`] if it is no export, or cannot be read.
    pub fn open(mut file: File) -> Result<Self, ArchiveError> {
        file.rewind()?;
        let mut lines = Lines::new(file.try_clone()?);
        let first = lines.next()?.ok_or(ArchiveError::CutOff { line: 0 })?;
        let header: Header = serde_json::from_slice(&first).map_err(ArchiveError::NoExport)?;
        if header.format != FORMAT {
            return Err(ArchiveError::Format(header.format));
        }
        if header.form != FORM {
            return Err(ArchiveError::Form { found: header.form });
        }
        Ok(Self { file, header })
    }

    /// The name of the machine.
    #[must_use]
    pub fn machine(&self) -> &str {
        &self.header.machine
    }

    /// The run that was exported.
    #[must_use]
    pub fn run(&self) -> RunId {
        RunId::new(self.header.owner.clone(), self.header.run.clone())
    }

    /// The declaration of the machine that made the last record.
    #[must_use]
    pub fn declaration(&self) -> Hash {
        self.header.declaration
    }

    /// The length of the file, in bytes.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn length(&self) -> Result<u64, ArchiveError> {
        Ok(self.file.metadata()?.len())
    }

    /// The records from the first on. Only one such reader may be in use at a time.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn records(&mut self) -> Result<Records, ArchiveError> {
        self.file.rewind()?;
        let mut lines = Lines::new(self.file.try_clone()?);
        lines.next()?;
        let machine = self.header.machine.clone();
        Ok(Records { lines, machine, next: Version::START, last: None, has_ended: false })
    }
}

/// The records of an export, each proven by the one before. An error is the last item; if there is none, the export is
/// whole.
#[derive(Debug)]
pub struct Records {
    lines: Lines,
    machine: String,
    next: Version,
    /// The hash and the time of the last record.
    last: Option<(Hash, DateTime<Utc>)>,
    has_ended: bool,
}

/// A record as a line has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    version: Version,
    time: DateTime<Utc>,
    actor: Actor,
    #[serde(default)]
    key: Option<RequestKey>,
    #[serde(borrow)]
    entry: &'a RawValue,
    hash: Hash,
}

impl Records {
    /// How many bytes of the file are read.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.lines.bytes
    }

    /// The next record; `None` after the last line.
    fn read(&mut self) -> Result<Option<Record>, ArchiveError> {
        let Some(text) = self.lines.next()? else {
            return Err(ArchiveError::CutOff { line: self.lines.number });
        };
        let line = self.lines.number;
        let damaged = |fault| ArchiveError::Line { line, fault };
        if text.starts_with(br#"{"records":"#) {
            let trailer = serde_json::from_slice(&text);
            self.end(trailer.map_err(|error| damaged(LineFault::Unreadable(error)))?)
                .map_err(damaged)?;
            return match self.lines.next()? {
                Some(_) => Err(ArchiveError::Longer { line: self.lines.number }),
                None => Ok(None),
            };
        }
        self.record(&text).map(Some).map_err(damaged)
    }

    fn record(&mut self, text: &[u8]) -> Result<Record, LineFault> {
        let Line { version, time, actor, key, entry: written, hash } =
            serde_json::from_slice(text).map_err(LineFault::Unreadable)?;
        let expected = self.next;
        if version != expected {
            return Err(LineFault::Version { expected, found: version });
        }
        let entry: Entry = serde_json::from_str(written.get()).map_err(LineFault::Unreadable)?;
        match (machine(&entry), expected) {
            (Some(machine), Version::START) if machine == self.machine => {}
            (Some(machine), Version::START) => return Err(LineFault::Machine(machine.to_owned())),
            (None, expected) if expected != Version::START => {}
            _ => return Err(LineFault::Start),
        }
        let (before, earlier) = self.last.unwrap_or((Hash::NONE, DateTime::<Utc>::MIN_UTC));
        let record = Record::stored(version, time, actor, key, entry, hash);
        if record.chained(&before, written.get()) != hash || truncated(time) != time {
            return Err(LineFault::Hash);
        }
        if time < earlier {
            return Err(LineFault::Time);
        }
        if record.entry_json() != written.get() {
            return Err(LineFault::Foreign);
        }
        (self.last, self.next) = (Some((hash, time)), version.next());
        Ok(record)
    }

    fn end(&self, Trailer { records, hash }: Trailer) -> Result<(), LineFault> {
        let found = self.next.0;
        if records == found && self.last.is_some_and(|(last, _)| last == hash) {
            return Ok(());
        }
        Err(LineFault::Trailer { counted: records, found })
    }
}

impl Iterator for Records {
    type Item = Result<Record, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_ended {
            return None;
        }
        let next = self.read().transpose();
        self.has_ended = !matches!(next, Some(Ok(_)));
        next
    }
}

/// The lines of a file, each without its end.
#[derive(Debug)]
struct Lines {
    file: BufReader<File>,
    /// The number of the last line that was read.
    number: u64,
    bytes: u64,
}

impl Lines {
    fn new(file: File) -> Self {
        Self { file: BufReader::with_capacity(256 << 10, file), number: 0, bytes: 0 }
    }

    /// The next line. What does not end with a line's end was cut off, and counts as no line.
    fn next(&mut self) -> Result<Option<Vec<u8>>, ArchiveError> {
        let mut line = Vec::new();
        let read = (&mut self.file).take(LINE).read_until(b'\n', &mut line)?;
        self.bytes += read as u64;
        match line.pop() {
            None => return Ok(None),
            Some(b'\n') => {}
            Some(_) if read as u64 == LINE => {
                let line = self.number + 1;
                return Err(ArchiveError::Line { line, fault: LineFault::TooLong(LINE) });
            }
            Some(_) => return Err(ArchiveError::CutOff { line: self.number }),
        }
        self.number += 1;
        Ok(Some(line))
    }
}
