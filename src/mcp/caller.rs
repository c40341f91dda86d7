//! Who makes a request of this protocol.

use rmcp::RoleServer;
use rmcp::service::RequestContext;

use crate::caller::{Caller, ClientName, Principal, Way};

/// Who makes a request: the [`Caller`] that the transport has put into the request's extensions. A transport without
/// authentication puts none there; then it is the local user. The client is named as it names itself.
#[must_use]
pub fn caller_of(context: &RequestContext<RoleServer>) -> Caller {
    let known = context.extensions.get::<Caller>();
    #[cfg(feature = "http")]
    let known = known.or_else(|| {
        let parts = context.extensions.get::<axum::http::request::Parts>();
        parts.and_then(|parts| parts.extensions.get::<Caller>())
    });
    let caller = known.cloned().unwrap_or_else(|| Caller::new(Principal::LOCAL, Way::Stdio));
    caller.with_client(context.client_info().and_then(|info| ClientName::cut(&info.name)))
}
