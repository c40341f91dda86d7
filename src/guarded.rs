//! Calls of an author's code, which may panic.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A panic of the author's code.
#[derive(Debug, thiserror::Error)]
#[error("the code panicked: {0}")]
pub(crate) struct Panic(String);

/// Calls the author's code.
///
/// # Errors
///
/// [`Panic`] if it panics. What it had borrowed to change must not be used any more.
pub(crate) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, Panic> {
    catch_unwind(AssertUnwindSafe(call)).map_err(Panic::from)
}

impl From<Box<dyn Any + Send>> for Panic {
    fn from(panic: Box<dyn Any + Send>) -> Self {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        Self(text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    }
}
