#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, after = "soon")] fn press() -> On { On }
    //~^ ERROR("soon") a duration is numbers with units from `ms` to `weeks`: `"30s"`, `"1h 30m"`, `"14 days"`
    #[transition(from = Off, after = "0s")] fn push() -> On { On }
    //~^ ERROR("0s") a duration is longer than zero
    #[transition(from = Off, after = "1 month")] fn pull() -> On { On }
    //~^ ERROR("1 month") months and years vary in length: give the duration in days or weeks
    #[transition(from = Off, after = "3us")] fn hit() -> On { On }
    //~^ ERROR("3us") a duration is a whole number of milliseconds
}
