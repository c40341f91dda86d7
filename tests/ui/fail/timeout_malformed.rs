#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, after = "soon")] fn press() -> On { On }
    //~^ ERROR("soon") a duration is a whole number with its unit, of `ms`, `s`, `m`, `h` and `d`: `"30s"`, `"1h 30m"`
    #[transition(from = Off, after = "0s")] fn push() -> On { On }
    //~^ ERROR("0s") a duration is a whole number with its unit, of `ms`, `s`, `m`, `h` and `d`: `"30s"`, `"1h 30m"`
    #[transition(from = Off, after = "3 h")] fn pull() -> On { On }
    //~^ ERROR("3 h") a duration is a whole number with its unit, of `ms`, `s`, `m`, `h` and `d`: `"30s"`, `"1h 30m"`
}
