//! The server as rmcp calls it: each request in its turn, and answered though it panics.

use std::borrow::Cow;

use rmcp::model::{
    ClientNotification, ClientRequest, ProtocolVersion, ResourceContents, ServerConfig,
    ServerResult,
};
use rmcp::service::{NotificationContext, RequestContext, Service};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::exchange::Ticket;
use crate::api::Operation;
use crate::mcp::added::settled;
use crate::mcp::{Server, convert};
use crate::portable::Portable;

/// A server behind a [`StdioTransport`](super::transport::StdioTransport).
pub(super) struct InTurn<M>(pub(super) Server<M>);

impl<M: Portable<Context: Default>> Service<RoleServer> for InTurn<M> {
    async fn handle_request(
        &self,
        request: ClientRequest,
        mut context: RequestContext<RoleServer>,
    ) -> Result<ServerResult, ErrorData> {
        let ticket = context.extensions.get::<Ticket>().cloned();
        if let Some(ticket) = &ticket {
            tokio::select! {
                biased;
                // It gets no answer.
                () = context.ct.cancelled() => return Err(cancelled()),
                () = self.may_begin(&request, ticket) => {}
            }
        }
        if let ClientRequest::SubscriptionsListenRequest(listen) = &request {
            self.0.open_early(&listen.params, &mut context).await?;
            if let Some(ticket) = &ticket {
                ticket.lasts();
            }
        }
        // It is large, and in a box it is not moved.
        let call = Box::pin(Service::handle_request(&self.0, request, context));
        let answer = settled(call).await;
        if let (Some(ticket), Ok(Ok(answer))) = (&ticket, &answer) {
            ticket.made(text_bytes(answer));
        }
        answer.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a request failed");
            Err(convert::panicked(&panic))
        })
    }

    async fn handle_notification(
        &self,
        notification: ClientNotification,
        context: NotificationContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let handled = settled(Service::handle_notification(&self.0, notification, context)).await;
        handled.unwrap_or_else(|panic| Err(convert::panicked(&panic)))
    }

    fn get_info(&self) -> ServerConfig {
        ServerHandler::get_info(&self.0)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        ServerHandler::supported_protocol_versions(&self.0)
    }
}

impl<M: Portable<Context: Default>> InTurn<M> {
    /// Waits until a request has its turn, and the client has taken enough of what was answered before.
    async fn may_begin(&self, request: &ClientRequest, ticket: &Ticket) {
        match ticket.turn() {
            Some(turn) if self.keeps_order(request) => turn.wait().await,
            // A tool that the author has added may be slow, and a list is about no run.
            Some(turn) => turn.finish(),
            None => {}
        }
        ticket.room().await;
    }

    /// Whether a request waits for the earlier ones of its run.
    fn keeps_order(&self, request: &ClientRequest) -> bool {
        match request {
            ClientRequest::CallToolRequest(call) => {
                let operation = self.0.0.api.operation(&call.params.name);
                operation.is_some_and(Operation::is_of_one_run)
            }
            _ => true,
        }
    }
}

fn cancelled() -> ErrorData {
    ErrorData::internal_error("the request was cancelled before it began", None)
}

/// About how many bytes an answer has: those of its texts, where the length of others is bounded by the machine.
fn text_bytes(answer: &ServerResult) -> usize {
    match answer {
        ServerResult::CallToolResult(result) => {
            let texts = result.content.iter().filter_map(|content| content.as_text());
            let structured = if result.structured_content.is_some() { 2 } else { 1 };
            structured * texts.map(|content| content.text.len()).sum::<usize>()
        }
        ServerResult::ReadResourceResult(result) => {
            let texts = result.contents.iter().map(|contents| match contents {
                ResourceContents::TextResourceContents { text, .. } => text.len(),
                ResourceContents::BlobResourceContents { blob, .. } => blob.len(),
                _ => 0,
            });
            texts.sum()
        }
        _ => 0,
    }
}
