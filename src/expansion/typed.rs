//! Which events the typed machine takes.

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
            /// The machine, with the refusal.
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
        <$Target as $crate::__private::TransitionTarget<$Machine>>::Machines
    };
    (stay $Machine:ident $State:ident []) => { $Machine<$State> };
    (try_goto $Machine:ident $State:ident [$Target:ty]) => {
        ::core::result::Result<<$Target as $crate::__private::TransitionTarget<$Machine>>::Machines, Refused<$State>>
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
