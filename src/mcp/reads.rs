//! What the machine's resources and prompts answer.

use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, JsonObject, ReadResourceResult, ResourceContents};

use super::answer::{self, Status};
use super::calls::{Fault, chain};
use super::catalogue::LARGEST_PAGE;
use super::nearest::hint;
use super::resources::Address;
use super::{Server, Shared, internal, prompts, settled};
use crate::chart::State;
use crate::portable::Portable;
use crate::record::{RunName, Version};
use crate::runs::RunsError;

impl<M: Portable<Context: Default>> Server<M> {
    /// Reads a resource: the author's, then the machine's.
    pub(super) async fn read(&self, uri: &str) -> Result<ReadResourceResult, ErrorData> {
        let more = self.0.more.resources.iter().find(|(resource, _)| resource.uri == uri);
        let (text, mime) = if let Some((resource, read)) = more {
            let mime = resource.mime_type.clone().unwrap_or_else(|| "text/plain".to_owned());
            let read = settled(async { read(self).await }).await;
            (read.unwrap_or_else(|panic| Err(internal(&panic)))?, mime)
        } else {
            let Some(address) = Address::parse(uri) else {
                let message = format!("no resource is at `{uri}`");
                return Err(ErrorData::resource_not_found(message, None));
            };
            let (text, mime) = self.0.resource(address).await?;
            (text, mime.to_owned())
        };
        let contents = ResourceContents::text(text, uri).with_mime_type(mime);
        Ok(ReadResourceResult::new(vec![contents]))
    }
}

impl<M: Portable<Context: Default>> Shared<M> {
    async fn resource(&self, address: Address<'_>) -> Result<(String, &'static str), ErrorData> {
        match address {
            Address::Chart => Ok((M::CHART.mermaid().to_string(), "text/vnd.mermaid")),
            Address::State(run) => {
                let run = self.run_named(run)?;
                let situation = self.situation(&run).await.map_err(not_read)?;
                let status = Status::new(&situation, &self.moves).described(situation.state);
                Ok((answer::text(&status), "application/json"))
            }
            Address::History(run) => {
                let run = self.run_named(Some(run))?;
                let history = self.history(run, Version::START, LARGEST_PAGE).await;
                Ok((answer::text(&history.map_err(not_read)?), "application/json"))
            }
            Address::Prompt(run, state) => {
                let run = self.run_named(run)?;
                let Some((number, state)) = M::CHART.state_named(state) else {
                    let names = M::CHART.states().iter().map(State::wire);
                    let message = format!("no state is named `{state}`; {}", hint(state, names));
                    return Err(ErrorData::resource_not_found(message, None));
                };
                let text = self.runs.read(&run, |run| self.prompts.for_state(number, run)).await?;
                let none = || format!("{} has no prompt", state.wire());
                let text = text.ok_or_else(|| ErrorData::resource_not_found(none(), None))?;
                Ok((text, "text/plain"))
            }
        }
    }

    /// Gives a prompt, said for the run that is meant where none is named.
    pub(super) async fn prompt(
        &self,
        name: &str,
        given: Option<JsonObject>,
    ) -> Result<GetPromptResult, ErrorData> {
        let more = self.more.prompts.list_all();
        let prompt = self.prompts.parse::<M>(name, given, &more)?;
        let text = self.runs.read(self.runs.unnamed(), |run| {
            run.machine().prompt(prompt).map_err(|error| error.to_string())
        });
        match text.await? {
            Ok(text) => {
                let docs = self.prompts.list().find(|prompt| prompt.name == name);
                let docs = docs.and_then(|prompt| prompt.description.clone());
                Ok(prompts::message(text).with_description(docs.unwrap_or_default()))
            }
            Err(reason) => {
                let message = format!("the prompt `{name}` cannot be given: {reason}");
                Err(ErrorData::invalid_params(message, None))
            }
        }
    }

    fn run_named(&self, name: Option<&str>) -> Result<RunName, ErrorData> {
        let Some(name) = name else { return Ok(self.runs.unnamed().clone()) };
        name.parse().map_err(|error: crate::record::InvalidRunName| {
            ErrorData::resource_not_found(error.to_string(), None)
        })
    }
}

impl From<RunsError> for ErrorData {
    fn from(error: RunsError) -> Self {
        match error {
            RunsError::NeverStarted { .. } => Self::resource_not_found(error.to_string(), None),
            error => {
                let text = chain(&error);
                tracing::error!(error = text, "a request failed");
                Self::internal_error(text, None)
            }
        }
    }
}

/// Reading takes no arguments of a tool, so that only the run can be at fault.
fn not_read(fault: Fault) -> ErrorData {
    match fault {
        Fault::Run(_, error) => error.into(),
        Fault::Invalid(_) => ErrorData::internal_error("the resource cannot be read", None),
    }
}
