#[leverframe::machine(name = Event)]
//~^ ERROR(Event) `Event` is a name that `#[machine]` gives to an item of its own: name the machine with `#[machine(name = …)]`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
