//! The machine of an order.

/// An order: placed, approved by a person if it is large, charged to a card, shipped, or refunded.
#[leverframe::machine(serde)]
pub mod checkout {
    use serde::{Deserialize, Serialize};

    /// What is ordered.
    #[context]
    #[derive(Debug, Default, Clone, Serialize, Deserialize)]
    pub struct Purchase {
        /// The price, in cents.
        pub cents: u64,
        /// A token of the card, given by the payment service.
        #[sensitive]
        pub card: String,
        /// What went wrong last.
        pub trouble: Option<String>,
    }

    /// Orders above this price need a person's approval, in cents.
    const LARGE: u64 = 50_000;

    /// Nothing is ordered yet.
    #[state(initial)]
    pub struct Open;
    /// A person looks at a large order.
    #[state]
    pub struct Waiting;
    /// The card is being charged.
    #[state]
    pub struct Charging;
    /// The money is there; the order waits to be shipped.
    #[state]
    pub struct Paid {
        /// The receipt of the payment service.
        pub receipt: String,
    }
    /// The money is on its way back.
    #[state]
    pub struct Refunding {
        /// The receipt of the payment service.
        pub receipt: String,
    }
    /// Nobody knows whether the payment service has the money; a person has to settle it.
    #[state]
    pub struct Disputed;
    /// The order is on its way.
    #[state(final)]
    pub struct Shipped;
    /// Nothing is bought, and no money was kept.
    #[state(final)]
    pub struct Cancelled;

    /// Place the order.
    #[transition(from = Open)]
    fn place(
        purchase: &mut Purchase,
        /** The price, in cents. */
        cents: u64,
        /** A token of the card. */
        #[sensitive]
        card: String,
    ) -> Placed {
        (purchase.cents, purchase.card, purchase.trouble) = (cents, card, None);
        if cents > LARGE { Placed::Large(Waiting) } else { Placed::Small(Charging) }
    }
    /// Where an order goes that was placed.
    #[choice]
    pub enum Placed {
        /// A person looks at it.
        Large(Waiting),
        /// It is charged at once.
        Small(Charging),
    }
    /// Approve a large order.
    #[transition(from = Waiting, by = human)]
    fn approve() -> Charging {
        Charging
    }
    /// Nobody has approved the order.
    #[transition(from = Waiting, after = "3 days")]
    fn lapse() -> Cancelled {
        Cancelled
    }
    /// Give up the order.
    #[transition(from = [Open, Waiting])]
    fn cancel() -> Cancelled {
        Cancelled
    }

    /// What the payment service has to know to charge a card.
    #[derive(Debug, Serialize)]
    pub struct Charge {
        /// The price, in cents.
        pub cents: u64,
        /// A token of the card.
        pub card: String,
    }
    /// Charges the card.
    #[task(state = Charging, outcomes = [charged, declined], failure = not_charged, attempts = 5, backoff = "1s", limit = "20s")]
    fn charge(purchase: &Purchase) -> Charge {
        Charge { cents: purchase.cents, card: purchase.card.clone() }
    }
    /// The card was charged.
    #[transition(from = Charging)]
    fn charged(
        /** The receipt of the payment service. */
        receipt: String,
    ) -> Paid {
        Paid { receipt }
    }
    /// The card was declined: the order is open again.
    #[transition(from = Charging)]
    fn declined(purchase: &mut Purchase) -> Open {
        purchase.trouble = Some("the card was declined".to_owned());
        Open
    }
    /// All attempts failed. The card may have been charged all the same, so that nobody may charge it under another key.
    #[transition(from = Charging)]
    fn not_charged(
        purchase: &mut Purchase,
        /** Why the last attempt failed. */
        error: String,
    ) -> Disputed {
        purchase.trouble = Some(error);
        Disputed
    }

    /// Ship the order.
    #[transition(from = Paid)]
    fn ship() -> Shipped {
        Shipped
    }
    /// Pay the money back.
    #[transition(from = Paid)]
    fn refund(paid: &mut Paid) -> Refunding {
        Refunding { receipt: core::mem::take(&mut paid.receipt) }
    }
    /// The order was not shipped in time: the money goes back.
    #[transition(from = Paid, after = "14 days")]
    fn not_shipped(paid: &mut Paid) -> Refunding {
        Refunding { receipt: core::mem::take(&mut paid.receipt) }
    }

    /// Pays the money back.
    #[task(state = Refunding, outcomes = [refunded], failure = not_refunded, attempts = 10, backoff = "1s", limit = "20s")]
    fn pay_back(refunding: &Refunding) -> String {
        refunding.receipt.clone()
    }
    /// The money was paid back.
    #[transition(from = Refunding)]
    fn refunded() -> Cancelled {
        Cancelled
    }
    /// The money could not be paid back.
    #[transition(from = Refunding)]
    fn not_refunded(
        purchase: &mut Purchase,
        /** Why the last attempt failed. */
        error: String,
    ) -> Disputed {
        purchase.trouble = Some(error);
        Disputed
    }
    /// Settle the payment by hand.
    #[transition(from = Disputed, by = human)]
    fn settle() -> Cancelled {
        Cancelled
    }
}
