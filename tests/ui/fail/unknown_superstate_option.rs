#[leverframe::machine]
pub mod lamp {
    #[state(initial, parent = Working)] pub struct Off;
    #[state(final)] pub struct On;
    #[superstate(inside = On)] pub struct Working;
    //~^ ERROR(inside) `#[superstate]` has no option `inside`; it has `parent = Open`, `default = Waiting`
    #[transition(from = Off)] fn press() -> On { On }
}
