//! Completion of the arguments of prompts and of addresses.

use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};

use super::{Server, convert, resources};
use crate::api::{Completed, Completion};
use crate::caller::Caller;
use crate::portable::Portable;
use crate::text;

impl<M: Portable<Context: Default>> Server<M> {
    /// The values that an argument may have. For prompts and templates of the author none are known.
    pub(super) async fn completed(
        &self,
        caller: &Caller,
        request: CompleteRequestParams,
    ) -> Result<CompleteResult, ErrorData> {
        let argument = request.argument;
        let completion = match request.r#ref {
            Reference::Prompt(prompt) if self.0.added.prompts.has_route(&prompt.name) => {
                return Ok(CompleteResult::default());
            }
            Reference::Prompt(prompt) => {
                let (name, value) = (&argument.name, &argument.value);
                self.api().complete_argument(caller, &prompt.name, name, value).await
            }
            Reference::Resource(resource) if self.0.added.has_template(&resource.uri) => {
                return Ok(CompleteResult::default());
            }
            Reference::Resource(resource) => {
                let completed = variable(&resource.uri, &argument.name)?;
                self.api().complete(caller, completed, &argument.value).await
            }
            other => {
                let kind = text::quoted(other.reference_type());
                let reason = format!("{kind} is unknown; expected `ref/prompt` or `ref/resource`");
                return Err(ErrorData::invalid_params(reason, None));
            }
        };
        result(completion.map_err(convert::prompt_error)?)
    }
}

/// What the variable of a template stands for.
fn variable(template: &str, name: &str) -> Result<Completed, ErrorData> {
    let refused = |message| ErrorData::invalid_params(message, None);
    let templates = resources::templates();
    if templates.iter().all(|known| known.uri_template != template) {
        let hint = text::hint(template, templates.iter().map(|known| known.uri_template.as_str()));
        let template = text::quoted(template);
        return Err(refused(format!("no resource template is {template}; {hint}")));
    }
    let variables: Vec<_> = template.split('{').filter_map(|part| part.split_once('}')).collect();
    let is_variable = variables.iter().any(|(variable, _)| *variable == name);
    match name {
        "run" if is_variable => Ok(Completed::Run),
        "state" if is_variable => Ok(Completed::PromptedState),
        _ => {
            let hint = text::hint(name, variables.iter().map(|(variable, _)| *variable));
            let name = text::quoted(name);
            Err(refused(format!("the template `{template}` has no variable {name}; {hint}")))
        }
    }
}

fn result(completion: Completion) -> Result<CompleteResult, ErrorData> {
    let total = completion.total.and_then(|total| u32::try_from(total).ok());
    let has_more = completion.has_more();
    CompletionInfo::with_pagination(completion.values, total, has_more)
        .map(CompleteResult::new)
        .map_err(|error| ErrorData::internal_error(error, None))
}
