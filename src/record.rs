//! What a history is made of: records, and the names by which they are found.

mod hash;
mod key;

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::{DateTime, SubsecRound, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use self::hash::{Hash, InvalidHash};
pub use self::key::{InvalidRequestKey, RequestKey};

/// One accepted event of a run, or its start.
///
/// The payloads are kept as the text in which they were written, so that a record reads back to the same bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The place in the history: 0 is the start, 1 the first event.
    pub version: Version,
    /// When it was accepted.
    pub time: DateTime<Utc>,
    /// Who caused it.
    pub actor: Principal,
    /// The name that the caller gave to the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<RequestKey>,
    /// What happened.
    pub entry: Entry,
    /// The hash of all of the above, and of the record before. The run's name is not in it.
    pub hash: Hash,
}

/// What a record tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The run was started.
    Started {
        /// The machine's name.
        machine: Cow<'static, str>,
        /// The hash of the machine's graph, by which a later reader sees whether it has changed.
        chart: Hash,
        /// The state in which it started, as on the wire.
        state: Cow<'static, str>,
        /// The initial context.
        context: Box<RawValue>,
    },
    /// The machine took an event.
    Applied {
        /// The event with its payload: `{"submit": {"summary": "…"}}`.
        event: Box<RawValue>,
        /// The state before, as on the wire.
        from: Cow<'static, str>,
        /// The state after, as on the wire.
        to: Cow<'static, str>,
        /// Whether the transition was internal.
        internal: bool,
    },
}

impl Record {
    /// The record that follows on the one with the hash `previous`, [`Hash::NONE`] for the first. Its time is kept to
    /// the microsecond.
    #[must_use]
    pub fn new(
        previous: &Hash,
        version: Version,
        time: DateTime<Utc>,
        actor: Principal,
        key: Option<RequestKey>,
        entry: Entry,
    ) -> Self {
        let time = kept(time);
        let mut record = Self { version, time, actor, key, entry, hash: Hash::NONE };
        record.hash = record.chained(previous, &record.written());
        record
    }

    /// What the record's hash has to be after a record with the hash `previous`, where `entry` is the entry as
    /// [`written`](Self::written).
    pub(crate) fn chained(&self, previous: &Hash, entry: &str) -> Hash {
        let key = self.key.as_ref().map_or("", RequestKey::as_str);
        Hash::of(&[
            &previous.0,
            &self.version.0.to_be_bytes(),
            &self.time.timestamp_micros().to_be_bytes(),
            self.actor.as_str().as_bytes(),
            key.as_bytes(),
            entry.as_bytes(),
        ])
    }

    /// The entry as JSON.
    pub(crate) fn written(&self) -> String {
        serde_json::to_string(&self.entry).expect("an entry has only keys that are texts")
    }

    /// The state after the record, as on the wire.
    #[must_use]
    pub fn state(&self) -> &str {
        match &self.entry {
            Entry::Started { state, .. } => state,
            Entry::Applied { to, .. } => to,
        }
    }
}

/// A time as a record keeps it.
pub(crate) fn kept(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// How many events a run has taken.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of a run that has only been started.
    pub const START: Self = Self(0);

    /// The version that one more event makes.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

/// The name of a run: 1 to 64 letters, digits, `-`, `_` and `.` of ASCII.
///
/// ```
/// use leverframe::record::RunName;
///
/// assert!("release-1.4".parse::<RunName>().is_ok());
/// let error = "release 1/4".parse::<RunName>().unwrap_err();
/// assert!(error.to_string().contains("`release-1-4`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunName(String);

impl RunName {
    /// The most characters that a name may have.
    pub const MAX_LENGTH: usize = 64;

    /// The run that is meant where none is named: `main`.
    #[must_use]
    pub fn main() -> Self {
        Self("main".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn allows(c: char) -> bool {
        c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
    }
}

impl FromStr for RunName {
    type Err = InvalidRunName;

    fn from_str(name: &str) -> Result<Self, InvalidRunName> {
        name.to_owned().try_into()
    }
}

impl TryFrom<String> for RunName {
    type Error = InvalidRunName;

    fn try_from(name: String) -> Result<Self, InvalidRunName> {
        let fits = (1..=Self::MAX_LENGTH).contains(&name.len());
        if fits && name.chars().all(Self::allows) {
            Ok(Self(name))
        } else {
            Err(InvalidRunName(name))
        }
    }
}

impl From<RunName> for String {
    fn from(name: RunName) -> Self {
        name.0
    }
}

impl Display for RunName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot name a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRunName(String);

impl Display for InvalidRunName {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        write!(
            f,
            "{name:?} cannot name a run, which takes 1 to 64 letters, digits, `-`, `_` or `.`"
        )?;
        let mended: String = name
            .chars()
            .map(|c| if RunName::allows(c) { c } else { '-' })
            .take(RunName::MAX_LENGTH)
            .collect();
        if mended.is_empty() { Ok(()) } else { write!(f, "; write `{mended}`") }
    }
}

impl std::error::Error for InvalidRunName {}

/// Who drives a machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Principal(Cow<'static, str>);

impl From<String> for Principal {
    fn from(name: String) -> Self {
        let known = [Self::LOCAL, Self::CLOCK].into_iter().find(|known| known.as_str() == name);
        known.unwrap_or(Self(Cow::Owned(name)))
    }
}

impl Principal {
    /// Every caller that is not authenticated.
    pub const LOCAL: Self = Self(Cow::Borrowed("local"));

    /// Who causes timeouts.
    pub const CLOCK: Self = Self(Cow::Borrowed("clock"));

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Principal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the time of records comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present time.
    fn now(&self) -> DateTime<Utc>;

    /// Waits until it is `time`, or about that.
    fn sleep_until(&self, time: DateTime<Utc>) -> BoxFuture<'_, ()>;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep_until(&self, time: DateTime<Utc>) -> BoxFuture<'_, ()> {
        // A time that has passed is no duration.
        let left = (time - self.now()).to_std().unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
}
