/// The machine of [`till`](self) in the state `S`; without `S`, in any state.
#[cfg_attr(
    doc,
    doc = ::leverframe::__picture!(
        "machine\tTill\t0\nstate\tOpen\t\t\nfinal\tPaid\t\t\non\tpay\t0\t1\t2\t\t\tcard,cents\t"
    )
)]
#[must_use = "a transition takes the machine and gives a new one"]
pub(super) struct Till<S = State>(::leverframe::Parts<S, Drawer, ()>);
::leverframe::__machine! {
    pub (super) Till(Drawer, ()) in (), from Open = Open; at : guards {} enter {} exit {}
    remember {}
}
#[allow(dead_code, reason = "a program need not use all of a machine")]
impl Till<Open> {
    /// Takes the event `pay`.
    pub(super) fn pay(self, card: Option<String>, cents: u64) -> Till<Paid> {
        let next = self::pay(card, cents);
        self.0.goto(next)
    }
}
const _: () = {
    ::leverframe::__private::context::<Drawer>();
};
::leverframe::__questions! {
    #[doc = " A question about the machine."] pub (super) Query :
}
::leverframe::__questions! {
    #[doc = " A prompt for a language model."] pub (super) Prompt :
}
::leverframe::__portable! {
    Till, at : queries {} prompts {}
}
::leverframe::__states! {
    #[derive(::core::clone::Clone, ::leverframe::__private::serde::Serialize,
    ::leverframe::__private::serde::Deserialize,)] #[serde(crate =
    "::leverframe::__private::serde")] pub (super) Till(Drawer), at, source :
    #[serde(rename = "OPEN")] Open = 0[], #[serde(rename = "PAID")] Paid = 1[],
}
::leverframe::__names! {
    #[doc = r" The name of a state."] pub (super) StateName of "a state" : Open = "Open"
    "OPEN", Paid = "Paid" "PAID",
}
::leverframe::__wire_names! {
    StateName : Open = "Open" "OPEN", Paid = "Paid" "PAID",
}
/// The events of [`Till`], each with its payload.
#[allow(missing_docs, reason = "a payload may explain itself")]
pub(super) mod events {
    #[allow(unused_imports, reason = "payloads name types as the machine's module does")]
    use super::*;
    ::leverframe::__event! {
        serde #[doc = " The event `pay`."] pub (in super::super) Pay { card : Option <
        String >, cents : u64, }
    }
}
::leverframe::__names! {
    #[doc = r" The name of an event."] pub (super) EventName of "an event" : Pay = "pay"
    "pay",
}
::leverframe::__events! {
    serde[] pub (super) Event : "pay" Pay,
}
::leverframe::__wire_names! {
    EventName : Pay = "pay" "pay",
}
::leverframe::__faults! {
    pub (super) Fault :;
}
::leverframe::__legal! {
    pub (super) Till : goto pay Pay { card, cents } [Open] [Paid];
}
::leverframe::__dispatch! {
    Till, at : [Open, Paid] [] goto[Open] _ Pay event() => self::pay(event.card, event
    .cents);
}
::leverframe::__chart! {
    #[doc = " The machine [`Till`] as data."] pub (super) CHART = "Till" "" 0
    "99133ca87a37c2668095d6221881562ddf34449fc538d92f40dcea6c23228a27" { "pin" }; states
    { "Open" "OPEN" ""[]; "Paid" "PAID" ""[] { "cardNo" } final_state; } superstates {}
    events { "pay" ""("card" "Option<String>" "" optional sensitive, "cents" "u64" "",)
    [0] [State 1] [] [] by_human(2); } queries {} prompts {}
}
