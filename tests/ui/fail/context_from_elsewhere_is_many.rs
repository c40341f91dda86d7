pub struct A;
pub struct B;
#[leverframe::machine]
pub mod lamp {
    #[context] use super::{A, B};
    //~^ ERROR(super::{A, B}) a context is one type: `#[context] use crate::Workspace;`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
