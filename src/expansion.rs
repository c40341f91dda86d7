//! What an expansion of `#[machine]` is built from.
//!
//! The attribute emits the author's items, the methods of the typed machine, and tables; these macros make the
//! repeated parts of the API of the tables. Nothing here is for direct use.

/// What generated code names beside the public API.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "serde")]
    pub use alloc::string::String;
    #[cfg(feature = "serde")]
    pub use schemars;
    #[cfg(feature = "serde")]
    pub use serde;
    pub use statig;

    pub use crate::machine::{Call, Goto, Statig};

    #[cfg(feature = "serde")]
    pub use super::wire::{Empty, answer, deserialize_name, text, try_answer, try_text};

    /// A text that is no name of a state or of an event.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct UnknownName(pub &'static str);

    impl core::fmt::Display for UnknownName {
        fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            write!(f, "no name of {}", self.0)
        }
    }

    impl core::error::Error for UnknownName {}

    /// The guard of a transition without one.
    #[inline]
    pub fn unguarded<S, C, F>(_: &S, _: &C) -> Result<(), F> {
        Ok(())
    }

    /// What a guard says that gives no reason.
    #[inline]
    pub fn allowed<F>(yes: bool, otherwise: F) -> Result<(), F> {
        if yes { Ok(()) } else { Err(otherwise) }
    }

    /// Who may cause an event in a state.
    pub fn player(
        chart: &crate::chart::Chart,
        state: impl crate::Name,
        event: impl crate::Name,
    ) -> Option<crate::chart::Player> {
        let event = chart.events().get(usize::from(event.number()))?;
        chart.clause(state.number(), event).map(crate::chart::Clause::by)
    }

    /// Reads a name in any spelling.
    pub fn parse_name<N: crate::Name>(text: &str, kind: &'static str) -> Result<N, UnknownName> {
        let same = |name: &N| crate::chart::same_name(name.as_str(), text);
        N::ALL.iter().copied().find(same).ok_or(UnknownName(kind))
    }
}

#[cfg(feature = "serde")]
#[expect(clippy::missing_errors_doc, reason = "generated code alone calls these")]
mod wire {
    use alloc::borrow::Cow;
    use alloc::format;
    use alloc::string::{String, ToString};
    use core::convert::Infallible;
    use core::fmt::Display;

    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Serialize, Serializer};

    use crate::machine::{Machine, Name};
    use crate::portable::Unanswered;

    /// The payload of an event without one.
    #[derive(Clone, Copy, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Empty {}

    /// Writes the answer of a query.
    pub fn answer<M: Machine, Z: Serializer>(
        value: impl Serialize,
        to: Z,
    ) -> Result<Z::Ok, Unanswered<M, Z::Error>> {
        value.serialize(to).map_err(Unanswered::Unwritten)
    }

    /// Writes the answer of a query that may fail.
    pub fn try_answer<M: Machine, Z: Serializer>(
        value: Result<impl Serialize, impl Display>,
        to: Z,
    ) -> Result<Z::Ok, Unanswered<M, Z::Error>> {
        answer(value.map_err(|error| Unanswered::Failed(error.to_string()))?, to)
    }

    /// The text of a prompt.
    pub fn text<M: Machine>(text: String) -> Result<String, Unanswered<M, Infallible>> {
        Ok(text)
    }

    /// The text of a prompt that may fail.
    pub fn try_text<M: Machine>(
        text: Result<String, impl Display>,
    ) -> Result<String, Unanswered<M, Infallible>> {
        text.map_err(|error| Unanswered::Failed(error.to_string()))
    }

    /// Reads a name in any spelling.
    pub fn deserialize_name<'de, N, D>(from: D) -> Result<N, D::Error>
    where
        N: Name + core::str::FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(|error| D::Error::custom(format!("`{text}` is {error}")))
    }
}

