//! Handles on a machine whose types say in which state it is, for machines that are kept elsewhere.

use super::{Leaf, Machine};

/// A family of handles on the machine `M`: a type for each state.
pub trait Family<M: Machine>: Sized {
    /// The handle on a machine in the state `S`.
    type At<S: Leaf<Machine = M>>;

    /// The handle, if the machine is in the state `S`.
    fn at<S: Leaf<Machine = M>>(self) -> Option<Self::At<S>>;
}

/// What an event makes of a typed machine, which may as well be made of handles: a machine in one state, a choice of several,
/// or a machine in any state.
pub trait Landing<M: Machine> {
    /// The same of handles.
    type Of<F: Family<M>>;

    /// The handle on a machine in the leaf with this number; `None` if the event cannot lead there.
    fn land<F: Family<M>>(leaf: u16, family: F) -> Option<Self::Of<F>>;
}

impl<M: Machine, T: Landing<M>, E> Landing<M> for Result<T, E> {
    type Of<F: Family<M>> = T::Of<F>;

    fn land<F: Family<M>>(leaf: u16, family: F) -> Option<Self::Of<F>> {
        T::land(leaf, family)
    }
}
