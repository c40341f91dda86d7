//! The events, and why they are refused.

/// The enum of events around the structs in `events`.
#[doc(hidden)]
#[macro_export]
macro_rules! __events {
    (bare $vis:vis Event: $($Event:ident,)*) => {
        $crate::__events! { @enum $vis Event: $([] $Event,)* }
        $crate::__events! { @impls $vis Event: $($Event,)* }
    };
    (serde [] $vis:vis Event: $($wire:literal $Event:ident,)*) => {
        $crate::__events! {
            @enum
            #[derive(
                ::core::clone::Clone,
                $crate::__private::serde::Serialize,
                $crate::__private::serde::Deserialize,
                $crate::__private::schemars::JsonSchema,
            )]
            #[serde(crate = "::leverframe::__private::serde")]
            #[schemars(crate = "::leverframe::__private::schemars")]
            $vis Event: $([#[serde(rename = $wire)]] $Event,)*
        }
        $crate::__events! { @impls $vis Event: $($Event,)* }
    };
    (serde [$($Unknown:ident),+] #[$bounds:meta] $vis:vis Event: $($wire:literal $Event:ident,)*) => {
        $crate::__events! {
            @enum
            #[derive($crate::__private::serde::Serialize, $crate::__private::serde::Deserialize)]
            #[serde(crate = "::leverframe::__private::serde")]
            #[$bounds]
            $vis Event: $([#[serde(rename = $wire)]] $Event,)*
        }
        impl ::core::clone::Clone for Event
        where
            $(for<'a> events::$Unknown: $crate::__private::Events<'a>,)+
        {
            fn clone(&self) -> Self {
                match self {
                    $(Self::$Event(event) => Self::$Event(::core::clone::Clone::clone(event)),)*
                }
            }
        }
        $crate::__schema! {
            Event where [$(events::$Unknown: Events),+]
            enum { $(#[serde(rename = $wire)] $Event(events::$Event),)* }
        }
        $crate::__events! { @impls $vis Event: $($Event,)* }
    };
    (@enum $(#[$meta:meta])* $vis:vis Event: $([$(#[$event_meta:meta])*] $Event:ident,)*) => {
        /// An event with its payload. Its `Debug` form is the name.
        $(#[$meta])*
        $vis enum Event {
            $(
                #[doc = ::core::concat!("The event [`", ::core::stringify!($Event), "`](events::", ::core::stringify!($Event), ").")]
                $(#[$event_meta])*
                $Event(events::$Event),
            )*
        }
    };
    (@impls $vis:vis Event: $($Event:ident,)*) => {
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
            $vis fn initiator(
                &self,
                state: StateName,
            ) -> ::core::option::Option<$crate::chart::Initiator> {
                $crate::__private::initiator(&CHART, state, self.name())
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
    (
        serde [$($unknown:ty),+] #[$bounds:meta] $(#[$meta:meta])*
        $vis:vis $Event:ident { $($(#[$field_meta:meta])* $field:ident: $ty:ty,)* }
    ) => {
        $(#[$meta])*
        #[derive($crate::__private::serde::Serialize, $crate::__private::serde::Deserialize)]
        #[serde(crate = "::leverframe::__private::serde", deny_unknown_fields)]
        #[$bounds]
        $vis struct $Event {
            $($(#[$field_meta])* $vis $field: $ty,)*
        }
        impl ::core::clone::Clone for $Event
        where
            $(for<'a> $unknown: $crate::__private::Payload<'a>,)+
        {
            fn clone(&self) -> Self {
                Self { $($field: ::core::clone::Clone::clone(&self.$field),)* }
            }
        }
        $crate::__schema! {
            $Event where [$($unknown: Payload),+]
            $(#[$meta])* struct { $($(#[$field_meta])* $field: $ty,)* }
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

/// The JSON Schema of a type some parts of which may have none.
///
/// schemars takes no bounds for a type without parameters, but copies the `where` clause of the type itself. That clause
/// would have to hold wherever the type is named, so a copy of the type has it that nobody names.
#[doc(hidden)]
#[macro_export]
macro_rules! __schema {
    ($Type:ident where [$($unknown:ty: $Bound:ident),+] $(#[$meta:meta])* $kind:ident { $($content:tt)* }) => {
        const _: () = {
            #[derive($crate::__private::schemars::JsonSchema)]
            #[serde(deny_unknown_fields)]
            #[schemars(crate = "::leverframe::__private::schemars")]
            $(#[$meta])*
            #[allow(dead_code, missing_docs, reason = "its schema alone is used")]
            $kind Copy where $(for<'a> $unknown: $crate::__private::$Bound<'a>,)+ { $($content)* }
            impl $crate::__private::schemars::JsonSchema for $Type
            where
                $(for<'a> $unknown: $crate::__private::$Bound<'a>,)+
            {
                fn schema_name() -> $crate::__private::Cow<'static, ::core::primitive::str> {
                    $crate::__private::Cow::Borrowed(::core::stringify!($Type))
                }
                fn schema_id() -> $crate::__private::Cow<'static, ::core::primitive::str> {
                    $crate::__private::Cow::Borrowed(::core::concat!(
                        ::core::module_path!(), "::", ::core::stringify!($Type),
                    ))
                }
                fn json_schema(
                    generator: &mut $crate::__private::schemars::SchemaGenerator,
                ) -> $crate::__private::schemars::Schema {
                    <Copy as $crate::__private::schemars::JsonSchema>::json_schema(generator)
                }
            }
        };
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
