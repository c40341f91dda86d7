//! Forks by an agent: of which runs, and at which versions.

use std::sync::Arc;

use leverframe::Portable;
use leverframe::api::{Api, ApiLimits, Style};
use leverframe::caller::{Caller, Role};
use leverframe::record::{Entry, RunId, Version};
use leverframe::runs::{Request, Runs, RunsError, Verdict, tasks_of};
use serde_json::{Value, json};

use super::archive::{exported, imported};
use super::gates::purchase::{self, Purchase};
use super::tasks::Office;
use super::tasks::job::{self, Job};
use super::{all, called, caller, id, memory};

/// What the operation says about a fork of `main`.
async fn forked_by_call<M: Portable<Context: Default>>(
    runs: Runs<M>,
    caller: &Caller,
    arguments: Value,
) -> Value {
    let api = Api::new(runs, Style::Events, ApiLimits::default()).unwrap();
    let Value::Object(arguments) = arguments else { panic!("an object") };
    let answer = api.call(caller, api.operation("fork_run").unwrap(), arguments).await;
    serde_json::from_str(answer.text()).unwrap()
}

#[tokio::test]
async fn an_agent_forks_before_the_first_approval_alone() {
    let store = memory();
    let runs = Runs::<Purchase>::new(Arc::clone(&store));
    let note = || purchase::events::Note { text: "x".to_owned() }.into();
    runs.apply(&caller(), &id("main"), note(), Request::new()).await.unwrap();
    let buy: purchase::Event = purchase::events::Buy { price: 7 }.into();
    let asked = runs.apply(&caller(), &id("main"), buy, Request::new()).await;
    let Err(RunsError::Waiting(waiting)) = asked else { panic!("{asked:?}") };
    let boss = called("bo").with_role(Role::GatesDecide);
    runs.decide(&boss, &id("main"), &waiting.request.id, &Verdict::Approve).await.unwrap();

    let call = async |arguments: Value| {
        forked_by_call(Runs::<Purchase>::new(Arc::clone(&store)), &caller(), arguments).await
    };
    for at in [json!({"name": "b"}), json!({"name": "b", "at_version": 2})] {
        let refused = call(at).await;
        let problem = &refused["invalid"][0];
        assert_eq!(problem["argument"], "at_version");
        let reason = problem["reason"].as_str().unwrap();
        for part in [
            "record 2 of the run `main` was approved by a person",
            "fork at version 1 or an earlier one",
            "`fork main --owner ada --at 2 --as NAME`",
        ] {
            assert!(reason.contains(part), "`{part}`: {reason}");
        }
    }
    let forked = call(json!({"name": "b", "at_version": 1, "request_key": "k"})).await;
    assert_eq!((&forked["run"], &forked["state"]), (&json!("b"), &json!("WANTED")));
    assert_eq!(
        (&forked["parent"]["run"], &forked["parent"]["version"]),
        (&json!("ada/main"), &json!(1))
    );
    let again = call(json!({"name": "b", "at_version": 1, "request_key": "k"})).await;
    assert_eq!(again["replayed"], true);
    assert_eq!(call(json!({"name": "b"})).await["invalid"], Value::Null, "it is there already");

    // The library and the command line may, and the fork stays what it is.
    let gated = runs.fork(&caller(), &id("main"), None, &id("g"), None).await.unwrap();
    assert_eq!(gated.status.state.wire(), "BOUGHT");
    let refused = call(json!({"run": "g", "name": "h"})).await;
    let reason = refused["invalid"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("was forked after a person's approval"), "{reason}");
    let Entry::Forked { is_gated, .. } = &all(&*store, &id("g")).await[0].entry else {
        panic!("a fork")
    };
    assert!(is_gated);

    // A name that is none, and a run that is none.
    let refused = call(json!({"name": "a b"})).await;
    assert!(refused["invalid"][0]["reason"].as_str().unwrap().contains("such as `a-b`"));
    let refused = call(json!({"run": "nobody", "name": "x"})).await;
    assert_eq!(refused["invalid"][0]["argument"], "run");
    let refused = call(json!({"name": "x", "at_version": 9})).await;
    assert_eq!(refused["invalid"][0]["argument"], "at_version");
    assert_eq!(call(json!({})).await["invalid"][0]["argument"], "name");
}

