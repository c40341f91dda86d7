#[leverframe::machine(name)]
//~^ ERROR(name) `name` has the form `name = Release`
pub mod lamp {
    #[state(initial, parent)] pub struct Off;
    //~^ ERROR(parent) `parent` has the form `parent = InReview`
    #[state(final)] pub struct On;
    #[superstate(default =)] pub struct Working;
    //~^ ERROR(default) `default` has the form `default = Waiting`
    //~^^ ERROR(Working) `Working` has no states inside: mark one `#[state(parent = Working)]`, or remove it
    #[transition(from = Off, by, guard)] fn press() -> On { On }
    //~^ ERROR(by) `by` has the form `by = human`
    //~^^ ERROR(guard) `guard` has the form `guard = is_ready`
    #[transition(from)] fn push() -> On { On }
    //~^ ERROR(from) `from` has the form `from = Draft`
}
