//! Gates: what waits for a person, who may decide, and what becomes of it.

use std::sync::Arc;

use leverframe::caller::{Caller, Role, Way};
use leverframe::record::{Entry, Version};
use leverframe::run::RejectionKind;
use leverframe::runs::{Decided, GateRequest, Request, RunLimits, Runs, RunsError, Verdict};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;

use super::{all, called, caller, id, is_refused, key};
use crate::durable::Folder;

/// A purchase.
#[leverframe::machine(serde)]
pub mod purchase {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Notes {
        pub lines: Vec<String>,
    }

    #[state(initial)]
    pub struct Wanted;

    #[state(final)]
    pub struct Bought;

    #[transition(from = Wanted, by = human, guard = is_open)]
    fn buy(notes: &mut Notes, price: u32) -> Result<Bought, String> {
        if price == 13 {
            return Err("an unlucky price".to_owned());
        }
        notes.lines.push(format!("for {price}"));
        Ok(Bought)
    }

    #[transition(from = Wanted)]
    fn note(notes: &mut Notes, text: String) {
        notes.lines.push(text);
    }

    #[guard]
    fn is_open(notes: &Notes) -> Result<(), String> {
        let is_closed = notes.lines.iter().any(|line| line == "closed");
        if is_closed { Err("the shop is closed".to_owned()) } else { Ok(()) }
    }
}
use purchase::{Event, Purchase, events};

fn buy(price: u32) -> Event {
    events::Buy { price }.into()
}

fn note(text: &str) -> Event {
    events::Note { text: text.to_owned() }.into()
}

/// A run that an event behind a gate would start is counted too.
#[tokio::test]
async fn a_gate_starts_no_run_beyond_the_limit() {
    let mut limits = RunLimits::default();
    limits.runs_per_principal = 1;
    let runs = memory().with_limits(limits);
    runs.start(&caller(), &id("a"), None).await.unwrap();
    let full = runs.apply(&caller(), &id("main"), buy(1), Request::new()).await;
    is_refused(full, "`ada` has 1 of at most 1 runs");
    assert!(runs.gates(None).await.unwrap().is_empty());
    assert_eq!(runs.store().count(caller().principal()).await.unwrap(), 1);
}

fn memory() -> Runs<Purchase> {
    Runs::new(Arc::new(MemoryStore::new()))
}

/// Asks, and answers the request that waits.
async fn asked(runs: &Runs<Purchase>, price: u32) -> GateRequest {
    match runs.apply(&caller(), &id("main"), buy(price), Request::new()).await {
        Err(RunsError::Waiting(waiting)) => waiting.request,
        other => panic!("it waits: {other:?}"),
    }
}

fn boss() -> Caller {
    called("bo").with_role(Role::GatesDecide)
}

async fn decide(
    runs: &Runs<Purchase>,
    decider: &Caller,
    request: &GateRequest,
    verdict: Verdict,
) -> Result<Decided, RunsError> {
    runs.decide(decider, &request.run, &request.id, &verdict).await
}

