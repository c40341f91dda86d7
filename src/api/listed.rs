//! Pages of histories and lists as JSON.

use serde::Serialize;
use serde_json::value::RawValue;

use super::record::ParentJson;
use super::task::TaskJson;
use crate::record::Version;
use crate::store::Head;
use crate::text;

/// A page of a run's history.
#[derive(Serialize)]
pub(crate) struct HistoryJson {
    pub(crate) run: String,
    pub(crate) version: Version,
    pub(crate) records: Vec<Box<RawValue>>,
    /// What has started and not ended, and so has no record.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tasks: Vec<TaskJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unreplayable: Option<UnreplayableJson>,
}

/// Why a run cannot go on with this program.
#[derive(Serialize)]
pub(crate) struct UnreplayableJson {
    /// The first record that does not fit.
    pub(crate) version: Version,
    /// What is wrong, and what to do next.
    pub(crate) reason: String,
}

/// A page of the runs of a caller.
#[derive(Serialize)]
pub(crate) struct ListJson {
    pub(crate) runs: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

/// When the next timeout of a run comes.
#[derive(Serialize)]
struct DueJson {
    at: String,
}

/// A run in a list.
#[derive(Serialize)]
pub(crate) struct HeadJson {
    run: String,
    version: Version,
    state: String,
    time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<DueJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<TaskJson>,
    /// The record at which it was forked, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<ParentJson>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
}

impl HeadJson {
    /// A run under the name by which the caller knows it.
    pub(crate) fn new(run: String, head: &Head, tasks: Vec<TaskJson>) -> Self {
        Self {
            run,
            version: head.version,
            state: head.configuration.to_string(),
            time: text::time(head.time),
            timeout: head.due.map(|at| DueJson { at: text::time(at) }),
            tasks,
            parent: head.parent.as_ref().map(ParentJson::from),
            damaged: head.is_damaged,
        }
    }
}
