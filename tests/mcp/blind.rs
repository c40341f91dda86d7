//! A client that knows nothing of a machine but the list of tools and what it is answered: it visits every state that can
//! be visited, and after each refusal its next call, read from the refusal, is accepted.

mod agent;
mod request;

use std::collections::BTreeSet;
use std::sync::Arc;

use leverframe::chart::{Chart, Event, Initiator, Target};
use leverframe::mcp::rmcp::RoleClient;
use leverframe::mcp::rmcp::service::RunningService;
use leverframe::mcp::{Builder, Server};
use leverframe::orchestrator::Orchestrator;
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use leverframe::{Machine, Portable};
use serde_json::json;

use self::agent::Agent;
use super::own_machine::{connect, fork::Fork, loan::Loan};
use super::{Client, STYLES, ok};
use crate::runs::timeouts::ticket::Ticket;
use crate::walk::machines::{Expense, Purchase, recorder::Recorder, release::Release};

#[tokio::test]
async fn it_finishes_every_machine_with_a_tool_for_each_event() {
    plays::<Orchestrator>(|server| server).await;
    plays::<Expense>(|server| server).await;
    plays::<Purchase>(|server| server).await;
    plays::<Release>(|server| server).await;
    plays::<Recorder>(|server| server).await;
    plays::<Loan>(|server| server).await;
    plays::<Fork>(|server| server).await;
    plays::<Ticket>(|server| server).await;
}

/// The machines in which a target determines the event.
#[tokio::test]
async fn it_finishes_every_machine_with_the_transition_tool() {
    plays::<Orchestrator>(Builder::with_transition_tool).await;
    plays::<Expense>(Builder::with_transition_tool).await;
    plays::<Purchase>(Builder::with_transition_tool).await;
    plays::<Release>(Builder::with_transition_tool).await;
    plays::<Ticket>(Builder::with_transition_tool).await;
}

#[tokio::test]
async fn it_finishes_the_program() {
    for style in STYLES {
        let client = Client::begin(style()).await;
        play(Orchestrator::CHART, &client.service).await;
    }
}

async fn plays<M: Portable<Context: Default>>(styled: fn(Builder<M>) -> Builder<M>) {
    let runs = Runs::<M>::new(Arc::new(MemoryStore::new()));
    let client = connect(styled(Server::builder(runs)).build().unwrap()).await;
    play(M::CHART, &client).await;
}

async fn play(chart: &'static Chart, client: &RunningService<RoleClient, ()>) {
    let name = chart.name();
    let agent = Agent::new(client).await.explore().await;
    let visited: BTreeSet<&str> = agent.visited().collect();
    let (reachable, finals) = reachable(chart);
    assert_eq!(visited, reachable, "{name}");
    assert!(agent.ended().eq(finals), "{name}: {:?}", agent.ended().collect::<Vec<_>>());
    assert!(agent.refusals() >= 3 * reachable.len(), "{name}: {} refusals", agent.refusals());
    let gates = chart
        .events()
        .iter()
        .filter(|event| event.clauses().iter().any(|clause| clause.by() == Initiator::Human));
    let gates: Vec<_> = gates.map(Event::name).collect();
    for run in agent.runs() {
        let page = ok(client, "get_history", json!({"run": run, "limit": 200})).await;
        for record in page["records"].as_array().unwrap() {
            let event = record["event"].as_str().unwrap_or_default();
            assert!(!gates.contains(&event), "{name}: a person decides on {event}: {record}");
        }
    }
}

/// The leaves that can be reached without a person and without waiting, and the final ones among them.
fn reachable(chart: &'static Chart) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let initial = chart.states().iter().position(|state| state == chart.initial()).unwrap();
    let mut open = vec![u16::try_from(initial).unwrap()];
    let mut found = BTreeSet::from([open[0]]);
    while let Some(leaf) = open.pop() {
        for (_, _, clause) in chart.allowed(leaf) {
            if clause.by() == Initiator::Human || clause.after().is_some() {
                continue;
            }
            for target in clause.to() {
                for (to, _) in (0..).zip(chart.states()) {
                    let is_target = match target {
                        Target::State(state) => *state == to,
                        Target::History(state) => chart.ancestors(to).any(|node| node == *state),
                        other => panic!("{other:?} is unknown here"),
                    };
                    if is_target && found.insert(to) {
                        open.push(to);
                    }
                }
            }
        }
    }
    let finals = found.iter().filter(|leaf| chart.state(**leaf).is_final());
    let wire = |leaf: &u16| chart.state(*leaf).wire();
    (found.iter().map(wire).collect(), finals.map(wire).collect())
}
