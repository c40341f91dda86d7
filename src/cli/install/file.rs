//! A configuration file: read whole, replaced whole.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// The content of a file that can be replaced.
pub(super) struct ConfigFile {
    /// The file itself, behind all links.
    path: PathBuf,
    /// `None` if there is no file.
    content: Option<String>,
}

impl ConfigFile {
    pub(super) fn read(path: &Path) -> Result<Self, FileError> {
        let unreadable = |source| FileError::Unreadable { path: path.to_path_buf(), source };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if path.is_symlink() {
                    return Err(FileError::Dangling(path.to_path_buf()));
                }
                return Ok(Self { path: path.to_path_buf(), content: None });
            }
            Err(error) => return Err(unreadable(error)),
        };
        let content = String::from_utf8(bytes);
        let content = content.map_err(|_| FileError::NotUtf8(path.to_path_buf()))?;
        Ok(Self { path: fs::canonicalize(path).map_err(unreadable)?, content: Some(content) })
    }

    pub(super) fn content(&self) -> &str {
        self.content.as_deref().unwrap_or_default()
    }

    /// Replaces the content in one step, unless it was changed since it was read. The answer is the copy of the old
    /// file.
    pub(super) fn replace(
        &self,
        content: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<PathBuf>, FileError> {
        let path = &self.path;
        let unwritable = |source| FileError::Unwritable { path: path.clone(), source };
        if Self::read(path)?.content != self.content {
            return Err(FileError::Changed(path.clone()));
        }
        let mut backup = None;
        if self.content.is_some() {
            if fs::metadata(path).map_err(unwritable)?.permissions().readonly() {
                return Err(FileError::ReadOnly(path.clone()));
            }
            let copy = beside(path, &format!(".{}.bak", now.format("%Y%m%dT%H%M%S%3fZ")));
            fs::copy(path, &copy).map_err(unwritable)?;
            backup = Some(copy);
        } else if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(unwritable)?;
        }
        let next = beside(path, &format!(".{}.tmp", std::process::id()));
        let written = self.write(&next, content).and_then(|()| fs::rename(&next, path));
        if let Err(error) = written {
            // The error of writing is the one that matters.
            let _ = fs::remove_file(&next);
            return Err(unwritable(error));
        }
        Ok(backup)
    }

    /// Writes a new file that nobody may read who could not read the old one.
    fn write(&self, next: &Path, content: &str) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let permissions: Option<Permissions> = match self.content {
            Some(_) => Some(fs::metadata(&self.path)?.permissions()),
            None => None,
        };
        #[cfg(unix)]
        if permissions.is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let mut file: File = options.open(next)?;
        file.write_all(content.as_bytes())?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()
    }
}

/// The path with an ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path: OsString = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Why a file cannot be read or replaced.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error("`{}` cannot be read", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is not text in UTF-8; `--print` prints what to write into it", .0.display())]
    NotUtf8(PathBuf),
    #[error("`{}` is a link to a file that does not exist; create that file or remove the link", .0.display())]
    Dangling(PathBuf),
    #[error("`{}` has changed in the meantime, and was left as it is; run the command again", .0.display())]
    Changed(PathBuf),
    #[error("`{}` is read-only, and was left as it is; `--print` prints what to write into it", .0.display())]
    ReadOnly(PathBuf),
    #[error("`{}` cannot be written, and was left as it is", path.display())]
    Unwritable { path: PathBuf, source: io::Error },
}
