//! What an expansion of `#[machine]` is built from.
//!
//! The attribute emits the author's items, the methods of the typed machine, and tables; these macros make the
//! repeated parts of the API of the tables. Nothing here is for direct use.

#[cfg(feature = "serde")]
mod bounds;
mod chart;
mod dispatch;
mod events;
mod machine;
mod names;
mod questions;
mod states;
#[cfg(feature = "serde")]
mod tasks;
mod typed;
#[cfg(feature = "serde")]
mod upgrades;

/// What generated code names beside the public API.
#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "serde")]
    pub use alloc::borrow::Cow;
    #[cfg(feature = "serde")]
    pub use alloc::boxed::Box;
    #[cfg(feature = "serde")]
    pub use alloc::string::String;
    #[cfg(feature = "serde")]
    pub use alloc::sync::Arc;
    #[cfg(feature = "serde")]
    pub use schemars;
    #[cfg(feature = "serde")]
    pub use serde;
    pub use statig;

    pub use crate::machine::{Call, Statig, TransitionTarget};

    #[cfg(feature = "serde")]
    pub use super::bounds::{
        Answer, Argument, Context, Events, Payload, Questions, argument, context, payload,
    };
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
    pub fn initiator(
        chart: &crate::chart::Chart,
        state: impl crate::Name,
        event: impl crate::Name,
    ) -> Option<crate::chart::Initiator> {
        let event = chart.events().get(usize::from(event.number()))?;
        chart.clause(state.number(), event).map(crate::chart::Clause::by)
    }

    /// The bytes that a text of 64 hexadecimal digits stands for.
    ///
    /// # Panics
    ///
    /// Where the text is none such.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the length is checked")]
    pub const fn bytes(hex: &str) -> [u8; 32] {
        const fn digit(digit: u8) -> u8 {
            match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => panic!("a hexadecimal digit in lower case"),
            }
        }
        let hex = hex.as_bytes();
        assert!(hex.len() == 64, "32 bytes in hexadecimal digits");
        let mut bytes = [0; 32];
        let mut place = 0;
        while place < bytes.len() {
            bytes[place] = digit(hex[2 * place]) << 4 | digit(hex[2 * place + 1]);
            place += 1;
        }
        bytes
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
    use serde::ser::Serializer;

    use super::bounds::Answer;
    use crate::machine::{Machine, Name};
    use crate::portable::QueryError;

    /// The payload of an event without one.
    #[derive(Clone, Copy, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Empty {}

    /// Writes the answer of a query.
    pub fn answer<M: Machine, Z: Serializer>(
        value: impl Answer,
        to: Z,
    ) -> Result<Z::Ok, QueryError<M, Z::Error>> {
        value.serialize(to).map_err(QueryError::Serializer)
    }

    /// Writes the answer of a query that may fail.
    pub fn try_answer<M: Machine, Z: Serializer>(
        value: Result<impl Answer, impl Display>,
        to: Z,
    ) -> Result<Z::Ok, QueryError<M, Z::Error>> {
        answer(value.map_err(|error| QueryError::Failed(error.to_string()))?, to)
    }

    /// The text of a prompt.
    pub fn text<M: Machine>(text: String) -> Result<String, QueryError<M, Infallible>> {
        Ok(text)
    }

    /// The text of a prompt that may fail.
    pub fn try_text<M: Machine>(
        text: Result<String, impl Display>,
    ) -> Result<String, QueryError<M, Infallible>> {
        text.map_err(|error| QueryError::Failed(error.to_string()))
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
