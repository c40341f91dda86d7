#[leverframe::machine(name = Event)]
//~^ ERROR(Event) `Event` is a name that `#[machine]` gives to an item of its own: name the machine with `#[machine(name = …)]`
//~^^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
