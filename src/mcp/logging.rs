//! Log messages of an author's tools, for clients that want them.
#![expect(
    deprecated,
    reason = "the protocol keeps log messages for clients that have no other way"
)]

use std::sync::{Mutex, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{LoggingLevel, LoggingMessageNotificationParam, ProtocolVersion};
use rmcp::service::{RequestContext, ServiceError};
use serde_json::Value;

use super::Server;
use crate::portable::Portable;

/// The least level of messages that a client before 2026-07-28 wants.
pub(super) struct Level(Mutex<LoggingLevel>);

impl Default for Level {
    fn default() -> Self {
        Self(Mutex::new(LoggingLevel::Info))
    }
}

impl Level {
    pub(super) fn set(&self, level: LoggingLevel) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = level;
    }

    fn get(&self) -> LoggingLevel {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Portable<Context: Default>> Server<M> {
    /// Sends a log message to the client of a request, if it wants messages of this level. Since 2026-07-28 a request names
    /// the least level, and without one nothing is sent. Before, the client sets it once; it is `info` until then.
    ///
    /// # Errors
    ///
    /// [`ServiceError`] if the client is gone.
    pub async fn log(
        &self,
        context: &RequestContext<RoleServer>,
        level: LoggingLevel,
        message: impl Into<Value>,
    ) -> Result<(), ServiceError> {
        let is_modern = context
            .protocol_version()
            .is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        let least = if is_modern { context.meta.log_level() } else { Some(self.1.level().get()) };
        // The levels are declared from the least to the gravest.
        if least.is_none_or(|least| (level as u8) < least as u8) {
            return Ok(());
        }
        let message = LoggingMessageNotificationParam::new(level, message.into());
        context.peer.notify_logging_message(message).await
    }
}
