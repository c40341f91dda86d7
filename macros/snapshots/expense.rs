/// The machine of [`expense`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tExpense\t0\nstate\tDraft\t\t\nstate\tSubmitted\t\t\nfinal\tPaid\t\t\non\tadd_item\t0\t\t0\t\t\twhat,cents\t\non\tsubmit\t0\t1\t0\t\t\tpurpose\t\non\tsend_back\t1\t0\t0\t\t\t\t\non\tlapse\t1\t0\t0\t1209600000\t\t\t\non\tpay\t1\t2\t0\t\t\tbudget\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub struct Expense<S = State>(::leverframe::Parts<S, Claim, ()>);
::leverframe::__machine! {
    pub Expense(Claim, ()) in (), from Draft = Draft; at : guards {} enter {} exit {}
    remember {}
}
impl Expense<Draft> {
    /// Claim one more item.
    ///
    /// # Errors
    ///
    /// The handler's reason.
    pub fn add_item(
        &mut self,
        what: String,
        cents: u32,
    ) -> ::core::result::Result<(), Refusal> {
        self.0
            .attempt(
                EventName::AddItem,
                ::leverframe::__private::unguarded,
                |_, context| self::add_item(context, what, cents).map_err(Fault::AddItem),
            )
    }
    /// Hand the claim in.
    pub fn submit(self, purpose: String) -> Expense<Submitted> {
        let next = self::submit(purpose);
        self.0.goto(next)
    }
}
impl Expense<Submitted> {
    /// Ask for changes.
    pub fn send_back(self) -> Expense<Draft> {
        let next = self::send_back();
        self.0.goto(next)
    }
    /// Nobody has decided on the claim.
    pub fn lapse(self) -> Expense<Draft> {
        let next = self::lapse();
        self.0.goto(next)
    }
    /// Pay the claim.
    ///
    /// # Errors
    ///
    /// The handler's reason; the machine is returned with it, in its former state.
    pub fn pay(
        self,
        budget: u64,
    ) -> ::core::result::Result<Expense<Paid>, Refused<Submitted>> {
        self.0
            .try_goto(
                EventName::Pay,
                ::leverframe::__private::unguarded,
                |_, context| self::pay(context, budget).map_err(Fault::Pay),
            )
    }
}
impl<S> Expense<S> {
    /// The sum of all items, in cents.
    pub fn total(&self) -> u64 {
        self::total(&self.0.context)
    }
}
impl Expense<Submitted> {
    /// How to decide on the claim.
    pub fn decide(&self) -> String {
        self::decide(&self.0.context, &self.0.state)
    }
}
const _: () = {
    ::leverframe::__private::context::<Claim>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub Query : #[doc =
    " The sum of all items, in cents."] #[serde(rename = "total")] Total {}
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub Prompt : #[doc =
    " How to decide on the claim."] #[serde(rename = "decide")] Decide {}
}
::leverframe::__portable! {
    Expense, at : queries { answer Total {} () => self::total(& at.context); } prompts {
    text Decide {} (Submitted source) => self::decide(& at.context, source); }
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub Expense(Claim), at, source : #[serde(rename =
    "DRAFT")] Draft = 0[], #[serde(rename = "SUBMITTED")] Submitted = 1[], #[serde(rename
    = "PAID")] Paid = 2[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub StateName of "a state" : Draft = "Draft"
    "DRAFT", Submitted = "Submitted" "SUBMITTED", Paid = "Paid" "PAID",
}
::leverframe::__wire_names! {
    StateName : Draft = "Draft" "DRAFT", Submitted = "Submitted" "SUBMITTED", Paid =
    "Paid" "PAID",
}
/// The events of [`Expense`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " Claim one more item."] pub AddItem { what : String, cents : u32,
        }
    }
    ::leverframe::__event! {
        serde #[doc = " Hand the claim in."] pub Submit { purpose : String, }
    }
    ::leverframe::__event! {
        serde #[doc = " Ask for changes."] pub SendBack
    }
    ::leverframe::__event! {
        serde #[doc = " Nobody has decided on the claim."] pub Lapse
    }
    ::leverframe::__event! {
        serde #[doc = " Pay the claim."] pub Pay { budget : u64, }
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub EventName of "an event" : AddItem = "add_item"
    "add_item", Submit = "submit" "submit", SendBack = "send_back" "send_back", Lapse =
    "lapse" "lapse", Pay = "pay" "pay",
}
::leverframe::__events! {
    serde[] pub Event : "add_item" AddItem, "submit" Submit, "send_back" SendBack,
    "lapse" Lapse, "pay" Pay,
}
::leverframe::__wire_names! {
    EventName : AddItem = "add_item" "add_item", Submit = "submit" "submit", SendBack =
    "send_back" "send_back", Lapse = "lapse" "lapse", Pay = "pay" "pay",
}
::leverframe::__faults! {
    pub Fault : AddItem(String) = "`add_item` failed.", Pay(String) = "`pay` failed.",;
}
::leverframe::__legal! {
    pub Expense : try_stay add_item AddItem { what, cents } [Draft] []; goto submit
    Submit { purpose } [Draft] [Submitted]; goto send_back SendBack {} [Submitted]
    [Draft]; goto lapse Lapse {} [Submitted] [Draft]; try_goto pay Pay { budget }
    [Submitted] [Paid];
}
::leverframe::__dispatch! {
    Expense, at : [Draft, Submitted, Paid] [] try_stay[Draft] _ AddItem event() =>
    self::add_item(at.context, event.what, event.cents).map_err(Fault::AddItem);
    goto[Draft] _ Submit event() => self::submit(event.purpose); goto[Submitted] _
    SendBack _() => self::send_back(); goto[Submitted] _ Lapse _() => self::lapse();
    try_goto[Submitted] _ Pay event() => self::pay(at.context, event.budget)
    .map_err(Fault::Pay);
}
::leverframe::__chart! {
    #[doc = " The machine [`Expense`] as data."] pub CHART = "Expense"
    "An expense claim: written, handed in, paid." 0
    "714e5ff3944718a9486f3f127342ca7f7da33c047b58c3b225fa327224614787"; states { "Draft"
    "DRAFT" "The claim is being written."[]; "Submitted" "SUBMITTED"
    "The claim waits for a decision."[]; "Paid" "PAID" "The money is on its way."[]
    final_state; } superstates {} events { "add_item" "Claim one more item."("what"
    "String" "", "cents" "u32" "",) [0] [] [] [] fallible; "submit"
    "Hand the claim in."("purpose" "String" "",) [0] [State 1] [] []; "send_back"
    "Ask for changes."() [1] [State 0] [] []; "lapse"
    "Nobody has decided on the claim."() [1] [State 0] [] [1209600000]; "pay"
    "Pay the claim."("budget" "u64" "",) [1] [State 2] [] [] fallible; } queries {
    "total" "The sum of all items, in cents."(); } prompts { "decide"
    "How to decide on the claim."() 1[1]; }
}
