#[leverframe::machine]
pub mod lamp {}
//~^ ERROR(lamp) a machine has states: mark structs `#[state]`, one of them `#[state(initial)]`

pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
