//! Several machines in one program, next to its own routes.

use leverframe::http::Http;
use serde_json::json;
use tokio::sync::Notify;

use super::client::Connection;
use super::{Client, Era};

#[path = "../../examples/embedded.rs"]
#[expect(dead_code, reason = "the test has its own `main`")]
pub(crate) mod example;

#[tokio::test]
async fn two_machines_side_by_side() {
    let http = Http::default();
    let listener = http.listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.address();
    let end = Notify::new();
    let serve = http.serve(listener, example::routes(&http).unwrap(), end.notified());
    let drive = async {
        let mut connection = Connection::open(address).await;
        assert_eq!(connection.get("/").await.text(), "a shop\n");
        assert_eq!(connection.get("/refunds/readyz").await.status, 200);
        for era in [Era::Modern, Era::Legacy] {
            let connection = Connection::open(address).await;
            let mut orders = Client::at("/orders/mcp", connection, era).await;
            let run = json!({"run": format!("{era:?}")});
            assert_eq!(orders.call("start_run", run.clone()).await["state"], "CART");
            let mut ship = run.clone();
            ship["address"] = json!("1 Main Street");
            assert_eq!(orders.call("ship", ship).await["state"], "SHIPPED");

            let connection = Connection::open(address).await;
            let mut refunds = Client::at("/refunds/mcp", connection, era).await;
            assert_eq!(refunds.call("start_run", run.clone()).await["state"], "REQUESTED");
            assert_eq!(refunds.call("pay", run).await["state"], "PAID");
        }
        end.notify_one();
    };
    let (outcome, ()) = tokio::join!(serve, drive);
    outcome.unwrap();
}
