//! The samplers of the repository's machines.

use leverframe::chart::Chart;
use leverframe::orchestrator::{self, Orchestrator, Workspace};
use leverframe::{Machine, Parts, Refused};
use serde_json::to_string;

use super::tangle::{self as samples, tangle};
use super::{Samples, Visitor};

#[path = "../../examples/expense.rs"]
#[expect(dead_code, reason = "the example's `main` is not called here")]
mod example;
pub(crate) use example::expense::{self, Expense};

#[path = "../../examples/checkout/machine.rs"]
mod acting;
pub(crate) use acting::checkout::{self, Checkout};

#[path = "../../examples/payment.rs"]
#[expect(dead_code, reason = "the example's `main` is not called here")]
mod paid;
pub(crate) use paid::payment::{self, Payment};

#[path = "../../examples/purchase.rs"]
#[expect(dead_code, reason = "the example's `main` is not called here")]
mod gated;
pub(crate) use gated::purchase::{self, Purchase};

#[path = "../../benches/peers/src/machines/leverframe.rs"]
#[expect(dead_code, reason = "it is measured elsewhere")]
mod measured;
use measured::player::{self, Player};

#[path = "../../benches/nested/mod.rs"]
#[expect(dead_code, reason = "it is measured elsewhere")]
mod levels;
use levels::nested::{self, Nested};

#[path = "../../examples/conformance/entrance.rs"]
mod entrance;
use entrance::door;

use crate::http::embedded::example::{order, refund};
use crate::mcp::completions::lamp;
use crate::mcp::inputs::claim;
use crate::mcp::own_machine::{fork, loan};
use crate::runs::timeouts::ticket;
use crate::tasks::errand::errand;

/// The way over the typed machine and back.
macro_rules! by_types {
    () => {
        |machine, event| match machine.into_typed().fire(event) {
            Ok(typed) => Ok(typed.into()),
            Err(Refused { machine, refusal }) => Err(Refused { machine: machine.into(), refusal }),
        }
    };
}

/// Visits them all.
pub(super) fn visit(visitor: &mut impl Visitor) {
    visitor.visit("machine", &orchestrator());
    visitor.visit("expense", &expense());
    visitor.visit("checkout", &checkout());
    visitor.visit("payment", &payment());
    visitor.visit("purchase", &purchase());
    visitor.visit("vault", &vault());
    visitor.visit("release", &release());
    visitor.visit("recorder", &recorder());
    visitor.visit("player", &player());
    visitor.visit("nested", &nested());
    visitor.visit("loan", &loan());
    visitor.visit("claim", &claim());
    visitor.visit("fork", &fork());
    visitor.visit("ticket", &ticket());
    visitor.visit("errand", &errand());
    visitor.visit("door", &door());
    visitor.visit("lamp", &lamp());
    visitor.visit("order", &order());
    visitor.visit("refund", &refund());
    visitor.visit("tangle", &samples::samples());
}

/// The charts of them all.
pub(crate) fn charts() -> [(&'static str, &'static Chart); 20] {
    [
        ("machine", Orchestrator::CHART),
        ("expense", Expense::CHART),
        ("checkout", Checkout::CHART),
        ("payment", Payment::CHART),
        ("purchase", Purchase::CHART),
        ("vault", vault::Vault::CHART),
        ("release", release::Release::CHART),
        ("recorder", recorder::Recorder::CHART),
        ("player", Player::CHART),
        ("nested", Nested::CHART),
        ("loan", loan::Loan::CHART),
        ("claim", claim::Claim::CHART),
        ("fork", fork::Fork::CHART),
        ("ticket", ticket::Ticket::CHART),
        ("errand", errand::Errand::CHART),
        ("door", door::Door::CHART),
        ("lamp", lamp::Lamp::CHART),
        ("order", order::Order::CHART),
        ("refund", refund::Refund::CHART),
        ("tangle", tangle::Tangle::CHART),
    ]
}

