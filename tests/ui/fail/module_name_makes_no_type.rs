#[leverframe::machine]
pub mod self_ {
//~^ ERROR(self_) `self_` makes no name of a type: name the machine with `#[machine(name = …)]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
