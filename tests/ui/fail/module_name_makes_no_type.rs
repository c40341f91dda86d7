#[leverframe::machine]
pub mod self_ {
//~^ ERROR(self_) `self_` gives no type name: name the machine with `#[machine(name = …)]`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
