//! Reads SCXML.

mod timers;
mod transitions;

use std::collections::HashMap;

use roxmltree::{Document, Node, ParsingOptions};

use self::timers::Timer;
use super::ImportError;
use super::draft::{Draft, Kind};

/// The namespace of what SCXML has no word for, which `chart --format scxml` uses.
const OWN: &str = "urn:leverframe:chart";
/// The most nodes that a document may have.
const MAX_NODES: u32 = 200_000;

/// Reads an SCXML document.
pub(super) fn read(text: &str) -> Result<Draft, ImportError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..Default::default() };
    let document = Document::parse_with_options(text, options)?;
    let root = document.root_element();
    let mut reader = Reader {
        draft: Draft::new("SCXML", root.attribute("name").unwrap_or("chart")),
        text,
        elements: vec![root],
        ids: HashMap::new(),
        timers: Vec::new(),
    };
    if root.tag_name().name() != "scxml" {
        let reason = format!("`<{}>` is no SCXML, whose root is `<scxml>`", root.tag_name().name());
        return Err(ImportError::at(place(root), reason));
    }
    own(root, "docs").unwrap_or_default().clone_into(&mut reader.draft.docs);
    reader.draft.falls_back = own(root, "machine-version").is_none();
    reader.states(root, 0)?;
    if reader.draft.states.len() == 1 {
        return Err(ImportError::at(place(root), "the chart has no states: add a `<state>`"));
    }
    for number in 0..reader.elements.len() {
        reader.content(number)?;
    }
    reader.start_timers();
    Ok(reader.draft)
}

/// What is read, with the element of each state.
struct Reader<'a> {
    draft: Draft,
    text: &'a str,
    elements: Vec<Node<'a, 'a>>,
    ids: HashMap<&'a str, usize>,
    timers: Vec<Timer<'a>>,
}

impl<'a> Reader<'a> {
    /// Adds the states inside an element.
    fn states(&mut self, element: Node<'a, 'a>, parent: usize) -> Result<(), ImportError> {
        for child in element.children().filter(Node::is_element) {
            let kind = match child.tag_name().name() {
                "state" => Kind::Plain,
                "parallel" => Kind::Parallel,
                "final" => Kind::Final,
                "history" => {
                    Kind::History { deep: child.attribute("type") == Some("deep"), default: None }
                }
                _ => continue,
            };
            let known = child.attribute("id");
            let unnamed = format!("{}_{}", self.draft.state(parent).id, self.elements.len());
            let id = known.unwrap_or(&unnamed);
            let number = self.draft.add(parent, id, kind, || place(child))?;
            self.elements.push(child);
            if let Some(first) = known.and_then(|id| self.ids.insert(id, number)) {
                let first = self.elements.get(first).map_or_else(String::new, |one| place(*one));
                let reason = format!("the state `{id}` is declared at {first} already: rename one");
                return Err(ImportError::at(place(child), reason));
            }
            let docs = &mut self.draft.state_mut(number).docs;
            own(child, "docs").unwrap_or_default().clone_into(docs);
            self.states(child, number)?;
        }
        Ok(())
    }

    /// Reads what is in the element of a state beside other states.
    fn content(&mut self, number: usize) -> Result<(), ImportError> {
        let Some(element) = self.elements.get(number).copied() else { return Ok(()) };
        if let Some(ids) = element.attribute("initial") {
            let targets = self.targets(element, ids)?;
            self.enter(number, &targets);
        }
        for child in element.children() {
            let name = child.tag_name().name();
            match name {
                _ if child.is_text() => {
                    let text = child.text().unwrap_or_default().trim();
                    if !text.is_empty() {
                        self.note(number, &format!("text: {text}"));
                    }
                }
                _ if !child.is_element() => {}
                "state" | "parallel" | "final" | "history" => {}
                "transition" => {
                    let kind = self.draft.state(number).kind;
                    if let Kind::History { deep, .. } = kind {
                        self.history(number, child, deep)?;
                    } else {
                        self.transition(number, child)?;
                    }
                }
                "initial" => self.initial(number, child)?,
                "onentry" | "onexit" => self.actions(number, child, name),
                "datamodel" => self.data(number, child),
                _ => {
                    let source = self.source(child);
                    self.note(number, &source);
                }
            }
        }
        Ok(())
    }

    fn initial(&mut self, number: usize, element: Node<'a, 'a>) -> Result<(), ImportError> {
        for child in element.children().filter(Node::is_element) {
            let targets = self.targets(child, child.attribute("target").unwrap_or_default())?;
            self.enter(number, &targets);
            self.executed(number, "on the initial transition", child);
        }
        Ok(())
    }

    fn enter(&mut self, number: usize, targets: &[usize]) {
        self.draft.state_mut(number).initial = targets.first().copied();
        for other in targets.iter().skip(1) {
            let note = format!("enters `{}` at the same time", self.draft.state(*other).id);
            self.note(number, &note);
        }
    }

    fn history(
        &mut self,
        number: usize,
        element: Node<'a, 'a>,
        deep: bool,
    ) -> Result<(), ImportError> {
        let targets = self.targets(element, element.attribute("target").unwrap_or_default())?;
        let default = targets.first().copied();
        self.draft.state_mut(number).kind = Kind::History { deep, default };
        let parent = self.draft.state(number).parent;
        self.executed(parent, "on the default transition of the history", element);
        Ok(())
    }

    /// The data of the machine; what `chart --format scxml` writes there are the guards.
    fn data(&mut self, number: usize, element: Node<'a, 'a>) {
        for child in element.children().filter(Node::is_element) {
            let is_guard = !self.draft.falls_back && child.attribute("expr") == Some("true");
            if !is_guard {
                let source = self.source(child);
                self.note(number, &source);
            }
        }
    }

    /// Notes the executable content of an element.
    fn executed(&mut self, number: usize, when: &str, element: Node<'a, 'a>) {
        for child in element.children().filter(Node::is_element) {
            let note = format!("{when}: {}", self.source(child));
            self.note(number, &note);
        }
    }

    fn note(&mut self, number: usize, note: &str) {
        let notes = match number {
            0 => &mut self.draft.notes,
            _ => &mut self.draft.state_mut(number).notes,
        };
        notes.push(note.to_owned());
    }

    /// The states that a list of ids names.
    fn targets(&self, element: Node<'_, '_>, ids: &str) -> Result<Vec<usize>, ImportError> {
        let known = |id| {
            self.ids.get(id).copied().ok_or_else(|| {
                let reason = format!(
                    "there is no state `{id}`{}: declare it, or name another",
                    nearest(id, self.ids.keys().copied())
                );
                ImportError::at(place(element), reason)
            })
        };
        ids.split_ascii_whitespace().map(known).collect()
    }

    /// An element as its author wrote it.
    fn source(&self, element: Node<'_, '_>) -> String {
        self.text.get(element.range()).unwrap_or_default().to_owned()
    }
}

/// An attribute of our own namespace.
fn own<'a>(element: Node<'a, '_>, name: &'static str) -> Option<&'a str> {
    element.attribute((OWN, name))
}

/// The line and column of an element.
fn place(element: Node<'_, '_>) -> String {
    let at = element.document().text_pos_at(element.range().start);
    format!("line {}, column {}", at.row, at.col)
}

/// A name that was perhaps meant.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let near = known.map(|known| (strsim::jaro_winkler(name, known), known));
    match near.max_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((likeness, known)) if likeness > 0.8 => format!("; did you mean `{known}`"),
        _ => String::new(),
    }
}
