#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[choice] pub struct Either(Off);
    //~^ ERROR(Either) `#[choice]` goes on an enum of states: `enum Declined { Again(Draft), Dropped(Withdrawn) }`
    #[transition(from = Off)] fn press() -> On { On }
}
