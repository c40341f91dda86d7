#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = Off)] fn press_() -> On { On }
    //~^ ERROR(press_) `press_` is too like `press`, which is an event: choose another name
    #[transition(from = Off)] fn give_up() -> On { On }
    #[transition(from = Off)] fn giveup() -> On { On }
    //~^ ERROR(giveup) `giveup` is too like `give_up`, which is an event: choose another name
}
