//! Events that people have to approve.

use super::{Rejection, RejectionKind, Run, in_chart};
use crate::chart::Event;
use crate::guarded::guarded;
use crate::portable::Portable;
use crate::record::Version;

impl<M: Portable> Run<M> {
    /// The number of people who have to approve the event now; `None` if it needs nobody.
    ///
    /// # Errors
    ///
    /// [`Rejection`], if a guard forbids the event.
    pub fn gate(&self, event: M::EventName) -> Result<Option<u8>, Rejection> {
        let Some(needed) = self.needed(in_chart::<M>(event)) else { return Ok(None) };
        let reason = match guarded(|| self.machine.guards(event)) {
            Ok(Ok(())) => return Ok(Some(needed)),
            Ok(Err(fault)) => fault.to_string(),
            Err(panic) => panic.to_string(),
        };
        Err(Rejection::new(RejectionKind::Guard, in_chart::<M>(event), reason))
    }

    /// The first record that people have approved; the start, if the run was forked after one.
    #[must_use]
    pub fn gated(&self) -> Option<Version> {
        self.gated
    }

    /// The number of people who have to approve the event in the present state.
    pub(crate) fn needed(&self, event: &Event) -> Option<u8> {
        let approvals = M::CHART.clause(self.leaf(), event)?.approvals();
        (approvals > 0).then_some(approvals)
    }
}
