#[leverframe::machine("Lamp")]
//~^ ERROR("Lamp") `#[machine]` takes options by their names: `serde`, `name = Release`, `version = 2`
pub mod lamp {
    #[state("initial")] pub struct Off;
    //~^ ERROR("initial") `#[state]` takes options by their names: `initial`, `final`, `parent = InReview`
    #[state(final)] pub struct On;
    #[transition("Off")] fn press() -> On { On }
    //~^ ERROR("Off") `#[transition]` takes options by their names: `from = Draft`, `guard = is_ready`, `by = human`, `after = "30s"`
}
