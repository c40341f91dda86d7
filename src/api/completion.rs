//! Completion of names and values while they are typed.

use super::Api;
use super::access::name_for;
use super::error::CallError;
use crate::caller::{Caller, Role};
use crate::chart::{Event, State};
use crate::portable::Portable;
use crate::runs::RunsError;
use crate::text;

/// Most values of one completion.
const VALUES: usize = 100;

/// Most runs that one completion looks at, and how many are read at once.
const RUNS: usize = 10_000;
const PAGE: usize = 1_000;

/// The values that begin with what was typed, in any case of letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// At most 100 values.
    pub values: Vec<String>,
    /// How many values there are; `None` if more runs exist than are looked at.
    pub total: Option<usize>,
}

impl Completion {
    /// Whether there are more values than these.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.total.is_none_or(|total| total > self.values.len())
    }

    fn of<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut fitting = names.into_iter().filter(|name| begins_with(name, typed));
        let values: Vec<_> = fitting.by_ref().take(VALUES).map(str::to_owned).collect();
        let total = Some(values.len() + fitting.count());
        Self { values, total }
    }
}

/// What a value stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completed {
    /// A state.
    State,
    /// A state with a prompt.
    PromptedState,
    /// An event.
    Event,
    /// A run that the caller may see, named as in a list for this caller.
    Run,
}

impl<M: Portable<Context: Default>> Api<M> {
    /// The names that begin with what was typed.
    ///
    /// # Errors
    ///
    /// [`CallError::Run`] if the store cannot list runs.
    pub async fn complete(
        &self,
        caller: &Caller,
        completed: Completed,
        typed: &str,
    ) -> Result<Completion, CallError> {
        let states = M::CHART.states().iter().map(State::wire);
        Ok(match completed {
            Completed::State => Completion::of(typed, states),
            Completed::PromptedState => {
                let numbered = (0..).zip(states);
                let prompted = numbered.filter(|(number, _)| is_prompted::<M>(*number));
                Completion::of(typed, prompted.map(|(_, state)| state))
            }
            Completed::Event => Completion::of(typed, M::CHART.events().iter().map(Event::name)),
            Completed::Run => self.complete_run(caller, typed).await?,
        })
    }

    /// The values of a prompt's argument that begin with what was typed: states for an argument named `state`, events
    /// for `event`. Every argument is a text, so nothing is known about the others.
    ///
    /// # Errors
    ///
    /// [`CallError::Unknown`] if there is no such prompt or argument; and as [`complete`](Self::complete).
    pub async fn complete_argument(
        &self,
        caller: &Caller,
        prompt: &str,
        argument: &str,
        typed: &str,
    ) -> Result<Completion, CallError> {
        let properties = self.prompts.signature(prompt)?.properties();
        if !properties.contains_key(argument) {
            let hint = text::hint(argument, properties.keys().map(String::as_str));
            let argument = text::quoted(argument);
            let reason = format!("the prompt `{prompt}` takes no argument {argument}; {hint}");
            return Err(CallError::Unknown(reason));
        }
        match argument {
            "state" => self.complete(caller, Completed::State, typed).await,
            "event" => self.complete(caller, Completed::Event, typed).await,
            _ => Ok(Completion::of(typed, [])),
        }
    }

    async fn complete_run(&self, caller: &Caller, typed: &str) -> Result<Completion, RunsError> {
        let owner = (!caller.has(Role::RunsRead)).then(|| caller.principal());
        let (mut values, mut fitting, mut seen, mut after) = (Vec::new(), 0, 0, None);
        loop {
            let heads = self.runs.list(owner, after.as_ref(), PAGE).await?;
            for head in &heads {
                let name = name_for(caller, &head.run);
                if begins_with(&name, typed) {
                    fitting += 1;
                    if values.len() < VALUES {
                        values.push(name);
                    }
                }
            }
            seen += heads.len();
            if heads.len() < PAGE {
                return Ok(Completion { values, total: Some(fitting) });
            }
            if seen >= RUNS {
                return Ok(Completion { values, total: None });
            }
            after = heads.into_iter().next_back().map(|head| head.run);
        }
    }
}

fn is_prompted<M: Portable>(state: u16) -> bool {
    let prompted = |node| M::CHART.prompts().iter().any(|prompt| prompt.states().contains(&node));
    M::CHART.ancestors(state).any(prompted)
}

fn begins_with(name: &str, typed: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    typed.chars().flat_map(char::to_lowercase).all(|typed| name.next() == Some(typed))
}

#[cfg(test)]
mod tests {
    use super::{Completion, begins_with};

    #[test]
    fn case_makes_no_difference() {
        for (name, typed) in [("RESEARCHING", "res"), ("Übung", "üB"), ("a", ""), ("a", "A")] {
            assert!(begins_with(name, typed), "{typed}");
        }
        for (name, typed) in [("IDLE", "DLE"), ("a", "ab")] {
            assert!(!begins_with(name, typed), "{typed}");
        }
    }

    #[test]
    fn many_values_are_cut() {
        let names: Vec<_> = (0..150).map(|number| format!("n{number}")).collect();
        let completion = Completion::of("N", names.iter().map(String::as_str));
        assert_eq!((completion.values.len(), completion.total), (100, Some(150)));
        assert!(completion.has_more());
        assert!(!Completion::of("n14", names.iter().map(String::as_str)).has_more());
    }
}
