//! The charts of the machines that have written a store, kept in it to be compared with later ones.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::value::to_raw_value;

use super::Runs;
use crate::chart::Document;
use crate::portable::Portable;
use crate::record::Hash;
use crate::store::{Note, NoteChange, Scope, Store, StoreError};

/// The beginning of the names of the notes that hold charts.
const PREFIX: &str = "chart/";

/// Whether the store has the chart of this program.
#[derive(Default)]
pub(super) struct Kept(AtomicBool);

/// The charts of all machines that have written the store, the newest first.
///
/// # Errors
///
/// The store fails.
pub async fn charts(store: &dyn Store) -> Result<Vec<Document>, StoreError> {
    let mut notes = store.notes(&Scope::Store).await?;
    notes.retain(|note| note.name.as_str().starts_with(PREFIX));
    notes.sort_by_key(|note| std::cmp::Reverse(note.revision));
    let read = |note: &Note| serde_json::from_str(note.body.get()).ok();
    Ok(notes.iter().filter_map(read).collect())
}

impl<M: Portable<Context: Default>> Runs<M> {
    /// Keeps the chart of this program in the store, once. Nothing depends on it.
    pub(super) async fn keep_chart(&self) {
        if self.chart.0.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.note_chart().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the chart of the machine cannot be kept in the store");
        }
    }

    async fn note_chart(&self) -> Result<(), StoreError> {
        let Ok(body) = to_raw_value(&Document::of(M::CHART)) else { return Ok(()) };
        let name = format!("{PREFIX}{}", Hash::of(&[body.get().as_bytes()]));
        let Ok(name) = name.parse() else { return Ok(()) };
        let notes = self.store.notes(&Scope::Store).await?;
        if notes.iter().any(|note| note.name == name) {
            return Ok(());
        }
        match self.store.note(&Scope::Store, NoteChange::create(name, body)).await {
            Ok(_) | Err(StoreError::NoteConflict { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
