//! A payment service over HTTP, which counts what it does.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::PATIENCE;

/// What the service does with one request, instead of answering it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Answer,
    /// It waits before it acts, until it is released.
    HoldBefore,
    /// It acts, and waits before it answers, until it is released.
    HoldAfter,
    /// It takes so long before it acts.
    Slow(Duration),
    /// It does not act.
    Status(u16),
    Decline,
}

/// A request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) key: String,
    pub(super) body: Value,
    pub(super) time: DateTime<Utc>,
}

/// What came, and what was done about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger {
    pub(super) asked: Vec<Asked>,
    /// The path, key and body of what was done, once for each key.
    pub(super) effects: Vec<(String, String, Value)>,
    /// The calls that their callers gave up while they were held.
    pub(super) dropped: usize,
    released: usize,
    held: usize,
}

impl Ledger {
    /// The number of requests at a path.
    pub(super) fn asked(&self, path: &str) -> usize {
        self.asked.iter().filter(|asked| asked.path == path).count()
    }

    /// The number of effects at a path.
    pub(super) fn effects(&self, path: &str) -> usize {
        self.effects.iter().filter(|(at, ..)| at == path).count()
    }
}

struct Book {
    ledger: watch::Sender<Ledger>,
    rules: Mutex<VecDeque<Rule>>,
}

/// The service. It ends when it is dropped.
pub(super) struct Payments {
    pub(super) address: SocketAddr,
    book: Arc<Book>,
    serving: JoinHandle<()>,
}

impl Payments {
    pub(super) async fn start() -> Self {
        let book = Arc::new(Book { ledger: watch::Sender::default(), rules: Mutex::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(ask).with_state(book.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, book, serving }
    }

    /// The next requests meet these rules, one each; those after them are answered.
    pub(super) fn expect(&self, rules: impl IntoIterator<Item = Rule>) {
        self.book.rules().extend(rules);
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.book.ledger.borrow().clone()
    }

    /// Waits until this is so.
    pub(super) async fn until(&self, what: &str, is_so: impl FnMut(&Ledger) -> bool) -> Ledger {
        let mut ledger = self.book.ledger.subscribe();
        let found =
            timeout(PATIENCE, ledger.wait_for(is_so)).await.map(|found| found.unwrap().clone());
        found.unwrap_or_else(|_| panic!("{what}: {:?}", self.ledger()))
    }

    /// Lets the requests go on that are held.
    pub(super) fn release(&self) {
        self.book.ledger.send_modify(|ledger| ledger.released = ledger.held);
    }
}

impl Drop for Payments {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Book {
    fn rules(&self) -> std::sync::MutexGuard<'_, VecDeque<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn hold(&self) {
        let mut number = 0;
        self.ledger.send_modify(|ledger| {
            ledger.held += 1;
            number = ledger.held;
        });
        let mut holding = Holding { ledger: &self.ledger, has_ended: false };
        let mut ledger = self.ledger.subscribe();
        ledger.wait_for(|ledger| ledger.released >= number).await.expect("the book is there");
        holding.has_ended = true;
    }
}

/// A call that is held.
struct Holding<'a> {
    ledger: &'a watch::Sender<Ledger>,
    has_ended: bool,
}

impl Drop for Holding<'_> {
    fn drop(&mut self) {
        self.ledger.send_modify(|ledger| ledger.dropped += usize::from(!self.has_ended));
    }
}

async fn ask(
    State(book): State<Arc<Book>>,
    uri: Uri,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let path = uri.path().to_owned();
    let rule = book.rules().pop_front().unwrap_or(Rule::Answer);
    let asked =
        Asked { path: path.clone(), key: key.clone(), body: body.clone(), time: Utc::now() };
    book.ledger.send_modify(|ledger| ledger.asked.push(asked));
    match rule {
        Rule::HoldBefore => book.hold().await,
        Rule::Slow(time) => tokio::time::sleep(time).await,
        Rule::Status(status) => return Err(StatusCode::from_u16(status).unwrap()),
        Rule::Decline => return Ok(Json(json!({}))),
        Rule::HoldAfter | Rule::Answer => {}
    }
    book.ledger.send_modify(|ledger| {
        if ledger.effects.iter().all(|(_, known, _)| *known != key) {
            ledger.effects.push((path, key.clone(), body));
        }
    });
    if rule == Rule::HoldAfter {
        book.hold().await;
    }
    Ok(Json(json!({ "receipt": key })))
}
