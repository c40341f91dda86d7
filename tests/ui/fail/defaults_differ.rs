#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = Off)] fn press(hard: bool) -> On { drop(hard); On }
    #[transition(from = On)] fn press(#[default = true] hard: bool) -> Off { drop(hard); Off }
    //~^ ERROR(true) the defaults of a payload are given in the first clause of `press`: move this one there
}
