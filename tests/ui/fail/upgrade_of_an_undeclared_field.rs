#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, field(On.ligt = "shine"))]
//~^ ERROR(ligt) `On` has no field `ligt`; did you mean `light`?
#[upgrade(since = 2, field(press.light = "shine"))]
//~^ ERROR(light) `press` has no field `light`
#[upgrade(since = 2, field(Onn.light = "shine"))]
//~^ ERROR(Onn) no state, event or context `Onn` is declared; did you mean `On`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On { pub light: u8 }
    #[transition(from = Off)] fn press() -> On { On { light: 1 } }
}
