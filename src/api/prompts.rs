//! A machine's prompts.

use serde_json::Map;
use serde_json::Value;

use super::arguments::{Arguments, Problem};
use super::error::CallError;
use super::schema::{Payloads, Signature};
use crate::chart::Prompt;
use crate::portable::Portable;
use crate::run::Run;
use crate::text;

/// The prompts of a machine, with their arguments.
pub(crate) struct Prompts {
    entries: Vec<(&'static Prompt, Signature)>,
}

impl Prompts {
    pub(crate) fn of<M: Portable>() -> Self {
        let payloads = Payloads::of::<M::Prompt>();
        let entry = |prompt: &'static Prompt| {
            (prompt, payloads.signature(prompt.name(), prompt.parameters()))
        };
        Self { entries: M::CHART.prompts().iter().map(entry).collect() }
    }

    /// Reads the name and the arguments of a prompt.
    ///
    /// # Errors
    ///
    /// The prompt or an argument is unknown, or an argument is missing.
    pub(crate) fn parse<M: Portable>(
        &self,
        name: &str,
        given: Map<String, Value>,
        limit: usize,
    ) -> Result<M::Prompt, CallError> {
        Ok(Arguments::new(given, self.signature(name)?, limit)?.payload(name)?)
    }

    /// The arguments of a prompt.
    ///
    /// # Errors
    ///
    /// The prompt is unknown.
    pub(crate) fn signature(&self, name: &str) -> Result<&Signature, CallError> {
        let entry = self.entries.iter().find(|(prompt, _)| prompt.name() == name);
        entry.map(|(_, signature)| signature).ok_or_else(|| {
            let names = self.entries.iter().map(|(prompt, _)| prompt.name());
            let (quoted, hint) = (text::quoted(name), text::hint(name, names));
            CallError::Unknown(format!("no prompt is named {quoted}; {hint}"))
        })
    }

    /// The texts for a state: each prompt that needs no argument, and what the others need. `None` if there is none.
    pub(crate) fn for_state<M: Portable>(&self, state: u16, run: &Run<M>) -> Option<String> {
        let around: Vec<_> = M::CHART.ancestors(state).collect();
        let fits = |(prompt, _): &&(&'static Prompt, Signature)| {
            prompt.states().iter().any(|node| around.contains(node))
        };
        let texts = self.entries.iter().filter(fits).map(|(prompt, signature)| {
            let name = prompt.name();
            let prompt = Arguments::new(Map::new(), signature, 0)
                .and_then(|arguments| arguments.payload(name).map_err(|one| vec![one]));
            match prompt {
                Ok(prompt) => run
                    .machine()
                    .prompt(prompt)
                    .unwrap_or_else(|error| format!("`{name}`: {error}")),
                Err(problems) => unanswered(name, &problems),
            }
        });
        let texts: Vec<_> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }
}

fn unanswered(name: &str, problems: &[Problem]) -> String {
    let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
    format!("the prompt `{name}` cannot be given: {}", problems.join("; "))
}