/// The machine's struct around its parts, and the runtime form.
#[doc(hidden)]
#[macro_export]
macro_rules! __machine {
    ($vis:vis $Machine:ident((), $History:ty) $($rest:tt)*) => {
        $crate::__machine! { @both $vis $Machine((), $History) $($rest)* }
        $crate::__machine! { @new $vis $Machine $($rest)* }
    };
    ($vis:vis $Machine:ident($Context:ty, $History:ty) $($rest:tt)*) => {
        $crate::__machine! { @both $vis $Machine($Context, $History) $($rest)* }
        $crate::__machine! { @new_with $Context, $vis $Machine $($rest)* }
    };
    (@new $vis:vis $Machine:ident in $Superstate:ty, from $Initial:ident $($rest:tt)*) => {
        impl $Machine<$Initial> {
            /// A new machine in its initial state.
            #[expect(clippy::new_without_default, reason = "a machine is started on purpose")]
            $vis fn new() -> Self {
                Self($crate::Parts::start(Self::INITIAL(), ()))
            }
        }
    };
    (@new_with $Context:ty, $vis:vis $Machine:ident in $Superstate:ty, from $Initial:ident $($rest:tt)*) => {
        impl $Machine<$Initial> {
            /// A new machine in its initial state.
            $vis fn new(context: $Context) -> Self {
                Self($crate::Parts::start(Self::INITIAL(), context))
            }
        }
        impl<S> $Machine<S> {
            /// What every state sees and changes.
            $vis fn context(&self) -> &$Context {
                &self.0.context
            }
        }
    };
    (
        @both $vis:vis $Machine:ident($Context:ty, $History:ty)
        in $Superstate:ty, from $Initial:ident = $initial:expr;
        $at:ident:
        guards { $([$($State:ident),+] $source:tt $Event:ident => $guard:expr;)* }
        enter { $($entered:literal => $entry:expr;)* }
        exit { $($left:literal => $exit:expr;)* }
        remember { $($remembered:literal => $memory:ident;)* }
    ) => {
        /// A refused event.
        $vis type Refusal = $crate::Refusal<$Machine>;
        /// A refused event of the typed machine in state `S`, which comes back with it.
        $vis type Refused<S> = $crate::Refused<$Machine<S>, $Machine>;
        /// An event that the machine took.
        $vis type Applied = $crate::Applied<$Machine>;
        impl $Machine<$Initial> {
            const INITIAL: fn() -> $Initial = || $initial;
        }
        impl<S> $Machine<S> {
            /// The state with its data.
            $vis fn state(&self) -> &S {
                &self.0.state
            }
        }
        impl<S: $crate::Leaf<Machine = $Machine>> $Machine<S> {
            /// Lets the machine take an event that is legal in `S`, as the method of its name does.
            $vis fn fire<E: $crate::LegalIn<S, Machine = Self>>(self, event: E) -> E::Next {
                event.fire(self)
            }
        }
        impl $Machine {
            /// Lets the machine take an event.
            ///
            /// # Errors
            ///
            /// The refusal, with its reason. The machine is in the state in which it was; a handler that failed
            /// may have written to the state's data and to the context.
            #[inline]
            $vis fn apply(
                &mut self,
                event: impl ::core::convert::Into<Event>,
            ) -> ::core::result::Result<Applied, Refusal> {
                $crate::Machine::apply(self, event)
            }

            /// The events that the machine takes now.
            $vis fn legal(&self) -> impl ::core::iter::Iterator<Item = EventName> {
                $crate::Machine::legal(self)
            }

            /// The events that the graph allows now and a guard forbids, each with the guard's reason.
            $vis fn blocked(&self) -> impl ::core::iter::Iterator<Item = (EventName, Fault)> {
                $crate::Machine::blocked(self)
            }
        }
        impl $crate::Machine for $Machine {
            type State = State;
            type StateName = StateName;
            type Superstate = $Superstate;
            type Event = Event;
            type EventName = EventName;
            type Context = $Context;
            type History = $History;
            type Fault = Fault;
            const CHART: &'static $crate::chart::Chart = &CHART;
            fn initial() -> State {
                ::core::convert::Into::into($Machine::<$Initial>::INITIAL())
            }
            #[allow(unused_variables, reason = "a guard need not look at the machine")]
            fn guards(&self, event: EventName) -> ::core::result::Result<(), Fault> {
                let $at = &self.0;
                match (&$at.state, event) {
                    $(($(State::$State($source))|+, EventName::$Event) => $guard,)*
                    _ => ::core::result::Result::Ok(()),
                }
            }
            const REMEMBERS: &'static [u16] = &[$($remembered),*];
            #[allow(unused_variables, reason = "few machines remember")]
            fn remember(history: &mut $History, superstate: u16, left: State) {
                match superstate {
                    $($remembered => history.$memory = ::core::option::Option::Some(left),)*
                    _ => {}
                }
            }
            #[allow(unused_variables, reason = "an action need not look at the context")]
            fn enter(superstate: u16, $at: &mut $Context) {
                match superstate {
                    $($entered => $entry,)*
                    _ => {}
                }
            }
            #[allow(unused_variables, reason = "an action need not look at the context")]
            fn exit(superstate: u16, $at: &mut $Context) {
                match superstate {
                    $($left => $exit,)*
                    _ => {}
                }
            }
            #[inline]
            fn parts(&self) -> &$crate::Parts<State, $Context, $History> {
                &self.0
            }
            #[inline]
            fn parts_mut(&mut self) -> &mut $crate::Parts<State, $Context, $History> {
                &mut self.0
            }
        }
        impl<S> ::core::convert::From<$crate::Parts<S, $Context, $History>> for $Machine<S> {
            #[inline]
            fn from(parts: $crate::Parts<S, $Context, $History>) -> Self {
                Self(parts)
            }
        }
        impl<S> ::core::convert::From<$Machine<S>> for $crate::Parts<S, $Context, $History> {
            #[inline]
            fn from(machine: $Machine<S>) -> Self {
                machine.0
            }
        }
        impl<S: $crate::Leaf<Machine = $Machine>> ::core::convert::From<$Machine<S>> for $Machine {
            fn from(machine: $Machine<S>) -> Self {
                let $crate::Parts { state, context, history } = machine.0;
                Self($crate::Parts { state: ::core::convert::Into::into(state), context, history })
            }
        }
        impl<S: $crate::Leaf<Machine = $Machine>> ::core::convert::TryFrom<$Machine> for $Machine<S> {
            /// The machine itself, where it is in another state.
            type Error = $Machine;
            fn try_from(machine: $Machine) -> ::core::result::Result<Self, $Machine> {
                let $crate::Parts { state, context, history } = machine.0;
                match S::from_state(state) {
                    ::core::result::Result::Ok(state) => {
                        ::core::result::Result::Ok(Self($crate::Parts { state, context, history }))
                    }
                    ::core::result::Result::Err(state) => {
                        ::core::result::Result::Err($Machine($crate::Parts { state, context, history }))
                    }
                }
            }
        }
        impl<S: $crate::Named<Name = StateName>> ::core::fmt::Debug for $Machine<S> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::write!(f, "{}<{}>", ::core::stringify!($Machine), self.0.state.name())
            }
        }
    };
}

