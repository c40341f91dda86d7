//! A server of rmcp alone, which answers each tool with what Leverframe answered once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use leverframe::mcp::rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ServerCapabilities, ServerConfig,
};
use leverframe::mcp::rmcp::service::{RequestContext, ServerInitializeError};
use leverframe::mcp::rmcp::transport::stdio;
use leverframe::mcp::rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::Value;

use super::mix::{Era, STEPS};
use super::stdio::Client;
use super::{Done, Kind, Plan};

/// The option by which this program becomes the server, with the file of the replies.
pub(crate) const SERVE: &str = "--bare";

struct Bare {
    replies: HashMap<String, CallToolResult>,
}

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let reply = self.replies.get(&*request.name).cloned();
        let unknown = || ErrorData::invalid_params("no such tool", None);
        reply.map(Into::into).ok_or_else(unknown)
    }
}

/// Serves one client over standard input and output.
pub(crate) fn serve(replies: &Path) -> Done<()> {
    let replies = serde_json::from_slice(&fs::read(replies)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome: Done<()> = runtime.block_on(async {
        match (Bare { replies }).serve(stdio()).await {
            Ok(service) => drop(service.waiting().await?),
            // A client that only asked what there is has not failed.
            Err(ServerInitializeError::ConnectionClosed(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    });
    // A read of standard input cannot be called off.
    runtime.shutdown_background();
    outcome
}

/// Takes the replies of Leverframe, and writes them into a file.
pub(crate) fn record(plan: &Plan) -> Done<()> {
    let mut client = Client::start(plan.command(Kind::Memory, ""), Era::Modern, 1)?;
    let mut replies: HashMap<&str, Value> = HashMap::new();
    replies.insert("start_run", client.ask("start_run", &serde_json::json!({"run": "other"}))?);
    for (step, (tool, _)) in STEPS.iter().enumerate() {
        let (_, arguments) = super::mix::arguments("other", step);
        replies.insert(tool, client.ask(tool, &arguments)?);
    }
    client.end()?;
    Ok(fs::write(file(plan), serde_json::to_vec(&replies)?)?)
}

/// The program as the server.
pub(crate) fn command(plan: &Plan) -> Command {
    let program = std::env::current_exe().unwrap_or_default();
    let mut command = Command::new(program);
    command.arg(SERVE).arg(file(plan));
    command
}

fn file(plan: &Plan) -> PathBuf {
    plan.folder.join("replies.json")
}
