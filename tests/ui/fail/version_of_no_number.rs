#[leverframe::machine(version = 0)]
//~^ ERROR(0) the version of a machine is a number from 1 on: `version = 2`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
#[leverframe::machine(version = "2")]
//~^ ERROR("2") the version of a machine is a number from 1 on: `version = 2`
pub mod lamp_ {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
