//! Subscriptions to the state and the history of runs.
//!
//! One task reads the log of the store while anybody is subscribed. It puts the address of what has changed into the
//! inbox of each subscriber, at most once. A subscriber that takes its notifications slowly gets fewer of them.

mod client;
mod inbox;
mod open;
mod topics;
mod watcher;

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::RoleServer;
use rmcp::model::{
    SubscribeRequestParams, SubscriptionFilter, SubscriptionsListenRequestParams,
    UnsubscribeRequestParams,
};
use rmcp::service::{RequestContext, SubscriptionContext, SubscriptionSink};

pub(super) use self::client::{Client, Ending};
use self::inbox::Inbox;
pub(super) use self::open::Subscriptions;
use self::open::{Subscription, Wanted};
use super::caller::caller_of;
use super::resources::Address;
use super::{Server, convert};
use crate::caller::Caller;
use crate::portable::Portable;
use crate::text;

/// Most subscriptions of one client, unless it is set.
pub(crate) const MAX_SUBSCRIPTIONS: usize = 100;

/// The subscriptions of one `subscriptions/listen`.
pub(super) struct Listening {
    inbox: Arc<Inbox>,
    _open: Vec<Subscription>,
}

impl<M: Portable<Context: Default>> Server<M> {
    /// What can be accepted of a request: changes of resources, as the lists never change. A request for more of them
    /// than may be open is refused as a whole.
    pub(super) fn acceptable(&self, requested: &SubscriptionFilter) -> SubscriptionFilter {
        let mut accepted = SubscriptionFilter::new();
        let uris = requested.resource_subscriptions.iter().flatten();
        let uris: Vec<_> = uris.take(self.0.subscriptions.max()).cloned().collect();
        accepted.resource_subscriptions = (!uris.is_empty()).then_some(uris);
        accepted
    }

    /// Opens what a `subscriptions/listen` requests, all or nothing.
    async fn listening(
        &self,
        context: &RequestContext<RoleServer>,
        requested: &SubscriptionFilter,
    ) -> Result<Arc<Listening>, ErrorData> {
        let uris = requested.resource_subscriptions.as_deref().unwrap_or_default();
        let inbox = Arc::new(Inbox::default());
        let open = self.opened(&caller_of(context), uris, &inbox).await?;
        Ok(Arc::new(Listening { inbox, _open: open }))
    }

    /// Opens what a request would open, before rmcp acknowledges it.
    pub(super) async fn open_early(
        &self,
        params: &SubscriptionsListenRequestParams,
        context: &mut RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let listening = self.listening(context, &params.notifications).await?;
        context.extensions.insert(listening);
        Ok(())
    }

    /// Notifies until the client cancels, the transport is `closing`, or the client is done.
    pub(super) async fn notify(
        &self,
        context: &SubscriptionContext,
        closing: impl Future<Output = ()>,
    ) -> Result<(), ErrorData> {
        let early = context.request_context().extensions.get::<Arc<Listening>>().cloned();
        let listening = match early {
            Some(listening) => listening,
            None => self.listening(context.request_context(), context.requested()).await?,
        };
        let (inbox, sink) = (&listening.inbox, context.sink());
        let deliver = async {
            loop {
                let uri = inbox.next().await;
                if !sent(sink, &uri).await {
                    return;
                }
            }
        };
        tokio::select! {
            () = context.cancelled() => return Ok(()),
            () = deliver => return Ok(()),
            () = closing => {}
            &() = self.1.ending().wait() => {}
        }
        let rest = async {
            self.0.subscriptions.caught_up().await;
            while let Some(uri) = inbox.pop() {
                if !sent(sink, &uri).await {
                    return;
                }
            }
        };
        tokio::select! {
            () = context.cancelled() => {}
            () = rest => {}
        }
        Ok(())
    }

    /// Subscribes the client to one address, in the protocol before 2026-07-28.
    pub(super) async fn subscribed(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        if self.1.legacy().contains(&request.uri) {
            return Ok(());
        }
        let inbox = self.1.legacy().inbox(&context.peer);
        let uris = std::slice::from_ref(&request.uri);
        let open = self.opened(&caller_of(&context), uris, &inbox).await?;
        let mut legacy = self.1.legacy();
        for subscription in open {
            legacy.insert(&request.uri, subscription);
        }
        Ok(())
    }

    /// Ends a subscription; one that does not exist has ended.
    pub(super) fn unsubscribed(&self, request: &UnsubscribeRequestParams) {
        let ended: Option<Subscription> = self.1.legacy().remove(&request.uri);
        drop(ended);
    }

    async fn opened(
        &self,
        caller: &Caller,
        uris: &[String],
        inbox: &Arc<Inbox>,
    ) -> Result<Vec<Subscription>, ErrorData> {
        let subscriptions = &self.0.subscriptions;
        // Before anything is read for them.
        subscriptions.allows(caller.principal(), uris.len()).map_err(|error| too_many(&error))?;
        let mut wanted: Vec<Wanted> = Vec::new();
        for uri in uris {
            if wanted.iter().any(|wanted| *wanted.uri == **uri) {
                continue;
            }
            wanted.push(self.wanted(caller, uri).await?);
        }
        subscriptions.open(caller.principal(), wanted, inbox).map_err(|error| too_many(&error))
    }

    async fn wanted(&self, caller: &Caller, uri: &str) -> Result<Wanted, ErrorData> {
        let run = match Address::parse(uri) {
            // What an author adds is taken to follow the default run.
            _ if self.0.added.has_resource(uri) => None,
            Some(Address::State(run)) => run,
            Some(Address::History(run)) => Some(run),
            _ => {
                let uri = text::quoted(uri);
                let reason = format!(
                    "{uri} cannot be subscribed; subscribe `state://current`, `run://{{run}}/state` or \
                     `run://{{run}}/history`"
                );
                return Err(ErrorData::invalid_params(reason, None));
            }
        };
        let run = self.api().readable(caller, run.as_deref()).await;
        let run = run.map_err(|error| convert::resource_error(error, uri))?;
        // One that is damaged exists.
        let exists = !matches!(self.runs().store().head(&run).await, Ok(None));
        Ok(Wanted { uri: uri.into(), run, exists })
    }
}

async fn sent(sink: &SubscriptionSink, uri: &str) -> bool {
    sink.notify_resource_updated(uri).await.is_ok()
}

fn too_many(error: &open::TooMany) -> ErrorData {
    ErrorData::invalid_params(error.to_string(), None)
}
