use plan::{Either, Plan};
#[leverframe::machine]
pub mod plan {
    #[state(initial)] pub struct Draft;
    #[state(final)] pub struct Kept;
    #[state(final)] pub struct Dropped;
    #[choice] pub enum Either { Keep(Kept), Drop(Dropped) }
    #[transition(from = Draft)] fn decide(keep: bool) -> Either { if keep { Either::Keep(Kept) } else { Either::Drop(Dropped) } }
}
pub fn decide() {
    match Plan::new().decide(true) {
    //~^ E0004 `Either::Drop(_)` not covered
        Either::Keep(kept) => drop(kept),
    }
}
