#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[superstate(default = On)] pub struct Shining;
    #[state(parent = Shining)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn again() -> History<Shining> { History(Shining) }
    //~^ ERROR(History<Shining>) `On` is inside `Shining`, and history leads back from outside: name the state
    #[transition(from = On)] fn release() -> Off { Off }
}
