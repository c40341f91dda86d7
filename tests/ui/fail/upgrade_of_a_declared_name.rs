#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, event(press = "push"), dropped("press"))]
//~^ ERROR("press") `press` is an event still: an upgrade names one that is gone
#[upgrade(since = 2, state(Off = "ON"))]
//~^ ERROR("ON") ON is a state still: an upgrade names one that is gone
#[upgrade(since = 2, field(On.light = "color"))]
//~^ ERROR("color") `color` is a field of `On` still: an upgrade names one that is gone
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On { pub light: u8, pub color: u8 }
    #[transition(from = Off)] fn press() -> On { On { light: 1, color: 2 } }
}
