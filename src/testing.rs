//! Helpers for an author's own tests, with the feature `testing`.
//!
//! ```toml
//! [dev-dependencies]
//! leverframe = { version = "0.1", features = ["testing"] }
//! ```
//!
//! - [`Walks`] sends random legal events to a machine and checks an invariant after each.
//! - [`Coverage`] names the states and transitions that the walks did not visit.
//! - [`sequences`] is a strategy for [`proptest`], which looks for a shortest sequence of events that breaks a property.
//! - [`Events`] says which payloads events have: those that the author gives, or those that the JSON Schema of the payload
//!   admits.
//! - `ManualClock`, with the feature `server`, moves the time of durable runs by hand, so that timeouts fall due without
//!   waiting.
//!
//! # A walk
//!
//! ```
//! #[leverframe::machine(serde)]
//! mod till {
//!     #[context]
//!     #[derive(Default, serde::Serialize, serde::Deserialize)]
//!     pub struct Cash { pub cents: u64 }
//!     #[state(initial)]
//!     pub struct Open;
//!     #[state(final)]
//!     pub struct Closed;
//!
//!     #[transition(from = Open)]
//!     fn put(cash: &mut Cash, cents: u16) { cash.cents += u64::from(cents) }
//!     #[transition(from = Open)]
//!     fn take(cash: &mut Cash, cents: u16) -> Result<(), &'static str> {
//!         cash.cents = cash.cents.checked_sub(cents.into()).ok_or("there is less in the till")?;
//!         Ok(())
//!     }
//!     #[transition(from = Open)]
//!     fn close() -> Closed { Closed }
//! }
//! use leverframe::testing::{Events, Walks};
//! use till::{Cash, Till};
//!
//! let walks = Walks::<Till>::new(|| Till::new(Cash::default()).into(), Events::generated());
//! let coverage = walks.check(|till| assert!(till.context().cents < 10_000_000));
//! coverage.assert_complete();
//! ```
//!
//! # A property
//!
//! A sequence is shrunk until each event is needed and no payload can be simpler. Here the till may be closed with money in it:
//!
//! ```
//! # #[leverframe::machine(serde)]
//! # mod till {
//! #     #[context]
//! #     #[derive(Default, serde::Serialize, serde::Deserialize)]
//! #     pub struct Cash { pub cents: u64 }
//! #     #[state(initial)]
//! #     pub struct Open;
//! #     #[state(final)]
//! #     pub struct Closed;
//! #     #[transition(from = Open)]
//! #     fn put(cash: &mut Cash, cents: u16) { cash.cents += u64::from(cents) }
//! #     #[transition(from = Open)]
//! #     fn close() -> Closed { Closed }
//! # }
//! # use till::{Cash, Till};
//! use leverframe::testing::proptest::prelude::*;
//! use leverframe::testing::proptest::test_runner::TestRunner;
//! use leverframe::testing::{Events, sequences};
//!
//! let start = || -> Till { Till::new(Cash::default()).into() };
//! // In a test: `proptest! { #[test] fn closes_empty(sequence in sequences(…)) { … } }`
//! let found = TestRunner::deterministic().run(&sequences(start, Events::generated(), 1..20), |sequence| {
//!     let mut till = start();
//!     for event in sequence {
//!         till.apply(event).ok();
//!     }
//!     prop_assert!(till.context().cents == 0 || matches!(till.state(), till::State::Open(_)));
//!     Ok(())
//! });
//! assert!(found.unwrap_err().to_string().contains(r#"[{"put":{"cents":1}}, {"close":{}}]"#));
//! ```

mod coverage;
mod events;
#[cfg(feature = "server")]
mod manual_clock;
#[cfg(feature = "serde")]
mod schema;
mod sequence;
mod walk;

pub use proptest;

pub use self::coverage::{Coverage, Transition};
pub use self::events::Events;
#[cfg(feature = "server")]
pub use self::manual_clock::ManualClock;
pub use self::sequence::{Sequence, Sequences, sequences};
pub use self::walk::{Walk, Walks};
