//! The tokens of a file, as it is now.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::tokens::{Stamp, Token, TokenFile, TokensError};
use crate::caller::{Caller, Way};
use crate::record::Hash;

/// How often a change of the file is looked for at most.
const INTERVAL: Duration = Duration::from_millis(200);

/// The callers of the tokens of a file.
#[derive(Debug)]
pub(super) struct Watched {
    file: TokenFile,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    checked: Instant,
    /// What the file looked like when it was read last, also if that failed.
    stamp: Option<Stamp>,
    callers: HashMap<Hash, Caller>,
}

impl Watched {
    pub(super) fn new(path: &Path) -> Result<Self, TokensError> {
        let file = TokenFile::new(path);
        let stamp = file.stamp().ok();
        let known = Known { checked: Instant::now(), stamp, callers: callers(&file)? };
        Ok(Self { file, known: Mutex::new(known) })
    }

    /// The owner of a token. Tokens are found by their hash, so that the time tells nothing about other tokens.
    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        let hash = Token::hash(token);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.checked.elapsed() >= INTERVAL {
            known.checked = Instant::now();
            self.renew(&mut known);
        }
        known.callers.get(&hash).cloned()
    }

    /// Reads the file again if it has changed.
    fn renew(&self, known: &mut Known) {
        let stamp = self.file.stamp().ok();
        if stamp == known.stamp {
            return;
        }
        known.stamp = stamp;
        match callers(&self.file) {
            Ok(callers) => known.callers = callers,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the tokens stay as they were before the file changed");
            }
        }
    }
}

fn callers(file: &TokenFile) -> Result<HashMap<Hash, Caller>, TokensError> {
    let tokens = file.tokens()?.into_iter();
    let callers = tokens.map(|token| {
        let caller = Caller::new(token.name, Way::Http);
        (token.hash, token.roles.into_iter().fold(caller, Caller::with_role))
    });
    Ok(callers.collect())
}
