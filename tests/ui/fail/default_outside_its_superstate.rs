#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[superstate(default = Off)] pub struct Shining;
    //~^ ERROR(Off) `Off` is not inside `Shining`: name a state that is
    #[state(parent = Shining)] pub struct On;
    #[transition(from = Off)] fn press() -> History<Shining> { History(Shining) }
    #[transition(from = On)] fn release() -> Off { Off }
}
