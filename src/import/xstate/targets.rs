//! The names of states in XState.

use super::super::ImportError;
use super::super::json::Json;
use super::super::scxml::nearest;
use super::Reader;

impl Reader<'_> {
    /// The states that a target names: a text, or a list of texts. It stands at `at`; names are relative to `source`.
    pub(super) fn targets(
        &self,
        source: usize,
        at: usize,
        target: &Json,
    ) -> Result<Vec<usize>, ImportError> {
        match target {
            Json::Text(text) => Ok(vec![self.target(source, at, text)?]),
            Json::List(list) => {
                let texts = list.iter().filter_map(Json::as_text);
                texts.map(|text| self.target(source, at, text)).collect()
            }
            _ => Ok(Vec::new()),
        }
    }

    fn target(&self, source: usize, at: usize, text: &str) -> Result<usize, ImportError> {
        let found = if let Some(absolute) = text.strip_prefix('#') {
            self.by_id(absolute)
        } else if text.starts_with('.') {
            self.paths.get(&format!("{}{text}", self.path(source))).copied()
        } else {
            let parent = self.draft.state(source).parent;
            let sibling = format!("{}.{text}", self.path(parent));
            self.paths.get(&sibling).or_else(|| self.ids.get(text)).copied()
        };
        found.ok_or_else(|| {
            let plain = text.trim_start_matches(['#', '.']);
            let states = self.draft.states.iter().map(|state| &*state.id);
            let elsewhere = self.draft.states.iter().position(|state| state.id == plain);
            let near = match elsewhere {
                Some(other) => format!(" beside it; one is at `#{}`", self.path(other)),
                None => nearest(plain, states.chain(self.ids.keys().map(String::as_str))),
            };
            let reason = format!("there is no state `{text}`{near}: declare it, or name another");
            ImportError::at(self.path(at), reason)
        })
    }

    /// The state `light.red.walk`, of which the first part may be an id with dots in it.
    fn by_id(&self, absolute: &str) -> Option<usize> {
        if let Some(whole) = self.ids.get(absolute).or_else(|| self.paths.get(absolute)) {
            return Some(*whole);
        }
        let mut dots = absolute.rmatch_indices('.').map(|(dot, _)| dot);
        dots.find_map(|dot| {
            let (id, rest) = absolute.split_at(dot);
            let state = self.ids.get(id)?;
            self.paths.get(&format!("{}{rest}", self.path(*state))).copied()
        })
    }
}