fn orchestrator() -> Samples<Orchestrator> {
    use orchestrator::{
        Error, Event, Executing, Idle, Planning, Researching, Reviewing, State, events,
    };
    fn texts() -> [Option<String>; 2] {
        [None, Some("calendar".into())]
    }
    Samples {
        machines: || {
            let states: [State; 6] = [
                Idle.into(),
                Planning.into(),
                Researching.into(),
                Executing.into(),
                Reviewing.into(),
                Error.into(),
            ];
            let context = || {
                let mut workspace = Workspace::default();
                workspace.task_data.insert("task_description".into(), "newsletter".into());
                workspace
            };
            states.map(|state| Parts { state, context: context(), history: () }.into()).into()
        },
        events: || {
            let mut all: Vec<Event> = vec![events::Rest.into(), events::Review.into()];
            for text in texts() {
                all.push(events::Plan { task_description: text.clone() }.into());
                all.push(events::Research { research_topic: text.clone() }.into());
                all.push(events::Execute { action_plan: text.clone() }.into());
                all.push(events::Fail { error_description: text }.into());
            }
            for text in ["", "first of May"] {
                let text = || text.to_owned();
                all.push(events::AddUserMessage { message: text() }.into());
                all.push(events::AddAssistantMessage { message: text() }.into());
                all.push(events::AddSystemMessage { message: text() }.into());
                all.push(events::StoreTaskData { key: text(), value: text() }.into());
                all.push(events::StoreKnowledge { key: text(), value: text() }.into());
            }
            all
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn expense() -> Samples<Expense> {
    use expense::{Claim, Draft, Event, Paid, Submitted, events};
    Samples {
        machines: || {
            let draft = expense::Expense::new(Claim::default());
            let mut full = expense::Expense::new(Claim::default());
            full.add_item("train".into(), 2_000).expect("it costs something");
            let submitted = full.submit("fair".into());
            vec![
                draft.into(),
                submitted.into(),
                Parts { state: Paid.into(), context: Claim::default(), history: () }.into(),
                Parts {
                    state: Submitted(String::new()).into(),
                    context: Claim::default(),
                    history: (),
                }
                .into(),
                Parts { state: Draft.into(), context: Claim::default(), history: () }.into(),
            ]
        },
        events: || {
            let all: [Event; 8] = [
                events::AddItem { what: "hotel".into(), cents: 9_000 }.into(),
                events::AddItem { what: "air".into(), cents: 0 }.into(),
                events::Submit { purpose: "fair".into() }.into(),
                events::Submit { purpose: String::new() }.into(),
                events::SendBack.into(),
                events::Lapse.into(),
                events::Pay { budget: 1_999 }.into(),
                events::Pay { budget: 2_000 }.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn errand() -> Samples<errand::Errand> {
    use errand::{Event, GivenUp, Home, Idle, Log, Out, State, events};
    Samples {
        machines: || {
            let states = || -> [State; 5] {
                [
                    Idle.into(),
                    Out { what: "tea".into() }.into(),
                    Out { what: "hang for long".into() }.into(),
                    Home { with: "tea".into() }.into(),
                    GivenUp { reason: "rain".into() }.into(),
                ]
            };
            let machine = |state, is_barred| {
                Parts { state, context: Log { pokes: 0, is_barred }, history: () }.into()
            };
            let both = [false, true].map(|barred| states().map(|state| machine(state, barred)));
            both.into_iter().flatten().collect()
        },
        events: || {
            let all: [Event; 11] = [
                events::Send { what: "tea".into() }.into(),
                events::Send { what: String::new() }.into(),
                events::CallBack.into(),
                events::Poke.into(),
                events::Lapse.into(),
                events::Bar { is_barred: true }.into(),
                events::Bar { is_barred: false }.into(),
                events::Done { with: "tea".into() }.into(),
                events::Done { with: String::new() }.into(),
                events::Failed { reason: "rain".into() }.into(),
                events::Failed { reason: String::new() }.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn door() -> Samples<door::Door> {
    use door::{Event, Knocks, Locked, Open, State, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Locked.into(), Open.into()];
            states
                .map(|state| Parts { state, context: Knocks::default(), history: () }.into())
                .into()
        },
        events: || {
            let unlock =
                |reason: &str| -> Event { events::Unlock { reason: reason.into() }.into() };
            vec![events::Knock.into(), unlock("a parcel"), unlock(""), events::Lock.into()]
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn lamp() -> Samples<lamp::Lamp> {
    use lamp::{Off, On, State, Wire, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Off.into(), On.into()];
            states.map(|state| Parts { state, context: Wire, history: () }.into()).into()
        },
        events: || vec![events::SwitchOn.into(), events::SwitchOff.into()],
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn order() -> Samples<order::Order> {
    use order::{Cart, Shipped, State, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Cart.into(), Shipped("here".into()).into()];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || {
            ["there", ""].map(|address| events::Ship { address: address.into() }.into()).into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn refund() -> Samples<refund::Refund> {
    use refund::{Paid, Requested, State, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Requested.into(), Paid.into()];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || vec![events::Pay.into()],
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn checkout() -> Samples<Checkout> {
    use checkout::{
        Cancelled, Charging, Disputed, Event, Open, Paid, Purchase, Refunding, Shipped, State,
        Waiting, events,
    };
    Samples {
        machines: || {
            let receipt = || "r1".to_owned();
            let states: [State; 8] = [
                Open.into(),
                Waiting.into(),
                Charging.into(),
                Paid { receipt: receipt() }.into(),
                Refunding { receipt: receipt() }.into(),
                Disputed.into(),
                Shipped.into(),
                Cancelled.into(),
            ];
            let context = || Purchase { cents: 1, card: "c".into(), trouble: None };
            let machine = |state| Parts { state, context: context(), history: () }.into();
            states.into_iter().map(machine).collect()
        },
        events: || {
            let all: [Event; 19] = [
                events::Place { cents: 100, card: "c1".into() }.into(),
                events::Place { cents: 90_000, card: "c2".into() }.into(),
                events::Approve.into(),
                events::Lapse.into(),
                events::Cancel.into(),
                events::Charged { receipt: "r2".into() }.into(),
                events::Charged { receipt: String::new() }.into(),
                events::Declined.into(),
                events::NotCharged { error: "gone".into() }.into(),
                events::NotCharged { error: String::new() }.into(),
                events::Ship.into(),
                events::Refund.into(),
                events::NotShipped.into(),
                events::Refunded.into(),
                events::NotRefunded { error: "gone".into() }.into(),
                events::NotRefunded { error: String::new() }.into(),
                events::Settle.into(),
                events::Settle.into(),
                events::Ship.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn purchase() -> Samples<Purchase> {
    use purchase::{Asked, Basket, Cancelled, Choosing, Event, Item, Ordered, State, events};
    fn item() -> Item {
        Item { name: "tea".into(), cents: 300, quantity: 2, size: None }
    }
    Samples {
        machines: || {
            let states = || -> [State; 4] {
                [
                    Choosing.into(),
                    Asked { total_cents: 600 }.into(),
                    Ordered.into(),
                    Cancelled.into(),
                ]
            };
            let machine =
                |state, items| Parts { state, context: Basket(items), history: () }.into();
            let with = |items: Vec<Item>| states().map(|state| machine(state, items.clone()));
            [vec![], vec![item(); 99]].into_iter().flat_map(with).collect()
        },
        events: || {
            let all: [Event; 10] = [
                events::Put { items: vec![item()] }.into(),
                events::Put { items: vec![item(), item()] }.into(),
                events::Remark { text: "for the fair".into(), is_urgent: None }.into(),
                events::Remark { text: String::new(), is_urgent: Some(true) }.into(),
                events::Ask.into(),
                events::Reopen.into(),
                events::Order { budget_cents: 600 }.into(),
                events::Order { budget_cents: 0 }.into(),
                events::Cancel.into(),
                events::Cancel.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

/// A machine without a wire form and without a context: clauses of one event, a source with data, a self-transition,
/// all four kinds of handlers.
#[leverframe::machine]
mod vault {
    /// Locked; so many wrong codes were tried.
    #[state(initial)]
    #[derive(Debug, Default)]
    pub(super) struct Locked {
        pub(super) tries: u8,
    }
    /// Open.
    #[state]
    #[derive(Debug)]
    pub(super) struct Open;
    /// Locked for good.
    #[state(final)]
    #[derive(Debug)]
    pub(super) struct Sealed;

    #[transition(from = Locked)]
    fn enter(locked: &mut Locked, code: u16) -> Result<Open, u8> {
        if code == 4_711 {
            return Ok(Open);
        }
        locked.tries += 1;
        Err(locked.tries)
    }
    #[transition(from = Open)]
    fn turn() -> Locked {
        Locked { tries: 0 }
    }
    #[transition(from = Locked)]
    fn turn(locked: &Locked) -> Locked {
        Locked { tries: locked.tries / 2 }
    }
    #[transition(from = Locked)]
    fn knock(locked: &mut Locked) {
        locked.tries = locked.tries.saturating_add(1);
    }
    #[transition(from = [Locked, Open])]
    fn listen(patience: bool) -> Result<(), &'static str> {
        if patience { Ok(()) } else { Err("nothing is heard") }
    }
    #[transition(from = _)]
    fn seal() -> Sealed {
        Sealed
    }
}

fn payment() -> Samples<Payment> {
    use payment::{Customer, Delivered, Event, Open, Paid, Refunded, State, events};
    Samples {
        machines: || {
            let paid = Paid { card: "4242".into(), cents: 3_100 };
            let states: [State; 4] = [Open.into(), paid.into(), Delivered.into(), Refunded.into()];
            let parts = |state| Parts { state, context: Customer::default(), history: () };
            states.map(|state| parts(state).into()).into()
        },
        events: || {
            let pay =
                |pin| -> Event { events::Pay { card: "4242".into(), pin, cents: 3_100 }.into() };
            let log_in = |name: &str| -> Event {
                events::LogIn { name: name.into(), token: "t".into() }.into()
            };
            vec![
                log_in("Ada"),
                log_in(""),
                pay(vec![1, 2]),
                pay(Vec::new()),
                events::Deliver.into(),
                events::Refund { account: "7".into() }.into(),
                events::Refund { account: String::new() }.into(),
            ]
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn vault() -> Samples<vault::Vault> {
    use vault::{Event, Locked, Open, Sealed, State, events};
    Samples {
        machines: || {
            let states: [State; 4] = [
                Locked { tries: 0 }.into(),
                Locked { tries: 7 }.into(),
                Open.into(),
                Sealed.into(),
            ];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || {
            let all: [Event; 7] = [
                events::Enter { code: 4_711 }.into(),
                events::Enter { code: 1 }.into(),
                events::Turn.into(),
                events::Knock.into(),
                events::Listen { patience: true }.into(),
                events::Listen { patience: false }.into(),
                events::Seal.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| match machine.state() {
            State::Locked(locked) => format!("{locked:?}"),
            State::Open(open) => format!("{open:?}"),
            State::Sealed(sealed) => format!("{sealed:?}"),
        },
    }
}

/// A machine with all that the language has: superstates two deep, overriding, actions on every level, guards of both
/// kinds, a choice, a timeout, a gate.
#[leverframe::machine(serde)]
#[ensure(to = Deployed, through = approve, "nothing ships that no person approved")]
#[ensure(to = Approved, through = Reading)]
#[ensure(never(from = Withdrawn, to = Deployed))]
#[ensure(never(from = Approved, to = Open))]
#[ensure(from = Open, to = Withdrawn, through = InReview)]
pub mod release {
    /// What has been done, in its order.
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Log {
        pub done: Vec<String>,
        pub remarks: u8,
    }

    #[state(initial)]
    pub struct Draft;
    #[superstate]
    pub struct Open;
    #[superstate(parent = Open)]
    pub struct InReview;
    #[state(parent = InReview)]
    pub struct Waiting;
    #[state(parent = InReview)]
    pub struct Reading {
        pub reviewer: String,
    }
    #[state(parent = Open)]
    pub struct Parked;
    #[state]
    pub struct Approved;
    #[state(final)]
    pub struct Deployed;
    #[state(final)]
    pub struct Withdrawn;

    #[choice]
    pub enum Declined {
        Again(Draft),
        Dropped(Withdrawn),
    }

    #[guard]
    fn has_remarks(log: &Log) -> Result<(), String> {
        if log.remarks > 0 { Ok(()) } else { Err("somebody must have written a remark".into()) }
    }
    /// The reviewer must have a name.
    #[guard]
    fn is_named(reading: &Reading) -> bool {
        !reading.reviewer.is_empty()
    }

    fn note(log: &mut Log, what: &str) {
        log.done.push(what.to_owned());
    }
    #[entry(Draft, Parked, Approved)]
    fn enter_plain(log: &mut Log) {
        note(log, "+leaf");
    }
    #[exit(Draft, Waiting, Parked)]
    fn exit_plain(log: &mut Log) {
        note(log, "-leaf");
    }
    #[entry(Reading)]
    fn announce(reading: &mut Reading, log: &mut Log) {
        note(log, &format!("+Reading by {}", reading.reviewer));
    }
    #[exit(Reading)]
    fn close(reading: &mut Reading, log: &mut Log) {
        note(log, &format!("-Reading by {}", reading.reviewer));
    }
    #[entry(InReview)]
    fn enter_review(log: &mut Log) {
        note(log, "+InReview");
    }
    #[exit(InReview)]
    fn exit_review(log: &mut Log) {
        note(log, "-InReview");
    }
    #[entry(Open)]
    fn enter_open(log: &mut Log) {
        note(log, "+Open");
    }
    #[exit(Open)]
    fn exit_open(log: &mut Log) {
        note(log, "-Open");
    }

    #[transition(from = Draft)]
    fn submit(log: &mut Log) -> Waiting {
        note(log, "submit");
        Waiting
    }
    #[transition(from = Waiting)]
    fn assign(log: &mut Log, reviewer: String) -> Reading {
        note(log, "assign");
        Reading { reviewer }
    }
    #[transition(from = Reading)]
    fn assign(reading: &mut Reading, reviewer: String) -> Reading {
        Reading { reviewer: format!("{} and {reviewer}", reading.reviewer) }
    }
    #[transition(from = Open)]
    fn park() -> Parked {
        Parked
    }
    #[transition(from = Waiting)]
    fn park(log: &mut Log) {
        note(log, "nobody reads: not parked");
    }
    #[transition(from = Parked)]
    fn resume() -> Waiting {
        Waiting
    }
    #[transition(from = Reading, by = human, guard = [has_remarks, is_named])]
    fn approve(log: &mut Log) -> Approved {
        note(log, "approve");
        Approved
    }
    #[transition(from = Reading, guard = is_named)]
    fn decline(log: &mut Log, drop: bool, why: u8) -> Result<Declined, String> {
        note(log, "decline");
        match (why, drop) {
            (0, _) => Err("say why".into()),
            (_, true) => Ok(Declined::Dropped(Withdrawn)),
            (_, false) => Ok(Declined::Again(Draft)),
        }
    }
    #[transition(from = InReview)]
    fn remark(log: &mut Log) {
        log.remarks = log.remarks.saturating_add(1);
    }
    #[transition(from = Open, guard = has_remarks)]
    fn summarize(log: &mut Log) {
        note(log, "summarize");
    }
    #[transition(from = Approved)]
    fn deploy() -> Deployed {
        Deployed
    }
    #[transition(from = Waiting, after = "2h")]
    fn give_up() -> Withdrawn {
        Withdrawn
    }
    #[transition(from = InReview, after = "1d 30m")]
    fn expire() -> Draft {
        Draft
    }
}

fn release() -> Samples<release::Release> {
    use release::{
        Approved, Deployed, Draft, Event, Log, Parked, Reading, Release, State, Waiting, Withdrawn,
        events,
    };
    Samples {
        machines: || {
            let states = || -> [State; 8] {
                [
                    Draft.into(),
                    Waiting.into(),
                    Reading { reviewer: "Ada".into() }.into(),
                    Reading { reviewer: String::new() }.into(),
                    Parked.into(),
                    Approved.into(),
                    Deployed.into(),
                    Withdrawn.into(),
                ]
            };
            let log = |remarks| Log { done: Vec::new(), remarks };
            let machine = |state, remarks| -> Release {
                Parts { state, context: log(remarks), history: () }.into()
            };
            let remarked = states().map(|state| machine(state, 1));
            states().map(|state| machine(state, 0)).into_iter().chain(remarked).collect()
        },
        events: || {
            let all: [Event; 14] = [
                events::Submit.into(),
                events::Assign { reviewer: "Bob".into() }.into(),
                events::Assign { reviewer: String::new() }.into(),
                events::Park.into(),
                events::Resume.into(),
                events::Approve.into(),
                events::Decline { drop: true, why: 1 }.into(),
                events::Decline { drop: false, why: 1 }.into(),
                events::Decline { drop: false, why: 0 }.into(),
                events::Remark.into(),
                events::Summarize.into(),
                events::Deploy.into(),
                events::GiveUp.into(),
                events::Expire.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

/// A machine that remembers: on a pause, and over a superstate two deep.
#[leverframe::machine(serde)]
pub mod recorder {
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Shown(pub Vec<String>);

    #[state(initial)]
    pub struct Stopped;
    #[superstate(default = Playing)]
    pub struct Active;
    #[superstate(parent = Active)]
    pub struct Moving;
    #[state(parent = Active)]
    #[derive(Default)]
    pub struct Playing {
        pub second: u32,
    }
    #[state(parent = Moving)]
    pub struct Seeking {
        pub to: u32,
    }
    #[state]
    pub struct Paused;

    #[entry(Active, Moving)]
    fn lights_on(shown: &mut Shown) {
        shown.0.push("on".into());
    }
    #[exit(Active, Moving)]
    fn lights_off(shown: &mut Shown) {
        shown.0.push("off".into());
    }
    #[entry(Playing)]
    fn show(playing: &mut Playing, shown: &mut Shown) {
        shown.0.push(format!("at {}", playing.second));
    }

    #[transition(from = Stopped)]
    fn play() -> Playing {
        Playing { second: 0 }
    }
    #[transition(from = [Active, Paused])]
    fn seek(to: u32) -> Seeking {
        Seeking { to }
    }
    #[transition(from = Seeking)]
    fn found(seeking: &Seeking) -> Playing {
        Playing { second: seeking.to }
    }
    #[transition(from = Active)]
    fn pause() -> Paused {
        Paused
    }
    #[transition(from = Stopped)]
    fn resume(really: bool) -> History<Active> {
        let _ = really;
        History(Active)
    }
    #[transition(from = [Paused, Active])]
    fn resume(really: bool) -> Result<History<Active>, &'static str> {
        if really { Ok(History(Active)) } else { Err("stay") }
    }
    #[transition(from = [Active, Paused])]
    fn stop() -> Stopped {
        Stopped
    }
}

fn recorder() -> Samples<recorder::Recorder> {
    use recorder::{
        Event, Memory, Paused, Playing, Recorder, Seeking, Shown, State, Stopped, events,
    };
    Samples {
        machines: || {
            let states = || -> [State; 5] {
                [
                    Stopped.into(),
                    Playing { second: 9 }.into(),
                    Seeking { to: 7 }.into(),
                    Paused.into(),
                    Playing::default().into(),
                ]
            };
            let machine = |state, last_active| -> Recorder {
                let history = Memory { last_active };
                Parts { state, context: Shown::default(), history }.into()
            };
            let remembered =
                [None, Some(Seeking { to: 3 }.into()), Some(Playing { second: 4 }.into())];
            let of = |last: Option<State>| states().map(|state| machine(state, last.clone()));
            remembered.into_iter().flat_map(of).collect()
        },
        events: || {
            let all: [Event; 8] = [
                events::Play.into(),
                events::Seek { to: 1 }.into(),
                events::Seek { to: 2 }.into(),
                events::Found.into(),
                events::Pause.into(),
                events::Resume { really: true }.into(),
                events::Resume { really: false }.into(),
                events::Stop.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn player() -> Samples<Player> {
    use player::{Failed, Idle, Loading, Paused, Running, State};
    Samples {
        machines: || {
            let states: [State; 5] =
                [Idle.into(), Loading.into(), Running.into(), Paused.into(), Failed.into()];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || (0..6).map(measured::event).collect(),
        typed: by_types!(),
        value: |machine| machine.parts().state.name().to_string(),
    }
}

fn nested() -> Samples<Nested> {
    use nested::{Bed, Chair, Crossed, State, Street};
    Samples {
        machines: || {
            let states: [State; 3] = [Street.into(), Chair.into(), Bed.into()];
            let machine = |state| Parts { state, context: Crossed::default(), history: () }.into();
            states.map(machine).into()
        },
        events: || levels::events().into(),
        typed: by_types!(),
        value: |machine| format!("{} {:?}", machine.state().name(), machine.context()),
    }
}

fn loan() -> Samples<loan::Loan> {
    use loan::{Card, Event, Lent, Lost, Shelved, State, events};
    Samples {
        machines: || {
            let states: [State; 3] =
                [Shelved.into(), Lent { reader: "Ada".into() }.into(), Lost.into()];
            let machine = |state| Parts { state, context: Card::default(), history: () }.into();
            states.map(machine).into()
        },
        events: || {
            let all: [Event; 11] = [
                events::Lend { reader: "Bob".into(), days: 14 }.into(),
                events::Lend { reader: String::new(), days: 31 }.into(),
                events::GiveBack.into(),
                events::Lose.into(),
                events::Extend { days: 1 }.into(),
                events::Extend { days: 2 }.into(),
                events::Sell.into(),
                events::Archive.into(),
                events::Expire.into(),
                events::Note { text: String::new() }.into(),
                events::Note { text: "torn".into() }.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn claim() -> Samples<claim::Claim> {
    use claim::{Form, Open, Paid, State, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Open.into(), Paid.into()];
            let machine = |state| Parts { state, context: Form::default(), history: () }.into();
            states.map(machine).into()
        },
        events: || vec![events::Pay.into()],
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn fork() -> Samples<fork::Fork> {
    use fork::{Here, State, There, events};
    Samples {
        machines: || {
            let states: [State; 2] = [Here.into(), There.into()];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || vec![events::Walk.into(), events::Run.into()],
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn ticket() -> Samples<ticket::Ticket> {
    use ticket::{Answered, Closed, Event, New, Notes, State, Ticket, Waiting, events};
    Samples {
        machines: || {
            let states =
                || -> [State; 4] { [New.into(), Waiting.into(), Answered.into(), Closed.into()] };
            let machine = |state, flag| -> Ticket {
                let context = Notes { reminders: 0, is_blocked: flag, is_broken: flag };
                Parts { state, context, history: () }.into()
            };
            let both = [false, true].map(|flag| states().map(|state| machine(state, flag)));
            both.into_iter().flatten().collect()
        },
        events: || {
            let all: [Event; 11] = [
                events::Accept.into(),
                events::Answer.into(),
                events::Ask.into(),
                events::Block { is_blocked: false }.into(),
                events::Block { is_blocked: true }.into(),
                events::Damage { is_broken: false }.into(),
                events::Damage { is_broken: true }.into(),
                events::Welcome.into(),
                events::Remind.into(),
                events::Doze.into(),
                events::Close.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}
