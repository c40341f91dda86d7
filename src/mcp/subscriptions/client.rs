//! What belongs to one client, besides its requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::RoleServer;
use rmcp::model::ResourceUpdatedNotificationParam;
use rmcp::service::Peer;
use tokio::sync::SetOnce;
use tokio::task::JoinHandle;

use super::inbox::Inbox;
use super::open::Subscription;
use crate::mcp::logging::Level;

/// Set when the streams of a client have to end.
pub(in crate::mcp) type Ending = Arc<SetOnce<()>>;

/// A client of a server.
#[derive(Default)]
pub(in crate::mcp) struct Client {
    legacy: Mutex<Legacy>,
    ending: Ending,
    level: Level,
}

impl Client {
    pub(in crate::mcp) fn ending(&self) -> &Ending {
        &self.ending
    }

    /// The log messages that the client wants.
    pub(in crate::mcp) fn level(&self) -> &Level {
        &self.level
    }

    /// The subscriptions. Nothing under the lock can leave them half changed, so a poisoned lock guards whole ones.
    pub(super) fn legacy(&self) -> MutexGuard<'_, Legacy> {
        self.legacy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The subscriptions of a client in the protocol before 2026-07-28, by their addresses.
#[derive(Default)]
pub(super) struct Legacy {
    open: HashMap<String, Subscription>,
    delivery: Option<Delivery>,
}

/// The task that sends what is in the inbox.
struct Delivery {
    inbox: Arc<Inbox>,
    task: JoinHandle<()>,
}

impl Legacy {
    pub(super) fn contains(&self, uri: &str) -> bool {
        self.open.contains_key(uri)
    }

    pub(super) fn insert(&mut self, uri: &str, subscription: Subscription) {
        self.open.insert(uri.to_owned(), subscription);
    }

    pub(super) fn remove(&mut self, uri: &str) -> Option<Subscription> {
        self.open.remove(uri)
    }

    /// The inbox whose content is sent to the client.
    pub(super) fn inbox(&mut self, peer: &Peer<RoleServer>) -> Arc<Inbox> {
        let delivery = self.delivery.get_or_insert_with(|| {
            let inbox = Arc::new(Inbox::default());
            let task = tokio::spawn(deliver(Arc::clone(&inbox), peer.clone()));
            Delivery { inbox, task }
        });
        Arc::clone(&delivery.inbox)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn deliver(inbox: Arc<Inbox>, peer: Peer<RoleServer>) {
    loop {
        let uri = inbox.next().await;
        let update = ResourceUpdatedNotificationParam::new(&*uri);
        if peer.notify_resource_updated(update).await.is_err() {
            return;
        }
    }
}
