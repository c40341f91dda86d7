#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press(#[default = 1] #[default = 2] force: u8) -> On { On }
    //~^ ERROR(default = 2) a default is written once: `#[default = 10]`
    #[transition(from = Off)] fn push(#[default] force: u8) -> On { On }
    //~^ ERROR(default) a default is written once: `#[default = 10]`
    #[transition(from = Off)] fn hit(#[default(1)] force: u8) -> On { On }
    //~^ ERROR(default(1)) a default is written once: `#[default = 10]`
}
