#[leverframe::machine]
pub mod lamp {
    #[context] pub struct Bulb;
    #[context] pub struct Socket;
    //~^ ERROR(Socket) a machine has one context, and `Bulb` is it already
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(socket: &Socket) -> On { On }
}
