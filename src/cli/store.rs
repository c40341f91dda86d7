//! The store that a command uses.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{self, Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use chrono::Utc;
use clap::Args;

use crate::portable::Portable;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::{OpenError, SqliteStore};

/// The option that names a store.
#[derive(Args, Clone)]
pub(super) struct StoreOption {
    /// The file that holds the runs, or `memory` to keep them only while the program runs [default: a file for the
    /// machine in the user's data folder]
    #[arg(long, value_name = "PATH")]
    store: Option<Place>,
}

/// The value that names no file.
const MEMORY: &str = "memory";

#[derive(Clone)]
enum Place {
    Memory,
    File(PathBuf),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == MEMORY { Self::Memory } else { Self::File(text.into()) })
    }
}

impl StoreOption {
    /// The store, created if there is none.
    pub(super) fn open<M: Portable>(&self) -> Result<Arc<dyn Store>, StoreOptionError> {
        Ok(match self.place::<M>()? {
            Place::Memory => Arc::new(MemoryStore::new()),
            Place::File(path) => Arc::new(SqliteStore::open(&path)?),
        })
    }

    /// The store in a file, created if there is none.
    pub(super) fn in_file<M: Portable>(&self) -> Result<Arc<dyn Store>, StoreOptionError> {
        Ok(Arc::new(SqliteStore::open(&self.path::<M>()?)?))
    }

    /// The store, which must exist.
    pub(super) fn existing<M: Portable>(&self) -> Result<Arc<dyn Store>, StoreOptionError> {
        let path = self.path::<M>()?;
        // If it is unknown whether the file exists, the error of opening it says why.
        if path.try_exists().unwrap_or(true) {
            Ok(Arc::new(SqliteStore::open(&path)?))
        } else {
            Err(StoreOptionError::Missing(path))
        }
    }

    /// Puts a backup in place of the store. The answer is the file that keeps the replaced content.
    pub(super) fn restore<M: Portable>(
        &self,
        from: &Path,
    ) -> Result<Option<PathBuf>, StoreOptionError> {
        Ok(SqliteStore::restore(from, &self.path::<M>()?, Utc::now())?)
    }

    /// The name of the store, for people.
    pub(super) fn name<M: Portable>(&self) -> Result<String, StoreOptionError> {
        Ok(self.path::<M>()?.display().to_string())
    }

    /// The value by which a program that starts in another folder gets the same store, if one is named.
    pub(super) fn absolute(&self) -> io::Result<Option<PathBuf>> {
        match &self.store {
            None => Ok(None),
            Some(Place::Memory) => Ok(Some(MEMORY.into())),
            Some(Place::File(path)) => Ok(Some(path::absolute(path)?)),
        }
    }

    fn path<M: Portable>(&self) -> Result<PathBuf, StoreOptionError> {
        match self.place::<M>()? {
            Place::Memory => Err(StoreOptionError::Memory),
            Place::File(path) => Ok(path),
        }
    }

    fn place<M: Portable>(&self) -> Result<Place, StoreOptionError> {
        if let Some(place) = &self.store {
            return Ok(place.clone());
        }
        let folder = data_folder().ok_or(StoreOptionError::NoFolder)?;
        let name = format!("{}.db", M::CHART.name());
        Ok(Place::File(folder.join("leverframe").join(name)))
    }
}

/// The folder for data of the user's programs.
fn data_folder() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).filter(|value: &OsString| !value.is_empty());
    if cfg!(windows) {
        return named("LOCALAPPDATA").map(PathBuf::from);
    }
    let home = || named("HOME").map(PathBuf::from);
    if cfg!(target_os = "macos") {
        return home().map(|home| home.join("Library/Application Support"));
    }
    let given = named("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    given.or_else(|| home().map(|home| home.join(".local/share")))
}

/// Why a command has no store.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreOptionError {
    #[error("the user has no data folder; name a file by `--store`")]
    NoFolder,
    #[error("there is no store at `{}`; name another by `--store`, or create it by `serve`", .0.display())]
    Missing(PathBuf),
    #[error("a store in memory ends with its program; name a file by `--store`")]
    Memory,
    #[error(transparent)]
    Open(#[from] OpenError),
}
