//! Two machines side by side over HTTP, next to a route of one's own: `cargo run --example embedded`
use leverframe::http::{Http, axum::Router, axum::routing::get};
use leverframe::{mcp::BuildError, mcp::Server, runs::Runs};
#[leverframe::machine(serde)]
pub(crate) mod order {
    #[state(initial)]
    pub struct Cart;
    #[state(final)]
    pub struct Shipped(pub String);
    /// Send the parcel.
    #[transition(from = Cart)]
    fn ship(address: String) -> Shipped {
        Shipped(address)
    }
}
#[leverframe::machine(serde)]
pub(crate) mod refund {
    #[state(initial)]
    pub struct Requested;
    #[state(final)]
    pub struct Paid;
    /// Pay the money back.
    #[transition(from = Requested)]
    fn pay() -> Paid {
        Paid
    }
}
pub(crate) fn routes(http: &Http) -> Result<Router, BuildError> {
    let orders = Server::builder(Runs::<order::Order>::in_memory()).build()?.router(http);
    let refunds = Server::builder(Runs::<refund::Refund>::in_memory()).build()?.router(http);
    let routes = Router::new().route("/", get("a shop\n"));
    Ok(routes.nest("/orders", orders).nest("/refunds", refunds))
}
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = Http::default();
    let listener = http.listen("127.0.0.1:8080".parse()?).await?;
    Ok(http.serve(listener, routes(&http)?, async { drop(tokio::signal::ctrl_c().await) }).await?)
}
