//! Compile-time-checked state machines.
#![no_std]

#[cfg(feature = "serde")]
extern crate alloc;
// Generated code names this crate by the path `::leverframe`, also inside the crate itself.
extern crate self as leverframe;

pub mod chart;
mod expansion;
mod machine;
#[cfg(feature = "serde")]
mod portable;
mod refusal;

#[doc(hidden)]
pub use expansion::__private;
pub use leverframe_macros::machine;
pub use machine::{Leaf, LegalIn, Machine, Name, Named, Parts};
#[cfg(feature = "serde")]
pub use portable::{Portable, Unanswered};
pub use refusal::{Applied, Reason, Refusal, Refused};
