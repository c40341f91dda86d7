#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn new() -> On { On }
    //~^ ERROR(new) `new` is a method that every machine has: choose another name
    #[transition(from = Off)] fn state() -> On { On }
    //~^ ERROR(state) `state` is a method that every machine has: choose another name
    #[query] fn apply() -> u8 { 0 }
    //~^ ERROR(apply) `apply` is a method that every machine has: choose another name
    #[prompt] fn into_typed() -> String { String::new() }
    //~^ ERROR(into_typed) `into_typed` is a method that every machine has: choose another name
}
