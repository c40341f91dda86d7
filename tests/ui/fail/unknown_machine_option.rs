#[leverframe::machine(serd)]
//~^ ERROR(serd) `#[machine]` has no option `serd`; did you mean `serde`?
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
