//! One machine of five states and six events in each library, without a context and without payloads, which not all of
//! them have.

pub(crate) mod by_hand;
pub(crate) mod leverframe;
pub(crate) mod rust_fsm;
pub(crate) mod smlang;
pub(crate) mod statig;
pub(crate) mod statum;

/// The six events by number: load, start, pause, resume, fail, reset.
pub(crate) const EVENTS: u8 = 6;
