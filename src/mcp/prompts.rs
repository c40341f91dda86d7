//! A machine's prompts.

use rmcp::ErrorData;
use rmcp::model::{GetPromptResult, JsonObject, Prompt, PromptArgument, PromptMessage, Role};

use super::arguments::{Arguments, Problem};
use super::moves::ancestry;
use super::nearest::hint;
use super::schema::{Payloads, Signature};
use crate::chart;
use crate::portable::Portable;
use crate::run::Run;

/// The prompts, as they are listed.
pub(crate) struct Prompts {
    entries: Vec<Entry>,
}

struct Entry {
    prompt: Prompt,
    signature: Signature,
    chart: &'static chart::Prompt,
}

impl Prompts {
    pub(crate) fn of<M: Portable>() -> Self {
        let payloads = Payloads::of::<M::Prompt>();
        let entry = |chart: &'static chart::Prompt| {
            let arguments = chart.parameters().iter().map(|parameter| {
                let argument = PromptArgument::new(parameter.name());
                let argument = match parameter.docs().trim() {
                    "" => argument,
                    docs => argument.with_description(docs),
                };
                argument.with_required(!parameter.is_optional())
            });
            let arguments: Vec<_> = arguments.collect();
            let arguments = (!arguments.is_empty()).then_some(arguments);
            Entry {
                prompt: Prompt::new(chart.name(), Some(chart.docs().trim()), arguments),
                signature: payloads.signature(chart.name(), chart.parameters()),
                chart,
            }
        };
        Self { entries: M::CHART.prompts().iter().map(entry).collect() }
    }

    /// All prompts, in a fixed order.
    pub(crate) fn list(&self) -> impl Iterator<Item = &Prompt> + Clone {
        self.entries.iter().map(|entry| &entry.prompt)
    }

    /// Reads the name and the arguments of a prompt.
    ///
    /// # Errors
    ///
    /// That the prompt or an argument is unknown, or that an argument is missing.
    pub(crate) fn parse<M: Portable>(
        &self,
        name: &str,
        given: Option<JsonObject>,
        others: &[Prompt],
    ) -> Result<M::Prompt, ErrorData> {
        let Some(entry) = self.entries.iter().find(|entry| entry.prompt.name == name) else {
            let names = self.list().chain(others).map(|prompt| prompt.name.as_str());
            let message = format!("no prompt is named `{name}`; {}", hint(name, names));
            return Err(ErrorData::invalid_params(message, None));
        };
        let arguments = Arguments::new(given.unwrap_or_default(), &entry.signature);
        let prompt =
            arguments.and_then(|arguments| arguments.payload(name).map_err(|one| vec![one]));
        prompt.map_err(|problems| ErrorData::invalid_params(listed(name, &problems), None))
    }

    /// The texts for a state, each of a prompt that needs no argument, or what it needs.
    pub(crate) fn for_state<M: Portable>(&self, state: u16, run: &Run<M>) -> Option<String> {
        let numbers: Vec<_> = ancestry(M::CHART, state).collect();
        let fits =
            |entry: &&Entry| entry.chart.states().iter().any(|number| numbers.contains(number));
        let texts = self.entries.iter().filter(fits).map(|entry| {
            let name = entry.prompt.name.as_str();
            let prompt = Arguments::new(JsonObject::new(), &entry.signature)
                .and_then(|arguments| arguments.payload(name).map_err(|one| vec![one]));
            match prompt {
                Ok(prompt) => run
                    .machine()
                    .prompt(prompt)
                    .unwrap_or_else(|error| format!("`{name}`: {error}")),
                Err(problems) => listed(name, &problems),
            }
        });
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }
}

/// A prompt's text as the message of a user.
pub(crate) fn message(text: String) -> GetPromptResult {
    GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
}

fn listed(name: &str, problems: &[Problem]) -> String {
    let problems: Vec<_> = problems
        .iter()
        .map(|problem| format!("`{}`: {}", problem.argument, problem.reason))
        .collect();
    format!("the prompt `{name}` cannot be given: {}", problems.join("; "))
}
