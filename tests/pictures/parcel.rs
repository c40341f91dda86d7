//! A machine of twenty states, for its picture.

/// An order on its way from the cart to the door.
#[leverframe::machine(serde)]
pub(super) mod parcel {
    /// What is known of the order.
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Order {
        pub attempts: u32,
        pub cents: u64,
    }

    /// The customer is choosing.
    #[superstate]
    pub struct Ordering;
    #[state(initial, parent = Ordering)]
    pub struct Cart;
    #[state(parent = Ordering)]
    pub struct Address;
    #[state(parent = Ordering)]
    pub struct PaymentChoice;

    /// The money is on its way.
    #[superstate]
    pub struct Paying;
    #[state(parent = Paying)]
    pub struct Authorizing;
    #[state(parent = Paying)]
    pub struct Challenged;
    #[state(parent = Paying)]
    pub struct Captured;
    #[state(parent = Paying)]
    pub struct Declined;

    /// The goods are on their way.
    #[superstate(default = Queued)]
    pub struct Fulfilling;
    /// In the hall.
    #[superstate(parent = Fulfilling)]
    pub struct Warehouse;
    #[state(parent = Warehouse)]
    pub struct Queued;
    #[state(parent = Warehouse)]
    pub struct Picking;
    #[state(parent = Warehouse)]
    pub struct Packing;
    #[state(parent = Warehouse)]
    pub struct OutOfStock;
    /// With the carrier.
    #[superstate(parent = Fulfilling)]
    pub struct Shipping;
    #[state(parent = Shipping)]
    pub struct HandedOver;
    #[state(parent = Shipping)]
    pub struct InTransit;
    #[state(parent = Shipping)]
    pub struct AtCustoms;
    #[state(parent = Shipping)]
    pub struct Lost;

    #[state]
    pub struct OnHold;
    #[state]
    pub struct Returning;
    #[state(final)]
    pub struct Delivered;
    #[state(final)]
    pub struct Refunded;
    #[state(final)]
    pub struct Cancelled;

    #[guard]
    fn has_attempts_left(order: &Order) -> bool {
        order.attempts < 3
    }
    #[guard]
    fn within_limit(order: &Order) -> bool {
        order.cents < 50_000
    }

    /// Put something into the cart.
    #[transition(from = Cart)]
    fn add(order: &mut Order, cents: u64) {
        order.cents += cents;
    }
    #[transition(from = Cart)]
    fn enter_address() -> Address {
        Address
    }
    #[transition(from = Address)]
    fn choose_payment() -> PaymentChoice {
        PaymentChoice
    }
    #[transition(from = [Address, PaymentChoice])]
    fn edit() -> Cart {
        Cart
    }
    #[transition(from = PaymentChoice)]
    fn pay() -> Authorizing {
        Authorizing
    }
    #[transition(from = Ordering, after = "14d")]
    fn abandon() -> Cancelled {
        Cancelled
    }

    #[task(state = Authorizing, outcomes = [authorized], failure = refused, attempts = 3, backoff = "1s", limit = "20s")]
    fn authorize(order: &Order) -> u64 {
        order.cents
    }
    #[transition(from = Authorizing)]
    fn challenge() -> Challenged {
        Challenged
    }
    #[transition(from = Challenged)]
    fn confirm() -> Authorizing {
        Authorizing
    }
    #[transition(from = Authorizing)]
    fn authorized() -> Captured {
        Captured
    }
    #[transition(from = Authorizing)]
    fn refused() -> Declined {
        Declined
    }
    #[transition(from = Challenged)]
    fn expire() -> Declined {
        Declined
    }
    #[transition(from = Declined, guard = has_attempts_left)]
    fn retry(order: &mut Order) -> Authorizing {
        order.attempts += 1;
        Authorizing
    }
    #[transition(from = Declined)]
    fn give_up() -> Cancelled {
        Cancelled
    }
    #[transition(from = Captured, by = human)]
    fn release() -> Queued {
        Queued
    }

    #[transition(from = Queued)]
    fn pick() -> Picking {
        Picking
    }
    #[transition(from = Picking)]
    fn pack() -> Packing {
        Packing
    }
    #[transition(from = Picking)]
    fn miss() -> OutOfStock {
        OutOfStock
    }
    #[transition(from = OutOfStock)]
    fn restock() -> Queued {
        Queued
    }
    #[transition(from = Packing)]
    fn hand_over() -> HandedOver {
        HandedOver
    }
    #[transition(from = HandedOver)]
    fn depart() -> InTransit {
        InTransit
    }
    #[transition(from = InTransit)]
    fn stop_at_border() -> AtCustoms {
        AtCustoms
    }
    #[transition(from = AtCustoms)]
    fn clear() -> InTransit {
        InTransit
    }
    #[transition(from = InTransit)]
    fn deliver() -> Delivered {
        Delivered
    }
    #[transition(from = InTransit, after = "30d")]
    fn lose() -> Lost {
        Lost
    }
    #[transition(from = Lost)]
    fn replace() -> Queued {
        Queued
    }
    #[transition(from = InTransit)]
    fn send_back() -> Returning {
        Returning
    }
    #[transition(from = [Lost, Returning], by = human, guard = within_limit)]
    fn refund() -> Refunded {
        Refunded
    }
    #[transition(from = [Lost, Returning])]
    fn close() -> Cancelled {
        Cancelled
    }

    #[transition(from = Fulfilling)]
    fn pause() -> OnHold {
        OnHold
    }
    #[transition(from = OnHold)]
    fn proceed() -> History<Fulfilling> {
        History(Fulfilling)
    }
    #[transition(from = [Paying, Warehouse, OnHold], by = human(2))]
    fn cancel() -> Cancelled {
        Cancelled
    }
}
