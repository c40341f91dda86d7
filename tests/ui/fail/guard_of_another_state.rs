#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state] pub struct On;
    #[transition(from = On, guard = dark)] fn press() -> Off { Off }
    //~^ ERROR(dark) the guard `dark` sees its source, which is `On`
    #[transition(from = Off)] fn push() -> On { On }
    #[guard] fn dark(_off: &Off) -> bool { true }
}
