//! What every declared machine is: the traits that `#[machine]` implements, and the step that statig takes.

mod family;
mod refusal;
mod statig;
mod typed;

use core::fmt::{Debug, Display};
use core::hash::Hash;
use core::marker::PhantomData;
use core::time::Duration;

use ::statig::Outcome;
use ::statig::blocking::{State, StateExt, Superstate};

pub use self::family::{Family, Landing};
pub use self::refusal::{Applied, Reason, Refusal, Refused};
pub use self::statig::{Call, Statig};
pub use self::typed::TransitionTarget;
use crate::chart::Chart;

/// A machine's value: its state, its context, and what its superstates remember of the leaf that was last left.
///
/// Every generated machine converts from and into its parts. A machine that is made from parts is restored: no entry
/// action runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Parts<S, C = (), H = ()> {
    /// The state with its data.
    pub state: S,
    /// What every state sees and changes; `()` for a machine without.
    pub context: C,
    /// What the superstates remember; `()` for a machine without `History` targets.
    pub history: H,
}

/// As the target of a transition: the state inside the superstate `S` that was last left, with the data that it had; the
/// superstate's default, where none was.
///
/// A handler returns `History(InReview)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct History<S>(pub S);

/// The name of a state or of an event: a small value with a fixed order, that of the declaration.
pub trait Name: Copy + Eq + Ord + Hash + Debug + Display + Send + Sync + 'static {
    /// All names, in the order of the chart.
    const ALL: &'static [Self];

    /// The place in [`ALL`](Name::ALL), which is the number in the chart.
    fn number(self) -> u16;

    /// The name as it is declared: `InReview`, `submit`.
    fn as_str(self) -> &'static str;
}

/// A state or an event, which has a name beside its data.
pub trait Named {
    /// The type of the name.
    type Name: Name;

    /// The name of this value.
    fn name(&self) -> Self::Name;
}

/// A machine that takes its events as data. `#[machine]` implements it for the runtime form, the plain `Release`.
pub trait Machine:
    Sized
    + 'static
    + From<Parts<Self::State, Self::Context, Self::History>>
    + Into<Parts<Self::State, Self::Context, Self::History>>
{
    /// The enum of states, each with its data.
    type State: Named<Name = Self::StateName> + State<Statig<Self>> + 'static;
    /// The names of the leaves.
    type StateName: Name;
    /// The superstates as statig sees them; `()` where there are none.
    type Superstate: Superstate<Statig<Self>>;
    /// The enum of events, each with its payload.
    type Event: Named<Name = Self::EventName> + 'static;
    /// The names of the events.
    type EventName: Name;
    /// What every state sees and changes; `()` where there is none.
    type Context: 'static;
    /// What the superstates remember; `()` where nothing is.
    type History: Default + 'static;
    /// The reasons of guards and handlers.
    type Fault: Debug + Display + 'static;

    /// The state in which a new machine is.
    type Initial: Leaf<Machine = Self>;
    /// A handle on a machine in any of its states, to `match`.
    type InState<F: Family<Self>>;

    /// The machine as data.
    const CHART: &'static Chart;

    /// The state in which a new machine is.
    fn initial() -> Self::State;

    /// The handle on a machine in the leaf with this number; `None` if there is no such leaf, or the machine is in another.
    fn in_state<F: Family<Self>>(leaf: u16, family: F) -> Option<Self::InState<F>>;

    /// A new machine in its initial state, which it enters: entry actions run.
    fn start(context: Self::Context) -> Self {
        let parts = Parts { state: Self::initial(), context, history: Self::History::default() };
        let mut machine = Self::from(parts);
        let Parts { state, context, history } = machine.parts_mut();
        let mut call = Call { context, history, event: None, reason: None };
        let levels = state.depth();
        state.enter(&mut Statig(PhantomData), &mut call, levels);
        machine
    }

    /// The numbers of the superstates that remember which state was last left.
    #[doc(hidden)]
    const REMEMBERS: &'static [u16] = &[];

    /// Keeps the state that was left together with a superstate.
    #[doc(hidden)]
    fn remember(history: &mut Self::History, superstate: u16, left: Self::State) {
        let _ = (history, superstate, left);
    }

    /// The entry actions of the superstate with this number.
    #[doc(hidden)]
    fn enter(superstate: u16, context: &mut Self::Context) {
        let _ = (superstate, context);
    }

    /// The exit actions of the superstate with this number.
    #[doc(hidden)]
    fn exit(superstate: u16, context: &mut Self::Context) {
        let _ = (superstate, context);
    }

    /// The machine's value.
    fn parts(&self) -> &Parts<Self::State, Self::Context, Self::History>;

    /// The machine's value, to change.
    #[doc(hidden)]
    fn parts_mut(&mut self) -> &mut Parts<Self::State, Self::Context, Self::History>;

    /// Checks the guards of an event that the graph allows in the present state.
    ///
    /// # Errors
    ///
    /// The reason of the first guard that forbids the event.
    fn guards(&self, event: Self::EventName) -> Result<(), Self::Fault> {
        let _ = event;
        Ok(())
    }

    /// Lets the machine take an event.
    ///
    /// # Errors
    ///
    /// [`Refusal`], with the reason. The machine is in the state in which it was. After
    /// [`Reason::Failed`](crate::Reason::Failed) the handler may have written to the state's data and to the context.
    #[inline]
    fn apply(&mut self, event: impl Into<Self::Event>) -> Result<Applied<Self>, Refusal<Self>> {
        let event = event.into();
        let name = event.name();
        let Parts { state, context, history } = self.parts_mut();
        let from = state.name();
        let mut statig = Statig(PhantomData);
        let mut call = Call { context, history, event: Some(event), reason: None };
        match state.handle(&mut statig, &name, &mut call) {
            Outcome::Transition(mut target) => {
                let (exits, entries) = state.transition_path(&mut target);
                state.exit(&mut statig, &mut call, exits);
                let old = core::mem::replace(state, target);
                if !Self::REMEMBERS.is_empty() {
                    let mut left = Self::CHART.ancestors(from.number()).skip(1).take(exits - 1);
                    if let Some(left) = left.find(|node| Self::REMEMBERS.contains(node)) {
                        Self::remember(call.history, left, old);
                    }
                }
                state.enter(&mut statig, &mut call, entries);
                Ok(Applied { event: name, from, to: state.name(), internal: false })
            }
            Outcome::Handled => match call.reason {
                None => Ok(Applied { event: name, from, to: from, internal: true }),
                Some(reason) => Err(Refusal { state: from, event: name, reason }),
            },
            Outcome::Super => Err(Refusal::not_in_the_graph(from, name)),
        }
    }

    /// The events that the machine takes now: the graph allows them and their guards agree. A handler may still fail.
    fn legal(&self) -> impl Iterator<Item = Self::EventName> {
        self.allowed().filter(|event| self.guards(*event).is_ok())
    }

    /// The events that the graph allows now and a guard forbids, with the guard's reason.
    fn blocked(&self) -> impl Iterator<Item = (Self::EventName, Self::Fault)> {
        self.allowed().filter_map(|event| self.guards(event).err().map(|fault| (event, fault)))
    }

    /// The timeouts of the present state, its own and those of the superstates around it, whatever their guards say.
    ///
    /// One falls due `after` the entry of its source, once for each entry. An internal transition enters nothing.
    fn timeouts(&self) -> impl Iterator<Item = Timeout<Self::EventName>> {
        let state = self.parts().state.name().number();
        Self::CHART.allowed(state).filter_map(move |(event, _, clause)| {
            let after = clause.after()?;
            let source = Self::CHART.source(state, clause)?;
            let event = *Self::EventName::ALL.get(usize::from(event))?;
            Some(Timeout { event, source, after })
        })
    }

    /// The events that the graph allows in the present state, whatever the guards say.
    fn allowed(&self) -> impl Iterator<Item = Self::EventName> {
        allowed::<Self>(self.parts().state.name())
    }
}

