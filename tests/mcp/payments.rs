//! A payment service over HTTP, as shops use one: it does a request once for each key, however often it is asked.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

/// The service, until it is dropped.
pub(crate) struct Payments {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    books: Mutex<Books>,
    calls: watch::Sender<usize>,
    released: Notify,
}

#[derive(Default)]
struct Books {
    /// How often each key was sent.
    calls: HashMap<String, usize>,
    /// The keys whose requests were done.
    done: HashSet<String>,
    /// How often money was moved.
    effects: usize,
    is_released: bool,
}

impl Payments {
    pub(crate) async fn open() -> Self {
        let shared = Arc::new(Shared::default());
        let routes = axum::Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { address, shared, serving }
    }

    /// Completes when the service was asked so often in all.
    pub(crate) async fn asked(&self, times: usize) {
        let mut calls = self.shared.calls.subscribe();
        calls.wait_for(|calls| *calls >= times).await.unwrap();
    }

    /// Answers the requests that are held back, and all later ones at once.
    pub(crate) fn release(&self) {
        self.shared.books.lock().unwrap().is_released = true;
        self.shared.released.notify_waiters();
    }

    /// How often money was moved, and how often each key was sent, in ascending order.
    pub(crate) fn books(&self) -> (usize, Vec<usize>) {
        let books = self.shared.books.lock().unwrap();
        let mut calls: Vec<_> = books.calls.values().copied().collect();
        calls.sort_unstable();
        (books.effects, calls)
    }
}

impl Drop for Payments {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The card says what happens: `held` waits before the effect and `held-after` after it, `flaky` fails twice, `declined` and
/// `stolen` are refused, the latter as a mistake of the caller.
async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let card = body["card"].as_str().unwrap_or_default().to_owned();
    let calls = {
        let mut books = shared.books.lock().unwrap();
        let calls = books.calls.entry(key.clone()).or_default();
        *calls += 1;
        *calls
    };
    shared.calls.send_modify(|all| *all += 1);
    let status = |status| (status, Json(json!({})));
    match card.as_str() {
        "flaky" if calls <= 2 => return status(StatusCode::SERVICE_UNAVAILABLE),
        "declined" => return status(StatusCode::OK),
        "stolen" => return status(StatusCode::FORBIDDEN),
        "held" => shared.wait().await,
        _ => {}
    }
    {
        let mut books = shared.books.lock().unwrap();
        if books.done.insert(key.clone()) {
            books.effects += 1;
        }
    }
    if card == "held-after" && calls == 1 {
        shared.wait().await;
    }
    (StatusCode::OK, Json(json!({"receipt": format!("{}-{key}", uri.path().trim_matches('/'))})))
}

impl Shared {
    async fn wait(&self) {
        let released = self.released.notified();
        let is_released = self.books.lock().unwrap().is_released;
        if !is_released {
            released.await;
        }
    }
}
