#[leverframe::machine(name = Event)]
//~^ ERROR(Event) `Event` is the name of an item that `#[machine]` generates: name the machine with `#[machine(name = …)]`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
