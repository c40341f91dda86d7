/// The machine of [`checkout`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tCheckout\t0\nstate\tOpen\t\t\nstate\tWaiting\t\t\nstate\tCharging\t\t\nstate\tPaid\t\t\nstate\tRefunding\t\t\nstate\tDisputed\t\t\nfinal\tShipped\t\t\nfinal\tCancelled\t\t\non\tplace\t0\t1,2\t0\t\t\tcents,card\t\non\tapprove\t1\t2\t1\t\t\t\t\non\tlapse\t1\t7\t0\t259200000\t\t\t\non\tcancel\t0,1\t7\t0\t\t\t\t\non\tcharged\t2\t3\t0\t\t\treceipt\t\non\tdeclined\t2\t0\t0\t\t\t\t\non\tnot_charged\t2\t5\t0\t\t\terror\t\non\tship\t3\t6\t0\t\t\t\t\non\trefund\t3\t4\t0\t\t\t\t\non\tnot_shipped\t3\t4\t0\t1209600000\t\t\t\non\trefunded\t4\t7\t0\t\t\t\t\non\tnot_refunded\t4\t5\t0\t\t\terror\t\non\tsettle\t5\t7\t1\t\t\t\t\ntask\tcharge\t2\tcharged,declined,not_charged\ntask\tpay_back\t4\trefunded,not_refunded"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub struct Checkout<S = State>(::leverframe::Parts<S, Purchase, ()>);
::leverframe::__machine! {
    pub Checkout(Purchase, ()) in (), from Open = Open; at : guards {} enter {} exit {}
    remember {}
}
impl Checkout<Open> {
    /// Place the order.
    pub fn place(
        mut self,
        cents: u64,
        card: String,
    ) -> Placed<Checkout<Waiting>, Checkout<Charging>> {
        let next = self::place(&mut self.0.context, cents, card);
        self.0.goto(next)
    }
    /// Give up the order.
    pub fn cancel(self) -> Checkout<Cancelled> {
        let next = self::cancel();
        self.0.goto(next)
    }
}
impl Checkout<Waiting> {
    /// Approve a large order.
    pub fn approve(self) -> Checkout<Charging> {
        let next = self::approve();
        self.0.goto(next)
    }
    /// Nobody has approved the order.
    pub fn lapse(self) -> Checkout<Cancelled> {
        let next = self::lapse();
        self.0.goto(next)
    }
    /// Give up the order.
    pub fn cancel(self) -> Checkout<Cancelled> {
        let next = self::cancel();
        self.0.goto(next)
    }
}
impl Checkout<Charging> {
    /// The card was charged.
    pub fn charged(self, receipt: String) -> Checkout<Paid> {
        let next = self::charged(receipt);
        self.0.goto(next)
    }
    /// The card was declined: the order is open again.
    pub fn declined(mut self) -> Checkout<Open> {
        let next = self::declined(&mut self.0.context);
        self.0.goto(next)
    }
    /// All attempts failed. The card may have been charged all the same, so that nobody may charge it under another key.
    pub fn not_charged(mut self, error: String) -> Checkout<Disputed> {
        let next = self::not_charged(&mut self.0.context, error);
        self.0.goto(next)
    }
}
impl Checkout<Paid> {
    /// Ship the order.
    pub fn ship(self) -> Checkout<Shipped> {
        let next = self::ship();
        self.0.goto(next)
    }
    /// Pay the money back.
    pub fn refund(mut self) -> Checkout<Refunding> {
        let next = self::refund(&mut self.0.state);
        self.0.goto(next)
    }
    /// The order was not shipped in time: the money goes back.
    pub fn not_shipped(mut self) -> Checkout<Refunding> {
        let next = self::not_shipped(&mut self.0.state);
        self.0.goto(next)
    }
}
impl Checkout<Refunding> {
    /// The money was paid back.
    pub fn refunded(self) -> Checkout<Cancelled> {
        let next = self::refunded();
        self.0.goto(next)
    }
    /// The money could not be paid back.
    pub fn not_refunded(mut self, error: String) -> Checkout<Disputed> {
        let next = self::not_refunded(&mut self.0.context, error);
        self.0.goto(next)
    }
}
impl Checkout<Disputed> {
    /// Settle the payment by hand.
    pub fn settle(self) -> Checkout<Cancelled> {
        let next = self::settle();
        self.0.goto(next)
    }
}
::leverframe::__tasks! {
    vis(pub) inner(pub) Checkout : #[doc = " Charges the card."] Charge charge(Charge)
    [Charged, Declined, NotCharged]; #[doc = " Pays the money back."] PayBack
    pay_back(String) [Refunded, NotRefunded];
}
const _: () = {
    ::leverframe::__private::context::<Purchase>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub Query :
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub Prompt :
}
::leverframe::__portable! {
    Checkout, at : queries {} prompts {} tasks { 0 Charge[Charging] _ => self::charge(&
    at.context), NotCharged { error }; 1 PayBack[Refunding] source =>
    self::pay_back(source), NotRefunded { error }; }
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Checkout(Purchase), at, source :
    #[serde(rename = "OPEN")] Open = 0[], #[serde(rename = "WAITING")] Waiting = 1[],
    #[serde(rename = "CHARGING")] Charging = 2[], #[serde(rename = "PAID")] Paid = 3[],
    #[serde(rename = "REFUNDING")] Refunding = 4[], #[serde(rename = "DISPUTED")]
    Disputed = 5[], #[serde(rename = "SHIPPED")] Shipped = 6[], #[serde(rename =
    "CANCELLED")] Cancelled = 7[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub StateName of "a state" : Open = "Open" "OPEN",
    Waiting = "Waiting" "WAITING", Charging = "Charging" "CHARGING", Paid = "Paid"
    "PAID", Refunding = "Refunding" "REFUNDING", Disputed = "Disputed" "DISPUTED",
    Shipped = "Shipped" "SHIPPED", Cancelled = "Cancelled" "CANCELLED",
}
::leverframe::__wire_names! {
    StateName : Open = "Open" "OPEN", Waiting = "Waiting" "WAITING", Charging =
    "Charging" "CHARGING", Paid = "Paid" "PAID", Refunding = "Refunding" "REFUNDING",
    Disputed = "Disputed" "DISPUTED", Shipped = "Shipped" "SHIPPED", Cancelled =
    "Cancelled" "CANCELLED",
}
::leverframe::__choice! {
    Checkout(Purchase) : Placed { Large(Waiting), Small(Charging) }
}
/// The events of [`Checkout`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " Place the order."] pub Place { #[doc = " The price, in cents."]
        cents : u64, #[doc = " A token of the card."] card : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Approve a large order."] pub Approve
    }
    ::leverframe::__event! {
        serde #[doc = " Nobody has approved the order."] pub Lapse
    }
    ::leverframe::__event! {
        serde #[doc = " Give up the order."] pub Cancel
    }
    ::leverframe::__event! {
        serde #[doc = " The card was charged."] pub Charged { #[doc =
        " The receipt of the payment service."] receipt : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " The card was declined: the order is open again."] pub Declined
    }
    ::leverframe::__event! {
        serde #[doc =
        " All attempts failed. The card may have been charged all the same, so that nobody may charge it under another key."]
        pub NotCharged { #[doc = " Why the last attempt failed."] error : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Ship the order."] pub Ship
    }
    ::leverframe::__event! {
        serde #[doc = " Pay the money back."] pub Refund
    }
    ::leverframe::__event! {
        serde #[doc = " The order was not shipped in time: the money goes back."] pub
        NotShipped
    }
    ::leverframe::__event! {
        serde #[doc = " The money was paid back."] pub Refunded
    }
    ::leverframe::__event! {
        serde #[doc = " The money could not be paid back."] pub NotRefunded { #[doc =
        " Why the last attempt failed."] error : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Settle the payment by hand."] pub Settle
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub EventName of "an event" : Place = "place"
    "place", Approve = "approve" "approve", Lapse = "lapse" "lapse", Cancel = "cancel"
    "cancel", Charged = "charged" "charged", Declined = "declined" "declined", NotCharged
    = "not_charged" "not_charged", Ship = "ship" "ship", Refund = "refund" "refund",
    NotShipped = "not_shipped" "not_shipped", Refunded = "refunded" "refunded",
    NotRefunded = "not_refunded" "not_refunded", Settle = "settle" "settle",
}
::leverframe::__events! {
    serde[] pub Event : "place" Place, "approve" Approve, "lapse" Lapse, "cancel" Cancel,
    "charged" Charged, "declined" Declined, "not_charged" NotCharged, "ship" Ship,
    "refund" Refund, "not_shipped" NotShipped, "refunded" Refunded, "not_refunded"
    NotRefunded, "settle" Settle,
}
::leverframe::__wire_names! {
    EventName : Place = "place" "place", Approve = "approve" "approve", Lapse = "lapse"
    "lapse", Cancel = "cancel" "cancel", Charged = "charged" "charged", Declined =
    "declined" "declined", NotCharged = "not_charged" "not_charged", Ship = "ship"
    "ship", Refund = "refund" "refund", NotShipped = "not_shipped" "not_shipped",
    Refunded = "refunded" "refunded", NotRefunded = "not_refunded" "not_refunded", Settle
    = "settle" "settle",
}
::leverframe::__faults! {
    pub Fault :;
}
::leverframe::__legal! {
    pub Checkout : goto place Place { cents, card } [Open] [Placed]; goto approve Approve
    {} [Waiting] [Charging]; goto lapse Lapse {} [Waiting] [Cancelled]; goto cancel
    Cancel {} [Open, Waiting] [Cancelled]; goto charged Charged { receipt } [Charging]
    [Paid]; goto declined Declined {} [Charging] [Open]; goto not_charged NotCharged {
    error } [Charging] [Disputed]; goto ship Ship {} [Paid] [Shipped]; goto refund Refund
    {} [Paid] [Refunding]; goto not_shipped NotShipped {} [Paid] [Refunding]; goto
    refunded Refunded {} [Refunding] [Cancelled]; goto not_refunded NotRefunded { error }
    [Refunding] [Disputed]; goto settle Settle {} [Disputed] [Cancelled];
}
::leverframe::__dispatch! {
    Checkout, at : [Open, Waiting, Charging, Paid, Refunding, Disputed, Shipped,
    Cancelled] [] goto[Open] _ Place event() => self::place(at.context, event.cents,
    event.card); goto[Waiting] _ Approve _() => self::approve(); goto[Waiting] _ Lapse
    _() => self::lapse(); goto[Open, Waiting] _ Cancel _() => self::cancel();
    goto[Charging] _ Charged event() => self::charged(event.receipt); goto[Charging] _
    Declined _() => self::declined(at.context); goto[Charging] _ NotCharged event() =>
    self::not_charged(at.context, event.error); goto[Paid] _ Ship _() => self::ship();
    goto[Paid] source Refund _() => self::refund(source); goto[Paid] source NotShipped
    _() => self::not_shipped(source); goto[Refunding] _ Refunded _() => self::refunded();
    goto[Refunding] _ NotRefunded event() => self::not_refunded(at.context, event.error);
    goto[Disputed] _ Settle _() => self::settle();
}
::leverframe::__chart! {
    #[doc = " The machine [`Checkout`] as data."] pub CHART = "Checkout"
    "An order: placed, approved by a person if it is large, charged to a card, shipped, or refunded."
    0 "957e9b9e69fc1cda9361ca5a9b0dc5cf6ae46b35a8075d6cabd339f88a00eb8e" { "card" };
    states { "Open" "OPEN" "Nothing is ordered yet."[]; "Waiting" "WAITING"
    "A person looks at a large order."[]; "Charging" "CHARGING"
    "The card is being charged."[]; "Paid" "PAID"
    "The money is there; the order waits to be shipped."[]; "Refunding" "REFUNDING"
    "The money is on its way back."[]; "Disputed" "DISPUTED"
    "Nobody knows whether the payment service has the money; a person has to settle it."[];
    "Shipped" "SHIPPED" "The order is on its way."[] final_state; "Cancelled" "CANCELLED"
    "Nothing is bought, and no money was kept."[] final_state; } superstates {} events {
    "place" "Place the order."("cents" "u64" "The price, in cents.", "card" "String"
    "A token of the card." sensitive,) [0] [State 1 State 2] [] []; "approve"
    "Approve a large order."() [1] [State 2] [] [] by_human(1); "lapse"
    "Nobody has approved the order."() [1] [State 7] [] [259200000]; "cancel"
    "Give up the order."() [0 1] [State 7] [] []; "charged"
    "The card was charged."("receipt" "String" "The receipt of the payment service.",)
    [2] [State 3] [] []; "declined" "The card was declined: the order is open again."()
    [2] [State 0] [] []; "not_charged"
    "All attempts failed. The card may have been charged all the same, so that nobody may charge it under another key."("error"
    "String" "Why the last attempt failed.",) [2] [State 5] [] []; "ship"
    "Ship the order."() [3] [State 6] [] []; "refund" "Pay the money back."() [3] [State
    4] [] []; "not_shipped" "The order was not shipped in time: the money goes back."()
    [3] [State 4] [] [1209600000]; "refunded" "The money was paid back."() [4] [State 7]
    [] []; "not_refunded" "The money could not be paid back."("error" "String"
    "Why the last attempt failed.",) [4] [State 5] [] []; "settle"
    "Settle the payment by hand."() [5] [State 7] [] [] by_human(1); } queries {} prompts
    {} tasks { "charge" "Charges the card." 2[4 5] 6 5 1000 20000; "pay_back"
    "Pays the money back." 4[10] 11 10 1000 20000; }
}
