#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn self_() -> On { On }
    //~^ ERROR(self_) `self_` makes no name of a type, as `give_up` makes `GiveUp`: choose another
    #[transition(from = Off)] fn _1() -> On { On }
    //~^ ERROR(_1) `_1` makes no name of a type, as `give_up` makes `GiveUp`: choose another
    #[query] fn __() -> u8 { 0 }
    //~^ ERROR(__) `__` makes no name of a type, as `give_up` makes `GiveUp`: choose another
}
