//! A task from its beginning to its end: an MCP client starts this program as a server and drives it.
//!
//! Everything that is shown is checked: if the server answers anything else, the demo fails.

mod driver;
mod show;

use serde_json::{Value, json};

use self::driver::{DemoError, Driver, Folder, at, expect, expect_text, unexpected};
use self::show::Show;

/// Starts this program as a server, takes it through a task, and shows each step.
///
/// # Errors
///
/// [`DemoError`] if the server cannot be started or does not answer as it must.
pub(crate) fn run() -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(DemoError::Start)?;
    runtime.block_on(async {
        let mut show = Show::new();
        let folder = Folder::new()?;
        let client = Driver::start(&folder).await?;
        task(&client, &mut show).await?;
        client.stop().await?;
        drop(folder);
        show.connect()
    })
}

async fn task(client: &Driver, show: &mut Show) -> Result<(), DemoError> {
    show.title("A content calendar, from the wish to the review")?;

    show.step("A client connects")?;
    let offer = client.offer().await?;
    show.fact("protocol", &offer.protocol)?;
    show.fact(
        "offered",
        &format!("{} tools, {} prompts, {} resources", offer.tools, offer.prompts, offer.resources),
    )?;

    show.step("The user says what is wanted")?;
    let wish = "Plan a month of posts about our bakery, one a week.";
    client.done("add_user_message", json!({"message": wish})).await?;
    show.quote("user", wish)?;
    let start = client.done("get_current_state", json!({})).await?;
    expect("the state", at(&start, "/state"), &json!("IDLE"))?;
    show.legal(&start)?;

    show.step("Plan")?;
    let answer =
        client.go("PLANNING", json!({"task_description": "four posts about a bakery"})).await?;
    show.moved("IDLE", &answer)?;
    let prompt = client.resource("state://PLANNING/prompt").await?;
    expect_text("the prompt", &prompt, "four posts about a bakery")?;
    show.text("state://PLANNING/prompt", &prompt)?;
    let plan = "1 sourdough, 2 the oven, 3 a day at four in the morning, 4 spring cakes";
    client.done("store_task_data", json!({"key": "action_plan", "value": plan})).await?;
    show.stored("action_plan", plan)?;

    show.step("Research")?;
    let answer =
        client.go("RESEARCHING", json!({"research_topic": "when bakery posts are read"})).await?;
    show.moved("PLANNING", &answer)?;
    let finding = "Thursday at six in the evening";
    client.done("store_knowledge", json!({"key": "best_time", "value": finding})).await?;
    show.stored("best_time", finding)?;

    show.step("Execute, by the plan that the run has kept")?;
    let answer = client.go("EXECUTING", json!({})).await?;
    show.moved("RESEARCHING", &answer)?;
    let prompt = client.prompt("executing_prompt", json!({"action_plan": plan})).await?;
    expect_text("the prompt", &prompt, plan)?;
    show.text("executing_prompt", &prompt)?;

    show.step("Something goes wrong, and the way back")?;
    let answer =
        client.go("ERROR", json!({"error_description": "the photo of week 2 is missing"})).await?;
    show.moved("EXECUTING", &answer)?;
    let kept = client.done("get_task_data", json!({"key": "error_description"})).await?;
    expect("what was kept", at(&kept, "/value"), &json!("the photo of week 2 is missing"))?;
    show.stored("error_description", "the photo of week 2 is missing")?;
    let answer = client.go("EXECUTING", json!({})).await?;
    show.moved("ERROR", &answer)?;
    let posts = "4 posts, Thursdays at six";
    client.done("store_task_data", json!({"key": "calendar", "value": posts})).await?;
    show.stored("calendar", posts)?;

    show.step("An illegal move, and what the refusal teaches")?;
    let refusal = client.refused("transition_state", json!({"new_state": "IDLE"})).await?;
    expect("the kind of refusal", at(&refusal, "/refused/kind"), &json!("no_transition"))?;
    expect("the state", at(&refusal, "/state"), &json!("EXECUTING"))?;
    show.refused(&refusal)?;
    let (event, next) = instead(&refusal).ok_or_else(|| unexpected("a way on", &refusal))?;
    show.corrected(&event, &next)?;
    let answer = client.go(&next, json!({})).await?;
    expect("the state", at(&answer, "/state"), &json!("REVIEWING"))?;
    show.moved("EXECUTING", &answer)?;

    show.step("Review, and rest")?;
    let said = "Your calendar is ready: four posts, Thursdays at six.";
    client.done("add_assistant_message", json!({"message": said})).await?;
    show.quote("assistant", said)?;
    let answer = client.go("IDLE", json!({})).await?;
    show.moved("REVIEWING", &answer)?;

    show.step("What is left of it")?;
    let conversation = client.resource("orchestration://history").await?;
    let expected =
        json!([{"role": "user", "content": wish}, {"role": "assistant", "content": said}]);
    let found: Value = serde_json::from_str(&conversation).unwrap_or_default();
    expect("the conversation", &found, &expected)?;
    show.fact("conversation", "2 messages")?;
    let keys = client.done("list_task_data_keys", json!({})).await?;
    show.fact("task data", &listed(at(&keys, "/value")))?;
    let history = client.done("get_history", json!({"limit": 200})).await?;
    let records = at(&history, "/records").as_array().map(Vec::as_slice).unwrap_or_default();
    let states: Vec<_> = records
        .iter()
        .filter(|record| *at(record, "/internal") == json!(false))
        .filter_map(|record| at(record, "/to").as_str())
        .collect();
    let expected =
        ["PLANNING", "RESEARCHING", "EXECUTING", "ERROR", "EXECUTING", "REVIEWING", "IDLE"];
    expect("the states of the history", &json!(states), &json!(expected))?;
    show.fact("history", &format!("{} records: IDLE, {}", records.len(), states.join(", ")))
}

/// The first legal move of a refusal, except `fail`.
fn instead(refusal: &Value) -> Option<(String, String)> {
    let legal = at(refusal, "/legal").as_array()?;
    legal.iter().find_map(|legal| {
        let event = at(legal, "/event").as_str().filter(|event| *event != "fail")?;
        Some((event.to_owned(), at(legal, "/to/0").as_str()?.to_owned()))
    })
}

fn listed(names: &Value) -> String {
    let names = names.as_array().map(Vec::as_slice).unwrap_or_default();
    names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}
