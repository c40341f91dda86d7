#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {}
//~^ ERROR(lamp) a machine has states: mark structs `#[state]`, one of them `#[state(initial)]`

pub fn switch_on() -> lamp::Lamp<lamp::On> {
    lamp::Lamp::new().press()
}
