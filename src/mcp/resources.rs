//! A machine's resources, and the addresses at which they are read.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use super::Server;
use super::convert;
use crate::caller::Caller;
use crate::portable::Portable;
use crate::text;

impl<M: Portable<Context: Default>> Server<M> {
    /// Reads a resource of the author or of the machine.
    pub(super) async fn read(
        &self,
        caller: &Caller,
        uri: &str,
    ) -> Result<ReadResourceResult, ErrorData> {
        if let Some((content, mime)) = self.0.added.read(self, caller, uri).await {
            let content = content.map_err(|panic| convert::panicked(&panic))??;
            let contents = convert::contents(content, uri).with_mime_type(mime);
            return Ok(ReadResourceResult::new(vec![contents]));
        }
        let Some(address) = Address::parse(uri) else {
            let message = format!("no resource is at {}", text::quoted(uri));
            return Err(convert::no_resource(message, uri));
        };
        let (text, mime) = self.of_machine(caller, address, uri).await?;
        let contents = ResourceContents::text(text, uri).with_mime_type(mime);
        Ok(ReadResourceResult::new(vec![contents]))
    }

    async fn of_machine(
        &self,
        caller: &Caller,
        address: Address<'_>,
        uri: &str,
    ) -> Result<(String, &'static str), ErrorData> {
        let api = self.api();
        let (text, mime) = match address {
            Address::Chart => (Ok(M::CHART.mermaid().to_string()), "text/vnd.mermaid"),
            Address::State(run) => (api.status(caller, run.as_deref()).await, "application/json"),
            Address::History(run) => (api.history(caller, Some(&run)).await, "application/json"),
            Address::Prompt(run, state) => {
                (api.state_prompt(caller, run.as_deref(), &state).await, "text/plain")
            }
        };
        Ok((text.map_err(|error| convert::resource_error(error, uri))?, mime))
    }
}

/// What an address of this server names. Without a run, it is the default run. A run is named as in an argument: `name`,
/// or `owner/name` for one of another principal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address<'a> {
    /// The machine as a diagram.
    Chart,
    /// The state of a run.
    State(Option<Cow<'a, str>>),
    /// The history of a run.
    History(Cow<'a, str>),
    /// What to do in a state of a run.
    Prompt(Option<Cow<'a, str>>, Cow<'a, str>),
}

impl<'a> Address<'a> {
    /// Reads an address. Runs and states may be percent-encoded. The `/` between owner and name may be, too, and must be
    /// for a run that is named `prompt`.
    pub(super) fn parse(uri: &'a str) -> Option<Self> {
        if let Some(rest) = uri.strip_prefix("state://") {
            return match rest.split_once('/') {
                None if rest == "current" => Some(Self::State(None)),
                Some((state, "prompt")) => Some(Self::Prompt(None, decoded(state)?)),
                _ => None,
            };
        }
        if let Some(rest) = uri.strip_prefix("run://") {
            let (run, last) = rest.rsplit_once('/')?;
            return match (run.strip_suffix("/prompt"), last) {
                (Some(run), state) => Some(Self::Prompt(Some(decoded(run)?), decoded(state)?)),
                (None, "state") => Some(Self::State(Some(decoded(run)?))),
                (None, "history") => Some(Self::History(decoded(run)?)),
                (None, _) => None,
            };
        }
        (uri == "machine://chart").then_some(Self::Chart)
    }
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// The resources that every machine has.
pub(super) fn resources() -> Vec<Resource> {
    vec![
        Resource::new("state://current", "current_state")
            .with_description("The state, what it means, and where it leads.")
            .with_mime_type("application/json"),
        Resource::new("machine://chart", "chart")
            .with_description("The machine as a Mermaid diagram.")
            .with_mime_type("text/vnd.mermaid"),
    ]
}

/// The resources that every machine has for each state and each run.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    let template = |uri: &str, name: &str, docs: &str, mime: &str| {
        ResourceTemplate::new(uri, name).with_description(docs).with_mime_type(mime)
    };
    vec![
        template("state://{state}/prompt", "state_prompt", "What to do in a state.", "text/plain"),
        template("run://{run}/state", "run_state", "The state of a run.", "application/json"),
        template(
            "run://{run}/history",
            "run_history",
            "The beginning of a run's history.",
            "application/json",
        ),
        template(
            "run://{run}/prompt/{state}",
            "run_prompt",
            "What to do in a state, for a run.",
            "text/plain",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::Address;

    #[expect(clippy::needless_pass_by_value, reason = "the calls are shorter")]
    fn check(uri: &str, expected: Option<Address<'_>>) {
        assert_eq!(Address::parse(uri), expected, "{uri}");
    }

    #[test]
    fn addresses() {
        let prompt = |run: Option<&'static str>, state: &'static str| {
            Some(Address::Prompt(run.map(Cow::from), state.into()))
        };
        let state = |run: &'static str| Some(Address::State(Some(run.into())));
        let history = |run: &'static str| Some(Address::History(run.into()));
        check("state://current", Some(Address::State(None)));
        check("state://IDLE/prompt", prompt(None, "IDLE"));
        check("state://NOT%20YET/prompt", prompt(None, "NOT YET"));
        check("run://a.1/state", state("a.1"));
        check("run://a/history", history("a"));
        check("run://a/prompt/idle", prompt(Some("a"), "idle"));
        check("run://a/prompt/state", prompt(Some("a"), "state"));
        check("run://prompt/state", state("prompt"));
        check("run://ada/main/state", state("ada/main"));
        check("run://ada%2Fmain/state", state("ada/main"));
        check("run://ada%2Fprompt/state", state("ada/prompt"));
        check("run://team%2Fada%20l/main/history", history("team/ada l/main"));
        check("run://team/ada/main/history", history("team/ada/main"));
        check("run://100%25/state/state", state("100%/state"));
        check("run://ada/main/prompt/idle", prompt(Some("ada/main"), "idle"));
        check("machine://chart", Some(Address::Chart));
        for uri in [
            "state://",
            "state://IDLE",
            "run://a",
            "run://a/prompts/idle",
            "run://%ff/state",
            "machine://",
            "x",
        ] {
            check(uri, None);
        }
    }
}
