#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn self_() -> On { On }
    //~^ ERROR(self_) `self_` gives no type name, as `give_up` gives `GiveUp`: choose another
    #[transition(from = Off)] fn _1() -> On { On }
    //~^ ERROR(_1) `_1` gives no type name, as `give_up` gives `GiveUp`: choose another
    #[query] fn __() -> u8 { 0 }
    //~^ ERROR(__) `__` gives no type name, as `give_up` gives `GiveUp`: choose another
}
