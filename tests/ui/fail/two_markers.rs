#[leverframe::machine]
pub mod lamp {
    #[context] #[state(initial)] pub struct Off;
    //~^ ERROR(state) the item is marked `#[context]` already: an item has one marker
    #[state(final)] pub struct On;
    #[state(initial)] #[state(final)] pub struct Broken;
    //~^ ERROR(state) the item is marked `#[state]` already: an item has one marker
    #[transition(from = Broken)] #[query] fn press() -> On { On }
    //~^ ERROR(query) the item is marked `#[transition]` already: an item has one marker
}
