//! Which store a command means.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use clap::Args;

use crate::portable::Portable;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::store::sqlite::{OpenError, SqliteStore};

/// The option by which a store is named.
#[derive(Args)]
pub(super) struct StoreOption {
    /// The file that keeps the runs, or `memory` to keep none [default: a file of the machine's in the user's data
    /// folder]
    #[arg(long, value_name = "PATH")]
    store: Option<Place>,
}

#[derive(Clone)]
enum Place {
    Memory,
    File(PathBuf),
}

impl FromStr for Place {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "memory" { Self::Memory } else { Self::File(text.into()) })
    }
}

impl StoreOption {
    /// The store, made where there is none.
    pub(super) fn open<M: Portable>(self) -> Result<Arc<dyn Store>, StoreOptionError> {
        Ok(match self.place::<M>()? {
            Place::Memory => Arc::new(MemoryStore::new()),
            Place::File(path) => Arc::new(SqliteStore::open(&path)?),
        })
    }

    /// The store, which has to be there.
    pub(super) fn existing<M: Portable>(self) -> Result<SqliteStore, StoreOptionError> {
        match self.place::<M>()? {
            Place::Memory => Err(StoreOptionError::Memory),
            // Where it cannot be said whether it is there, opening tells why.
            Place::File(path) if path.try_exists().unwrap_or(true) => Ok(SqliteStore::open(&path)?),
            Place::File(path) => Err(StoreOptionError::Missing(path)),
        }
    }

    fn place<M: Portable>(self) -> Result<Place, StoreOptionError> {
        match self.store {
            Some(place) => Ok(place),
            None => {
                let folder = data_folder().ok_or(StoreOptionError::NoFolder)?;
                let name = format!("{}.db", M::CHART.name());
                Ok(Place::File(folder.join("leverframe").join(name)))
            }
        }
    }
}

/// The folder for the data of the user's programs.
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

/// Why there is no store.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreOptionError {
    #[error("the user has no data folder; name a file with `--store`")]
    NoFolder,
    #[error("there is no store at `{}`; `serve` makes it, and `--store` names another", .0.display())]
    Missing(PathBuf),
    #[error("a store in memory ends with its program; name a file with `--store`")]
    Memory,
    #[error(transparent)]
    Open(#[from] OpenError),
}
