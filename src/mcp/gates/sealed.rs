//! What a client carries from a question to its answer. It is sealed, expires, and can be used once.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{JsonObject, RequestStateCodec, RequestStateError, SealOptions};
use serde::{Deserialize, Serialize};

use crate::caller::Principal;
use crate::record::{Hash, RunId, canonical};
use crate::runs::GateId;

/// The maximum number of questions without an answer. Beyond it the oldest can be answered no more.
const OPEN: usize = 4096;

/// Seals with a key that no other process has.
pub(super) struct Sealer {
    codec: RequestStateCodec,
    lifetime: Duration,
    open: Mutex<Open>,
}

/// The questions without an answer, and when each was put.
#[derive(Default)]
struct Open {
    last: u64,
    since: BTreeMap<u64, Instant>,
}

/// What a state is good for: a call of this tool with these arguments by this principal.
pub(super) struct Purpose(Hash);

#[derive(Serialize, Deserialize)]
struct State {
    question: u64,
    run: RunId,
    gate: GateId,
}

impl Purpose {
    pub(super) fn new(caller: &Principal, tool: &str, arguments: &JsonObject) -> Self {
        let arguments = canonical(arguments).unwrap_or_default();
        Self(Hash::of(&[caller.as_str().as_bytes(), tool.as_bytes(), arguments.as_bytes()]))
    }
}

impl Sealer {
    pub(super) fn new(lifetime: Duration) -> Result<Self, Unseedable> {
        let mut key = [0; RequestStateCodec::MIN_KEY_LENGTH];
        getrandom::fill(&mut key).map_err(|error| Unseedable(error.to_string()))?;
        let codec = RequestStateCodec::new_unchecked(key);
        Ok(Self { codec, lifetime, open: Mutex::default() })
    }

    pub(super) fn seal(&self, run: &RunId, gate: &GateId, purpose: &Purpose) -> String {
        let question = {
            let mut open = self.open_questions();
            open.last += 1;
            let question = open.last;
            open.since.insert(question, Instant::now());
            while open.since.len() > OPEN {
                open.since.pop_first();
            }
            question
        };
        let state = State { question, run: run.clone(), gate: gate.clone() };
        let state = serde_json::to_vec(&state).expect("all keys are texts");
        let bound = SealOptions::new().associated_data(&purpose.0.0).ttl(self.lifetime);
        self.codec.seal_with(&state, &bound)
    }

    /// The request that a state is about. The state is used up.
    pub(super) fn open(
        &self,
        state: &str,
        purpose: &Purpose,
    ) -> Result<(RunId, GateId), StateError> {
        let state = match self.codec.open_with(state, &purpose.0.0) {
            Ok(state) => state,
            Err(RequestStateError::Expired) => return Err(StateError::Expired),
            Err(_) => return Err(StateError::Forged),
        };
        let state: State = serde_json::from_slice(&state).map_err(|_| StateError::Forged)?;
        match self.open_questions().since.remove(&state.question) {
            None => Err(StateError::Used),
            Some(since) if since.elapsed() >= self.lifetime => Err(StateError::Expired),
            Some(_) => Ok((state.run, state.gate)),
        }
    }

    /// The questions. No code under the lock can leave them half changed, so a poisoned lock is ignored.
    fn open_questions(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a state that a client sends is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum StateError {
    #[error(
        "this `requestState` was not given out for this call of this caller; call the tool without it"
    )]
    Forged,
    #[error("this `requestState` was used before; call the tool without it")]
    Used,
    #[error("this `requestState` has expired; call the tool without it")]
    Expired,
}

/// The operating system gives no random numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random numbers, with which questions are sealed: {0}")]
pub struct Unseedable(String);

#[cfg(test)]
mod tests {
    use rmcp::model::JsonObject;

    use super::{Duration, OPEN, Principal, Purpose, Sealer, StateError};
    use crate::record::{RunId, RunName};
    use crate::runs::GateId;

    fn purpose(caller: &str, tool: &str, cents: u64) -> Purpose {
        let caller: Principal = caller.parse().expect("a name");
        let arguments = JsonObject::from_iter([("cents".to_owned(), cents.into())]);
        Purpose::new(&caller, tool, &arguments)
    }

    fn target() -> (RunId, GateId) {
        let owner = "ada".parse().expect("a name");
        let gate = "0123456789abcdef".parse().expect("an identity");
        (RunId::new(owner, RunName::main()), gate)
    }

    #[test]
    fn a_state_is_bound_to_its_call_and_used_once() {
        let sealer = Sealer::new(Duration::from_secs(60)).expect("random numbers");
        let (run, gate) = target();
        let own = purpose("ada", "pay", 5);
        let state = sealer.seal(&run, &gate, &own);
        for other in [purpose("eve", "pay", 5), purpose("ada", "move", 5), purpose("ada", "pay", 6)]
        {
            assert_eq!(sealer.open(&state, &other), Err(StateError::Forged));
        }
        let another = Sealer::new(Duration::from_secs(60)).expect("random numbers");
        assert_eq!(another.open(&state, &own), Err(StateError::Forged));
        assert_eq!(sealer.open(&state, &own), Ok((run, gate)));
        assert_eq!(sealer.open(&state, &own), Err(StateError::Used));
    }

    #[test]
    fn states_expire_and_are_bounded() {
        let (run, gate) = target();
        let own = purpose("ada", "pay", 5);
        let sealer = Sealer::new(Duration::ZERO).expect("random numbers");
        let state = sealer.seal(&run, &gate, &own);
        assert_eq!(sealer.open(&state, &own), Err(StateError::Expired));
        let sealer = Sealer::new(Duration::from_secs(60)).expect("random numbers");
        let oldest = sealer.seal(&run, &gate, &own);
        for _ in 0..OPEN {
            sealer.seal(&run, &gate, &own);
        }
        assert_eq!(sealer.open(&oldest, &own), Err(StateError::Used));
        assert_eq!(sealer.open_questions().since.len(), OPEN);
    }
}
