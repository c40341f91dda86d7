pub struct A;
pub struct B;
#[leverframe::machine]
//~^ E0432 nothing_until_the_errors_above_are_mended
pub mod lamp {
    #[context] use super::{A, B};
    //~^ ERROR(super::{A, B}) a context is one type: `#[context] use crate::Workspace;`
    #[state(initial)] pub struct Off;
    #[state(final)] pub struct On;
    #[transition(from = Off)] fn press() -> On { On }
}