#[tokio::test]
async fn the_runs_of_others_are_forked_with_the_role_to_read() {
    let store = memory();
    let runs = Runs::<Purchase>::new(Arc::clone(&store));
    runs.start(&caller(), &id("main"), None).await.unwrap();
    let call = async |caller: &Caller| {
        let arguments = json!({"run": "ada/main", "name": "mine"});
        forked_by_call(Runs::<Purchase>::new(Arc::clone(&store)), caller, arguments).await
    };
    let refused = call(&called("bo")).await;
    assert_eq!(refused["invalid"][0]["argument"], "run", "{refused}");
    let reader = called("bo").with_role(Role::RunsRead);
    let forked = call(&reader).await;
    assert_eq!(forked["run"], "mine");
    let mine = RunId::new(reader.principal().clone(), "mine".parse().unwrap());
    assert_eq!(all(&*store, &mine).await.len(), 1);
}

/// A task that has not ended would act again in a fork, so an agent makes none there. A person may.
#[tokio::test]
async fn an_agent_forks_no_run_whose_task_would_act_again() {
    let store = memory();
    let runs = Runs::<Job>::new(Arc::clone(&store));
    for event in [
        job::Event::from(job::events::Begin { work: "x".to_owned() }),
        job::events::Note { text: "y".to_owned() }.into(),
    ] {
        runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    }
    let call = async |arguments: Value| {
        forked_by_call(Runs::<Job>::new(Arc::clone(&store)), &caller(), arguments).await
    };
    let refused = call(json!({"name": "b"})).await;
    assert_eq!(refused["invalid"][0]["argument"], "at_version");
    let reason = refused["invalid"][0]["reason"].as_str().unwrap();
    for part in [
        "in WORKING the task `perform` has not ended",
        "fork at version 0 or an earlier one",
        "`fork main --owner ada --at 2 --as NAME`",
    ] {
        assert!(reason.contains(part), "`{part}`: {reason}");
    }
    assert_eq!(call(json!({"name": "b", "at_version": 0})).await["state"], "IDLE");
    assert!(tasks_of(&*store, &id("b")).await.unwrap().is_empty());

    runs.fork(&caller(), &id("main"), None, &id("p"), None).await.unwrap();
    assert_eq!(tasks_of(&*store, &id("p")).await.unwrap().len(), 1);
    let refused = call(json!({"run": "p", "name": "c"})).await;
    let reason = refused["invalid"][0]["reason"].as_str().unwrap();
    assert!(!reason.contains("fork at version") && reason.contains("let a person"), "{reason}");

    // An imported run goes on with its task.
    let text = exported(&*store, &id("main")).await;
    let other = memory();
    let done = imported::<Job>(&other, &text, &id("main")).await.unwrap();
    assert_eq!(done.tasks, ["perform"]);
    assert_eq!(tasks_of(&*other, &id("main")).await.unwrap().len(), 1);
}

/// A task that has ended in the present state does not start again in a fork.
#[tokio::test]
async fn an_ended_task_stays_ended_in_a_fork() {
    let office = Office::in_memory();
    office.begin(&id("main"), "tick").await;
    let mut appends = office.runs.store().watch();
    while office.runs.status(&id("main")).await.unwrap().version < Version(2) {
        appends.changed().await.unwrap();
    }
    let store = Arc::clone(office.runs.store());
    let forked = forked_by_call(Runs::<Job>::new(store), &caller(), json!({"name": "b"})).await;
    assert_eq!((&forked["run"], &forked["state"]), (&json!("b"), &json!("WORKING")));
    assert!(!office.has_task(&id("b")).await);
    let second = office.runs.fork(&caller(), &id("b"), None, &id("c"), None).await.unwrap();
    assert_eq!(second.status.state.wire(), "WORKING");
    assert!(!office.has_task(&id("c")).await);
}
