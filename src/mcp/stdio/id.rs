//! What a line says of itself: its id above all, so that a line that cannot be read is still answered.
//!
//! The scanner takes a line in pieces, of any length and depth, JSON or not, and keeps no more of it than one token of
//! bounded length.

use std::fmt::{self, Display, Formatter};

/// The longest id of a request, in bytes.
pub(super) const LONGEST_ID: usize = 256;

/// The most bytes that are kept of a token: an id, in which each byte may be written as an escape of six.
const LONGEST_TOKEN: usize = 6 * LONGEST_ID + 2;

/// The largest whole number up to which a float names each exactly: 2^53 - 1.
const LARGEST_EXACT: f64 = 9_007_199_254_740_991.0;

/// UTF-8's byte order mark, which may stand before a line.
pub(super) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// What is known of a line without reading it as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) id: Id,
    /// How deep arrays and objects lie in each other, the outermost included.
    pub(super) depth: u64,
    has_method: bool,
    has_outcome: bool,
    is_complete: bool,
}

/// The id of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Id {
    /// There is none.
    Missing,
    /// There is one that is neither a string nor a whole number, is too long, or is cut off.
    Unusable,
    /// As JSON.
    Known(String),
}

impl Envelope {
    /// Whether whoever sent the line waits for an answer to it: it is no whole notification and no answer itself.
    pub(super) fn wants_answer(&self) -> bool {
        let is_notification = self.has_method && self.is_complete && self.id == Id::Missing;
        let is_answer = self.has_outcome && !self.has_method;
        !is_notification && !is_answer
    }
}

impl Display for Id {
    /// As the answer has to name it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing | Self::Unusable => f.write_str("null"),
            Self::Known(json) => f.write_str(json),
        }
    }
}

/// Reads a line in pieces.
pub(super) struct Scanner {
    at: At,
    /// The value of a member comes next, not a key.
    awaits_value: bool,
    member: Member,
    token: Vec<u8>,
    found: Envelope,
}

#[derive(Clone, Copy)]
enum At {
    /// Before the object.
    Start,
    /// Between the tokens of the object itself.
    Members,
    /// In a key or a string of the object itself.
    Text { escaped: bool },
    /// In a number or a word of the object itself.
    Word,
    /// In a value so many brackets deep.
    Nested { depth: u64 },
    /// In a string of such a value.
    NestedText { depth: u64, escaped: bool },
    /// Behind the object, or in what is no object.
    End,
}

/// The member whose value comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Id,
    Other,
}

impl Scanner {
    pub(super) fn new() -> Self {
        let found = Envelope {
            id: Id::Missing,
            depth: 0,
            has_method: false,
            has_outcome: false,
            is_complete: false,
        };
        Self { at: At::Start, awaits_value: false, member: Member::Other, token: Vec::new(), found }
    }

    /// What a whole line says of itself.
    pub(super) fn scan(line: &[u8]) -> Envelope {
        let mut scanner = Self::new();
        scanner.feed(line);
        scanner.finish()
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.step(byte);
        }
    }

    pub(super) fn finish(self) -> Envelope {
        self.found
    }

    fn step(&mut self, byte: u8) {
        let is_space = matches!(byte, b' ' | b'\t' | b'\r');
        self.at = match self.at {
            At::Start if is_space || MARK.contains(&byte) => At::Start,
            At::Start if byte == b'{' => At::Members,
            At::End if is_space => At::End,
            At::Start | At::End => {
                self.found.is_complete = false;
                At::End
            }
            At::Members => self.between(byte),
            At::Text { escaped } => {
                self.keep(byte);
                if byte == b'"' && !escaped {
                    self.text_ends();
                    At::Members
                } else {
                    At::Text { escaped: byte == b'\\' && !escaped }
                }
            }
            At::Word if is_space || b",:\"{}[]".contains(&byte) => {
                self.value_ends();
                self.between(byte)
            }
            At::Word => {
                self.keep(byte);
                At::Word
            }
            At::Nested { depth } => match byte {
                b'"' => At::NestedText { depth, escaped: false },
                b'{' | b'[' => self.nested(depth.saturating_add(1)),
                b'}' | b']' if depth == 1 => At::Members,
                b'}' | b']' => At::Nested { depth: depth - 1 },
                _ => At::Nested { depth },
            },
            At::NestedText { depth, escaped: false } if byte == b'"' => At::Nested { depth },
            At::NestedText { depth, escaped } => {
                At::NestedText { depth, escaped: byte == b'\\' && !escaped }
            }
        };
    }

    /// Goes on in a value so many brackets deep.
    fn nested(&mut self, depth: u64) -> At {
        self.found.depth = self.found.depth.max(depth.saturating_add(1));
        At::Nested { depth }
    }

    /// Goes on between two tokens of the object.
    fn between(&mut self, byte: u8) -> At {
        match byte {
            b'}' => {
                self.found.is_complete = true;
                return At::End;
            }
            b':' => self.awaits_value = true,
            b',' => {
                self.awaits_value = false;
                self.member = Member::Other;
            }
            b'"' => {
                self.token.clear();
                self.keep(byte);
                return At::Text { escaped: false };
            }
            b'{' | b'[' => return self.nested(1),
            b']' | b' ' | b'\t' | b'\r' => {}
            _ => {
                self.token.clear();
                self.keep(byte);
                return At::Word;
            }
        }
        At::Members
    }

    /// Keeps a byte of a token. One more than the bound shows that the token is too long.
    fn keep(&mut self, byte: u8) {
        if self.token.len() <= LONGEST_TOKEN {
            self.token.push(byte);
        }
    }

    fn text_ends(&mut self) {
        if self.awaits_value {
            self.value_ends();
            return;
        }
        let key = self.text();
        self.member = Member::Other;
        match key.as_deref() {
            Some("id") => {
                self.member = Member::Id;
                self.found.id = Id::Unusable;
            }
            Some("method") => self.found.has_method = true,
            Some("result" | "error") => self.found.has_outcome = true,
            _ => {}
        }
    }

    fn value_ends(&mut self) {
        if !self.awaits_value || self.member != Member::Id {
            return;
        }
        let id = if self.token.first() == Some(&b'"') { self.text_id() } else { self.number_id() };
        self.found.id = id.map_or(Id::Unusable, Id::Known);
    }

    /// The token as the text that it writes.
    fn text(&self) -> Option<String> {
        if self.token.len() > LONGEST_TOKEN {
            return None;
        }
        serde_json::from_slice(&self.token).ok()
    }

    fn text_id(&self) -> Option<String> {
        let text = self.text().filter(|text| text.len() <= LONGEST_ID)?;
        serde_json::to_string(&text).ok()
    }

    /// A whole number, which may be written as a float, as it is in JavaScript.
    fn number_id(&self) -> Option<String> {
        let token = std::str::from_utf8(&self.token).ok().filter(|token| token.len() <= 32)?;
        let number: serde_json::Number = serde_json::from_str(token).ok()?;
        if number.is_f64() {
            let exact = |float: &f64| float.fract() == 0.0 && float.abs() <= LARGEST_EXACT;
            return number.as_f64().filter(exact).map(|float| format!("{float:.0}"));
        }
        Some(number.to_string())
    }
}

#[cfg(test)]
mod tests;
