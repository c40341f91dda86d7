//! A clean end.

use serde::{Deserialize, Serialize};
use serde_json::value::to_raw_value;

use super::Runs;
use crate::portable::Portable;
use crate::record::{Hash, RunId};
use crate::store::{Note, NoteChange, Scope, StoreError};

/// The name of the note that holds the digest at the end of a history.
const DIGEST: &str = "digest";

/// The value of a run at the end of its history.
#[derive(Serialize, Deserialize)]
struct Noted {
    digest: Hash,
}

/// The digest that a clean end has noted.
pub(crate) fn noted_digest(notes: &[Note]) -> Option<Hash> {
    let note = notes.iter().find(|note| note.name.as_str() == DIGEST)?;
    serde_json::from_str::<Noted>(note.body.get()).ok().map(|noted| noted.digest)
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Ends the use of all live runs: the digest of each whose last records have none is noted in the store, so that a
    /// program with a changed machine can compare the data of these records too. Tasks under way are left to other programs
    /// at once, instead of when their leases end. Nothing depends on it.
    pub async fn close(&self) {
        self.release_tasks().await;
        for id in self.live.ids() {
            if let Err(error) = self.note_digest(&id).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(run = %id, error, "the digest of the run cannot be noted");
            }
        }
    }

    async fn note_digest(&self, id: &RunId) -> Result<(), StoreError> {
        let slot = self.live.slot(id);
        let mut place = slot.lock().await;
        let Some(run) = place.take().filter(|run| run.is_started() && run.lacks_digest()) else {
            return Ok(());
        };
        let Ok(snapshot) = run.snapshot() else { return Ok(()) };
        let body = to_raw_value(&Noted { digest: snapshot.digest() });
        let name = DIGEST.parse();
        let (Ok(body), Ok(name)) = (body, name) else { return Ok(()) };
        let scope = Scope::Head { run: id.clone(), hash: snapshot.hash };
        match self.store.note(&scope, NoteChange::create(name, body)).await {
            // It is noted already, or the run went on elsewhere.
            Ok(_) | Err(StoreError::NoteConflict { .. } | StoreError::Conflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
