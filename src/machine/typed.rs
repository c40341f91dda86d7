//! The step that the typed machine takes, in the order in which statig takes it.

use super::refusal::{Reason, Refusal, Refused};
use super::{Leaf, Machine, Parts};

#[doc(hidden)]
impl<S, M> Parts<S, M::Context, M::History>
where
    S: Leaf<Machine = M>,
    M: Machine,
{
    /// A new machine enters its initial state from outside.
    #[inline]
    pub fn start(state: S, context: M::Context) -> Self {
        let mut parts = Self { state, context, history: M::History::default() };
        enter::<S, M>(&mut parts.state, &mut parts.context, S::PARENTS.len() + 1);
        parts
    }

    /// Takes the transition to the handler's target.
    #[inline]
    pub fn goto<N: TransitionTarget<M>>(self, next: N) -> N::Machines {
        next.goto(self)
    }

    /// Leaves the state for the next: exits from the leaf up, then entries down to the leaf.
    #[inline]
    pub fn leave<N: Leaf<Machine = M>>(self, next: N) -> Parts<N, M::Context, M::History> {
        let (exits, entries) = const { levels((S::NUMBER, S::PARENTS), (N::NUMBER, N::PARENTS)) };
        let Self { mut state, mut context, mut history } = self;
        state.exit(&mut context);
        for superstate in S::PARENTS.iter().take(exits - 1) {
            M::exit(*superstate, &mut context);
        }
        if let Some(left) =
            S::PARENTS.iter().take(exits - 1).find(|node| M::REMEMBERS.contains(node))
        {
            M::remember(&mut history, *left, state.into());
        }
        let mut parts = Parts { state: next, context, history };
        enter::<N, M>(&mut parts.state, &mut parts.context, entries);
        parts
    }

    /// Takes the transition to the handler's target, unless a guard or the handler refuses; then the machine is returned.
    #[inline]
    pub fn try_goto<N: TransitionTarget<M>, B: From<Self>>(
        mut self,
        event: M::EventName,
        guard: impl FnOnce(&S, &M::Context) -> Result<(), M::Fault>,
        handler: impl FnOnce(&mut S, &mut M::Context) -> Result<N, M::Fault>,
    ) -> Result<N::Machines, Refused<B, M>> {
        match self.attempt(event, guard, handler) {
            Ok(next) => Ok(self.goto(next)),
            Err(refusal) => Err(Refused { machine: self.into(), refusal }),
        }
    }

    /// Runs the handler, unless a guard refuses.
    #[inline]
    pub fn attempt<N>(
        &mut self,
        event: M::EventName,
        guard: impl FnOnce(&S, &M::Context) -> Result<(), M::Fault>,
        handler: impl FnOnce(&mut S, &mut M::Context) -> Result<N, M::Fault>,
    ) -> Result<N, Refusal<M>> {
        let Self { state, context, .. } = self;
        guard(state, context)
            .map_err(Reason::Guard)
            .and_then(|()| handler(state, context).map_err(Reason::Failed))
            .map_err(|reason| Refusal { state: S::NAME, event, reason })
    }
}

/// Runs the entry actions of the lowest `levels` levels, down to the leaf.
#[inline]
fn enter<S, M>(state: &mut S, context: &mut M::Context, levels: usize)
where
    S: Leaf<Machine = M>,
    M: Machine,
{
    for superstate in S::PARENTS.iter().take(levels - 1).rev() {
        M::enter(*superstate, context);
    }
    state.entry(context);
}

/// The numbers of levels that a transition exits and enters, the leaves included: those below the nearest common
/// superstate. A self-transition exits and enters the leaf alone.
const fn levels(source: (u16, &[u16]), target: (u16, &[u16])) -> (usize, usize) {
    if source.0 == target.0 {
        return (1, 1);
    }
    let (mut source, mut target) = (source.1, target.1);
    let (mut exits, mut entries) = (source.len() + 1, target.len() + 1);
    while let ([source_rest @ .., a], [target_rest @ .., b]) = (source, target)
        && *a == *b
    {
        (source, target) = (source_rest, target_rest);
        (exits, entries) = (exits - 1, entries - 1);
    }
    (exits, entries)
}

/// The target that a handler returns: a state, a choice of states, or history.
#[doc(hidden)]
pub trait TransitionTarget<M: Machine>: Sized {
    /// The typed machine in that state, or the same choice of typed machines.
    type Machines;

    /// The target state.
    fn state(self, history: &mut M::History) -> M::State;

    /// Leaves the state of `from` for it.
    fn goto<S: Leaf<Machine = M>>(self, from: Parts<S, M::Context, M::History>) -> Self::Machines;
}
