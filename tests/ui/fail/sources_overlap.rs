#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[state(final)] pub struct Broken;
    #[transition(from = Off)] fn press() -> On { On }
    #[transition(from = On)] fn press() -> Off { Off }
    #[transition(from = [On, Off])] fn press() -> Broken { Broken }
    //~^ ERROR(On) the sources of one event must not overlap, and an earlier `press` starts here already
    #[transition(from = _)] fn press() -> Broken { Broken }
    //~^ ERROR(_) the sources of one event must not overlap, and an earlier `press` starts here already
}
