//! The machine that the server binary carries: an agent's way through a task.
//!
//! Its declaration is an ordinary user of the public API, and an example of a whole machine.

mod command_line;
mod declaration;

pub use self::command_line::main;
#[doc(inline)]
pub use self::declaration::machine::*;
pub use self::declaration::{Message, Role, UnknownKey, machine};
