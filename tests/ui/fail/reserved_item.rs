#[leverframe::machine]
pub mod lamp {
    pub const CHART: u8 = 0;
    //~^ ERROR(CHART) `CHART` is the name of an item that `#[machine]` generates: choose another
    pub enum Fault {}
    //~^ ERROR(Fault) `Fault` is the name of an item that `#[machine]` generates: choose another
    #[allow(non_camel_case_types)] pub struct events;
    //~^ ERROR(events) `events` is the name of an item that `#[machine]` generates: choose another
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