/// The states as types, as an enum with their data, and as the enum of typed machines.
#[doc(hidden)]
#[macro_export]
macro_rules! __states {
    ($(#[$meta:meta])* $vis:vis $Machine:ident($Context:ty), $at:ident, $source:ident: $(
        $(#[$state_meta:meta])* $State:ident = $number:literal [$($parent:literal)*]
        $(entry $entry:block)? $(exit $exit:block)?,
    )*) => {
        /// A state with its data. Its `Debug` form is the name.
        $(#[$meta])*
        $vis enum State {
            $(
                #[doc = ::core::concat!("The state [`", ::core::stringify!($State), "`](struct@", ::core::stringify!($State), ").")]
                $(#[$state_meta])*
                $State($State),
            )*
        }
        impl State {
            /// The state's name.
            #[inline]
            #[must_use]
            $vis const fn name(&self) -> StateName {
                match self {
                    $(Self::$State(_) => StateName::$State,)*
                }
            }
        }
        impl $crate::Named for State {
            type Name = StateName;
            #[inline]
            fn name(&self) -> StateName {
                State::name(self)
            }
        }
        impl ::core::fmt::Debug for State {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.name(), f)
            }
        }
        /// The typed machine in whichever state it is, to `match`.
        #[derive(::core::fmt::Debug)]
        $vis enum Typed {
            $(
                #[doc = ::core::concat!("The machine in [`", ::core::stringify!($State), "`](struct@", ::core::stringify!($State), ").")]
                $State($Machine<$State>),
            )*
        }
        impl $Machine {
            /// The typed machine.
            $vis fn into_typed(self) -> Typed {
                let $crate::Parts { state, context, history } = self.0;
                match state {
                    $(State::$State(state) => Typed::$State($Machine($crate::Parts { state, context, history })),)*
                }
            }
        }
        impl ::core::convert::From<Typed> for $Machine {
            fn from(typed: Typed) -> Self {
                match typed {
                    $(Typed::$State(machine) => ::core::convert::Into::into(machine),)*
                }
            }
        }
        $(
            impl ::core::convert::From<$State> for State {
                #[inline]
                fn from(state: $State) -> Self {
                    Self::$State(state)
                }
            }
            impl ::core::convert::From<$Machine<$State>> for Typed {
                fn from(machine: $Machine<$State>) -> Self {
                    Self::$State(machine)
                }
            }
            impl $crate::__private::Goto<$Machine> for $State {
                type Machines = $Machine<$State>;
                #[inline]
                fn state(self, _: &mut <$Machine as $crate::Machine>::History) -> State {
                    State::$State(self)
                }
                #[inline]
                fn goto<S: $crate::Leaf<Machine = $Machine>>(
                    self,
                    from: $crate::Parts<S, $Context, <$Machine as $crate::Machine>::History>,
                ) -> $Machine<$State> {
                    $Machine(from.leave(self))
                }
            }
            impl $crate::Named for $State {
                type Name = StateName;
                fn name(&self) -> StateName {
                    StateName::$State
                }
            }
            impl $crate::Leaf for $State {
                type Machine = $Machine;
                const NAME: StateName = StateName::$State;
                const NUMBER: u16 = $number;
                const PARENTS: &'static [u16] = &[$($parent),*];
                $(
                    #[allow(unused_variables, reason = "an action need not look at all")]
                    fn entry(&mut self, $at: &mut $Context) {
                        let $source = self;
                        $entry
                    }
                )?
                $(
                    #[allow(unused_variables, reason = "an action need not look at all")]
                    fn exit(&mut self, $at: &mut $Context) {
                        let $source = self;
                        $exit
                    }
                )?
                fn from_state(state: State) -> ::core::result::Result<Self, State> {
                    #[allow(unreachable_patterns, reason = "a machine may have one state")]
                    match state {
                        State::$State(state) => ::core::result::Result::Ok(state),
                        other => ::core::result::Result::Err(other),
                    }
                }
            }
        )*
    };
}

/// An enum of names.
#[doc(hidden)]
#[macro_export]
macro_rules! __names {
    ($(#[$meta:meta])* $vis:vis $Names:ident of $kind:literal: $($Name:ident = $name:literal $wire:literal,)*) => {
        $(#[$meta])*
        #[derive(
            ::core::clone::Clone, ::core::marker::Copy, ::core::cmp::PartialEq, ::core::cmp::Eq,
            ::core::cmp::PartialOrd, ::core::cmp::Ord, ::core::hash::Hash, ::core::fmt::Debug,
        )]
        $vis enum $Names {
            $(#[doc = ::core::concat!("`", $wire, "` on the wire.")] $Name,)*
        }
        impl $crate::Name for $Names {
            const ALL: &'static [Self] = &[$(Self::$Name),*];
            #[inline]
            fn number(self) -> u16 {
                self as u16
            }
            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Name => $name,)*
                }
            }
        }
        impl ::core::fmt::Display for $Names {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad($crate::Name::as_str(*self))
            }
        }
        /// Reads a name in any spelling: letter case, `_` and `-` do not count.
        impl ::core::str::FromStr for $Names {
            type Err = $crate::__private::UnknownName;
            fn from_str(text: &str) -> ::core::result::Result<Self, $crate::__private::UnknownName> {
                $crate::__private::parse_name(text, $kind)
            }
        }
    };
}

