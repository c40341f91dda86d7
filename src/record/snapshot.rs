//! What replaying a history leads to, kept to save time.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Hash, Program, Version};

/// The value of a run at a version. A snapshot saves time: the records lead to the same value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The version.
    pub version: Version,
    /// The hash of the record of that version.
    pub hash: Hash,
    /// The program that made the snapshot.
    pub program: Program,
    /// The version of the machine that made the record.
    pub machine_version: u32,
    /// State, context and history memory, as canonical JSON.
    pub body: String,
    /// When the active state and the superstates around it were entered, from the inside out.
    pub entered: Vec<Entered>,
    /// The first record up to the version that people have approved, or that begins a fork of a run with one.
    pub gated: Option<Version>,
}

/// When a state or superstate was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entered {
    /// The state, by its name on the wire.
    pub state: Cow<'static, str>,
    /// The version of the record that entered it.
    pub version: Version,
    /// The time of that record.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub time: DateTime<Utc>,
    /// The timeouts that have been recorded since, and the tasks that have ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spent: Vec<Cow<'static, str>>,
}

impl Entered {
    /// A state that was entered by the record of `version` at `time`.
    #[must_use]
    pub fn new(state: Cow<'static, str>, version: Version, time: DateTime<Utc>) -> Self {
        Self { state, version, time, spent: Vec::new() }
    }
}

impl Snapshot {
    /// A snapshot of the value after the record of `version`, whose hash is `hash`, by version 1 of a machine.
    #[must_use]
    pub fn new(
        version: Version,
        hash: Hash,
        program: Program,
        body: String,
        entered: Vec<Entered>,
    ) -> Self {
        Self { version, hash, program, machine_version: 1, body, entered, gated: None }
    }

    /// Names the version of the machine that made the record.
    #[must_use]
    pub fn with_machine_version(self, machine_version: u32) -> Self {
        Self { machine_version, ..self }
    }

    /// The hash of the value. Equal values have equal digests.
    #[must_use]
    pub fn digest(&self) -> Hash {
        Hash::of(&[self.body.as_bytes()])
    }

    /// The hash of the whole snapshot, by which a store detects damage.
    pub(crate) fn seal(&self) -> Hash {
        let (version, entered) = (self.version.0.to_be_bytes(), self.entered_json());
        let Program { chart, declaration } = &self.program;
        let (machine, body) = (self.machine_version.to_be_bytes(), self.body.as_bytes());
        let gated = self.gated.map(|gated| gated.0.to_be_bytes());
        let gated = gated.as_ref().map_or(&[][..], |gated| gated);
        Hash::of(&[
            &version,
            &self.hash.0,
            &chart.0,
            &declaration.0,
            &machine,
            body,
            entered.as_bytes(),
            gated,
        ])
    }

    /// When states were entered, as JSON.
    pub(crate) fn entered_json(&self) -> String {
        serde_json::to_string(&self.entered).expect("all keys are texts")
    }
}
