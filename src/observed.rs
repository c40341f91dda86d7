//! A machine that reports each event that it takes.

use crate::machine::{Applied, Machine, Refusal};

/// A runtime machine that calls a function after each event that it takes, once the actions have run.
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
    /// Calls `on_transition` after each event that `machine` takes.
    pub fn new(machine: M, on_transition: F) -> Self {
        Self { machine, on_transition }
    }

    /// Applies an event, and reports it.
    ///
    /// # Errors
    ///
    /// The refusal, which is not reported.
    pub fn apply(&mut self, event: impl Into<M::Event>) -> Result<Applied<M>, Refusal<M>> {
        let applied = self.machine.apply(event)?;
        (self.on_transition)(&self.machine, &applied);
        Ok(applied)
    }

    /// The machine.
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, whose events are no longer reported.
    pub fn into_machine(self) -> M {
        self.machine
    }
}
