#![cfg_attr(feature = "server", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "server"),
    doc = "Compile-time-checked state machines, with a typed and a runtime form of each."
)]
#![cfg_attr(not(feature = "server"), no_std)]

#[cfg(feature = "serde")]
extern crate alloc;
// Generated code names this crate by the path `::leverframe`, also inside the crate itself.
extern crate self as leverframe;

pub mod chart;
mod expansion;
mod machine;
mod observed;
#[cfg(feature = "serde")]
mod portable;
mod refusal;

#[cfg(feature = "server")]
pub mod caller;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod demo;
#[cfg(feature = "server")]
pub mod orchestrator;
#[cfg(feature = "server")]
pub mod record;
#[cfg(feature = "server")]
pub mod run;
#[cfg(feature = "server")]
pub mod runs;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
mod text;

#[doc(hidden)]
pub use expansion::__private;
#[doc = include_str!("language.md")]
pub use leverframe_macros::machine;
pub use leverframe_macros::{
    choice, context, ensure, entry, exit, guard, prompt, query, state, superstate, transition,
};
pub use machine::{History, Leaf, LegalIn, Machine, Name, Named, Parts, Timeout};
pub use observed::Observed;
#[cfg(feature = "serde")]
pub use portable::{Portable, Unanswered};
pub use refusal::{Applied, Reason, Refusal, Refused};
