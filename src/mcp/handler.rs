//! The requests of the protocol.

use std::borrow::Cow;

use rmcp::handler::server::prompt::PromptContext;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
    ErrorCode, GetPromptRequestParams, GetPromptResponse, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, Tool, UnsubscribeRequestParams,
};
#[cfg(feature = "http")]
use rmcp::model::{CustomRequest, CustomResult};
use rmcp::service::{RequestContext, SubscriptionContext};
use rmcp::{ErrorData, RoleServer, ServerHandler};

use super::Server;
use super::added::settled;
use super::caller::caller_of;
#[cfg(feature = "http")]
use super::stdio::unrecognized;
use super::{convert, gates, resources};
use crate::portable::Portable;
use crate::text;

/// How long a client may keep the lists, in milliseconds. They never change while the server lives.
const LISTS_LAST: u64 = 300_000;

impl<M: Portable<Context: Default>> ServerHandler for Server<M> {
    fn get_info(&self) -> ServerConfig {
        self.0.config.clone()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        only_page(request)?;
        let mut list = ListToolsResult::with_all_items(self.tools());
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    /// What rmcp looks up here are the arguments that are headers too. Only an author's tool can have such.
    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.added.tools.get(name).cloned()
    }

    // A request takes the room of the largest method, so the large ones are boxed.
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(operation) = self.0.api.operation(&request.name) {
            return gates::call(self, operation, request, &context).await;
        }
        if self.0.added.tools.has_route(&request.name) {
            let name = request.name.clone();
            let call = self.0.added.tools.call(ToolCallContext::new(self, request, context));
            return settled(call).await.unwrap_or_else(|panic| {
                let reason = text::shortened(&panic.to_string());
                Ok(convert::failure(format!("`{name}` failed: {reason}")).into())
            });
        }
        let (name, tools) = (text::quoted(&request.name), self.tools());
        let hint = text::hint(&request.name, tools.iter().map(|tool| tool.name.as_ref()));
        Err(ErrorData::invalid_params(format!("no tool is named {name}; {hint}"), None))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        only_page(request)?;
        let mut list = ListPromptsResult::with_all_items(self.prompts());
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if self.0.added.prompts.has_route(&request.name) {
            let (name, arguments) = (request.name.clone(), request.arguments.clone());
            let mut context = context;
            context.extensions.insert(request);
            let context = PromptContext::new(self, name, arguments, context);
            let prompt = settled(self.0.added.prompts.get_prompt(context)).await;
            return prompt.unwrap_or_else(|panic| Err(convert::panicked(&panic)));
        }
        let GetPromptRequestParams { name, arguments, .. } = request;
        let Some(prompt) = self.0.prompts.iter().find(|prompt| prompt.name == name) else {
            let (quoted, prompts) = (text::quoted(&name), self.prompts());
            let hint = text::hint(&name, prompts.iter().map(|prompt| prompt.name.as_str()));
            let message = format!("no prompt is named {quoted}; {hint}");
            return Err(ErrorData::invalid_params(message, None));
        };
        let (caller, arguments) = (caller_of(&context), arguments.unwrap_or_default());
        let text = Box::pin(self.0.api.prompt(&caller, None, &name, arguments)).await;
        let message = convert::message(text.map_err(convert::prompt_error)?);
        Ok(message.with_description(prompt.description.clone().unwrap_or_default()).into())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        Box::pin(self.completed(&caller_of(&context), request)).await
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        only_page(request)?;
        let added = self.0.added.resources.iter().map(|(resource, _)| resource.listed());
        let resources = resources::resources().into_iter().chain(added).collect();
        let mut list = ListResourcesResult::with_all_items(resources);
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        only_page(request)?;
        let added = self.0.added.templates.iter();
        let added = added.map(|(resource, ..)| resource.listed_template());
        let templates = resources::templates().into_iter().chain(added).collect();
        let mut list = ListResourceTemplatesResult::with_all_items(templates);
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        Ok(Box::pin(self.read(&caller_of(&context), &request.uri)).await?.into())
    }

    #[expect(deprecated, reason = "clients before 2026-07-28 set the level of log messages")]
    async fn set_level(
        &self,
        request: rmcp::model::SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let version = context.protocol_version();
        if version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
            let reason = "the method `logging/setLevel` is unknown; each request names the level";
            return Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, reason, None));
        }
        self.1.level().set(request.level);
        Ok(())
    }

    /// Over standard input, such a request does not come this far.
    #[cfg(feature = "http")]
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(unrecognized(&request, context.protocol_version().as_ref()))
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(self.acceptable(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        #[cfg(feature = "http")]
        let closing = super::http::closing(context.request_context());
        #[cfg(not(feature = "http"))]
        let closing = std::future::pending();
        Box::pin(self.notify(&context, closing)).await
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Box::pin(self.subscribed(request, context)).await
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.unsubscribed(&request);
        Ok(())
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::KNOWN_VERSIONS)
    }
}

/// Refuses a cursor: each list has one page, which names no cursor.
fn only_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(cursor) => {
            let message = format!("{} is no cursor; the list has one page", text::quoted(&cursor));
            Err(ErrorData::invalid_params(message, None))
        }
    }
}

/// How long a list may be kept, for clients of a revision that knows of it.
fn lasting(context: &RequestContext<RoleServer>) -> (Option<u64>, Option<CacheScope>) {
    let is_known =
        context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    if is_known { (Some(LISTS_LAST), Some(CacheScope::Public)) } else { (None, None) }
}
