//! The states, superstates, memories and choices.

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
        /// The typed machine in any of its states, to `match`.
        #[derive(::core::fmt::Debug)]
        $vis enum Typed {
            $(
                #[doc = ::core::concat!("The machine in [`", ::core::stringify!($State), "`](struct@", ::core::stringify!($State), ").")]
                $State($Machine<$State>),
            )*
        }
        /// A handle on the machine in any of its states, to `match`.
        $vis enum InState<__F: $crate::Family<$Machine>> {
            $(
                #[doc = ::core::concat!("The machine is in [`", ::core::stringify!($State), "`](struct@", ::core::stringify!($State), ").")]
                $State(__F::At<$State>),
            )*
        }
        impl<__F: $crate::Family<$Machine>> InState<__F> {
            fn of(leaf: u16, family: __F) -> ::core::option::Option<Self> {
                match leaf {
                    $($number => ::core::option::Option::map(family.at::<$State>(), Self::$State),)*
                    _ => ::core::option::Option::None,
                }
            }
        }
        impl $crate::Landing<$Machine> for Typed {
            type Of<__F: $crate::Family<$Machine>> = InState<__F>;
            fn land<__F: $crate::Family<$Machine>>(
                leaf: u16,
                family: __F,
            ) -> ::core::option::Option<InState<__F>> {
                InState::of(leaf, family)
            }
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
            impl $crate::__private::TransitionTarget<$Machine> for $State {
                type Machines = $Machine<$State>;
                #[inline]
                fn state(self, _: &mut <$Machine as $crate::Machine>::History) -> State {
                    State::$State(self)
                }
                #[inline]
                fn goto<__S: $crate::Leaf<Machine = $Machine>>(
                    self,
                    from: $crate::Parts<__S, $Context, <$Machine as $crate::Machine>::History>,
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
            impl $crate::__private::TransitionTarget<$Machine> for $crate::History<$Superstate> {
                type Machines = Typed;
                fn state(self, history: &mut Memory) -> State {
                    match history.$memory.take() {
                        ::core::option::Option::Some(state) => state,
                        ::core::option::Option::None => State::$Default($default),
                    }
                }
                fn goto<__S: $crate::Leaf<Machine = $Machine>>(
                    self,
                    mut from: $crate::Parts<__S, $Context, Memory>,
                ) -> Typed {
                    let state = $crate::__private::TransitionTarget::<$Machine>::state(self, &mut from.history);
                    Typed::entered(from, state)
                }
            }
        )+
        impl Typed {
            /// The machine that leaves its state for another.
            fn entered<__S: $crate::Leaf<Machine = $Machine>>(
                from: $crate::Parts<__S, $Context, Memory>,
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
        impl $crate::__private::TransitionTarget<$Machine> for $Choice {
            type Machines = $Choice<$($Machine<$State>),+>;
            #[inline]
            fn state(self, _: &mut <$Machine as $crate::Machine>::History) -> State {
                match self {
                    $(Self::$Branch(state) => ::core::convert::Into::into(state),)+
                }
            }
            #[inline]
            fn goto<__S: $crate::Leaf<Machine = $Machine>>(
                self,
                from: $crate::Parts<__S, $Context, <$Machine as $crate::Machine>::History>,
            ) -> Self::Machines {
                match self {
                    $(Self::$Branch(state) => $Choice::$Branch($Machine(from.leave(state))),)+
                }
            }
        }
        impl $crate::Landing<$Machine> for $Choice<$($Machine<$State>),+> {
            type Of<__F: $crate::Family<$Machine>> = $Choice<$(__F::At<$State>),+>;
            fn land<__F: $crate::Family<$Machine>>(
                leaf: u16,
                family: __F,
            ) -> ::core::option::Option<Self::Of<__F>> {
                $(if leaf == <$State as $crate::Leaf>::NUMBER {
                    return ::core::option::Option::map(family.at::<$State>(), $Choice::$Branch);
                })+
                ::core::option::Option::None
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
