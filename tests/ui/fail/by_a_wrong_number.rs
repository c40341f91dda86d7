#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, by = human(0))] fn press() -> On { On }
    //~^ ERROR(0) the number of people who approve is from 1 to 9: `by = human(2)`
    #[transition(from = Off, by = human(10))] fn push() -> On { On }
    //~^ ERROR(10) the number of people who approve is from 1 to 9: `by = human(2)`
    #[transition(from = Off, by = human(two))] fn pull() -> On { On }
    //~^ ERROR(two) the number of people who approve is from 1 to 9: `by = human(2)`
    #[transition(from = Off, by = human())] fn hit() -> On { On }
    //~^ ERROR(()) the number of people who approve is from 1 to 9: `by = human(2)`
}
