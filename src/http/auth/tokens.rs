//! A file of tokens. It holds their hashes only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rustls::crypto::ring;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::caller::{Principal, Role};
use crate::record::Hash;
use crate::text;

/// The maximum size of the file, in bytes.
const FILE_BYTES: u64 = 16 << 20;

/// A file of tokens: JSON with the name, the roles and the hash of each token.
///
/// ```
/// use leverframe::caller::Role;
/// use leverframe::http::TokenFile;
///
/// # let folder = std::env::temp_dir().join(format!("leverframe-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let file = TokenFile::new(&folder.join("tokens.json"));
/// let token = file.add("ada".parse()?, [Role::RunsRead].into())?;
/// assert!(token.starts_with("lvf_"));
/// assert_eq!(file.revoke("ada")?, 1);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TokenFile {
    path: PathBuf,
}

/// A token, as the file holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) id: String,
    /// The principal that it makes of its bearer.
    pub(crate) name: Principal,
    #[serde(default)]
    pub(crate) roles: Vec<Role>,
    pub(crate) created: DateTime<Utc>,
    /// The SHA-256 of the token.
    pub(crate) hash: Hash,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    tokens: Vec<Token>,
}

/// What a file looks like from outside. It differs after every change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64, i64, i64),
}

impl Token {
    /// How every token of a file begins.
    pub(crate) const PREFIX: &str = "lvf_";

    pub(super) fn hash(token: &str) -> Hash {
        Hash(Sha256::digest(token).into())
    }
}

impl TokenFile {
    /// The file at `path`, which need not exist before a token is added.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Adds a token for a principal. The answer is the token, which is kept nowhere.
    ///
    /// # Errors
    ///
    /// [`TokensError`] if the file cannot be read or written.
    pub fn add(&self, name: Principal, roles: Vec<Role>) -> Result<String, TokensError> {
        let mut secret = [0; 32];
        let random = ring::default_provider().secure_random;
        random.fill(&mut secret).map_err(|_| TokensError::Random)?;
        let token = format!("{}{}", Token::PREFIX, URL_SAFE_NO_PAD.encode(secret));
        let hash = Token::hash(&token);
        let mut id = hash.to_string();
        id.truncate(12);
        self.change(|tokens| {
            tokens.push(Token { id, name, roles, created: Utc::now(), hash });
        })?;
        Ok(token)
    }

    /// Revokes the token with an id, or all tokens of a name. The answer is how many they were.
    ///
    /// # Errors
    ///
    /// [`TokensError`] if there is no such token, or the file cannot be read or written.
    pub fn revoke(&self, id_or_name: &str) -> Result<usize, TokensError> {
        self.tokens()?;
        let revoked = self.change(|tokens| {
            let before = tokens.len();
            tokens.retain(|token| token.id != id_or_name && token.name.as_str() != id_or_name);
            before - tokens.len()
        })?;
        if revoked == 0 {
            return Err(TokensError::Unknown(id_or_name.to_owned()));
        }
        Ok(revoked)
    }

    /// The tokens.
    pub(crate) fn tokens(&self) -> Result<Vec<Token>, TokensError> {
        let unreadable = |source| TokensError::Unreadable { path: self.path.clone(), source };
        let mut text = String::new();
        let file = File::open(&self.path).map_err(unreadable)?;
        file.take(FILE_BYTES).read_to_string(&mut text).map_err(unreadable)?;
        let content: Content = serde_json::from_str(&text)
            .map_err(|source| TokensError::Damaged { path: self.path.clone(), source })?;
        Ok(content.tokens)
    }

    pub(super) fn stamp(&self) -> io::Result<Stamp> {
        let metadata = fs::metadata(&self.path)?;
        Ok(Stamp {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: {
                use std::os::unix::fs::MetadataExt;
                (metadata.dev(), metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
            },
        })
    }

    /// Changes the tokens, one process after another.
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Token>) -> T) -> Result<T, TokensError> {
        let unwritable = |source| TokensError::Unwritable { path: self.path.clone(), source };
        let lock = private(OpenOptions::new().write(true).create(true).truncate(false))
            .open(self.beside(".lock"))
            .map_err(unwritable)?;
        lock.lock().map_err(unwritable)?;
        let mut tokens = match self.tokens() {
            Err(TokensError::Unreadable { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Vec::new()
            }
            tokens => tokens?,
        };
        let changed = change(&mut tokens);
        self.write(&Content { tokens }).map_err(unwritable)?;
        Ok(changed)
    }

    /// Replaces the file as a whole.
    fn write(&self, content: &Content) -> io::Result<()> {
        let next = self.beside(".next");
        let written = || {
            let mut file =
                private(OpenOptions::new().write(true).create(true).truncate(true)).open(&next)?;
            serde_json::to_writer_pretty(&mut file, content)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            // A link to the file stays a link.
            let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
            fs::rename(&next, path)
        };
        written().inspect_err(|_| {
            if let Err(error) = fs::remove_file(&next) {
                tracing::debug!(%error, "no file was begun");
            }
        })
    }

    /// The path with an ending.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(ending);
        path.into()
    }
}

/// Only the owner may read what is created.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// Why a file of tokens cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokensError {
    /// It cannot be read.
    #[error("cannot read the tokens in {}; make the file by `token add NAME --tokens FILE`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It does not hold tokens.
    #[error("{} does not hold tokens as `token add` writes them; correct it, or make another", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// It cannot be written.
    #[error("cannot write the tokens to {}; its folder has to be writable", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It holds no such token.
    #[error("no token has the id or the name {}; see `token list`", text::quoted(.0))]
    Unknown(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers for a token; try again")]
    Random,
}
