#[leverframe::machine]
pub mod lamp {
    #[context] #[state(initial)] pub struct Off;
    //~^ ERROR(state) the item is marked `#[context]` already: an item is one thing
    #[state(final)] pub struct On;
    #[state(initial)] #[state(final)] pub struct Broken;
    //~^ ERROR(state) the item is marked `#[state]` already: an item is one thing
    #[transition(from = Broken)] #[query] fn press() -> On { On }
    //~^ ERROR(query) the item is marked `#[transition]` already: an item is one thing
}
