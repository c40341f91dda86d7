#[leverframe::machine]
#[ensure(to = On)]
//~^ ERROR(#[ensure(to = On)]) a property is `to = State, through = event`, `never(from = State, to = State)` or `always_reachable = State`, and perhaps a reason: `"nothing ships unread"`
#[ensure(never(from = Off, two = On))]
//~^ ERROR(two) a property is `to = State, through = event`, `never(from = State, to = State)` or `always_reachable = State`, and perhaps a reason: `"nothing ships unread"`
#[ensure(never = On)]
//~^ ERROR(=) a property is `to = State, through = event`, `never(from = State, to = State)` or `always_reachable = State`, and perhaps a reason: `"nothing ships unread"`
#[ensure]
//~^ ERROR(ensure) a property is `to = State, through = event`, `never(from = State, to = State)` or `always_reachable = State`, and perhaps a reason: `"nothing ships unread"`
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
