#[leverframe::machine]
pub mod lamp {
    #[state(initial)] pub struct Off;
    #[state(fnal)] pub struct State;
    //~^ ERROR(fnal) `#[state]` has no option `fnal`; did you mean `final`?
    //~^^ ERROR(State) `State` is the name of an item that `#[machine]` generates: choose another
    #[transition(from = Of)] fn press() -> Onn { Onn }
    //~^ ERROR(Of) no state `Of` is declared; did you mean `Off`?
    //~^^ ERROR(Onn) no state `Onn` is declared: mark a struct `Onn` with `#[state]`
    #[transition(from = Off)] async fn push(self) -> State { State }
    //~^ ERROR(async) a handler is not `async`: it is a plain function of state, context and payload; effects belong to the server
    //~^^ ERROR(self) a handler has no `self`: it takes the state, as in `draft: &Draft`, and the context each by its type
}
