#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, state(Off | Off = "DARK"))]
//~^ ERROR(Off) `Off` is named already: remove one
#[upgrade(since = 2, state(Off | Lit = "BRIGHT"))]
//~^ ERROR(Lit) `Lit` is a superstate, and records name states: name one inside
#[upgrade(since = 2, state(Off | Green = "DIM"))]
//~^ ERROR(Green) no state `Green` is declared: mark a struct `Green` with `#[state]`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[superstate] pub struct Lit;
    #[state(final, parent = Lit)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
