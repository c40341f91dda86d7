//! The struct of a machine, and its runtime form.

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
        /// A refused event of the typed machine in state `S`, which is returned with it.
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
            type Initial = $Initial;
            type InState<__F: $crate::Family<Self>> = InState<__F>;
            fn in_state<__F: $crate::Family<Self>>(
                leaf: u16,
                family: __F,
            ) -> ::core::option::Option<InState<__F>> {
                InState::of(leaf, family)
            }
            const CHART: &'static $crate::chart::Chart = &CHART;
            fn initial() -> State {
                ::core::convert::Into::into($Machine::<$Initial>::INITIAL())
            }
            #[allow(unused_variables, reason = "a guard need not use the machine")]
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
            #[allow(unused_variables, reason = "an action need not use the context")]
            fn enter(superstate: u16, $at: &mut $Context) {
                match superstate {
                    $($entered => $entry,)*
                    _ => {}
                }
            }
            #[allow(unused_variables, reason = "an action need not use the context")]
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
        impl<S: $crate::Leaf<Machine = $Machine>> $crate::Landing<$Machine> for $Machine<S> {
            type Of<__F: $crate::Family<$Machine>> = __F::At<S>;
            fn land<__F: $crate::Family<$Machine>>(
                leaf: u16,
                family: __F,
            ) -> ::core::option::Option<__F::At<S>> {
                if leaf == S::NUMBER { family.at::<S>() } else { ::core::option::Option::None }
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
