//! Values that are kept and not shown, wherever one can be marked.

#[derive(Default)]
pub struct Account {
    pub token: String,
    pub name: String,
}

#[leverframe::machine]
pub mod till {
    #[context(sensitive = [token])]
    pub use crate::Account;
    #[state(initial)]
    pub struct Open;
    #[state]
    pub struct Paid {
        #[sensitive]
        pub card: String,
        pub cents: u32,
    }

    #[transition(from = Open, by = human(2))]
    fn pay(#[sensitive] card: String, cents: u32) -> Paid {
        Paid { card, cents }
    }
    #[transition(from = Paid)]
    fn pay(paid: &mut Paid, card: String, cents: u32) {
        paid.card = card;
        paid.cents += cents;
    }
    #[transition(from = Paid, by = human)]
    fn close() -> Open {
        Open
    }
}

#[leverframe::machine]
pub mod lamp {
    #[context]
    pub struct Bulb {
        #[sensitive]
        pub serial: u64,
    }
    #[state(initial)]
    pub struct Off;
    #[state(final)]
    pub struct On;
    #[transition(from = Off)]
    fn press(bulb: &mut Bulb) -> On {
        bulb.serial += 1;
        On
    }
}

fn main() {
    let chart = &till::CHART;
    assert_eq!(chart.sensitive_context(), ["token"]);
    assert_eq!(chart.states()[0].sensitive(), [""; 0]);
    assert_eq!(chart.states()[1].sensitive(), ["card"]);
    let [pay, close] = chart.events() else { panic!("two events") };
    let sensitive: Vec<bool> = pay.payload().iter().map(|one| one.is_sensitive()).collect();
    assert_eq!(sensitive, [true, false]);
    let approvals = |event: &leverframe::chart::Event| event.clauses()[0].approvals();
    assert_eq!((approvals(pay), approvals(close), pay.clauses()[1].approvals()), (2, 1, 0));
    assert_eq!(lamp::CHART.sensitive_context(), ["serial"]);
}
