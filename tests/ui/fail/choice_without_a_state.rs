#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[choice] pub enum Either { Bright(On), Dark }
    //~^ ERROR(Dark) a branch of a choice holds one state, by its plain name: `Again(Draft)`
    #[transition(from = Off)] fn press() -> On { On }
}
