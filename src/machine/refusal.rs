//! What a machine answers to an event.

use core::error::Error;
use core::fmt::{self, Debug, Display, Formatter};

use super::{Machine, Name, allowed};

/// An event that the machine took.
pub struct Applied<M: Machine> {
    /// The event.
    pub event: M::EventName,
    /// The state before.
    pub from: M::StateName,
    /// The state after.
    pub to: M::StateName,
    /// Whether the transition was internal: the machine stayed, no exit and no entry action ran.
    pub internal: bool,
}

/// An event that the machine did not take. It is as small as the reason, and nothing is allocated for it.
///
/// Its text says all that helps: the state, the event, the reason, and what the graph allows instead.
/// [`Machine::legal`] and [`Machine::blocked`] of the same machine tell apart what is legal now and what a guard
/// forbids, with the reasons of the guards, which are asked only then.
pub struct Refusal<M: Machine> {
    /// The state in which the machine was, and still is.
    pub state: M::StateName,
    /// The event that was refused.
    pub event: M::EventName,
    /// Why.
    pub reason: Reason<M::Fault>,
}

impl<M: Machine> Refusal<M> {
    /// The graph has no such transition.
    #[doc(hidden)]
    pub fn not_in_the_graph(state: M::StateName, event: M::EventName) -> Self {
        let reason = if M::CHART.state(state.number()).is_final() {
            Reason::Final
        } else {
            Reason::NoTransition
        };
        Self { state, event, reason }
    }

    /// The events that the graph allows in the state of the refusal, whatever the guards say.
    pub fn allowed(&self) -> impl Iterator<Item = M::EventName> + use<M> {
        allowed::<M>(self.state)
    }
}

/// Why an event was refused. `F` is the machine's generated `Fault`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<F> {
    /// The state has no transition for the event.
    NoTransition,
    /// The state is final.
    Final,
    /// A guard forbids the event now.
    Guard(F),
    /// The handler failed.
    Failed(F),
}

/// What the typed machine answers where a guard or a handler may refuse: the machine comes back.
pub struct Refused<T, M: Machine> {
    /// The machine, in the state in which it was.
    pub machine: T,
    /// What was refused, and why.
    pub refusal: Refusal<M>,
}

impl<M: Machine> Display for Refusal<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { state, event, reason } = self;
        match reason {
            Reason::NoTransition => {
                write!(f, "`{event}` is not possible in `{state}`; possible there: ")?;
                for (place, event) in self.allowed().enumerate() {
                    write!(f, "{}`{event}`", if place == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
            Reason::Final => {
                write!(f, "`{event}` is not possible in `{state}`, which is final: nothing is")
            }
            Reason::Guard(fault) => write!(f, "`{event}` is forbidden in `{state}` now: {fault}"),
            Reason::Failed(fault) => write!(f, "`{event}` failed in `{state}`: {fault}"),
        }
    }
}

impl<M: Machine> Debug for Refusal<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal")
            .field("state", &self.state)
            .field("event", &self.event)
            .field("reason", &self.reason)
            .finish()
    }
}

impl<M: Machine> Error for Refusal<M> {}

impl<T, M: Machine> Display for Refused<T, M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.refusal, f)
    }
}

impl<T, M: Machine> Debug for Refused<T, M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.refusal, f)
    }
}

impl<T, M: Machine> Error for Refused<T, M> {}

impl<M: Machine> Debug for Applied<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Applied")
            .field("event", &self.event)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("internal", &self.internal)
            .finish()
    }
}

impl<M: Machine> Clone for Applied<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Machine> Copy for Applied<M> {}

impl<M: Machine> PartialEq for Applied<M> {
    fn eq(&self, other: &Self) -> bool {
        (self.event, self.from, self.to, self.internal)
            == (other.event, other.from, other.to, other.internal)
    }
}

impl<M: Machine> Eq for Applied<M> {}