/// A timeout event of the present state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout<E> {
    /// The event, which has no payload.
    pub event: E,
    /// The number in the chart of the state or superstate from whose entry the time counts.
    pub source: u16,
    /// How long after it the event falls due.
    pub after: Duration,
}

/// The events that the graph of `M` allows in `state`.
pub(crate) fn allowed<M: Machine>(state: M::StateName) -> impl Iterator<Item = M::EventName> {
    M::CHART
        .allowed(state.number())
        .filter_map(|(number, ..)| M::EventName::ALL.get(usize::from(number)).copied())
}

/// A state type: the `S` of the typed machine `Release<S>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a state of a machine",
    note = "states are the structs that are marked `#[state]` in the machine's module"
)]
pub trait Leaf: Sized + Into<<Self::Machine as Machine>::State> {
    /// The runtime form of the machine.
    type Machine: Machine;

    /// The state's name.
    const NAME: <Self::Machine as Machine>::StateName;

    /// The state's number in the chart.
    const NUMBER: u16;

    /// The numbers of the superstates around it, from the inside out.
    const PARENTS: &'static [u16] = &[];

    /// The entry actions.
    #[doc(hidden)]
    #[inline]
    fn entry(&mut self, context: &mut <Self::Machine as Machine>::Context) {
        let _ = context;
    }

    /// The exit actions.
    #[doc(hidden)]
    #[inline]
    fn exit(&mut self, context: &mut <Self::Machine as Machine>::Context) {
        let _ = context;
    }

    /// Takes the state out of the enum of states.
    ///
    /// # Errors
    ///
    /// The state itself, where it is another one.
    fn from_state(
        state: <Self::Machine as Machine>::State,
    ) -> Result<Self, <Self::Machine as Machine>::State>;
}

/// An event type that the typed machine takes in state `S`.
///
/// It is the bound of `fire`, for code that is generic over events:
///
/// ```
/// # mod lamp_ { use leverframe as _;
/// #[leverframe::machine]
/// pub mod lamp {
///     #[state(initial)]
///     pub struct Off;
///     #[state]
///     pub struct On;
///     #[transition(from = Off)]
///     fn press() -> On {
///         On
///     }
///     #[transition(from = On)]
///     fn release() -> Off {
///         Off
///     }
/// }
/// # } use lamp_::lamp;
/// use lamp::{Lamp, Off, On, events};
/// use leverframe::LegalIn;
///
/// fn switch_on<E: LegalIn<Off, Machine = Lamp<Off>, Next = Lamp<On>>>(lamp: Lamp<Off>, event: E) -> Lamp<On> {
///     lamp.fire(event)
/// }
/// switch_on(Lamp::new(), events::Press);
/// ```
#[diagnostic::on_unimplemented(
    message = "event `{Self}` is not legal in state `{S}`",
    label = "no transition of this event leaves `{S}`",
    note = "the methods of the machine in `{S}` are the events that are legal there"
)]
pub trait LegalIn<S>: Sized {
    /// The typed machine in state `S`.
    type Machine;
    /// What the event makes of it, as the method of that name returns it.
    type Next;

    /// Lets the machine take the event.
    fn fire(self, machine: Self::Machine) -> Self::Next;
}
