//! A server of rmcp alone, which answers each tool with what Leverframe answered once.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use leverframe::http::axum::serve::ListenerExt;
use leverframe::http::axum::{self, Router};
use leverframe::mcp::rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ServerCapabilities, ServerConfig,
};
use leverframe::mcp::rmcp::service::{RequestContext, ServerInitializeError};
use leverframe::mcp::rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use leverframe::mcp::rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService, stdio};
use leverframe::mcp::rmcp::{ErrorData, RoleServer, ServerHandler, ServiceExt};
use serde_json::Value;

use super::measured::Measured;
use super::mix::{Era, STEPS};
use super::stdio::Client;
use super::{Done, Kind, Plan, Way};

/// The options by which this program becomes the server, with the file of the replies.
pub(crate) const SERVE: &str = "--bare";
pub(crate) const SERVE_HTTP: &str = "--bare-http";

#[derive(Clone)]
struct Bare {
    replies: Arc<HashMap<String, CallToolResult>>,
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
    let server = read(replies)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome: Done<()> = runtime.block_on(async {
        match server.serve(stdio()).await {
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

/// Serves clients over HTTP, with the same settings of rmcp as Leverframe, and without Nagle's algorithm.
pub(crate) fn serve_http(replies: &Path) -> Done<()> {
    let server = read(replies)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let config = StreamableHttpServerConfig::default().with_json_response(true);
        let config = config.with_sse_retry(None);
        let sessions = Arc::new(LocalSessionManager::default());
        let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        eprintln!("listening on http://{}/mcp", listener.local_addr()?);
        let listener = listener.tap_io(|stream| {
            // It is slower without, and no error.
            let _ = stream.set_nodelay(true);
        });
        Ok(axum::serve(listener, Router::new().route_service("/mcp", service)).await?)
    })
}

fn read(replies: &Path) -> Done<Bare> {
    Ok(Bare { replies: Arc::new(serde_json::from_slice(&fs::read(replies)?)?) })
}

/// Takes the replies of Leverframe, and writes them into a file.
pub(crate) fn record(plan: &Plan) -> Done<()> {
    let mut client = Client::start(plan.command(Way::Stdio, Kind::Memory, ""), Era::Modern, 1)?;
    let mut replies: HashMap<&str, Value> = HashMap::new();
    replies.insert("start_run", client.ask("start_run", &serde_json::json!({"run": "other"}))?);
    for (step, (tool, _)) in STEPS.iter().enumerate() {
        let (_, arguments) = super::mix::arguments("other", step);
        replies.insert(tool, client.ask(tool, &arguments)?);
    }
    Box::new(client).end()?;
    Ok(fs::write(file(plan), serde_json::to_vec(&replies)?)?)
}

/// The program as the server.
pub(crate) fn command(plan: &Plan, option: &str) -> Command {
    let program = std::env::current_exe().unwrap_or_default();
    let mut command = Command::new(program);
    command.arg(option).arg(file(plan));
    command
}

fn file(plan: &Plan) -> PathBuf {
    plan.folder.join("replies.json")
}
