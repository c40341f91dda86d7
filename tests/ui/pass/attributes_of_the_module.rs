#![deny(warnings, missing_docs)]
//! Attributes of the author's stay where they are, in and on the module.
#[allow(dead_code)]
#[leverframe::machine]
/// A lamp.
#[doc(alias = "light")]
pub mod lamp {
    //! It shines.
    #![allow(non_camel_case_types)]
    /// Dark.
    #[state(initial)]
    #[must_use]
    pub struct r#type;
    /// Shining.
    #[non_exhaustive]
    #[state(final)]
    #[repr(C)]
    pub struct On;
    /// Press the switch.
    #[inline]
    #[transition(from = r#type)]
    #[allow(unused_variables, clippy::needless_pass_by_value)]
    fn press(#[allow(unused)] hard: bool) -> On {
        On
    }
    /// It works.
    #[query]
    #[must_use]
    fn works() -> bool {
        true
    }
}
