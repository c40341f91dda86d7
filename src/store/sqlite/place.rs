//! The file of a store in its folder: what may be there, and how it is made.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{
    self,
    ErrorKind::{AlreadyExists, InvalidInput, NotFound, PermissionDenied, Unsupported},
};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::OpenCause;
use super::held::Held;

/// How a file of SQLite begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// The longest time that making an empty file takes.
const JUST_MADE: Duration = Duration::from_millis(50);

/// The length of the header.
const HEADER: usize = 100;

/// The file, open as long as the store uses it.
#[derive(Debug)]
pub(super) struct Place {
    /// The path by which the store was opened.
    pub(super) path: PathBuf,
    /// The path without links, beside which SQLite keeps its log.
    pub(super) file: PathBuf,
    pub(super) held: Held,
    /// Whether the file was made here.
    is_new: bool,
}

impl Place {
    /// Finds the file at `path`, and makes it and its folder if there is none. A file that cannot be a store is left
    /// as it is.
    pub(super) fn open(path: &Path) -> Result<Self, OpenCause> {
        if path == ":memory:" || path.to_str().is_some_and(|path| path.starts_with("file:")) {
            return Err(OpenCause::NoPath);
        }
        let path = std::path::absolute(path)?;
        let mut is_new = false;
        let found = match fs::metadata(&path) {
            Err(error) if error.kind() == NotFound => {
                if is_filled(&beside(&path, "-wal")) {
                    return Err(OpenCause::OnlyLog);
                }
                match create_new(&path) {
                    // Another process was faster.
                    Err(OpenCause::Exists) => fs::metadata(&path)?,
                    Ok(_) => {
                        is_new = true;
                        fs::metadata(&path)?
                    }
                    Err(error) => return Err(error),
                }
            }
            found => found?,
        };
        if found.is_dir() {
            return Err(OpenCause::IsFolder);
        }
        // To open a pipe would wait for its other end.
        if !found.is_file() {
            return Err(OpenCause::Special);
        }
        let file = path.canonicalize()?;
        let held = Held::open(&file)?;
        let place = Self { path, file, held, is_new };
        place.check()?;
        Ok(place)
    }

    /// Removes the file if it was made here and no store came of it, so that it is not taken for one that was emptied.
    pub(super) fn discard(&self) {
        let length = self.held.file().metadata().map(|found| found.len());
        if self.is_new && length.is_ok_and(|length| length == 0) {
            // What stays is refused with a reason.
            let _ = fs::remove_file(&self.file);
        }
    }

    /// Whether both are one file.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.file == other.file
    }

    /// The path of a file that SQLite keeps beside this one.
    pub(super) fn beside(&self, end: &str) -> PathBuf {
        beside(&self.file, end)
    }

    /// Whether the log has anything.
    pub(super) fn has_log(&self) -> bool {
        is_filled(&self.beside("-wal"))
    }

    /// Whether the empty file was changed after it was made, if the system keeps both times. One that was only made may
    /// become a store.
    fn was_filled(&self) -> io::Result<bool> {
        let found = self.held.file().metadata()?;
        let Ok(made) = found.created() else { return Ok(false) };
        Ok(found.modified()?.duration_since(made).is_ok_and(|since| since > JUST_MADE))
    }

    /// Whether the beginning and the length of the file may be those of a store.
    fn check(&self) -> Result<(), OpenCause> {
        let length = self.held.file().metadata()?.len();
        let is_there = |end| self.beside(end).exists();
        // While a file is made, the power may go: then its beginning is missing, and SQLite undoes it by its journal.
        if is_there("-journal") {
            return Ok(());
        }
        if length == 0 {
            return match () {
                () if self.has_log() => Err(OpenCause::OnlyLog),
                () if is_there("-wal") || is_there("-shm") || self.was_filled()? => {
                    Err(OpenCause::Emptied)
                }
                () => Ok(()),
            };
        }
        let mut header = [0; HEADER];
        let known = usize::try_from(length).map_or(HEADER, |length| length.min(HEADER));
        let header = header.get_mut(..known).unwrap_or_default();
        self.held.read_at(header, 0)?;
        if header.len() < HEADER || !header.starts_with(MAGIC) {
            return Err(OpenCause::Foreign);
        }
        let pages = Pages::read(header);
        // A checkpoint that was not finished is finished from the log.
        if self.has_log() || pages.is_some_and(|pages| pages.fit(length)) {
            return Ok(());
        }
        Err(OpenCause::Cut { length })
    }
}

/// The pages of a file, as its header has them.
#[derive(Clone, Copy)]
struct Pages {
    size: u64,
    count: u64,
}

impl Pages {
    fn read(header: &[u8]) -> Option<Self> {
        let size = u16::from_be_bytes(header.get(16..18)?.try_into().ok()?);
        let number =
            |place: usize| Some(u32::from_be_bytes(header.get(place..place + 4)?.try_into().ok()?));
        // What wrote the count also wrote the change counter beside it; otherwise the count means nothing.
        let is_valid = number(24)? == number(92)?;
        let count = if is_valid { number(28)? } else { 0 };
        let size = if size == 1 { 1 << 16 } else { u64::from(size) };
        Some(Self { size, count: u64::from(count) })
    }

    fn fit(self, length: u64) -> bool {
        self.size >= 512 && length.is_multiple_of(self.size) && length / self.size >= self.count
    }
}

fn is_filled(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

/// The path with an ending after its name.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut path: OsString = path.as_os_str().to_owned();
    path.push(end);
    path.into()
}

/// Makes an empty file, and its folder if there is none, for their user alone.
pub(super) fn create_new(path: &Path) -> Result<File, OpenCause> {
    let mut folder = DirBuilder::new();
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        folder.recursive(true).create(parent)?;
        // Before there is a file, so that whoever finds one may trust that the power does not take its folders.
        for above in std::path::absolute(parent)?.ancestors().skip(1) {
            sync_folder(above)?;
        }
    }
    match file.open(path) {
        Ok(file) => Ok(file),
        Err(error) if error.kind() == AlreadyExists => Err(OpenCause::Exists),
        Err(error) => Err(error.into()),
    }
}

/// Lets the names in a folder outlive the power, as a sync of a file does for what is in it.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // A folder that its user may not read is not one of ours, and some disks sync no folders.
        Err(error) if matches!(error.kind(), PermissionDenied | InvalidInput | Unsupported) => {
            Ok(())
        }
        done => done,
    }
}
