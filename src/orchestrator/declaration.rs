//! The declaration of the orchestrator, and what it needs.

use core::fmt;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[path = "key.rs"]
mod key;

pub use self::key::UnknownKey;
use self::machine::{CHART, StateName, Workspace};
use crate::Name;
use crate::chart::Target;

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person who gives the task.
    User,
    /// The agent.
    Assistant,
    /// The program around both.
    System,
}

/// One message of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// Takes an agent through a task: plan, research, execute, review.
#[crate::machine(serde, name = Orchestrator)]
pub mod machine {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::{Message, Role, UnknownKey, instructions, look_up};

    /// What belongs to a run whatever its state: the conversation, the task's data, and knowledge.
    #[context]
    #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
    pub struct Workspace {
        /// The conversation, oldest message first.
        pub messages: Vec<Message>,
        /// Data of the task, by key.
        pub task_data: BTreeMap<String, String>,
        /// Knowledge, by key.
        pub knowledge: BTreeMap<String, String>,
    }

    /// Waiting for instructions.
    #[state(initial)]
    pub struct Idle;

    /// Creating a structured plan for a task.
    #[state]
    pub struct Planning;

    /// Gathering information needed for a task.
    #[state]
    pub struct Researching;

    /// Carrying out planned actions.
    #[state]
    pub struct Executing;

    /// Evaluating results and determining next steps.
    #[state]
    pub struct Reviewing;

    /// Handling errors or unexpected situations.
    #[state]
    pub struct Error;

    /// Stop working on the task and wait for instructions.
    #[transition(from = [Planning, Reviewing, Error])]
    fn rest() -> Idle {
        Idle
    }

    /// Make a plan.
    #[transition(from = [Idle, Researching, Reviewing, Error])]
    fn plan(
        workspace: &mut Workspace,
        /** What to plan. */
        task_description: Option<String>,
    ) -> Planning {
        workspace.keep("task_description", task_description);
        Planning
    }

    /// Gather information.
    #[transition(from = [Idle, Planning, Error])]
    fn research(
        workspace: &mut Workspace,
        /** What to find out. */
        research_topic: Option<String>,
    ) -> Researching {
        workspace.keep("research_topic", research_topic);
        Researching
    }

    /// Carry out a plan.
    #[transition(from = [Idle, Planning, Researching, Reviewing, Error])]
    fn execute(
        workspace: &mut Workspace,
        /** What to do. */
        action_plan: Option<String>,
    ) -> Executing {
        workspace.keep("action_plan", action_plan);
        Executing
    }

    /// Evaluate what was done.
    #[transition(from = [Researching, Executing])]
    fn review() -> Reviewing {
        Reviewing
    }

    /// Report that something went wrong.
    #[transition(from = [Idle, Planning, Researching, Executing, Reviewing])]
    fn fail(
        workspace: &mut Workspace,
        /** What went wrong. */
        error_description: Option<String>,
    ) -> Error {
        workspace.keep("error_description", error_description);
        Error
    }

    /// Add a message of the user to the conversation.
    #[transition(from = _)]
    fn add_user_message(
        workspace: &mut Workspace,
        /** What the user says. */
        message: String,
    ) {
        workspace.say(Role::User, message);
    }

    /// Add a message of the assistant to the conversation.
    #[transition(from = _)]
    fn add_assistant_message(
        workspace: &mut Workspace,
        /** What the assistant says. */
        message: String,
    ) {
        workspace.say(Role::Assistant, message);
    }

    /// Add a system message to the conversation.
    #[transition(from = _)]
    fn add_system_message(
        workspace: &mut Workspace,
        /** The text. */
        message: String,
    ) {
        workspace.say(Role::System, message);
    }

    /// Store data of the task under a key.
    #[transition(from = _)]
    fn store_task_data(
        workspace: &mut Workspace,
        /** The key, which may exist. */
        key: String,
        /** What to store. */
        value: String,
    ) {
        workspace.task_data.insert(key, value);
    }

    /// Store knowledge under a key.
    #[transition(from = _)]
    fn store_knowledge(
        workspace: &mut Workspace,
        /** The key, which may exist. */
        key: String,
        /** What to store. */
        value: String,
    ) {
        workspace.knowledge.insert(key, value);
    }

    /// The newest messages of the conversation, oldest first.
    #[query]
    fn get_conversation_history(
        workspace: &Workspace,
        /** How many at most. */
        #[default = 10]
        max_messages: usize,
    ) -> &[Message] {
        let skipped = workspace.messages.len().saturating_sub(max_messages);
        workspace.messages.get(skipped..).unwrap_or_default()
    }

    /// Data of the task that is stored under a key.
    #[query]
    fn get_task_data(
        workspace: &Workspace,
        /** The key. */
        key: String,
    ) -> Result<&str, UnknownKey> {
        look_up("task data", &workspace.task_data, &key)
    }

    /// The keys of the task's data.
    #[query]
    fn list_task_data_keys(workspace: &Workspace) -> Vec<&str> {
        workspace.task_data.keys().map(String::as_str).collect()
    }

