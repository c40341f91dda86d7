//! When the digest of a machine's value is taken, and when a snapshot.
//!
//! Both cost as much as the value is large. A digest is due once the records since the last one are as large as the
//! value was then, a snapshot likewise. So the cost stays within a constant factor of what the records cost themselves,
//! and what is replayed after a snapshot stays within a constant factor of the snapshot.

use serde_json::value::RawValue;

use crate::record::{Entry, Record, Snapshot, Version};

/// The minimum size of the records between two snapshots, in bytes: replaying less takes no time.
const REPLAYED: usize = 16 << 10;

#[derive(Debug, Clone)]
pub(super) struct Digests {
    /// The length of the value when it was last written.
    value: usize,
    /// The payloads since.
    payload: usize,
    /// The size of the records since the last digest.
    records: usize,
    version: Option<Version>,
    /// The length of the last snapshot.
    snapshot: usize,
    /// The size of the records since.
    unsaved: usize,
}

/// What is due with a record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Due {
    Nothing,
    Digest,
    Snapshot,
}

impl Due {
    pub(super) fn is_digest(self) -> bool {
        !matches!(self, Self::Nothing)
    }

    pub(super) fn is_snapshot(self) -> bool {
        matches!(self, Self::Snapshot)
    }
}

impl Digests {
    pub(super) fn started(context: &RawValue) -> Self {
        let value = context.get().len();
        Self { value, payload: 0, records: 0, version: None, snapshot: 0, unsaved: 0 }
    }

    pub(super) fn restored(snapshot: &Snapshot) -> Self {
        Self::saved(snapshot.version, snapshot.body.len())
    }

    /// After a record or a snapshot of `version` that holds the whole value, which has this length.
    pub(super) fn saved(version: Version, length: usize) -> Self {
        Self {
            value: length,
            payload: 0,
            records: 0,
            version: Some(version),
            snapshot: length,
            unsaved: 0,
        }
    }

    /// The approximate length of the value.
    pub(super) fn value_size(&self) -> usize {
        self.value + self.payload
    }

    /// The version of the last digest.
    pub(super) fn version(&self) -> Option<Version> {
        self.version
    }

    /// Whether records have followed the last digest.
    pub(super) fn is_behind(&self) -> bool {
        self.records > 0
    }

    /// What is due with the record of this entry, if the value may have `limit` bytes. A value that seems to exceed the
    /// limit is measured. The first record after those of another declaration has a digest, so that their programs see at
    /// once whether they agree.
    pub(super) fn due(&self, entry: &Entry, limit: usize, is_foreign: bool) -> Due {
        let size = entry.size();
        if self.unsaved + size >= self.snapshot.max(REPLAYED) {
            Due::Snapshot
        } else if is_foreign
            || self.records + size >= self.value
            || self.value_size() + entry.payload() > limit
        {
            Due::Digest
        } else {
            Due::Nothing
        }
    }

    /// Takes note of a record, and of the length of the value after it if that was written.
    pub(super) fn took(&mut self, record: &Record, value: Option<usize>) {
        let size = record.entry.size();
        self.unsaved += size;
        match value {
            Some(length) => {
                if self.unsaved >= self.snapshot.max(REPLAYED) {
                    (self.snapshot, self.unsaved) = (length, 0);
                }
                (self.value, self.payload, self.records) = (length, 0, 0);
                self.version = Some(record.version);
            }
            None => {
                self.payload += record.entry.payload();
                self.records += size;
            }
        }
    }
}
