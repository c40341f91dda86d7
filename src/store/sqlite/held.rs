//! The file beside SQLite's own hold on it, to look whether it is still the one at its path.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

pub(super) use self::system::{Held, Identity};

fn open(path: &Path) -> io::Result<File> {
    // For writing, though it is only read: SQLite would take a file that it may not write for one to read from.
    OpenOptions::new().read(true).write(true).open(path)
}

#[cfg(unix)]
mod system {
    use std::collections::HashMap;
    use std::os::unix::fs::{FileExt, MetadataExt};
    use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

    use super::{File, Metadata, Path, io};

    /// Which file it is, whatever its name.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub(in super::super) struct Identity {
        device: u64,
        inode: u64,
    }

    impl Identity {
        pub(in super::super) fn of(found: &Metadata) -> Self {
            Self { device: found.dev(), inode: found.ino() }
        }
    }

    /// The files that the stores of this process hold.
    ///
    /// When a process closes a file, the system drops all locks that the process has on it, those of SQLite included.
    /// So a file is opened once, however many stores use it, and closed after the last of them.
    static OPEN: Mutex<Option<HashMap<Identity, Weak<File>>>> = Mutex::new(None);

    fn files() -> MutexGuard<'static, Option<HashMap<Identity, Weak<File>>>> {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A file, closed after the last store of this process that uses it.
    #[derive(Debug)]
    pub(in super::super) struct Held {
        /// Taken by `drop` alone.
        file: Option<Arc<File>>,
        pub(in super::super) identity: Identity,
    }

    impl Held {
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            let mut files = files();
            let files = files.get_or_insert_default();
            let identity = Identity::of(&path.metadata()?);
            let known = files.get(&identity).and_then(Weak::upgrade);
            let file = match known {
                Some(file) => file,
                None => Arc::new(super::open(path)?),
            };
            // Another file may have come to the path meanwhile.
            let identity = Identity::of(&file.metadata()?);
            files.insert(identity, Arc::downgrade(&file));
            Ok(Self { file: Some(file), identity })
        }

        pub(in super::super) fn file(&self) -> &File {
            self.file.as_ref().expect("it is taken by `drop` alone")
        }

        pub(in super::super) fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
            self.file().read_exact_at(bytes, offset)
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            let mut files = files();
            // Under the lock, so that nobody opens the file while it is closed.
            self.file = None;
            if let Some(files) = files.as_mut()
                && files.get(&self.identity).is_some_and(|file| file.strong_count() == 0)
            {
                files.remove(&self.identity);
            }
        }
    }
}

#[cfg(not(unix))]
mod system {
    use super::{File, Metadata, Path, io};

    /// Which file it is. Here a file that is open cannot be removed or replaced, and keeps its path.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(in super::super) struct Identity;

    impl Identity {
        pub(in super::super) fn of(_: &Metadata) -> Self {
            Self
        }
    }

    /// A file.
    #[derive(Debug)]
    pub(in super::super) struct Held {
        file: File,
        pub(in super::super) identity: Identity,
    }

    impl Held {
        pub(in super::super) fn open(path: &Path) -> io::Result<Self> {
            Ok(Self { file: super::open(path)?, identity: Identity })
        }

        pub(in super::super) fn file(&self) -> &File {
            &self.file
        }

        pub(in super::super) fn read_at(&self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
            use std::io::{Read, Seek, SeekFrom};
            let mut file = self.file();
            file.seek(SeekFrom::Start(offset))?;
            file.read_exact(bytes)
        }
    }
}