    /// Knowledge that is stored under a key.
    #[query]
    fn get_knowledge(
        workspace: &Workspace,
        /** The key. */
        key: String,
    ) -> Result<&str, UnknownKey> {
        look_up("knowledge", &workspace.knowledge, &key)
    }

    /// The keys of the stored knowledge.
    #[query]
    fn list_knowledge_keys(workspace: &Workspace) -> Vec<&str> {
        workspace.knowledge.keys().map(String::as_str).collect()
    }

    /// What to do while idle.
    #[prompt(Idle)]
    fn idle_prompt() -> String {
        instructions(
            StateName::Idle,
            None,
            &[
                "Read what the user wants, and add it to the conversation.",
                "Ask where the request is unclear.",
                "Decide whether the task needs a plan, information, or can be carried out at once.",
            ],
        )
    }

    /// How to plan a task.
    #[prompt(Planning)]
    fn planning_prompt(
        workspace: &Workspace,
        /** The task to plan. */
        task_description: Option<String>,
    ) -> String {
        instructions(
            StateName::Planning,
            Some(workspace.argument("task_description", task_description)),
            &[
                "Break the task into steps, each with a result that can be checked.",
                "Name what has to be known before a step can be taken.",
                "Store the plan as task data under `action_plan`.",
            ],
        )
    }

    /// How to research a topic.
    #[prompt(Researching)]
    fn researching_prompt(
        workspace: &Workspace,
        /** The topic to research. */
        research_topic: Option<String>,
    ) -> String {
        instructions(
            StateName::Researching,
            Some(workspace.argument("research_topic", research_topic)),
            &[
                "List the questions that have to be answered.",
                "Answer each from a source that can be named.",
                "Store each finding as knowledge under a telling key.",
            ],
        )
    }

    /// How to carry out a plan.
    #[prompt(Executing)]
    fn executing_prompt(
        workspace: &Workspace,
        /** The plan to carry out. */
        action_plan: Option<String>,
    ) -> String {
        instructions(
            StateName::Executing,
            Some(workspace.argument("action_plan", action_plan)),
            &[
                "Take the steps of the plan in their order.",
                "Store the result of each step as task data.",
                "Report a step that cannot be taken as a failure, with what went wrong.",
            ],
        )
    }

    /// How to review results.
    #[prompt(Reviewing)]
    fn reviewing_prompt() -> String {
        instructions(
            StateName::Reviewing,
            None,
            &[
                "Compare the results with what the user asked for.",
                "Tell the user what is done and what is missing.",
                "Decide whether to plan again, to carry on, or to rest.",
            ],
        )
    }

    /// How to handle an error.
    #[prompt(Error)]
    fn error_prompt(
        workspace: &Workspace,
        /** What went wrong. */
        error_description: Option<String>,
    ) -> String {
        instructions(
            StateName::Error,
            Some(workspace.argument("error_description", error_description)),
            &[
                "Find out what caused the error.",
                "Tell the user what happened, and what was lost, if anything.",
                "Go back to the state from which the task can go on.",
            ],
        )
    }
}

impl Workspace {
    fn say(&mut self, role: Role, content: String) {
        self.messages.push(Message { role, content });
    }

    fn keep(&mut self, key: &str, value: Option<String>) {
        if let Some(value) = value {
            self.task_data.insert(key.to_owned(), value);
        }
    }

    /// A prompt's argument by its name: as given, else the task data of that name.
    fn argument(
        &self,
        name: &'static str,
        given: Option<String>,
    ) -> (&'static str, Option<String>) {
        (name, given.or_else(|| self.task_data.get(name).cloned()))
    }
}

fn look_up<'a>(
    kind: &'static str,
    entries: &'a BTreeMap<String, String>,
    key: &str,
) -> Result<&'a str, UnknownKey> {
    match entries.get(key) {
        Some(value) => Ok(value),
        None => Err(UnknownKey::new(kind, key, entries.keys())),
    }
}

/// The text of a prompt: where the agent is, what to do there, and the ways out as the chart has them.
fn instructions(
    state: StateName,
    argument: Option<(&'static str, Option<String>)>,
    steps: &'static [&'static str],
) -> String {
    Instructions { state, argument, steps }.to_string()
}

struct Instructions {
    state: StateName,
    argument: Option<(&'static str, Option<String>)>,
    steps: &'static [&'static str],
}

impl fmt::Display for Instructions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = CHART.state(self.state.number());
        writeln!(f, "You are in the state {}: {}", here.wire(), here.docs())?;
        match &self.argument {
            Some((name, Some(value))) => writeln!(f, "\n{name}: {value}")?,
            Some((name, None)) => {
                writeln!(
                    f,
                    "\n{name}: none was given. Ask for it, or find it in the conversation."
                )?;
            }
            None => {}
        }
        writeln!(f, "\nSteps:")?;
        for (place, step) in (1..).zip(self.steps) {
            writeln!(f, "{place}. {step}")?;
        }
        writeln!(f, "\nWays out, by `transition_state`:")?;
        for (_, event, clause) in CHART.allowed(self.state.number()) {
            for target in clause.to() {
                let Target::State(target) = target else { continue };
                writeln!(f, "- {}: {}", CHART.state(*target).wire(), event.docs())?;
            }
        }
        Ok(())
    }
}
