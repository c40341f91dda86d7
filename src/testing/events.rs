//! Which payloads events have in a test.

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

use proptest::strategy::{BoxedStrategy, Just, Strategy};

use crate::machine::{Machine, Name, Named};

/// The events of a machine, each with a [`Strategy`] for its payload.
///
/// An event without a strategy is never sent.
///
/// ```
/// use leverframe::testing::{Events, Walks};
///
/// #[leverframe::machine]
/// mod door {
///     #[state(initial)]
///     pub struct Closed;
///     #[state]
///     pub struct Ajar { pub degrees: u8 }
///     #[transition(from = Closed)]
///     fn open(degrees: u8) -> Ajar { Ajar { degrees } }
///     #[transition(from = Ajar)]
///     fn close() -> Closed { Closed }
/// }
/// use door::{Door, EventName, events};
///
/// let events = Events::none()
///     .with(EventName::Open, 1_u8..=90, |degrees| events::Open { degrees })
///     .plain(|| events::Close);
/// Walks::<Door>::new(|| Door::new().into(), events).run().assert_complete();
/// ```
pub struct Events<M: Machine> {
    /// By the number of the event.
    strategies: Vec<Option<BoxedStrategy<Drawn<M>>>>,
    write: Write<M>,
}

/// How an event is written in the report of a failure.
pub(super) type Write<M> = fn(&<M as Machine>::Event, &mut Formatter<'_>) -> fmt::Result;

/// An event as a strategy gives it, which has to have a `Debug` form.
pub(super) struct Drawn<M: Machine>(pub(super) M::Event);

impl<M: Machine> Debug for Drawn<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0.name(), f)
    }
}

impl<M: Machine> Events<M> {
    /// No events. Add some by [`plain`](Self::plain) and [`with`](Self::with).
    #[must_use]
    pub fn none() -> Self {
        let strategies = M::EventName::ALL.iter().map(|_| None).collect();
        Self { strategies, write: |event, f| write!(f, "{}", event.name()) }
    }

    /// Events with these strategies, in the order of the chart.
    #[cfg(feature = "serde")]
    pub(super) fn of(
        strategies: impl Iterator<Item = Option<BoxedStrategy<Drawn<M>>>>,
        write: Write<M>,
    ) -> Self {
        Self { strategies: strategies.collect(), write }
    }

    /// Gives an event a payload: `make` makes the event of a value that `strategy` gives.
    ///
    /// # Panics
    ///
    /// When an event is drawn, if `make` makes another event.
    #[must_use]
    pub fn with<S, E>(
        self,
        event: M::EventName,
        strategy: S,
        make: impl Fn(S::Value) -> E + 'static,
    ) -> Self
    where
        S: Strategy + 'static,
        E: Into<M::Event>,
    {
        let strategy = strategy.prop_map(move |payload| {
            let drawn: M::Event = make(payload).into();
            let name = drawn.name();
            assert!(name == event, "the strategy of `{event}` makes the event `{name}`");
            Drawn(drawn)
        });
        self.replaced(event, Some(strategy.boxed()))
    }

    /// Adds an event that has no payload, or always the same.
    #[must_use]
    pub fn plain<E: Into<M::Event>>(self, make: impl Fn() -> E + 'static) -> Self {
        let make = Arc::new(make);
        let name = make().into().name();
        let strategy = Just(()).prop_map(move |()| Drawn(make().into()));
        self.replaced(name, Some(strategy.boxed()))
    }

    /// Leaves out an event.
    #[must_use]
    pub fn without(self, event: M::EventName) -> Self {
        self.replaced(event, None)
    }

    fn replaced(mut self, event: M::EventName, strategy: Option<BoxedStrategy<Drawn<M>>>) -> Self {
        if let Some(place) = self.strategies.get_mut(usize::from(event.number())) {
            *place = strategy;
        }
        self
    }

    /// The strategies of the events that are legal now.
    pub(super) fn legal(&self, machine: &M) -> Vec<(M::EventName, BoxedStrategy<Drawn<M>>)> {
        let strategy =
            |event: M::EventName| self.strategies.get(usize::from(event.number()))?.clone();
        machine.legal().filter_map(|event| Some((event, strategy(event)?))).collect()
    }

    pub(super) fn write(&self) -> Write<M> {
        self.write
    }
}

impl<M: Machine> Clone for Events<M> {
    fn clone(&self) -> Self {
        Self { strategies: self.strategies.clone(), write: self.write }
    }
}

impl<M: Machine> Debug for Events<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let names = M::EventName::ALL.iter().zip(&self.strategies);
        let names = names.filter_map(|(name, strategy)| strategy.as_ref().map(|_| name));
        f.debug_set().entries(names).finish()
    }
}

/// An event, to be written.
pub(super) struct Written<'a, M: Machine>(pub(super) &'a M::Event, pub(super) Write<M>);

impl<M: Machine> Debug for Written<'_, M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (self.1)(self.0, f)
    }
}
