//! State machines that are checked at compile time, and that language models can drive over MCP.
//!
//! A machine is declared once, as ordinary Rust items in a module under the attribute [`machine`], whose documentation is
//! the reference of the language. From the declaration come:
//!
//! - a **typed machine**: a type for each state, with a method for each event that is legal there. An illegal transition
//!   does not compile.
//! - a **runtime machine**, for events that arrive as data. A [`Refusal`] names the reason and the legal events.
//! - a **chart**: states, events and transitions as constant data ([`chart::Chart`]). It is checked at compile time for
//!   unreachable states, dead ends, ambiguity, and the properties that its author states.
//! - with the feature `server`, **durable runs**, an **MCP server** and a **command line**.
//!
//! # A machine
//!
//! ```
//! /// Ships a change after somebody has read it.
//! #[leverframe::machine]
//! pub mod release {
//!     /// The change is being written.
//!     #[state(initial)]
//!     pub struct Draft;
//!     /// Someone reads the change.
//!     #[state]
//!     pub struct Reading { pub reviewer: String }
//!     /// The change is live.
//!     #[state(final)]
//!     pub struct Deployed;
//!
//!     #[transition(from = Draft)]
//!     fn submit(reviewer: String) -> Reading { Reading { reviewer } }
//!     #[transition(from = Reading)]
//!     fn decline() -> Draft { Draft }
//!     #[transition(from = Reading)]
//!     fn deploy(reading: &mut Reading, remarks: u32) -> Result<Deployed, String> {
//!         if remarks > 0 { Ok(Deployed) } else { Err(format!("{} has no remark", reading.reviewer)) }
//!     }
//! }
//! use release::{Release, events};
//!
//! // The typed machine: each transition consumes it and returns the next. Only legal events are methods.
//! let reading = Release::new().submit("Ada".into());
//! let refused = reading.deploy(0).unwrap_err();
//! assert_eq!(refused.machine.state().reviewer, "Ada");
//!
//! // The runtime machine: one type for all states.
//! let mut release: Release = refused.machine.into();
//! let refusal = release.apply(events::Submit { reviewer: "Bob".into() }).unwrap_err();
//! assert_eq!(
//!     refusal.to_string(),
//!     "`submit` is not possible in `Reading`; possible there: `decline`, `deploy`",
//! );
//! release.apply(events::Deploy { remarks: 1 }).unwrap();
//! assert!(matches!(release.state(), release::State::Deployed(_)));
//! ```
//!
//! The traits [`Machine`], [`Leaf`] and [`LegalIn`] are for code that is generic over machines.
#![cfg_attr(feature = "server", doc = include_str!("server.md"))]
//! # Features
//!
//! | feature | content |
//! |---|---|
//! | `http` (default) | the server over HTTP, on its own and inside another program |
//! | `png` (default) | pictures of machines as PNG; SVG and text need `server` alone |
//! | `server` (default) | durable runs, the MCP server, the command line, the orchestrator |
//! | `serde` | the wire form, `#[machine(serde)]`, without the server |
//! | `testing` | helpers for an author's own tests: random walks, coverage, `proptest`, a clock |
//! | none | the library: `no_std`, no `alloc`, depends on [`statig`](https://crates.io/crates/statig) alone |
//!
//! A feature adds items to the library. It never changes what a declaration expands to.
#![cfg_attr(not(any(feature = "server", feature = "testing")), no_std)]

#[cfg(feature = "serde")]
extern crate alloc;
// Generated code names this crate by the path `::leverframe`, also inside the crate itself.
extern crate self as leverframe;

pub mod chart;
#[cfg(feature = "serde")]
mod envelope;
mod expansion;
#[cfg(all(doctest, feature = "server"))]
mod guide;
mod machine;
mod observed;
#[cfg(feature = "serde")]
mod portable;
#[cfg(feature = "serde")]
pub mod task;
#[cfg(feature = "serde")]
pub mod upgrade;

#[cfg(feature = "server")]
pub mod api;
#[cfg(feature = "server")]
pub mod caller;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
mod demo;
#[cfg(feature = "server")]
mod guarded;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "server")]
pub mod import;
#[cfg(feature = "server")]
pub mod mcp;
#[cfg(feature = "server")]
pub mod orchestrator;
#[cfg(feature = "server")]
mod project;
#[cfg(feature = "server")]
pub mod record;
#[cfg(feature = "server")]
pub mod run;
#[cfg(feature = "server")]
pub mod runs;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "server")]
mod text;

#[cfg(feature = "serde")]
pub use envelope::Envelope;
#[doc(hidden)]
pub use expansion::__private;
#[doc(hidden)]
pub use leverframe_macros::__picture;
#[doc = include_str!("language.md")]
pub use leverframe_macros::machine;
pub use leverframe_macros::{
    choice, context, ensure, entry, exit, guard, prompt, query, state, superstate, task,
    transition, upgrade,
};
pub use machine::{
    Applied, Family, History, Landing, Leaf, LegalIn, Machine, Name, Named, Parts, Reason, Refusal,
    Refused, Timeout,
};
pub use observed::Observed;
#[cfg(feature = "serde")]
pub use portable::{Portable, QueryError};

/// Compiles and runs the examples of the README.
#[cfg(all(doctest, feature = "server"))]
#[doc = include_str!("../README.md")]
struct Readme;
