//! The two ways to offer moves.

/// How a caller changes the state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Style {
    /// With one operation for each event.
    #[default]
    Events,
    /// With the operation `transition_state`, which takes the target. Events that never leave their state stay
    /// operations of their own.
    Target,
}
