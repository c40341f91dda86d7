//! What statig drives: a machine with empty storage, and one event on its way.

use core::marker::PhantomData;

use statig::Outcome;
use statig::blocking::IntoStateMachine;

use super::refusal::Reason;
use super::{Machine, TransitionTarget};

/// The machine as statig drives it: the shared storage is empty, all that a handler needs is in the [`Call`].
#[doc(hidden)]
pub struct Statig<M>(pub(super) PhantomData<M>);

impl<M: Machine> IntoStateMachine for Statig<M> {
    type Event<'evt> = M::EventName;
    type Context<'ctx> = Call<'ctx, M>;
    type State = M::State;
    type Superstate<'sub> = M::Superstate;

    fn initial() -> M::State {
        M::initial()
    }
}

/// One event on its way through statig, with its payload, and the verdict on it.
#[doc(hidden)]
pub struct Call<'c, M: Machine> {
    /// What every state sees and changes.
    pub context: &'c mut M::Context,
    pub(super) history: &'c mut M::History,
    pub(super) event: Option<M::Event>,
    pub(super) reason: Option<Reason<M::Fault>>,
}

impl<M: Machine> Call<'_, M> {
    /// The event, once.
    #[inline]
    pub fn event(&mut self) -> Option<M::Event> {
        self.event.take()
    }

    /// No clause for the event here: its superstate may have one.
    #[inline]
    pub fn pass(&mut self, event: Option<M::Event>) -> Outcome<M::State> {
        self.event = event;
        Outcome::Super
    }

    /// The handler cannot fail.
    #[inline]
    pub fn goto(&mut self, target: impl TransitionTarget<M>) -> Outcome<M::State> {
        Outcome::Transition(target.state(self.history))
    }

    /// The handler may fail.
    #[inline]
    pub fn try_goto(
        &mut self,
        target: Result<impl TransitionTarget<M>, M::Fault>,
    ) -> Outcome<M::State> {
        match target {
            Ok(target) => self.goto(target),
            Err(fault) => self.try_stay(Err(fault)),
        }
    }

    /// A guard forbids the event.
    #[inline]
    pub fn forbid(&mut self, fault: M::Fault) -> Outcome<M::State> {
        self.reason = Some(Reason::Guard(fault));
        Outcome::Handled
    }

    /// The transition is internal.
    #[inline]
    pub fn stay(&mut self, (): ()) -> Outcome<M::State> {
        Outcome::Handled
    }

    /// The transition is internal and its handler may fail.
    #[inline]
    pub fn try_stay(&mut self, done: Result<(), M::Fault>) -> Outcome<M::State> {
        self.reason = done.err().map(Reason::Failed);
        Outcome::Handled
    }
}
