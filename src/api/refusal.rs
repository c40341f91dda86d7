//! Refusals that are not about the state of a run.

use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::{Answer, Refused, json};
use super::arguments::Problem;
use super::counts::CallOutcome;
use super::limits;
use super::operations::Operation;
use crate::record::RunName;

/// Arguments that an operation does not take.
#[derive(Serialize)]
pub(crate) struct InvalidJson<'a> {
    operation: &'static str,
    #[serde(rename = "invalid")]
    problems: &'a [Problem],
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<Vec<&'a RunName>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    required: &'a [&'static str],
}

impl<'a> InvalidJson<'a> {
    pub(crate) fn new(operation: &'a Operation, problems: &'a [Problem]) -> Self {
        let signature = operation.signature();
        Self {
            operation: operation.name(),
            problems,
            runs: None,
            arguments: Some(signature.properties()),
            required: signature.required_names(),
        }
    }

    /// Adds the runs of the caller.
    pub(crate) fn among(self, runs: Vec<&'a RunName>) -> Self {
        Self { runs: Some(runs), ..self }
    }

    /// The answer. Where it would be too large, first the schemas of the arguments are left out, then problems.
    pub(crate) fn refuse(mut self) -> Answer {
        let mut text = json(&self);
        for problems in [self.problems.len(), 5, 1] {
            if text.len() <= limits::REFUSAL_BYTES {
                break;
            }
            (self.arguments, self.required) = (None, &[]);
            self.problems = self.problems.get(..problems).unwrap_or(self.problems);
            text = json(&self);
        }
        Answer::refused(text, CallOutcome::Invalid)
    }
}

/// A run that was not started. It has no state.
#[derive(Serialize)]
struct UnstartedJson {
    run: String,
    refused: Refused,
}

pub(crate) fn unstarted(run: String, mut refused: Refused) -> Answer {
    refused.reason = limits::reason(&refused.reason);
    let outcome = CallOutcome::Refused(refused.kind);
    Answer::refused(json(&UnstartedJson { run, refused }), outcome)
}

/// What could not be done, for another reason than the state of the run.
#[derive(Serialize)]
struct FailureJson<'a> {
    run: String,
    failed: Failed<'a>,
}

#[derive(Serialize)]
struct Failed<'a> {
    operation: &'a str,
    reason: String,
}

pub(crate) fn failure(run: String, operation: &Operation, reason: &str) -> Answer {
    let failed = Failed { operation: operation.name(), reason: limits::reason(reason) };
    Answer::refused(json(&FailureJson { run, failed }), CallOutcome::Error)
}
