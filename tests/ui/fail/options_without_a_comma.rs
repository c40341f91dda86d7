#[leverframe::machine(serde name = Light)]
//~^ ERROR(serde) `serde` takes no value
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off by = human)] fn press() -> On { On }
    //~^ ERROR(by) options have commas between them, and several states are given as a list: `from = [Draft, Waiting]`
    #[transition(from = [Off On], guard = [a b])] fn push() -> On { On }
    //~^ ERROR(On) options have commas between them, and several states are given as a list: `from = [Draft, Waiting]`
    //~^^ ERROR(b) options have commas between them, and several guards are given as a list: `guard = [is_ready, is_paid]`
}