#[tokio::test]
async fn an_approved_event_happens_in_the_name_of_who_asked() {
    let folder = Folder::new();
    let open = || Runs::<Purchase>::new(Arc::new(SqliteStore::open(&folder.file()).unwrap()));
    let runs = open();
    let with_key = || Request::new().with_key(key("k"));
    let waits = runs.apply(&caller(), &id("main"), buy(7), with_key()).await;
    let Err(RunsError::Waiting(waiting)) = waits else { panic!("it waits: {waits:?}") };
    let request = waiting.request;
    assert_eq!((request.version, request.needed), (Version::START, 1));
    assert_eq!(
        (request.event.name(), request.payload.to_string()),
        ("buy", r#"{"price":7}"#.to_owned())
    );
    assert_eq!(waiting.status.state.wire(), "WANTED");
    assert_eq!(asked(&runs, 7).await, request, "the same request is the same");
    assert_ne!(asked(&runs, 8).await.id, request.id);

    // Another process decides.
    let other = open();
    let listed = other.gates(None).await.unwrap();
    assert_eq!(
        listed.iter().map(|request| request.payload.to_string()).collect::<Vec<_>>(),
        [r#"{"price":7}"#, r#"{"price":8}"#]
    );
    assert_eq!(other.gates(Some(boss().principal())).await.unwrap(), []);
    let Decided::Applied(done) = decide(&other, &boss(), &request, Verdict::Approve).await.unwrap()
    else {
        panic!("it happens");
    };
    assert_eq!((done.status.version, done.status.state.wire()), (Version(1), "BOUGHT"));

    let records = all(&**runs.store(), &id("main")).await;
    assert_eq!(records[1].actor.as_str(), "ada");
    let Entry::Applied { approvals, .. } = &records[1].entry else { panic!("an event") };
    assert_eq!(approvals.len(), 1);
    assert_eq!((approvals[0].by.as_str(), approvals[0].way), ("bo", Way::Program));
    let json = serde_json::to_string(&records[1].entry).unwrap();
    assert!(json.contains(r#""approvals":[{"by":"bo","way":"program","time":"#), "{json}");

    // The request, sent again, is answered as the first time, and what else waited is void.
    let again = runs.apply(&caller(), &id("main"), buy(7), with_key()).await.unwrap();
    assert!(again.replayed);
    assert_eq!(runs.gates(None).await.unwrap(), []);
    let late = decide(&runs, &boss(), &request, Verdict::Approve).await;
    is_refused(late, &format!("no request `{}` waits", request.id));
    assert_eq!(open().status(&id("main")).await.unwrap().version, Version(1), "it replays");
}

#[tokio::test]
async fn a_denial_stands_until_the_run_goes_on() {
    let runs = memory();
    let request = asked(&runs, 7).await;
    let reason = Verdict::Deny(Some("too dear\u{1b}[2J".to_owned()));
    let Decided::Denied(denied) = decide(&runs, &boss(), &request, reason).await.unwrap() else {
        panic!("it is denied");
    };
    assert_eq!(denied.denied.as_ref().unwrap().by.as_str(), "bo");
    let again = asked(&runs, 7).await;
    assert_eq!(again.denied, denied.denied);
    assert!(
        !again.to_string().contains('\u{1b}') && again.to_string().contains("too dear"),
        "{again}"
    );
    is_refused(decide(&runs, &boss(), &request, Verdict::Approve).await, "was denied by `bo`");
    assert_eq!(asked(&runs, 8).await.denied, None, "another payload is another request");

    runs.apply(&caller(), &id("main"), note("later"), Request::new()).await.unwrap();
    let anew = asked(&runs, 7).await;
    assert_eq!((anew.denied.clone(), anew.version), (None, Version(1)));
    assert_ne!(anew.id, request.id);
    is_refused(decide(&runs, &boss(), &request, Verdict::Approve).await, "no request");
}

#[tokio::test]
async fn who_may_decide() {
    let runs = memory();
    let request = asked(&runs, 7).await;
    let by = |way| Caller::new(caller().principal().clone(), way);
    let asker = by(Way::Program).with_role(Role::Admin);
    is_refused(decide(&runs, &asker, &request, Verdict::Approve).await, "another has to decide");
    is_refused(decide(&runs, &called("bo"), &request, Verdict::Approve).await, "`gates:decide`");
    let writer = called("bo").with_role(Role::RunsWrite);
    is_refused(decide(&runs, &writer, &request, Verdict::Deny(None)).await, "`gates:decide`");
    let stranger = Caller::new("bo".parse().unwrap(), Way::Elicitation).with_role(Role::Admin);
    is_refused(decide(&runs, &stranger, &request, Verdict::Approve).await, "asked back");
    assert_eq!(runs.status(&id("main")).await.unwrap().version, Version::START);
    for way in [Way::CommandLine, Way::Elicitation] {
        let runs = memory();
        let request = asked(&runs, 7).await;
        let decided = decide(&runs, &by(way), &request, Verdict::Approve).await.unwrap();
        assert!(matches!(decided, Decided::Applied(_)), "{way:?}: {decided:?}");
    }
}

#[tokio::test]
async fn a_guard_comes_before_the_gate() {
    let runs = memory();
    let request = asked(&runs, 7).await;
    runs.apply(&caller(), &id("main"), note("closed"), Request::new()).await.unwrap();
    is_refused(
        runs.apply(&caller(), &id("main"), buy(7), Request::new()).await,
        "the shop is closed",
    );
    is_refused(decide(&runs, &boss(), &request, Verdict::Approve).await, "no request");
    assert_eq!(runs.gates(None).await.unwrap(), []);
}

#[tokio::test]
async fn an_approved_event_that_fails_waits_no_more() {
    let runs = memory();
    let request = asked(&runs, 13).await;
    is_refused(decide(&runs, &boss(), &request, Verdict::Approve).await, "an unlucky price");
    assert_eq!(runs.gates(None).await.unwrap(), []);
    assert_eq!(runs.status(&id("main")).await.unwrap().version, Version::START);
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let runs = memory();
    for price in 100..116 {
        asked(&runs, price).await;
    }
    let one_more = runs.apply(&caller(), &id("main"), buy(1), Request::new()).await;
    let Err(RunsError::Refused(refused)) = one_more else { panic!("{one_more:?}") };
    assert_eq!(refused.rejection.kind, RejectionKind::Limit);
    assert_eq!(asked(&runs, 115).await.payload["price"], 115, "what waits can be asked again");
}

/// Two people decide at once, and in two processes.
#[tokio::test]
async fn one_of_two_decisions_counts() {
    for round in 0..20 {
        let folder = Folder::new();
        let open = || Runs::<Purchase>::new(Arc::new(SqliteStore::open(&folder.file()).unwrap()));
        let (ours, theirs) = (open(), open());
        let request = asked(&ours, round).await;
        let (boss, other) = (boss(), called("cy").with_role(Role::GatesDecide));
        let (approved, denied) = tokio::join!(
            decide(&ours, &boss, &request, Verdict::Approve),
            decide(&theirs, &other, &request, Verdict::Deny(None)),
        );
        let version = ours.status(&id("main")).await.unwrap().version.0;
        match (approved, denied) {
            // 13 is refused by the handler, and the request is gone.
            (
                Err(RunsError::Refused(_)),
                Err(RunsError::NoRequest { .. } | RunsError::MayNotDecide(_)),
            ) => {
                assert_eq!((round, version), (13, 0));
            }
            (Ok(Decided::Applied(_)), Err(_)) => assert_eq!(version, 1),
            (Err(RunsError::MayNotDecide(_)), Ok(Decided::Denied(_))) => assert_eq!(version, 0),
            (Ok(Decided::Applied(_)), Ok(decided)) => panic!("both: {decided:?}"),
            other => panic!("{other:?}"),
        }
    }
}

/// A process that dies between the approval and the event loses neither.
#[tokio::test]
async fn an_approval_outlives_its_process() {
    let store = Arc::new(Dying::default());
    let runs = Runs::<Purchase>::new(store.clone());
    let request = asked(&runs, 7).await;
    store.is_dying.store(true, std::sync::atomic::Ordering::Relaxed);
    decide(&runs, &boss(), &request, Verdict::Approve).await.unwrap_err();
    store.is_dying.store(false, std::sync::atomic::Ordering::Relaxed);
    let runs = Runs::<Purchase>::new(store);
    let waiting = runs.gates(None).await.unwrap();
    assert_eq!(waiting[0].approvals.len(), 1);
    let done = runs.apply(&caller(), &id("main"), buy(7), Request::new()).await.unwrap();
    assert_eq!((done.event.name(), done.status.version), ("buy", Version(1)));
}

/// A store that appends nothing while the process dies.
#[derive(Default)]
struct Dying {
    store: MemoryStore,
    is_dying: std::sync::atomic::AtomicBool,
}

super::as_the_store_within!(Dying {
    fn append(
        &self,
        append: leverframe::store::Append,
    ) -> Answer<'_, Position> {
        if self.is_dying.load(std::sync::atomic::Ordering::Relaxed) {
            let gone = leverframe::store::StoreError::Unavailable("the process dies".into());
            return Box::pin(std::future::ready(Err(gone)));
        }
        self.store.append(append)
    }
    fn keep(&self, run: &RunId, snapshot: leverframe::record::Snapshot) {
        self.store.keep(run, snapshot);
    }
});
