//! What `#[task(…)]` says.

use std::time::Duration;

use syn::parse::ParseStream;
use syn::{Ident, LitInt, LitStr};

use super::attribute::{Marked, STATE_NAME};
use super::duration::duration;
use super::options::{Syntax, one_or_several, plain};
use crate::report::Report;

pub(crate) struct TaskOptions {
    /// The state or superstate that starts the task.
    pub(crate) state: Ident,
    pub(crate) outcomes: Vec<Ident>,
    pub(crate) failure: Ident,
    pub(crate) attempts: u32,
    pub(crate) backoff: Duration,
    /// The longest time of an attempt.
    pub(crate) limit: Duration,
}

pub(super) const TASK: Syntax = Syntax {
    attribute: "#[task]",
    example: "#[task(state = Charging, outcomes = [charged, declined], failure = charge_failed)]",
    options: &[
        ("state", "state = Charging"),
        ("outcomes", "outcomes = [charged, declined]"),
        ("failure", "failure = charge_failed"),
        ("attempts", "attempts = 3"),
        ("backoff", "backoff = \"1s\""),
        ("limit", "limit = \"5m\""),
    ],
};

/// The options, if those that a task needs can be read.
pub(super) fn task_options(marked: &Marked, report: &mut Report) -> Option<TaskOptions> {
    let (mut state, mut outcomes, mut failure) = (None, None, None);
    let (mut attempts, mut backoff, mut limit) = (None, None, None);
    let mistakes = report.len();
    for option in TASK.of(&marked.attr, report) {
        match option.name.to_string().as_str() {
            "state" => state = report.ok(option.value(|input| plain(input, STATE_NAME))),
            "outcomes" => outcomes = report.ok(option.value(events)),
            "failure" => failure = report.ok(option.value(|input| plain(input, EVENT))),
            "attempts" => attempts = report.ok(option.value(number)),
            "backoff" => backoff = report.ok(option.value(time)),
            _ => limit = report.ok(option.value(time)),
        }
    }
    if let (Some(state), Some(outcomes), Some(failure)) = (state, outcomes, failure) {
        return Some(TaskOptions {
            state,
            outcomes,
            failure,
            attempts: attempts.unwrap_or(3),
            backoff: backoff.unwrap_or(Duration::from_secs(1)),
            limit: limit.unwrap_or(Duration::from_secs(300)),
        });
    }
    if mistakes == report.len() {
        let message = format_args!(
            "a task names its state, its outcomes and its failure: `{}`",
            TASK.example
        );
        report.at(&marked.attr.meta, message);
    }
    None
}

const EVENT: &str =
    "an event is named by the plain name of its function, as it is declared in this module";

fn events(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    let several = "several events are given as a list: `outcomes = [charged, declined]`";
    let (names, tokens) = one_or_several(input, EVENT, several)?;
    if names.is_empty() {
        let message =
            "a task that can end in no event never ends: name one, `outcomes = [charged]`";
        return Err(syn::Error::new_spanned(tokens, message));
    }
    Ok(names)
}

fn number(input: ParseStream<'_>) -> syn::Result<u32> {
    const NUMBER: &str = "the number of attempts is from 1 to 1000: `attempts = 3`";
    let literal: LitInt = input.parse().map_err(|error| syn::Error::new(error.span(), NUMBER))?;
    let number = literal.base10_parse().ok().filter(|number| (1..=1000).contains(number));
    number.ok_or_else(|| syn::Error::new(literal.span(), NUMBER))
}

fn time(input: ParseStream<'_>) -> syn::Result<Duration> {
    let text: LitStr = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), "a duration is a string: `\"30s\"`"))?;
    duration(&text)
}
