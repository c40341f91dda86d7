#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb;
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(off: Off) -> On { drop(off); On }
    //~^ ERROR(Off) a handler borrows its state: take `&mut Off`, and move fields out with `core::mem::take`
    #[transition(from = Off)] fn push(bulb: Bulb) -> On { drop(bulb); On }
    //~^ ERROR(Bulb) a handler borrows the context: take `&mut Bulb`
}
pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new(lamp::Bulb).press()
}
