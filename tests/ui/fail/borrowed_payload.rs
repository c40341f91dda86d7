#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(reason: &str) -> On { On }
    //~^ ERROR(&str) `str` is neither a state nor the context, and a payload is owned: take `String`
    #[transition(from = Off)] fn push(reasons: &[String]) -> On { On }
    //~^ ERROR(&[String]) a payload is owned: take it by value, such as `String` for `&str`
    #[transition(from = Off)] fn kick(reason: Option<&str>) -> On { On }
    //~^ ERROR(&str) a payload is owned: take it by value, such as `String` for `&str`
    #[transition(from = Off)] fn poke(reason: std::borrow::Cow<'_, str>) -> On { On }
    //~^ ERROR('_) a payload is owned: it has no lifetime but `'static`
}
