//! Pictures of state machines.
//!
//! A [`Statechart`] becomes a [`Graph`], and that is drawn as SVG ([`Svg`]), as text for a terminal ([`Text`]), or, with the
//! feature `png`, in pixels. The same machine always gives the same bytes.
//!
//! ```
//! use leverframe_draw::{Place, State, Statechart, Svg, Target, Transition};
//!
//! let state = |name: &str| State { name: name.to_owned(), ..State::default() };
//! let press = Transition {
//!     event: "press".to_owned(),
//!     from: vec![0],
//!     to: vec![Target::State(1)],
//!     ..Transition::default()
//! };
//! let lamp = Statechart {
//!     name: "Lamp".to_owned(),
//!     states: vec![state("OFF"), state("ON")],
//!     transitions: vec![press],
//!     ..Statechart::default()
//! };
//! assert!(Svg::new(&lamp.graph(), Place::File).to_string().starts_with("<svg"));
//! ```

mod statechart;

mod graph;

mod metrics;

mod widths;

mod layout;

mod palette;
#[cfg(feature = "png")]
mod png;
mod scene;
mod svg;
mod text;

#[doc(hidden)]
pub mod flaws;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test fails by a panic")]
mod tests;

pub use self::graph::{Edge, EdgeKind, Graph, Line, Node, NodeKind, Style};
#[cfg(feature = "png")]
pub use self::png::{PngError, Theme, png};
pub use self::statechart::{DescriptionError, State, Statechart, Step, Target, Task, Transition};
pub use self::svg::{Place, Svg};
pub use self::text::Text;
