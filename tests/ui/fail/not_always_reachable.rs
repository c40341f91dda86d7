#[leverframe::machine]
#[ensure(always_reachable = Deployed, "work ends")]
pub mod change {
    #[state(initial)] pub struct Draft;
    #[state] pub struct Waiting;
    #[state] pub struct Approved;
    #[state(final)] pub struct Deployed;
    #[transition(from = Draft)] fn submit() -> Waiting { Waiting }
    #[transition(from = Waiting)] fn approve() -> Approved { Approved }
    #[transition(from = Approved)] fn deploy() -> Deployed { Deployed }
    #[state] pub struct Parked;
    #[transition(from = Waiting)] fn park() -> Parked { Parked }
    //~^ ERROR(park) nothing leads for certain from `Parked` to `Deployed`: Draft --submit--> Waiting --park--> Parked; work ends
    #[transition(from = Parked)] fn resume() -> Result<Waiting, u8> { Ok(Waiting) }
}
