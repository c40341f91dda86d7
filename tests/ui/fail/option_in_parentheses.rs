#[leverframe::machine(name(Lamp))]
//~^ ERROR(name) `name` has the form `name = Release`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from(Off), after("30s"))] fn press() -> On { On }
    //~^ ERROR(from) `from` has the form `from = Draft`
    //~^^ ERROR(after) `after` has the form `after = "30s"`
}
