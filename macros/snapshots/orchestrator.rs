/// The machine of [`machine`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tOrchestrator\t0\nstate\tIdle\t\t\nstate\tPlanning\t\t\nstate\tResearching\t\t\nstate\tExecuting\t\t\nstate\tReviewing\t\t\nstate\tError\t\t\non\trest\t1,4,5\t0\t0\t\t\t\t\non\tplan\t0,2,4,5\t1\t0\t\t\ttask_description\t\non\tresearch\t0,1,5\t2\t0\t\t\tresearch_topic\t\non\texecute\t0,1,2,4,5\t3\t0\t\t\taction_plan\t\non\treview\t2,3\t4\t0\t\t\t\t\non\tfail\t0,1,2,3,4\t5\t0\t\t\terror_description\t\non\tadd_user_message\t0,1,2,3,4,5\t\t0\t\t\tmessage\t\non\tadd_assistant_message\t0,1,2,3,4,5\t\t0\t\t\tmessage\t\non\tadd_system_message\t0,1,2,3,4,5\t\t0\t\t\tmessage\t\non\tstore_task_data\t0,1,2,3,4,5\t\t0\t\t\tkey,value\t\non\tstore_knowledge\t0,1,2,3,4,5\t\t0\t\t\tkey,value\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub struct Orchestrator<S = State>(::leverframe::Parts<S, Workspace, ()>);
::leverframe::__machine! {
    pub Orchestrator(Workspace, ()) in (), from Idle = Idle; at : guards {} enter {} exit
    {} remember {}
}
impl<S: ::leverframe::Leaf<Machine = Orchestrator>> Orchestrator<S> {
    /// Add a message of the user to the conversation.
    pub fn add_user_message(&mut self, message: String) {
        self::add_user_message(&mut self.0.context, message);
    }
    /// Add a message of the assistant to the conversation.
    pub fn add_assistant_message(&mut self, message: String) {
        self::add_assistant_message(&mut self.0.context, message);
    }
    /// Add a system message to the conversation.
    pub fn add_system_message(&mut self, message: String) {
        self::add_system_message(&mut self.0.context, message);
    }
    /// Store data of the task under a key.
    pub fn store_task_data(&mut self, key: String, value: String) {
        self::store_task_data(&mut self.0.context, key, value);
    }
    /// Store knowledge under a key.
    pub fn store_knowledge(&mut self, key: String, value: String) {
        self::store_knowledge(&mut self.0.context, key, value);
    }
}
impl Orchestrator<Idle> {
    /// Make a plan.
    pub fn plan(mut self, task_description: Option<String>) -> Orchestrator<Planning> {
        let next = self::plan(&mut self.0.context, task_description);
        self.0.goto(next)
    }
    /// Gather information.
    pub fn research(
        mut self,
        research_topic: Option<String>,
    ) -> Orchestrator<Researching> {
        let next = self::research(&mut self.0.context, research_topic);
        self.0.goto(next)
    }
    /// Carry out a plan.
    pub fn execute(mut self, action_plan: Option<String>) -> Orchestrator<Executing> {
        let next = self::execute(&mut self.0.context, action_plan);
        self.0.goto(next)
    }
    /// Report that something went wrong.
    pub fn fail(mut self, error_description: Option<String>) -> Orchestrator<Error> {
        let next = self::fail(&mut self.0.context, error_description);
        self.0.goto(next)
    }
}
impl Orchestrator<Planning> {
    /// Stop working on the task and wait for instructions.
    pub fn rest(self) -> Orchestrator<Idle> {
        let next = self::rest();
        self.0.goto(next)
    }
    /// Gather information.
    pub fn research(
        mut self,
        research_topic: Option<String>,
    ) -> Orchestrator<Researching> {
        let next = self::research(&mut self.0.context, research_topic);
        self.0.goto(next)
    }
    /// Carry out a plan.
    pub fn execute(mut self, action_plan: Option<String>) -> Orchestrator<Executing> {
        let next = self::execute(&mut self.0.context, action_plan);
        self.0.goto(next)
    }
    /// Report that something went wrong.
    pub fn fail(mut self, error_description: Option<String>) -> Orchestrator<Error> {
        let next = self::fail(&mut self.0.context, error_description);
        self.0.goto(next)
    }
}
impl Orchestrator<Researching> {
    /// Make a plan.
    pub fn plan(mut self, task_description: Option<String>) -> Orchestrator<Planning> {
        let next = self::plan(&mut self.0.context, task_description);
        self.0.goto(next)
    }
    /// Carry out a plan.
    pub fn execute(mut self, action_plan: Option<String>) -> Orchestrator<Executing> {
        let next = self::execute(&mut self.0.context, action_plan);
        self.0.goto(next)
    }
    /// Evaluate what was done.
    pub fn review(self) -> Orchestrator<Reviewing> {
        let next = self::review();
        self.0.goto(next)
    }
    /// Report that something went wrong.
    pub fn fail(mut self, error_description: Option<String>) -> Orchestrator<Error> {
        let next = self::fail(&mut self.0.context, error_description);
        self.0.goto(next)
    }
}
impl Orchestrator<Executing> {
    /// Evaluate what was done.
    pub fn review(self) -> Orchestrator<Reviewing> {
        let next = self::review();
        self.0.goto(next)
    }
    /// Report that something went wrong.
    pub fn fail(mut self, error_description: Option<String>) -> Orchestrator<Error> {
        let next = self::fail(&mut self.0.context, error_description);
        self.0.goto(next)
    }
}
impl Orchestrator<Reviewing> {
    /// Stop working on the task and wait for instructions.
    pub fn rest(self) -> Orchestrator<Idle> {
        let next = self::rest();
        self.0.goto(next)
    }
    /// Make a plan.
    pub fn plan(mut self, task_description: Option<String>) -> Orchestrator<Planning> {
        let next = self::plan(&mut self.0.context, task_description);
        self.0.goto(next)
    }
    /// Carry out a plan.
    pub fn execute(mut self, action_plan: Option<String>) -> Orchestrator<Executing> {
        let next = self::execute(&mut self.0.context, action_plan);
        self.0.goto(next)
    }
    /// Report that something went wrong.
    pub fn fail(mut self, error_description: Option<String>) -> Orchestrator<Error> {
        let next = self::fail(&mut self.0.context, error_description);
        self.0.goto(next)
    }
}
impl Orchestrator<Error> {
    /// Stop working on the task and wait for instructions.
    pub fn rest(self) -> Orchestrator<Idle> {
        let next = self::rest();
        self.0.goto(next)
    }
    /// Make a plan.
    pub fn plan(mut self, task_description: Option<String>) -> Orchestrator<Planning> {
        let next = self::plan(&mut self.0.context, task_description);
        self.0.goto(next)
    }
    /// Gather information.
    pub fn research(
        mut self,
        research_topic: Option<String>,
    ) -> Orchestrator<Researching> {
        let next = self::research(&mut self.0.context, research_topic);
        self.0.goto(next)
    }
    /// Carry out a plan.
    pub fn execute(mut self, action_plan: Option<String>) -> Orchestrator<Executing> {
        let next = self::execute(&mut self.0.context, action_plan);
        self.0.goto(next)
    }
}
impl<S> Orchestrator<S> {
    /// The newest messages of the conversation, oldest first.
    pub fn get_conversation_history(&self, max_messages: usize) -> &[Message] {
        self::get_conversation_history(&self.0.context, max_messages)
    }
    /// Data of the task that is stored under a key.
    ///
    /// # Errors
    ///
    /// The reason of the function that answers.
    pub fn get_task_data(
        &self,
        key: String,
    ) -> ::core::result::Result<&str, UnknownKey> {
        self::get_task_data(&self.0.context, key)
    }
    /// The keys of the task's data.
    pub fn list_task_data_keys(&self) -> Vec<&str> {
        self::list_task_data_keys(&self.0.context)
    }
    /// Knowledge that is stored under a key.
    ///
    /// # Errors
    ///
    /// The reason of the function that answers.
    pub fn get_knowledge(
        &self,
        key: String,
    ) -> ::core::result::Result<&str, UnknownKey> {
        self::get_knowledge(&self.0.context, key)
    }
    /// The keys of the stored knowledge.
    pub fn list_knowledge_keys(&self) -> Vec<&str> {
        self::list_knowledge_keys(&self.0.context)
    }
    /// What to do while idle.
    pub fn idle_prompt(&self) -> String {
        self::idle_prompt()
    }
    /// How to plan a task.
    pub fn planning_prompt(&self, task_description: Option<String>) -> String {
        self::planning_prompt(&self.0.context, task_description)
    }
    /// How to research a topic.
    pub fn researching_prompt(&self, research_topic: Option<String>) -> String {
        self::researching_prompt(&self.0.context, research_topic)
    }
    /// How to carry out a plan.
    pub fn executing_prompt(&self, action_plan: Option<String>) -> String {
        self::executing_prompt(&self.0.context, action_plan)
    }
    /// How to review results.
    pub fn reviewing_prompt(&self) -> String {
        self::reviewing_prompt()
    }
    /// How to handle an error.
    pub fn error_prompt(&self, error_description: Option<String>) -> String {
        self::error_prompt(&self.0.context, error_description)
    }
}
const _: () = {
    ::leverframe::__private::context::<Workspace>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub Query : #[doc =
    " The newest messages of the conversation, oldest first."] #[serde(rename =
    "get_conversation_history")] GetConversationHistory { #[doc = " How many at most."]
    #[serde(default = "Query::default_21_max_messages")] max_messages : usize, } #[doc =
    " Data of the task that is stored under a key."] #[serde(rename = "get_task_data")]
    GetTaskData { #[doc = " The key."] key : String, } #[doc =
    " The keys of the task's data."] #[serde(rename = "list_task_data_keys")]
    ListTaskDataKeys {} #[doc = " Knowledge that is stored under a key."] #[serde(rename
    = "get_knowledge")] GetKnowledge { #[doc = " The key."] key : String, } #[doc =
    " The keys of the stored knowledge."] #[serde(rename = "list_knowledge_keys")]
    ListKnowledgeKeys {}
}
impl Query {
    fn default_21_max_messages() -> usize {
        10
    }
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub Prompt : #[doc =
    " What to do while idle."] #[serde(rename = "idle_prompt")] IdlePrompt {} #[doc =
    " How to plan a task."] #[serde(rename = "planning_prompt")] PlanningPrompt { #[doc =
    " The task to plan."] task_description : Option < String >, } #[doc =
    " How to research a topic."] #[serde(rename = "researching_prompt")]
    ResearchingPrompt { #[doc = " The topic to research."] research_topic : Option <
    String >, } #[doc = " How to carry out a plan."] #[serde(rename =
    "executing_prompt")] ExecutingPrompt { #[doc = " The plan to carry out."] action_plan
    : Option < String >, } #[doc = " How to review results."] #[serde(rename =
    "reviewing_prompt")] ReviewingPrompt {} #[doc = " How to handle an error."]
    #[serde(rename = "error_prompt")] ErrorPrompt { #[doc = " What went wrong."]
    error_description : Option < String >, }
}
::leverframe::__portable! {
    Orchestrator, at : queries { answer GetConversationHistory { max_messages } () =>
    self::get_conversation_history(& at.context, max_messages); try_answer GetTaskData {
    key } () => self::get_task_data(& at.context, key); answer ListTaskDataKeys {} () =>
    self::list_task_data_keys(& at.context); try_answer GetKnowledge { key } () =>
    self::get_knowledge(& at.context, key); answer ListKnowledgeKeys {} () =>
    self::list_knowledge_keys(& at.context); } prompts { text IdlePrompt {} () =>
    self::idle_prompt(); text PlanningPrompt { task_description } () =>
    self::planning_prompt(& at.context, task_description); text ResearchingPrompt {
    research_topic } () => self::researching_prompt(& at.context, research_topic); text
    ExecutingPrompt { action_plan } () => self::executing_prompt(& at.context,
    action_plan); text ReviewingPrompt {} () => self::reviewing_prompt(); text
    ErrorPrompt { error_description } () => self::error_prompt(& at.context,
    error_description); }
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Orchestrator(Workspace), at, source :
    #[serde(rename = "IDLE")] Idle = 0[], #[serde(rename = "PLANNING")] Planning = 1[],
    #[serde(rename = "RESEARCHING")] Researching = 2[], #[serde(rename = "EXECUTING")]
    Executing = 3[], #[serde(rename = "REVIEWING")] Reviewing = 4[], #[serde(rename =
    "ERROR")] Error = 5[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub StateName of "a state" : Idle = "Idle" "IDLE",
    Planning = "Planning" "PLANNING", Researching = "Researching" "RESEARCHING",
    Executing = "Executing" "EXECUTING", Reviewing = "Reviewing" "REVIEWING", Error =
    "Error" "ERROR",
}
::leverframe::__wire_names! {
    StateName : Idle = "Idle" "IDLE", Planning = "Planning" "PLANNING", Researching =
    "Researching" "RESEARCHING", Executing = "Executing" "EXECUTING", Reviewing =
    "Reviewing" "REVIEWING", Error = "Error" "ERROR",
}
/// The events of [`Orchestrator`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " Stop working on the task and wait for instructions."] pub Rest
    }
    ::leverframe::__event! {
        serde #[doc = " Make a plan."] pub Plan { #[doc = " What to plan."]
        task_description : Option < String >, }
    }
    ::leverframe::__event! {
        serde #[doc = " Gather information."] pub Research { #[doc =
        " What to find out."] research_topic : Option < String >, }
    }
    ::leverframe::__event! {
        serde #[doc = " Carry out a plan."] pub Execute { #[doc = " What to do."]
        action_plan : Option < String >, }
    }
    ::leverframe::__event! {
        serde #[doc = " Evaluate what was done."] pub Review
    }
    ::leverframe::__event! {
        serde #[doc = " Report that something went wrong."] pub Fail { #[doc =
        " What went wrong."] error_description : Option < String >, }
    }
    ::leverframe::__event! {
        serde #[doc = " Add a message of the user to the conversation."] pub
        AddUserMessage { #[doc = " What the user says."] message : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Add a message of the assistant to the conversation."] pub
        AddAssistantMessage { #[doc = " What the assistant says."] message : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Add a system message to the conversation."] pub AddSystemMessage
        { #[doc = " The text."] message : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Store data of the task under a key."] pub StoreTaskData { #[doc =
        " The key, which may exist."] key : String, #[doc = " What to store."] value :
        String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Store knowledge under a key."] pub StoreKnowledge { #[doc =
        " The key, which may exist."] key : String, #[doc = " What to store."] value :
        String, }
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub EventName of "an event" : Rest = "rest"
    "rest", Plan = "plan" "plan", Research = "research" "research", Execute = "execute"
    "execute", Review = "review" "review", Fail = "fail" "fail", AddUserMessage =
    "add_user_message" "add_user_message", AddAssistantMessage = "add_assistant_message"
    "add_assistant_message", AddSystemMessage = "add_system_message"
    "add_system_message", StoreTaskData = "store_task_data" "store_task_data",
    StoreKnowledge = "store_knowledge" "store_knowledge",
}
::leverframe::__events! {
    serde[] pub Event : "rest" Rest, "plan" Plan, "research" Research, "execute" Execute,
    "review" Review, "fail" Fail, "add_user_message" AddUserMessage,
    "add_assistant_message" AddAssistantMessage, "add_system_message" AddSystemMessage,
    "store_task_data" StoreTaskData, "store_knowledge" StoreKnowledge,
}
::leverframe::__wire_names! {
    EventName : Rest = "rest" "rest", Plan = "plan" "plan", Research = "research"
    "research", Execute = "execute" "execute", Review = "review" "review", Fail = "fail"
    "fail", AddUserMessage = "add_user_message" "add_user_message", AddAssistantMessage =
    "add_assistant_message" "add_assistant_message", AddSystemMessage =
    "add_system_message" "add_system_message", StoreTaskData = "store_task_data"
    "store_task_data", StoreKnowledge = "store_knowledge" "store_knowledge",
}
::leverframe::__faults! {
    pub Fault :;
}
::leverframe::__legal! {
    pub Orchestrator : goto rest Rest {} [Planning, Reviewing, Error] [Idle]; goto plan
    Plan { task_description } [Idle, Researching, Reviewing, Error] [Planning]; goto
    research Research { research_topic } [Idle, Planning, Error] [Researching]; goto
    execute Execute { action_plan } [Idle, Planning, Researching, Reviewing, Error]
    [Executing]; goto review Review {} [Researching, Executing] [Reviewing]; goto fail
    Fail { error_description } [Idle, Planning, Researching, Executing, Reviewing]
    [Error]; stay add_user_message AddUserMessage { message } [Idle, Planning,
    Researching, Executing, Reviewing, Error] []; stay add_assistant_message
    AddAssistantMessage { message } [Idle, Planning, Researching, Executing, Reviewing,
    Error] []; stay add_system_message AddSystemMessage { message } [Idle, Planning,
    Researching, Executing, Reviewing, Error] []; stay store_task_data StoreTaskData {
    key, value } [Idle, Planning, Researching, Executing, Reviewing, Error] []; stay
    store_knowledge StoreKnowledge { key, value } [Idle, Planning, Researching,
    Executing, Reviewing, Error] [];
}
::leverframe::__dispatch! {
    Orchestrator, at : [Idle, Planning, Researching, Executing, Reviewing, Error] []
    goto[Planning, Reviewing, Error] _ Rest _() => self::rest(); goto[Idle, Researching,
    Reviewing, Error] _ Plan event() => self::plan(at.context, event.task_description);
    goto[Idle, Planning, Error] _ Research event() => self::research(at.context, event
    .research_topic); goto[Idle, Planning, Researching, Reviewing, Error] _ Execute
    event() => self::execute(at.context, event.action_plan); goto[Researching, Executing]
    _ Review _() => self::review(); goto[Idle, Planning, Researching, Executing,
    Reviewing] _ Fail event() => self::fail(at.context, event.error_description);
    stay[Idle, Planning, Researching, Executing, Reviewing, Error] _ AddUserMessage
    event() => self::add_user_message(at.context, event.message); stay[Idle, Planning,
    Researching, Executing, Reviewing, Error] _ AddAssistantMessage event() =>
    self::add_assistant_message(at.context, event.message); stay[Idle, Planning,
    Researching, Executing, Reviewing, Error] _ AddSystemMessage event() =>
    self::add_system_message(at.context, event.message); stay[Idle, Planning,
    Researching, Executing, Reviewing, Error] _ StoreTaskData event() =>
    self::store_task_data(at.context, event.key, event.value); stay[Idle, Planning,
    Researching, Executing, Reviewing, Error] _ StoreKnowledge event() =>
    self::store_knowledge(at.context, event.key, event.value);
}
::leverframe::__chart! {
    #[doc = " The machine [`Orchestrator`] as data."] pub CHART = "Orchestrator"
    "Takes an agent through a task: plan, research, execute, review." 0
    "c95ce950bb9819b14954220a91597d3a5d53741eaec68364518a57b05c8d012d"; states { "Idle"
    "IDLE" "Waiting for instructions."[]; "Planning" "PLANNING"
    "Creating a structured plan for a task."[]; "Researching" "RESEARCHING"
    "Gathering information needed for a task."[]; "Executing" "EXECUTING"
    "Carrying out planned actions."[]; "Reviewing" "REVIEWING"
    "Evaluating results and determining next steps."[]; "Error" "ERROR"
    "Handling errors or unexpected situations."[]; } superstates {} events { "rest"
    "Stop working on the task and wait for instructions."() [1 4 5] [State 0] [] [];
    "plan" "Make a plan."("task_description" "Option<String>" "What to plan." optional,)
    [0 2 4 5] [State 1] [] []; "research" "Gather information."("research_topic"
    "Option<String>" "What to find out." optional,) [0 1 5] [State 2] [] []; "execute"
    "Carry out a plan."("action_plan" "Option<String>" "What to do." optional,) [0 1 2 4
    5] [State 3] [] []; "review" "Evaluate what was done."() [2 3] [State 4] [] [];
    "fail" "Report that something went wrong."("error_description" "Option<String>"
    "What went wrong." optional,) [0 1 2 3 4] [State 5] [] []; "add_user_message"
    "Add a message of the user to the conversation."("message" "String"
    "What the user says.",) [0 1 2 3 4 5] [] [] []; "add_assistant_message"
    "Add a message of the assistant to the conversation."("message" "String"
    "What the assistant says.",) [0 1 2 3 4 5] [] [] []; "add_system_message"
    "Add a system message to the conversation."("message" "String" "The text.",) [0 1 2 3
    4 5] [] [] []; "store_task_data" "Store data of the task under a key."("key" "String"
    "The key, which may exist.", "value" "String" "What to store.",) [0 1 2 3 4 5] [] []
    []; "store_knowledge" "Store knowledge under a key."("key" "String"
    "The key, which may exist.", "value" "String" "What to store.",) [0 1 2 3 4 5] [] []
    []; } queries { "get_conversation_history"
    "The newest messages of the conversation, oldest first."("max_messages" "usize"
    "How many at most." optional,); "get_task_data"
    "Data of the task that is stored under a key."("key" "String" "The key.",);
    "list_task_data_keys" "The keys of the task's data."(); "get_knowledge"
    "Knowledge that is stored under a key."("key" "String" "The key.",);
    "list_knowledge_keys" "The keys of the stored knowledge."(); } prompts {
    "idle_prompt" "What to do while idle."() [0]; "planning_prompt"
    "How to plan a task."("task_description" "Option<String>" "The task to plan."
    optional,) [1]; "researching_prompt" "How to research a topic."("research_topic"
    "Option<String>" "The topic to research." optional,) [2]; "executing_prompt"
    "How to carry out a plan."("action_plan" "Option<String>" "The plan to carry out."
    optional,) [3]; "reviewing_prompt" "How to review results."() [4]; "error_prompt"
    "How to handle an error."("error_description" "Option<String>" "What went wrong."
    optional,) [5]; }
}
