#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(form = Off)] fn press() -> On { On }
    //~^ ERROR(form) `#[transition]` has no option `form`; did you mean `from`?
    #[transition(from = Off, via = human)] fn push() -> On { On }
    //~^ ERROR(via) `#[transition]` has no option `via`; it has `from = Draft`, `guard = is_ready`, `by = human`, `after = "30s"`
}
