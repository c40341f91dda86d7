#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct State;
    //~^ ERROR(State) `State` is the name of an item that `#[machine]` generates: choose another
    #[state] pub struct Event;
    //~^ ERROR(Event) `Event` is the name of an item that `#[machine]` generates: choose another
    #[state(final)] pub struct Lamp;
    //~^ ERROR(Lamp) `Lamp` is the machine's own name: rename this, or name the machine with `#[machine(name = …)]`
    #[transition(from = State)] fn press() -> Event { Event }
    #[transition(from = Event)] fn push() -> Lamp { Lamp }
}
