//! Tasks of a state and of a superstate, and their implementation.

use leverframe::Portable;
use leverframe::task::{Attempt, TaskError};

#[leverframe::machine(serde)]
pub mod shop {
    #[context]
    #[derive(Default, Clone, serde::Serialize, serde::Deserialize)]
    pub struct Order {
        pub card: String,
    }
    #[superstate]
    pub struct Busy;
    #[state(initial, parent = Busy)]
    #[derive(Default)]
    pub struct Charging {
        pub cents: u32,
    }
    #[state(parent = Busy)]
    pub struct Packing;
    #[state(final)]
    pub struct Sent;
    #[state(final)]
    pub struct Failed;

    pub struct Charge {
        pub cents: u32,
        pub card: String,
    }

    #[transition(from = Charging)]
    fn charged(receipt: String) -> Packing {
        drop(receipt);
        Packing
    }
    #[transition(from = Busy)]
    fn failed(order: &mut Order, reason: String) -> Failed {
        order.card = reason;
        Failed
    }
    #[transition(from = Busy)]
    fn warned() {}
    #[transition(from = Packing)]
    fn packed() -> Sent {
        Sent
    }

    /// Charges the card.
    #[task(state = Charging, outcomes = [charged], failure = failed, attempts = 5, backoff = "2s", limit = "30s")]
    fn charge(charging: &Charging, order: &Order) -> Charge {
        Charge { cents: charging.cents, card: order.card.clone() }
    }
    #[task(state = Busy, outcomes = [warned], failure = failed)]
    fn watch(order: &Order) -> String {
        order.card.clone()
    }
}

use shop::{Charge, events, outcomes};

struct Shop;

impl shop::Tasks for Shop {
    async fn charge(&self, input: Charge, attempt: Attempt) -> Result<outcomes::Charge, TaskError> {
        if input.cents == 0 {
            return Err(TaskError::new(input.card).permanent());
        }
        Ok(events::Charged { receipt: attempt.key }.into())
    }
    async fn watch(&self, input: String, _: Attempt) -> Result<outcomes::Watch, TaskError> {
        Ok(if input.is_empty() { events::Warned.into() } else { events::Failed { reason: input }.into() })
    }
}

fn main() {
    let worker: leverframe::task::Worker<shop::Shop> = shop::worker(Shop);
    let machine = shop::Shop::new(shop::Order::default());
    let machine: shop::Shop = machine.into();
    assert!(machine.task(0).is_some() && machine.task(1).is_some() && machine.task(9).is_none());
    let event = <shop::Shop as Portable>::failure(0, "gone".to_owned());
    assert!(matches!(event, Some(shop::Event::Failed(events::Failed { reason })) if reason == "gone"));
    let _ = worker;
    let [charge, watch] = shop::CHART.tasks() else { panic!("two tasks") };
    assert_eq!((charge.name(), charge.attempts(), charge.backoff().as_secs()), ("charge", 5, 2));
    assert_eq!((watch.limit().as_secs(), watch.attempts()), (300, 3));
}
