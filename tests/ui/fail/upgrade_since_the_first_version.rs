#[leverframe::machine(serde)]
#[upgrade(since = 1, event(press = "push"))]
//~^ ERROR(1) `since` is the first version that has the new form, from 2 on: version 1 has none before it
#[upgrade(since = 0, event(press = "hit"))]
//~^ ERROR(0) `since` is the first version that has the new form, from 2 on: version 1 has none before it
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
