//! The server as rmcp calls it: each request in its turn, and answered though it panics.

use std::borrow::Cow;

use rmcp::model::{ClientNotification, ClientRequest, ProtocolVersion, ServerConfig, ServerResult};
use rmcp::service::{NotificationContext, RequestContext, Service};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::exchange::Ticket;
use crate::portable::Portable;
use crate::server::{Server, internal, settled};

/// A server behind a [`StdioTransport`](super::transport::StdioTransport).
pub(super) struct InTurn<M>(pub(super) Server<M>);

impl<M: Portable<Context: Default>> Service<RoleServer> for InTurn<M> {
    async fn handle_request(
        &self,
        request: ClientRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<ServerResult, ErrorData> {
        if let Some(ticket) = context.extensions.get::<Ticket>() {
            match ticket.turn() {
                Some(turn) if self.is_ours(&request) => turn.wait().await,
                // What the author has added may be slow, and holds up nobody.
                Some(turn) => turn.finish(),
                None => {}
            }
            ticket.room().await;
        }
        let answer = settled(Service::handle_request(&self.0, request, context)).await;
        answer.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a request failed");
            Err(internal(&panic))
        })
    }

    async fn handle_notification(
        &self,
        notification: ClientNotification,
        context: NotificationContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let handled = settled(Service::handle_notification(&self.0, notification, context)).await;
        handled.unwrap_or_else(|panic| Err(internal(&panic)))
    }

    fn get_info(&self) -> ServerConfig {
        ServerHandler::get_info(&self.0)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        ServerHandler::supported_protocol_versions(&self.0)
    }
}

impl<M: Portable<Context: Default>> InTurn<M> {
    /// Whether a request is one for the machine itself, and not for what its author has added.
    fn is_ours(&self, request: &ClientRequest) -> bool {
        match request {
            ClientRequest::CallToolRequest(call) => {
                self.0.0.catalogue.find(&call.params.name).is_some()
            }
            _ => true,
        }
    }
}
