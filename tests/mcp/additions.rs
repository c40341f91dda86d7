//! What an author adds to a server, and servers that cannot be built.

use std::sync::Arc;

use leverframe::api::OperationsError;
use leverframe::mcp::rmcp::handler::server::router::prompt::{PromptRoute, PromptRouter};
use leverframe::mcp::rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use leverframe::mcp::rmcp::model::{
    CallToolRequestParams, CallToolResult, ContentBlock, GetPromptRequestParams, GetPromptResult,
    Prompt, PromptMessage, ReadResourceRequestParams, Role, Tool,
};
use leverframe::mcp::{AddedResource, BuildError, ResourceError, Server, caller_of};
use leverframe::runs::Runs;
use leverframe::store::memory::MemoryStore;
use serde_json::json;
use tokio::time::timeout;

use super::ok;
use super::own_machine::fork::Fork;
use super::own_machine::loan::Loan;
use super::own_machine::{builder, check_error, connect};

/// The author's own tools, prompts and resources reach the runs.
#[tokio::test]
async fn additions_stand_beside_the_machine() {
    let tool = Tool::new("count_notes", "How many notes there are.", serde_json::Map::new());
    let tool = ToolRoute::new_dyn(tool, |call| {
        Box::pin(async move {
            let server: &Server<Loan> = call.service;
            let main = server.api().run_of(&caller_of(&call.request_context), None);
            let notes = server.runs().read(&main, |run| run.context().notes.len());
            let text = ContentBlock::text(notes.await?.to_string());
            Ok(CallToolResult::success(vec![text]).into())
        })
    });
    let panics = Tool::new("panic", "Panics.", serde_json::Map::new());
    let panics = ToolRoute::new_dyn(panics, |_| Box::pin(async { panic!("oh") }));
    let prompt = Prompt::new("greet", Some("Greet."), None);
    let prompt = PromptRoute::new_dyn(prompt, |_| {
        let message = PromptMessage::new_text(Role::User, "Say hello.");
        Box::pin(async { Ok(GetPromptResult::new(vec![message]).into()) })
    });
    let resource = AddedResource::new("loan://notes", "notes");
    let server = builder()
        .with_tools(ToolRouter::new().with_route(tool).with_route(panics))
        .with_prompts(PromptRouter::new().with_route(prompt))
        .with_resource(resource, |server, caller| {
            Box::pin(async move {
                let main = server.api().run_of(caller, None);
                let notes = server.runs().read(&main, |run| run.context().notes.join(";"));
                Ok(notes.await?.into())
            })
        })
        .with_resource(AddedResource::new("loan://shelf", "shelf"), |_, _| {
            Box::pin(async { Err(ResourceError::failed("the shelf is locked")) })
        });
    let client = connect(server.build().unwrap()).await;
    ok(&client, "note", json!({"text": "a"})).await;
    ok(&client, "note", json!({"text": "b"})).await;
    let tools = client.list_all_tools().await.unwrap();
    let last: Vec<_> = tools.iter().skip(tools.len() - 2).map(|tool| tool.name.as_ref()).collect();
    assert_eq!(last, ["count_notes", "panic"]);
    let failed = client.call_tool(CallToolRequestParams::new("panic"));
    let failed = timeout(super::PATIENCE, failed).await.expect("an answer").unwrap();
    assert_eq!(failed.is_error, Some(true));
    assert_eq!(failed.content[0].as_text().unwrap().text, "`panic` failed: the code panicked: oh");
    let counted = client.call_tool(CallToolRequestParams::new("count_notes")).await.unwrap();
    assert_eq!(counted.content[0].as_text().unwrap().text, "2");
    let prompts = client.list_all_prompts().await.unwrap();
    assert_eq!(prompts.iter().map(|prompt| &prompt.name).collect::<Vec<_>>(), ["remind", "greet"]);
    client.get_prompt(GetPromptRequestParams::new("greet")).await.unwrap();
    let notes = client.read_resource(ReadResourceRequestParams::new("loan://notes")).await.unwrap();
    assert!(serde_json::to_string(&notes).unwrap().contains("a;b"));
    let shelf = client.read_resource(ReadResourceRequestParams::new("loan://shelf")).await;
    check_error(shelf, "the resource cannot be read: the shelf is locked");
}

/// Bytes arrive as they are, and one resource serves all addresses of a form.
#[tokio::test]
async fn resources_may_be_bytes_and_have_variables() {
    let image = AddedResource::new("loan://cover", "cover").with_mime_type("image/png");
    let shelf = AddedResource::new("loan://{room}/{shelf}/count", "count");
    let server = builder()
        .with_resource(image, |_, _| Box::pin(async { Ok(vec![0, 255, 128].into()) }))
        .with_template(shelf, |_, _, values| {
            Box::pin(async move {
                if values["shelf"] == "gone" {
                    return Err(ResourceError::failed("the shelf is gone"));
                }
                Ok(format!("{} {}", values["room"], values["shelf"]).into())
            })
        });
    let client = connect(server.unwrap().build().unwrap()).await;
    let templates = client.list_all_resource_templates().await.unwrap();
    assert_eq!(templates.last().unwrap().uri_template, "loan://{room}/{shelf}/count");
    let read = |uri: &str| client.read_resource(ReadResourceRequestParams::new(uri));
    let read = |uri: &'static str| {
        let read = read(uri);
        async { read.await.map(|read| serde_json::to_value(&read.contents[0]).unwrap()) }
    };
    let cover = json!({"uri": "loan://cover", "mimeType": "image/png", "blob": "AP+A"});
    assert_eq!(read("loan://cover").await.unwrap(), cover);
    assert_eq!(read("loan://hall/s%201/count").await.unwrap()["text"], "hall s%201");
    check_error(read("loan://hall/gone/count").await, "the shelf is gone");
    check_error(read("loan://hall/s1/s2/count").await, "no resource is at");
}

#[test]
fn a_server_that_cannot_be_is_not_built() {
    let built = builder().with_template(AddedResource::new("loan://{", "shelf"), |_, _, _| {
        Box::pin(async { Ok("".into()) })
    });
    assert_eq!(built.unwrap_err(), BuildError::Template("loan://{".to_owned()));

    let tool = |name: &'static str| {
        ToolRoute::new_dyn(Tool::new(name, "Twice.", serde_json::Map::new()), |_| {
            Box::pin(async { Ok(CallToolResult::success(Vec::new()).into()) })
        })
    };
    let built = builder().with_tools(ToolRouter::new().with_route(tool("lend"))).build();
    assert_eq!(built.unwrap_err(), BuildError::TwoTools("lend".to_owned()));

    let runs = Runs::<Fork>::new(Arc::new(MemoryStore::new()));
    let built = Server::builder(runs).with_transition_tool().build();
    let ambiguous = OperationsError::AmbiguousTarget {
        from: "HERE",
        to: "THERE",
        first: "walk",
        second: "run_",
    };
    assert_eq!(built.unwrap_err(), BuildError::Operations(ambiguous));
}
