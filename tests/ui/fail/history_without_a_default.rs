#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[superstate] pub struct Shining;
    #[state(parent = Shining)] pub struct On;
    #[transition(from = Off)] fn press() -> History<Shining> { History(Shining) }
    //~^ ERROR(History<Shining>) `Shining` has no default for `History` before it was left: add `#[superstate(default = …)]`
    #[transition(from = On)] fn release() -> Off { Off }
}
