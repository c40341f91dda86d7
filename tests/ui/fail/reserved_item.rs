#[leverframe::machine]
pub mod lamp {
    pub const CHART: u8 = 0;
    //~^ ERROR(CHART) `CHART` is a name that `#[machine]` gives to an item of its own: choose another
    pub enum Fault {}
    //~^ ERROR(Fault) `Fault` is a name that `#[machine]` gives to an item of its own: choose another
    #[allow(non_camel_case_types)] pub struct events;
    //~^ ERROR(events) `events` is a name that `#[machine]` gives to an item of its own: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
