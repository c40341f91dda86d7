//! The sessions of clients of 2025-11-25 and older.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::Stream;
use rmcp::model::{ClientJsonRpcMessage, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::SessionManager;
use rmcp::transport::streamable_http_server::session::local::{
    LocalSessionManager, LocalSessionManagerError,
};
use rmcp::transport::streamable_http_server::session::{ServerSseMessage, SessionId};
use tokio::task::futures::TaskLocalFuture;

use crate::caller::Principal;
use crate::http::HttpLimits;

tokio::task_local! {
    /// Who makes the request that is handled.
    static CALLER: Principal;
}

/// Sessions in memory, a bounded number, each of one principal.
pub(super) struct Sessions {
    local: LocalSessionManager,
    most: usize,
    owners: Mutex<HashMap<SessionId, Principal>>,
}

impl Sessions {
    pub(super) fn new(limits: &HttpLimits) -> Self {
        let mut local = LocalSessionManager::default();
        let config = &mut local.session_config;
        config.keep_alive = Some(limits.session_idle);
        config.init_timeout = Some(limits.read_time);
        // An answer that was sent is not kept to be sent again.
        config.completed_cache_ttl = Duration::ZERO;
        config.sse_retry = None;
        Self { local, most: limits.sessions, owners: Mutex::default() }
    }

    /// Handles a request of a caller, who will own the session that it may begin.
    pub(super) fn for_caller<F: Future>(
        caller: Principal,
        handled: F,
    ) -> TaskLocalFuture<Principal, F> {
        CALLER.scope(caller, handled)
    }

    /// Whether a session belongs to another principal.
    pub(super) fn is_of_another(&self, session: &str, caller: &Principal) -> bool {
        self.owners().get(session).is_some_and(|owner| owner != caller)
    }

    /// The number of sessions.
    pub(super) fn len(&self) -> usize {
        self.owners().len()
    }

    /// Whether there is no room for another session.
    pub(super) fn is_full(&self) -> bool {
        self.len() >= self.most
    }

    /// The owners. No code under the lock can leave them half changed, so a poisoned lock is ignored.
    fn owners(&self) -> MutexGuard<'_, HashMap<SessionId, Principal>> {
        self.owners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a session cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    #[error("the server has its maximum of {0} sessions")]
    Full(usize),
    #[error(transparent)]
    Local(#[from] LocalSessionManagerError),
}

impl SessionManager for Sessions {
    type Error = SessionError;
    type Transport = <LocalSessionManager as SessionManager>::Transport;

    async fn create_session(&self) -> Result<(SessionId, Self::Transport), SessionError> {
        if self.is_full() {
            return Err(SessionError::Full(self.most));
        }
        let owner = CALLER.try_with(Clone::clone).unwrap_or(Principal::LOCAL);
        let (id, transport) = self.local.create_session().await?;
        self.owners().insert(id.clone(), owner);
        Ok((id, transport))
    }

    async fn initialize_session(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<ServerJsonRpcMessage, SessionError> {
        Ok(self.local.initialize_session(id, message).await?)
    }

    async fn has_session(&self, id: &SessionId) -> Result<bool, SessionError> {
        Ok(self.local.has_session(id).await?)
    }

    async fn close_session(&self, id: &SessionId) -> Result<(), SessionError> {
        self.owners().remove(id);
        Ok(self.local.close_session(id).await?)
    }

    async fn create_stream(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        Ok(self.local.create_stream(id, message).await?)
    }

    async fn accept_message(
        &self,
        id: &SessionId,
        message: ClientJsonRpcMessage,
    ) -> Result<(), SessionError> {
        Ok(self.local.accept_message(id, message).await?)
    }

    async fn create_standalone_stream(
        &self,
        id: &SessionId,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        Ok(self.local.create_standalone_stream(id).await?)
    }

    async fn resume(
        &self,
        id: &SessionId,
        last_event_id: String,
    ) -> Result<impl Stream<Item = ServerSseMessage> + Send + Sync + 'static, SessionError> {
        Ok(self.local.resume(id, last_event_id).await?)
    }
}
