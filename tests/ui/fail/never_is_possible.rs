#[leverframe::machine]
#[ensure(never(from = Approved, to = Draft))]
pub mod change {
    #[state(initial)] pub struct Draft;
    #[state] pub struct Waiting;
    #[state] pub struct Approved;
    #[state(final)] pub struct Deployed;
    #[transition(from = Draft)] fn submit() -> Waiting { Waiting }
    #[transition(from = Waiting)] fn approve() -> Approved { Approved }
    #[transition(from = Approved)] fn deploy() -> Deployed { Deployed }
    #[transition(from = [Waiting, Approved])] fn decline() -> Draft { Draft }
    //~^ ERROR(decline) `Draft` is reached from `Approved`: Draft --submit--> Waiting --approve--> Approved --decline--> Draft
}
