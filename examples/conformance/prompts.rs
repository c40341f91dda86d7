//! Prompts.

use futures::future::BoxFuture;
use leverframe::mcp::Server;
use leverframe::mcp::rmcp::ErrorData;
use leverframe::mcp::rmcp::handler::server::prompt::PromptContext;
use leverframe::mcp::rmcp::handler::server::router::prompt::{PromptRoute, PromptRouter};
use leverframe::mcp::rmcp::model::{
    GetPromptRequestParams, GetPromptResponse, GetPromptResult, Prompt, PromptArgument,
};
use serde_json::{Value, json};

use crate::entrance::door::Door;
use crate::fixture::{PNG, argument, model};
use crate::inputs::{accepted, elicit, needed};

type Get<'a> = PromptContext<'a, Server<Door>>;
type Answer = Result<GetPromptResponse, ErrorData>;

pub(crate) fn prompts() -> PromptRouter<Server<Door>> {
    PromptRouter::new()
        .with_route(prompt("test_simple_prompt", "A text.", &[], |_| {
            Box::pin(async { messages(&[text("This is a simple prompt for testing.")]) })
        }))
        .with_route(prompt(
            "test_prompt_with_arguments",
            "A text with arguments.",
            &["arg1", "arg2"],
            |get| {
                Box::pin(async move {
                    let first = argument(get.arguments.as_ref(), "arg1")?;
                    let second = argument(get.arguments.as_ref(), "arg2")?;
                    let said = format!("Prompt with arguments: arg1='{first}', arg2='{second}'");
                    messages(&[text(&said)])
                })
            },
        ))
        .with_route(prompt(
            "test_prompt_with_embedded_resource",
            "A resource.",
            &["resourceUri"],
            |get| {
                Box::pin(async move {
                    let uri = argument(get.arguments.as_ref(), "resourceUri")?;
                    let embedded = "Embedded resource content for testing.";
                    let resource = json!({"uri": uri, "mimeType": "text/plain", "text": embedded});
                    let resource = json!({"type": "resource", "resource": resource});
                    messages(&[resource, text("Please process the embedded resource above.")])
                })
            },
        ))
        .with_route(prompt("test_prompt_with_image", "An image.", &[], |_| {
            Box::pin(async {
                let image = json!({"type": "image", "data": PNG, "mimeType": "image/png"});
                messages(&[image, text("Please analyze the image above.")])
            })
        }))
        .with_route(prompt(
            "test_input_required_result_prompt",
            "Asks for its context.",
            &[],
            |get| Box::pin(async move { contextual(&get) }),
        ))
}

/// A prompt that needs input. What the client answers is in the request.
fn contextual(get: &Get<'_>) -> Answer {
    let request = get.context.extensions.get::<GetPromptRequestParams>();
    let answers = request.and_then(|request| request.input_responses.as_ref());
    match accepted(answers, "user_context", "context") {
        Some(context) => messages(&[text(&format!("Use this context: {context}"))]),
        None => {
            let question = elicit("What context should the prompt use?", "context", "string");
            Ok(needed(&json!({"user_context": question}), None)?.into())
        }
    }
}

fn prompt<C>(name: &str, docs: &str, arguments: &[&str], get: C) -> PromptRoute<Server<Door>>
where
    C: for<'a> Fn(Get<'a>) -> BoxFuture<'a, Answer> + Send + Sync + 'static,
{
    let arguments = arguments.iter().map(|name| PromptArgument::new(*name).with_required(true));
    let arguments: Vec<_> = arguments.collect();
    let arguments = (!arguments.is_empty()).then_some(arguments);
    PromptRoute::new_dyn(Prompt::new(name, Some(docs), arguments), get)
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn messages(contents: &[Value]) -> Answer {
    let messages: Vec<_> =
        contents.iter().map(|content| json!({"role": "user", "content": content})).collect();
    Ok(GetPromptResult::new(model(messages.into())?).into())
}
