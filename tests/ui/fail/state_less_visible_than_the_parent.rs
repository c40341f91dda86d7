pub mod house {
    #[leverframe::machine]
    pub(super) mod lamp {
        #[state(initial)] pub(super) struct Off;
        //~^ ERROR(Off) the state `Off` is less visible than the machine: make it `pub(in super::super)`
        #[state(final)] pub(crate) struct On;
        #[transition(from = Off)] fn press() -> On { On }
    }
}
