#[leverframe::machine]
pub mod lock {
    #[state(initial)] pub struct Open;
    #[state] pub struct Shut;
    #[transition(from = Open)] fn turn(code: u16) -> Shut { let _ = code; Shut }
    #[transition(from = Shut)] fn turn(#[sensitive] code: u16) -> Open { let _ = code; Open }
    //~^ ERROR(code) what is sensitive in a payload is marked in the first clause of `turn`: move `#[sensitive]` there
}
