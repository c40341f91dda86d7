#[leverframe::machine(serd)]
//~^ ERROR(serd) `#[machine]` has no option `serd`; did you mean `serde`?
//~^^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
