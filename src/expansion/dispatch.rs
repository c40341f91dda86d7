//! What statig calls.

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
