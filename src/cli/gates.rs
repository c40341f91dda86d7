//! The commands for people who decide.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, Write};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::Done;
use super::chosen::RunOption;
use super::store::StoreOption;
use super::table::Table;
use super::terminal;
use crate::api::redact;
use crate::caller::{Caller, Principal, Way};
use crate::mcp::{self, Builder};
use crate::portable::Portable;
use crate::record::RunId;
use crate::runs::{Decided, GateId, GateRequest, Runs, RunsError, Verdict};
use crate::text;

#[derive(Args)]
pub(super) struct GatesOption {
    /// Who decides at gates [default: elicit over standard input and output, external over HTTP]
    #[arg(long, value_enum, value_name = "WHO")]
    gates: Option<Who>,
    /// The maximum time to answer a form about a gate
    #[arg(long, value_name = "SECONDS", default_value_t = mcp::PATIENCE.as_secs())]
    patience: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Who {
    /// The user of the client, in a form, where the client has forms
    Elicit,
    /// People at the command line or with the role `gates:decide`
    External,
}

impl GatesOption {
    pub(super) fn set<M: Portable<Context: Default>>(&self, builder: Builder<M>) -> Builder<M> {
        let builder = builder.with_patience(Duration::from_secs(self.patience));
        match self.gates {
            Some(Who::Elicit) => builder.with_gates(mcp::Gates::Elicit),
            Some(Who::External) => builder.with_gates(mcp::Gates::External),
            None => builder,
        }
    }
}

#[derive(Args)]
pub(crate) struct Gates {
    /// List only what waits at the runs of this owner
    #[arg(long, value_name = "NAME")]
    owner: Option<Principal>,
    /// Print a JSON object on each line
    #[arg(long)]
    json: bool,
    /// Print sensitive values too, instead of `[redacted]`
    #[arg(long)]
    show_sensitive: bool,
    #[command(flatten)]
    store: StoreOption,
}

#[derive(Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    decision: Decision,
}

#[derive(Args)]
pub(crate) struct Deny {
    #[command(flatten)]
    decision: Decision,
    /// Why, for who asked
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Args)]
struct Decision {
    #[command(flatten)]
    run: RunOption,
    /// The request, if several wait at the run
    gate: Option<GateId>,
    /// Who decides
    #[arg(long = "as", value_name = "NAME", default_value_t = Principal::LOCAL)]
    decider: Principal,
    #[command(flatten)]
    store: StoreOption,
}

/// Lists what waits for people.
pub(super) async fn list<M: Portable<Context: Default>>(
    Gates { owner, json, show_sensitive, store }: Gates,
) -> Done {
    let runs = Runs::<M>::new(store.existing::<M>()?);
    let columns = ["OWNER", "RUN", "REQUEST", "EVENT", "PAYLOAD", "ASKER", "SINCE", "APPROVED"];
    let mut table = Table::new(columns, json);
    for request in runs.gates(owner.as_ref()).await? {
        let payload = to_raw_value(&request.payload)?;
        let payload = if show_sensitive {
            Cow::Borrowed(&*payload)
        } else {
            redact::payload(request.event, &payload)
        };
        table.push(cells(&request, &payload), &object(&request, &payload))?;
    }
    Ok(table.finish()?)
}

fn cells(request: &GateRequest, payload: &RawValue) -> [String; 8] {
    let approved = match &request.denied {
        Some(denial) => format!("denied by {}", denial.by),
        None => format!("{} of {}", request.approvals.len(), request.needed),
    };
    [
        request.run.owner.to_string(),
        request.run.name.to_string(),
        request.id.to_string(),
        request.event.name().to_owned(),
        payload.get().to_owned(),
        request.asker.to_string(),
        text::time(request.time),
        approved,
    ]
}

fn object(request: &GateRequest, payload: &RawValue) -> Value {
    json!({
        "owner": request.run.owner,
        "run": request.run.name,
        "version": request.version,
        "request": request.id,
        "event": request.event.name(),
        "payload": payload,
        "asker": request.asker,
        "way": request.way,
        "asked_at": text::time(request.time),
        "needed": request.needed,
        "approvals": request.approvals,
        "denied": request.denied,
    })
}

pub(super) async fn approve<M: Portable<Context: Default>>(Approve { decision }: Approve) -> Done {
    decide::<M>(decision, Verdict::Approve).await
}

pub(super) async fn deny<M: Portable<Context: Default>>(Deny { decision, reason }: Deny) -> Done {
    decide::<M>(decision, Verdict::Deny(reason)).await
}

async fn decide<M: Portable<Context: Default>>(decision: Decision, verdict: Verdict) -> Done {
    let Decision { run, gate, decider, store } = decision;
    let (run, runs) = (run.id(), Runs::<M>::new(store.existing::<M>()?));
    let gate = match gate {
        Some(gate) => gate,
        None => only(&run, runs.gates_of(&run).await?)?,
    };
    let decider = Caller::new(decider, Way::CommandLine);
    let done = match runs.decide(&decider, &run, &gate, &verdict).await? {
        Decided::Applied(accepted) => {
            let (event, status) = (accepted.event.name(), accepted.status);
            let (version, state) = (status.version, status.state.wire());
            format!(
                "approved `{event}`; the run `{}` is at version {version}, in {state}",
                run.name
            )
        }
        Decided::Counted(request) => {
            let (event, given, needed) =
                (request.event.name(), request.approvals.len(), request.needed);
            format!(
                "approved `{event}`, {given} of {needed} times; another person has to approve, named by `--as`"
            )
        }
        Decided::Denied(request) => format!("denied `{}`", request.event.name()),
    };
    writeln!(io::stdout(), "{}", terminal::line(&done))?;
    Ok(())
}

/// The one request that waits.
fn only(run: &RunId, mut requests: Vec<GateRequest>) -> Result<GateId, Box<dyn Error>> {
    requests.retain(|request| request.denied.is_none());
    match requests.as_slice() {
        [] => Err(RunsError::NoRequest { run: run.clone(), gate: None }.into()),
        [request] => Ok(request.id.clone()),
        several => {
            let ids = text::listed(several.iter().map(|request| request.id.as_str()));
            Err(format!("several requests wait at the run `{}`; name one: {ids}", run.name).into())
        }
    }
}
