//! The error of a query for a key that is not stored.

use core::fmt::{self, Display, Formatter};

/// The maximum number of keys that the error lists.
const LISTED: usize = 20;

/// The maximum number of characters that the error repeats of a key.
const ECHOED: usize = 200;

/// A key under which nothing is stored.
///
/// Its message lists at most twenty keys, and repeats at most 200 characters of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    kind: &'static str,
    key: String,
    listed: Vec<String>,
    others: usize,
}

impl UnknownKey {
    /// No `kind` is stored under `key`, but under the keys `known`.
    pub(super) fn new<'a>(
        kind: &'static str,
        key: &str,
        known: impl ExactSizeIterator<Item = &'a String>,
    ) -> Self {
        let others = known.len().saturating_sub(LISTED);
        let listed = known.take(LISTED).map(|key| printable(key)).collect();
        Self { kind, key: printable(key), listed, others }
    }
}

impl Display for UnknownKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { kind, key, listed, others } = self;
        write!(f, "no {kind} is stored under `{key}`; ")?;
        if listed.is_empty() {
            return write!(f, "none is stored at all");
        }
        write!(f, "stored keys: `{}`", listed.join("`, `"))?;
        if *others > 0 { write!(f, " and {others} more") } else { Ok(()) }
    }
}

impl core::error::Error for UnknownKey {}

/// The beginning of a key. Characters that could change how the text around them is shown are escaped, as Rust's
/// `Debug` form does.
fn printable(key: &str) -> String {
    let mut printable = String::new();
    for c in key.chars().take(ECHOED) {
        match c {
            '\'' | '"' | '\\' => printable.push(c),
            _ => printable.extend(c.escape_debug()),
        }
    }
    if key.chars().nth(ECHOED).is_some() {
        printable.push('…');
    }
    printable
}

#[cfg(test)]
mod tests {
    use super::UnknownKey;

    fn check(key: &str, stored: &[String], expected: &str) {
        assert_eq!(UnknownKey::new("knowledge", key, stored.iter()).to_string(), expected);
    }

    #[test]
    fn the_message_is_short_and_printable() {
        check("a", &[], "no knowledge is stored under `a`; none is stored at all");
        check(
            "a",
            &["b".into(), "ü\"".into()],
            "no knowledge is stored under `a`; stored keys: `b`, `ü\"`",
        );
        check(
            "\u{202e}\u{9b}\n",
            &["b".into()],
            r"no knowledge is stored under `\u{202e}\u{9b}\n`; stored keys: `b`",
        );
        let (long, shown) = ("k".repeat(700), format!("{}…", "k".repeat(200)));
        let first = format!("no knowledge is stored under `{shown}`; stored keys: `{shown}`");
        check(&long, std::slice::from_ref(&long), &first);
        let stored: Vec<String> = (100..123).map(|number| number.to_string()).collect();
        let twenty: Vec<String> = (100..120).map(|number| format!("`{number}`")).collect();
        let expected = format!(
            "no knowledge is stored under `x`; stored keys: {} and 3 more",
            twenty.join(", ")
        );
        check("x", &stored, &expected);
    }
}