/// The wire form of an enum of names.
#[doc(hidden)]
#[macro_export]
macro_rules! __wire_names {
    ($Names:ident: $($Name:ident = $name:literal $wire:literal,)*) => {
        impl $crate::__private::serde::Serialize for $Names {
            fn serialize<Z: $crate::__private::serde::Serializer>(
                &self,
                to: Z,
            ) -> ::core::result::Result<Z::Ok, Z::Error> {
                to.serialize_str(match self {
                    $(Self::$Name => $wire,)*
                })
            }
        }
        impl<'de> $crate::__private::serde::Deserialize<'de> for $Names {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(
                from: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_name(from)
            }
        }
    };
}

/// The enum of events around the structs in `events`.
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    ($(#[$meta:meta])* $vis:vis Event: $($(#[$event_meta:meta])* $Event:ident,)*) => {
        /// An event with its payload. Its `Debug` form is the name.
        $(#[$meta])*
        $vis enum Event {
            $(
                #[doc = ::core::concat!("The event [`", ::core::stringify!($Event), "`](events::", ::core::stringify!($Event), ").")]
                $(#[$event_meta])*
                $Event(events::$Event),
            )*
        }
        impl Event {
            /// The event's name.
            #[inline]
            #[must_use]
            $vis const fn name(&self) -> EventName {
                match self {
                    $(Self::$Event(_) => EventName::$Event,)*
                }
            }
        }
        impl Event {
            /// Who may cause the event in `state`; `None` where the graph does not allow it.
            #[must_use]
            $vis fn player(
                &self,
                state: StateName,
            ) -> ::core::option::Option<$crate::chart::Player> {
                $crate::__private::player(&CHART, state, self.name())
            }
        }
        impl $crate::Named for Event {
            type Name = EventName;
            #[inline]
            fn name(&self) -> EventName {
                Event::name(self)
            }
        }
        impl ::core::fmt::Debug for Event {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.name(), f)
            }
        }
        $(
            impl ::core::convert::From<events::$Event> for Event {
                #[inline]
                fn from(event: events::$Event) -> Self {
                    Self::$Event(event)
                }
            }
        )*
    };
}

