//! Gates over the protocol: the client of whoever requests an event is used to ask its user.
//!
//! In the revision 2026-07-28 and later, the call ends with the question, and is sent again with the answer. Before, the
//! server asks while the call waits.

mod form;
mod sealed;

use std::fmt::{self, Debug, Formatter};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResponse, ElicitRequest, InputRequest, InputRequests,
    InputRequiredResult, ProtocolVersion,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer};

use self::form::{Reply, form, reply};
pub use self::sealed::Unseedable;
use self::sealed::{Purpose, Sealer};
use super::{Server, caller_of, convert, stdio};
use crate::api::{Answer, Operation};
use crate::caller::{Caller, Way};
use crate::portable::Portable;
use crate::record::RunId;
use crate::runs::{GateId, Verdict};

/// The key under which the answer of the user comes back.
const DECISION: &str = "decision";

/// The maximum number of calls that wait for a user at the same time, on all connections.
const ASKING: usize = 64;

/// Who decides at the gates of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gates {
    /// The user of the client that requests the event, in a form that the client shows. This trusts the program that hosts
    /// the model. Where a client has no forms, as with [`External`](Self::External).
    Elicit,
    /// People who use the command line, or have the role [`GatesDecide`](crate::caller::Role::GatesDecide).
    External,
}

/// How a server asks.
pub(super) struct Asking {
    /// Where nothing is set, the way of the caller decides.
    pub(super) gates: Option<Gates>,
    patience: Duration,
    sealer: Sealer,
    open: AtomicUsize,
}

impl Asking {
    pub(super) fn new(gates: Option<Gates>, patience: Duration) -> Result<Self, Unseedable> {
        Ok(Self { gates, patience, sealer: Sealer::new(patience)?, open: AtomicUsize::new(0) })
    }

    /// Whether the user of the client is asked, and how.
    fn style(&self, caller: &Caller, context: &RequestContext<RoleServer>) -> Option<Style> {
        let by_default = if caller.way() == Way::Stdio { Gates::Elicit } else { Gates::External };
        if self.gates.unwrap_or(by_default) == Gates::External {
            return None;
        }
        let forms = context.client_capabilities()?.elicitation?;
        if forms.form.is_none() && forms.url.is_some() {
            return None;
        }
        let is_new = context
            .protocol_version()
            .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        Some(if is_new { Style::Again } else { Style::Meanwhile })
    }

    /// A place among the calls that wait for a user, if one is free.
    fn place(&self) -> Option<Place<'_>> {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.open);
        (before < ASKING).then_some(place)
    }
}

impl Debug for Asking {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("gates", &self.gates).finish_non_exhaustive()
    }
}

/// How a client is used to ask.
enum Style {
    /// It sends the call again, with the answer.
    Again,
    /// It is asked while the call waits.
    Meanwhile,
}

struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A call that may come to a gate.
struct Gated<'a, M> {
    server: &'a Server<M>,
    operation: &'a Operation,
    caller: Caller,
    context: &'a RequestContext<RoleServer>,
}

/// Calls an operation, and asks the user of the client where it comes to a gate.
pub(super) async fn call<M: Portable<Context: Default>>(
    server: &Server<M>,
    operation: &Operation,
    request: CallToolRequestParams,
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResponse, ErrorData> {
    let gated = Gated { server, operation, caller: caller_of(context), context };
    let CallToolRequestParams { arguments, input_responses, request_state, .. } = request;
    let arguments = arguments.unwrap_or_default();
    let may_ask = request_state.is_some() || M::CHART.has_gates();
    let purpose =
        may_ask.then(|| Purpose::new(gated.caller.principal(), operation.name(), &arguments));
    if let (Some(state), Some(purpose)) = (request_state, &purpose) {
        let asking = &server.0.asking;
        let (run, gate) = asking.sealer.open(&state, purpose).map_err(|error| {
            tracing::debug!(%error, "a request state is refused");
            ErrorData::invalid_params(error.to_string(), None)
        })?;
        if asking.style(&gated.caller, context).is_none() {
            return Err(ErrorData::invalid_params("this client cannot show forms", None));
        }
        let given = input_responses.and_then(|mut responses| responses.remove(DECISION));
        let reply = given.map_or(Reply::None, |given| form::written(&given));
        let answer = Box::pin(gated.decided(&run, &gate, reply)).await;
        return Ok(convert::result(answer).await.into());
    }
    let answer = server.0.api.call(&gated.caller, operation, arguments).await;
    match (answer.gate().cloned(), purpose) {
        (Some((run, gate)), Some(purpose)) => Box::pin(gated.ask(run, gate, purpose, answer)).await,
        _ => Ok(convert::result(answer).await.into()),
    }
}

impl<M: Portable<Context: Default>> Gated<'_, M> {
    /// Asks the user of the client to decide. Where nobody can be asked, or nobody answers, the event still waits.
    async fn ask(
        &self,
        run: RunId,
        gate: GateId,
        purpose: Purpose,
        answer: Answer,
    ) -> Result<CallToolResponse, ErrorData> {
        let asking = &self.server.0.asking;
        let style = asking.style(&self.caller, self.context);
        let request = match &style {
            Some(_) => self.server.runs().gate(&run, &gate).await?,
            None => None,
        };
        let user = self.caller.principal();
        // The user of this client counts once.
        let request = request.filter(|request| {
            request.denied.is_none()
                && !request.approvals.iter().any(|approval| approval.by == *user)
        });
        let (Some(style), Some(request)) = (style, request) else {
            return Ok(convert::result(answer).await.into());
        };
        let form = form::<M>(&request);
        match style {
            Style::Again => {
                let question = InputRequest::Elicitation(ElicitRequest::new(form));
                let questions = InputRequests::from([(DECISION.to_owned(), question)]);
                let state = asking.sealer.seal(&run, &gate, &purpose);
                Ok(InputRequiredResult::new(Some(questions), Some(state)).into())
            }
            Style::Meanwhile => {
                let Some(_place) = asking.place() else {
                    return Ok(convert::result(answer).await.into());
                };
                stdio::step_aside(&self.context.extensions);
                let asked =
                    self.context.peer.create_elicitation_with_timeout(form, Some(asking.patience));
                let reply = tokio::select! {
                    given = asked => given.map_or(Reply::None, reply),
                    () = self.context.ct.cancelled() => Reply::None,
                    () = self.server.ending().wait() => Reply::None,
                    () = self.closing() => Reply::None,
                };
                let answer = match reply {
                    Reply::None => answer,
                    reply => self.decided(&run, &gate, reply).await,
                };
                Ok(convert::result(answer).await.into())
            }
        }
    }

    /// Completes when the program ends, over HTTP.
    async fn closing(&self) {
        #[cfg(feature = "http")]
        super::http::closing(self.context).await;
        #[cfg(not(feature = "http"))]
        std::future::pending::<()>().await;
    }

    /// What the reply of the user does.
    async fn decided(&self, run: &RunId, gate: &GateId, reply: Reply) -> Answer {
        let verdict = match reply {
            Reply::Approve => Verdict::Approve,
            Reply::Deny => Verdict::Deny(None),
            Reply::None => {
                return self.server.0.api.waiting_at(&self.caller, self.operation, run, gate).await;
            }
        };
        self.server.0.api.decide(&self.caller, self.operation, run, gate, &verdict).await
    }
}
