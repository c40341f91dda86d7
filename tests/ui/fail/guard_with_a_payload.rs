#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off, guard = hard)] fn press(_force: u8) -> On { On }
    #[guard] fn hard(force: u8) -> bool { force > 3 }
    //~^ ERROR(u8) a guard sees state and context, never the payload, so that the legal events are known without one: let the handler fail instead
}