/// The struct of one event, with a wire form or without.
#[doc(hidden)]
#[macro_export]
macro_rules! __event {
    (bare $(#[$meta:meta])* $vis:vis $Event:ident) => {
        $(#[$meta])*
        $vis struct $Event;
    };
    (bare $(#[$meta:meta])* $vis:vis $Event:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$meta])*
        $vis struct $Event {
            $($(#[$field_meta])* $vis $field: $ty,)*
        }
    };
    (serde $(#[$meta:meta])* $vis:vis $Event:ident) => {
        $(#[$meta])*
        #[derive(
            ::core::clone::Clone,
            $crate::__private::serde::Serialize,
            $crate::__private::serde::Deserialize,
            $crate::__private::schemars::JsonSchema,
        )]
        #[serde(
            crate = "::leverframe::__private::serde",
            from = "::leverframe::__private::Empty",
            into = "::leverframe::__private::Empty",
        )]
        #[schemars(crate = "::leverframe::__private::schemars", with = "::leverframe::__private::Empty")]
        $vis struct $Event;
        impl ::core::convert::From<$crate::__private::Empty> for $Event {
            fn from(_: $crate::__private::Empty) -> Self {
                Self
            }
        }
        impl ::core::convert::From<$Event> for $crate::__private::Empty {
            fn from(_: $Event) -> Self {
                Self {}
            }
        }
    };
    (serde $(#[$meta:meta])* $vis:vis $Event:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }) => {
        $(#[$meta])*
        #[derive(
            ::core::clone::Clone,
            $crate::__private::serde::Serialize,
            $crate::__private::serde::Deserialize,
            $crate::__private::schemars::JsonSchema,
        )]
        #[serde(crate = "::leverframe::__private::serde", deny_unknown_fields)]
        #[schemars(crate = "::leverframe::__private::schemars")]
        $vis struct $Event {
            $($(#[$field_meta])* $vis $field: $ty,)*
        }
    };
}

/// The reasons of guards and handlers.
#[doc(hidden)]
#[macro_export]
macro_rules! __faults {
    ($vis:vis Fault: $($Fault:ident($ty:ty) = $docs:literal,)*; $($Guard:ident = $guard_docs:literal $text:literal,)*) => {
        /// Why a guard or a handler refused an event.
        #[derive(::core::fmt::Debug)]
        $vis enum Fault {
            $(#[doc = $docs] $Fault($ty),)*
            $(#[doc = $guard_docs] $Guard,)*
        }
        impl ::core::fmt::Display for Fault {
            fn fmt(&self, _f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match *self {
                    $(Self::$Fault(ref reason) => <$ty as ::core::fmt::Display>::fmt(reason, _f),)*
                    $(Self::$Guard => _f.write_str($text),)*
                }
            }
        }
        impl ::core::error::Error for Fault {}
    };
}

/// What each state does with each event, for statig.
#[doc(hidden)]
#[macro_export]
macro_rules! __dispatch {
    ($Machine:ident, $call:ident: [$($Leaf:ident),*] [$($Child:ident in $Parent:ident),*] $(
        $verb:ident [$($State:ident),+] $source:tt $Event:ident $event:tt ($($guard:expr)?) => $handler:expr;
    )*) => {
        impl $crate::__private::statig::blocking::State<$crate::__private::Statig<$Machine>> for State {
            #[inline]
            fn call_handler(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                _: &EventName,
                $call: &mut $crate::__private::Call<'_, $Machine>,
            ) -> $crate::__private::statig::Outcome<State> {
                match (self, $call.event()) {
                    $(
                        ($(State::$State($source))|+, ::core::option::Option::Some(Event::$Event($event))) => {
                            $(if let ::core::result::Result::Err(fault) = $guard {
                                return $call.forbid(fault);
                            })?
                            let verdict = $handler;
                            $call.$verb(verdict)
                        }
                    )*
                    (_, event) => $call.pass(event),
                }
            }
            #[inline]
            fn call_entry_action(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                call: &mut $crate::__private::Call<'_, $Machine>,
            ) {
                match self {
                    $(State::$Leaf(state) => $crate::Leaf::entry(state, call.context),)*
                }
            }
            #[inline]
            fn call_exit_action(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                call: &mut $crate::__private::Call<'_, $Machine>,
            ) {
                match self {
                    $(State::$Leaf(state) => $crate::Leaf::exit(state, call.context),)*
                }
            }
            #[inline]
            fn superstate(&mut self) -> ::core::option::Option<<$Machine as $crate::Machine>::Superstate> {
                #[allow(unreachable_patterns, reason = "each state may be in a superstate")]
                match self {
                    $(State::$Child(_) => ::core::option::Option::Some(Superstate::$Parent),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    };
}

/// The superstates, for statig.
#[doc(hidden)]
#[macro_export]
macro_rules! __superstates {
    ($vis:vis $Machine:ident: [$($Superstate:ident = $number:literal),+] [$($Child:ident in $Parent:ident),*]) => {
        /// The superstates, as statig sees them.
        #[doc(hidden)]
        #[derive(::core::clone::Clone, ::core::marker::Copy)]
        $vis enum Superstate {
            $($Superstate,)+
        }
        impl Superstate {
            const fn number(self) -> u16 {
                match self {
                    $(Self::$Superstate => $number,)+
                }
            }
        }
        impl $crate::__private::statig::blocking::Superstate<$crate::__private::Statig<$Machine>> for Superstate {
            fn call_handler(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                _: &EventName,
                _: &mut $crate::__private::Call<'_, $Machine>,
            ) -> $crate::__private::statig::Outcome<State> {
                $crate::__private::statig::Outcome::Super
            }
            fn call_entry_action(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                call: &mut $crate::__private::Call<'_, $Machine>,
            ) {
                <$Machine as $crate::Machine>::enter(self.number(), call.context);
            }
            fn call_exit_action(
                &mut self,
                _: &mut $crate::__private::Statig<$Machine>,
                call: &mut $crate::__private::Call<'_, $Machine>,
            ) {
                <$Machine as $crate::Machine>::exit(self.number(), call.context);
            }
            fn superstate(&mut self) -> ::core::option::Option<Self> {
                #[allow(unreachable_patterns, reason = "each superstate may be in another")]
                match self {
                    $(Self::$Child => ::core::option::Option::Some(Self::$Parent),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
    };
}

/// The memory of superstates, and the way back into them.
#[doc(hidden)]
#[macro_export]
macro_rules! __history {
    ($(#[$meta:meta])* $vis:vis $Machine:ident($Context:ty): [$($State:ident),*] $(
        $Superstate:ident $memory:ident = $Default:ident $default:expr;
    )+) => {
        /// The states that the superstates of `History` targets were last left in.
        $(#[$meta])*
        #[derive(::core::default::Default)]
        $vis struct Memory {
            $(
                #[doc = ::core::concat!("In `", ::core::stringify!($Superstate), "`.")]
                $vis $memory: ::core::option::Option<State>,
            )+
        }
        $(
            impl $crate::__private::Goto<$Machine> for $crate::History<$Superstate> {
                type Machines = Typed;
                fn state(self, history: &mut Memory) -> State {
                    match history.$memory.take() {
                        ::core::option::Option::Some(state) => state,
                        ::core::option::Option::None => State::$Default($default),
                    }
                }
                fn goto<S: $crate::Leaf<Machine = $Machine>>(
                    self,
                    mut from: $crate::Parts<S, $Context, Memory>,
                ) -> Typed {
                    let state = $crate::__private::Goto::<$Machine>::state(self, &mut from.history);
                    Typed::entered(from, state)
                }
            }
        )+
        impl Typed {
            /// The machine that leaves its state for another.
            fn entered<S: $crate::Leaf<Machine = $Machine>>(
                from: $crate::Parts<S, $Context, Memory>,
                state: State,
            ) -> Self {
                match state {
                    $(State::$State(state) => Self::$State($Machine(from.leave(state))),)*
                }
            }
        }
    };
}

/// A choice of states, and of typed machines in them.
#[doc(hidden)]
#[macro_export]
macro_rules! __choice {
    ($Machine:ident($Context:ty): $Choice:ident { $($Branch:ident($State:ident)),+ }) => {
        impl $crate::__private::Goto<$Machine> for $Choice {
            type Machines = $Choice<$($Machine<$State>),+>;
            #[inline]
            fn state(self, _: &mut <$Machine as $crate::Machine>::History) -> State {
                match self {
                    $(Self::$Branch(state) => ::core::convert::Into::into(state),)+
                }
            }
            #[inline]
            fn goto<S: $crate::Leaf<Machine = $Machine>>(
                self,
                from: $crate::Parts<S, $Context, <$Machine as $crate::Machine>::History>,
            ) -> Self::Machines {
                match self {
                    $(Self::$Branch(state) => $Choice::$Branch($Machine(from.leave(state))),)+
                }
            }
        }
        impl ::core::convert::From<$Choice<$($Machine<$State>),+>> for Typed {
            fn from(choice: $Choice<$($Machine<$State>),+>) -> Self {
                match choice {
                    $($Choice::$Branch(machine) => ::core::convert::Into::into(machine),)+
                }
            }
        }
    };
}

/// Which event types the typed machine takes in which state, and the walk by data over its methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __legal {
    ($vis:vis $Machine:ident: $(
        $verb:ident $event:ident $Event:ident $fields:tt [$($State:ident),+] $target:tt;
    )*) => {
        $($(
            impl $crate::LegalIn<$State> for events::$Event {
                type Machine = $Machine<$State>;
                type Next = $crate::__next!($verb $Machine $State $target);
                #[inline]
                fn fire(self, machine: $Machine<$State>) -> Self::Next {
                    let Self $fields = self;
                    $crate::__fire!($verb <$Machine<$State>>::$event(machine) $fields)
                }
            }
        )+)*
        impl Typed {
            /// Lets the machine take an event as data, by the method of its name.
            ///
            /// # Errors
            ///
            /// The machine comes back, with the refusal.
            $vis fn fire(
                self,
                event: impl ::core::convert::Into<Event>,
            ) -> ::core::result::Result<Self, $crate::Refused<Self, $Machine>> {
                match (self, ::core::convert::Into::<Event>::into(event)) {
                    $($(
                        (Self::$State(machine), Event::$Event(event)) => {
                            $crate::__settle!($verb <events::$Event as $crate::LegalIn<$State>>::fire(event, machine))
                        }
                    )+)*
                    #[allow(unreachable_patterns, reason = "each event may be legal in each state")]
                    (machine, event) => {
                        let machine: $Machine = ::core::convert::Into::into(machine);
                        let refusal = $crate::Refusal::not_in_the_graph(machine.0.state.name(), event.name());
                        ::core::result::Result::Err($crate::Refused { machine: machine.into_typed(), refusal })
                    }
                }
            }
        }
    };
}

/// What a method of the typed machine returns.
#[doc(hidden)]
#[macro_export]
macro_rules! __next {
    (goto $Machine:ident $State:ident [$Target:ty]) => {
        <$Target as $crate::__private::Goto<$Machine>>::Machines
    };
    (stay $Machine:ident $State:ident []) => { $Machine<$State> };
    (try_goto $Machine:ident $State:ident [$Target:ty]) => {
        ::core::result::Result<<$Target as $crate::__private::Goto<$Machine>>::Machines, Refused<$State>>
    };
    (try_stay $Machine:ident $State:ident []) => {
        ::core::result::Result<$Machine<$State>, Refused<$State>>
    };
}

/// Calls a method of the typed machine, by value.
#[doc(hidden)]
#[macro_export]
macro_rules! __fire {
    (stay <$Typed:ty>::$event:ident($machine:ident) { $($field:ident),* }) => {{
        let mut machine = $machine;
        <$Typed>::$event(&mut machine, $($field),*);
        machine
    }};
    (try_stay <$Typed:ty>::$event:ident($machine:ident) { $($field:ident),* }) => {{
        let mut machine = $machine;
        match <$Typed>::$event(&mut machine, $($field),*) {
            ::core::result::Result::Ok(()) => ::core::result::Result::Ok(machine),
            ::core::result::Result::Err(refusal) => {
                ::core::result::Result::Err($crate::Refused { machine, refusal })
            }
        }
    }};
    ($verb:ident <$Typed:ty>::$event:ident($machine:ident) { $($field:ident),* }) => {
        <$Typed>::$event($machine, $($field),*)
    };
}

/// Makes one type of what the methods of the typed machine return.
#[doc(hidden)]
#[macro_export]
macro_rules! __settle {
    (goto $next:expr) => {
        ::core::result::Result::Ok(::core::convert::Into::into($next))
    };
    (stay $next:expr) => {
        ::core::result::Result::Ok(::core::convert::Into::into($next))
    };
    ($verb:ident $next:expr) => {
        match $next {
            ::core::result::Result::Ok(machine) => {
                ::core::result::Result::Ok(::core::convert::Into::into(machine))
            }
            ::core::result::Result::Err(refused) => ::core::result::Result::Err($crate::Refused {
                machine: ::core::convert::Into::into(refused.machine),
                refusal: refused.refusal,
            }),
        }
    };
}

/// The enum of queries or of prompts.
#[doc(hidden)]
#[macro_export]
macro_rules! __questions {
    ($(#[$meta:meta])* $vis:vis $Question:ident: $(
        $(#[$variant_meta:meta])* $Variant:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
    )*) => {
        $(#[$meta])*
        #[derive(
            ::core::clone::Clone,
            $crate::__private::serde::Deserialize,
            $crate::__private::schemars::JsonSchema,
        )]
        #[serde(crate = "::leverframe::__private::serde", deny_unknown_fields)]
        #[schemars(crate = "::leverframe::__private::schemars")]
        #[allow(missing_docs, reason = "an argument may explain itself")]
        $vis enum $Question {
            $($(#[$variant_meta])* $Variant { $($(#[$field_meta])* $field: $ty,)* },)*
        }
    };
}

/// The dispatch of queries and prompts.
#[doc(hidden)]
#[macro_export]
macro_rules! __portable {
    (
        $Machine:ident, $at:ident:
        queries { $($answer:ident $Query:ident $arguments:tt $about:tt => $value:expr;)* }
        prompts { $($text:ident $Prompt:ident $parameters:tt $subject:tt => $prompt:expr;)* }
    ) => {
        #[allow(unused_variables, reason = "a machine need not have queries and prompts")]
        impl $crate::Portable for $Machine {
            type Query = Query;
            type Prompt = Prompt;
            fn answer<Z: $crate::__private::serde::Serializer>(
                &self,
                query: Query,
                to: Z,
            ) -> ::core::result::Result<Z::Ok, $crate::Unanswered<Self, Z::Error>> {
                let $at = &self.0;
                match query {
                    $(Query::$Query $arguments => {
                        $crate::__about!($at $about $crate::__private::$answer($value, to))
                    })*
                }
            }
            fn prompt(
                &self,
                prompt: Prompt,
            ) -> ::core::result::Result<
                $crate::__private::String,
                $crate::Unanswered<Self, ::core::convert::Infallible>,
            > {
                let $at = &self.0;
                match prompt {
                    $(Prompt::$Prompt $parameters => {
                        $crate::__about!($at $subject $crate::__private::$text($prompt))
                    })*
                }
            }
        }
    };
}

/// Something about the data of one state, or about none.
#[doc(hidden)]
#[macro_export]
macro_rules! __about {
    ($at:ident () $answer:expr) => {
        $answer
    };
    ($at:ident ($State:ident $source:ident) $answer:expr) => {
        match &$at.state {
            State::$State($source) => $answer,
            #[allow(unreachable_patterns, reason = "a machine may have one state")]
            other => ::core::result::Result::Err($crate::Unanswered::Elsewhere {
                state: other.name(),
                about: StateName::$State,
            }),
        }
    };
}

/// The machine as data.
#[doc(hidden)]
#[macro_export]
macro_rules! __chart {
    (
        $(#[$meta:meta])*
        $vis:vis CHART = $name:literal $docs:literal $initial:literal;
        states { $($state:literal $wire:literal $state_docs:literal [$($parent:literal)?] $($state_is:ident)*;)* }
        superstates { $($superstate:literal $super_wire:literal $super_docs:literal [$($super_parent:literal)?];)* }
        events { $(
            $event:literal $event_docs:literal $payload:tt
            $([$($from:literal)*] [$($target:ident $to:literal)*] [$($guard:literal)*] [$($after:literal)?] $($clause_docs:literal)? $($clause_is:ident)*),+;
        )* }
        queries { $($query:literal $query_docs:literal $arguments:tt $($about:literal)?;)* }
        prompts { $($prompt:literal $prompt_docs:literal $parameters:tt $($subject:literal)? [$($for:literal)*];)* }
    ) => {
        $(#[$meta])*
        $vis const CHART: $crate::chart::Chart = $crate::chart::Chart::new($name, $docs, $initial)
            .states_are(
                &[$($crate::chart::State::new($state, $wire, $state_docs)$(.within($parent))?$(.$state_is())*),*],
                &[$($crate::chart::State::new($superstate, $super_wire, $super_docs)$(.within($super_parent))?),*],
            )
            .events_are(&[$(
                $crate::chart::Event::new($event, $event_docs, $crate::__parameters!($payload), &[$(
                    $crate::chart::Clause::new(&[$($from),*], &[$($crate::chart::Target::$target($to)),*])
                        .guarded(&[$($guard),*])$(.after_millis($after))?$(.documented($clause_docs))?$(.$clause_is())*
                ),+])
            ),*])
            .queries_are(&[$(
                $crate::chart::Query::new($query, $query_docs, $crate::__parameters!($arguments))
                    $(.about_state($about))?
            ),*])
            .prompts_are(&[$(
                $crate::chart::Prompt::new(
                    $crate::chart::Query::new($prompt, $prompt_docs, $crate::__parameters!($parameters))
                        $(.about_state($subject))?,
                    &[$($for),*],
                )
            ),*]);
    };
}

/// The parts of a payload, or the arguments of a query or a prompt.
#[doc(hidden)]
#[macro_export]
macro_rules! __parameters {
    (($($name:literal $ty:literal $docs:literal $($is:ident)*,)*)) => {
        &[$($crate::chart::Parameter::new($name, $ty, $docs)$(.$is())*),*]
    };
}
