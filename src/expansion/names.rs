//! The names of states and events.

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
