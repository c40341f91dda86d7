#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[transition(from = Off)] #[derive(Debug)] pub struct On;
    //~^ ERROR(On) `#[transition]` goes on a function
    #[query] pub const ON: bool = true;
    //~^ ERROR(ON) `#[query]` goes on a function
    #[prompt] impl On {}
    //~^ ERROR(impl On) `#[prompt]` goes on a function
}
