//! A machine that tells of each event that it takes.

use crate::machine::{Applied, Machine, Refusal};

/// A runtime machine with somebody who is told of each event that it takes, after its actions have run.
///
/// ```
/// # #[leverframe::machine]
/// # pub mod lamp {
/// #     #[state(initial)]
/// #     pub struct Off;
/// #     #[state]
/// #     pub struct On;
/// #     #[transition(from = Off)]
/// #     fn press() -> On { On }
/// #     #[transition(from = On)]
/// #     fn release() -> Off { Off }
/// # }
/// use lamp::{Lamp, events};
/// use leverframe::Observed;
///
/// let mut seen = Vec::new();
/// let mut lamp = Observed::new(Lamp::from(Lamp::new()), |lamp: &Lamp, applied| {
///     seen.push(format!("{} --{}--> {lamp:?}", applied.from, applied.event));
/// });
/// lamp.apply(events::Press).unwrap();
/// lamp.apply(events::Press).unwrap_err();
/// drop(lamp);
/// assert_eq!(seen, ["Off --press--> Lamp<On>"]);
/// ```
#[derive(Debug, Clone)]
pub struct Observed<M, F> {
    machine: M,
    on_transition: F,
}

impl<M: Machine, F: FnMut(&M, &Applied<M>)> Observed<M, F> {
    /// The machine, of which `on_transition` is told.
    pub fn new(machine: M, on_transition: F) -> Self {
        Self { machine, on_transition }
    }

    /// Lets the machine take an event, and tells of it.
    ///
    /// # Errors
    ///
    /// The refusal, of which nobody is told but the caller.
    pub fn apply(&mut self, event: impl Into<M::Event>) -> Result<Applied<M>, Refusal<M>> {
        let applied = self.machine.apply(event)?;
        (self.on_transition)(&self.machine, &applied);
        Ok(applied)
    }

    /// The machine.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, of which nobody is told any more.
    pub fn into_machine(self) -> M {
        self.machine
    }
}
