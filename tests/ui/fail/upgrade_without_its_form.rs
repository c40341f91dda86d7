#[leverframe::machine(serde, version = 2)]
#[upgrade(since = 2, renamed(press = "push"))]
//~^ ERROR(renamed) an upgrade names the version that has the new form and what has changed: `since = 2, event(plan = "make_plan")`, `state(Waiting | Reading = "REVIEWING")`, `field(Order.total_cents = "total")` or `dropped("ping")`
#[upgrade(event(press = "push"), since = two)]
//~^ ERROR(two) an upgrade names the version that has the new form and what has changed: `since = 2, event(plan = "make_plan")`, `state(Waiting | Reading = "REVIEWING")`, `field(Order.total_cents = "total")` or `dropped("ping")`
#[upgrade(since = 2, state(Off, "DARK"))]
//~^ ERROR(,) an upgrade names the version that has the new form and what has changed: `since = 2, event(plan = "make_plan")`, `state(Waiting | Reading = "REVIEWING")`, `field(Order.total_cents = "total")` or `dropped("ping")`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
