//! Bare `#[machine]` derives nothing, and hinders nothing.
#![deny(warnings)]
#[leverframe::machine]
pub mod lamp {
    use serde::{Deserialize, Serialize};
    #[context]
    pub struct Wire(pub *const u8);
    #[state(initial)]
    #[cfg_attr(all(), derive(Clone))]
    #[derive(Serialize, Deserialize)]
    pub struct Off;
    #[state(final)]
    pub struct On(pub std::rc::Rc<std::cell::RefCell<u8>>);
    #[transition(from = Off)]
    fn press(_wire: &mut Wire, then: Box<dyn FnOnce() -> u8>) -> On {
        On(std::rc::Rc::new(then().into()))
    }
    #[query]
    fn bytes(on: &On) -> impl Iterator<Item = u8> {
        std::iter::once(*on.0.borrow())
    }
    #[cfg(test)]
    mod tests {}
}
