//! Values as text for people: times, names that were probably meant, and text of strangers made harmless.

use std::fmt::Write;
use std::io;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// The maximum number of names that a message lists.
pub(crate) const NAMES: usize = 20;

/// The maximum number of characters of a caller's text that a message repeats.
const ECHOED: usize = 200;

/// A time, to the millisecond: `2026-11-25T10:00:00.000Z`.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Whether a character may change what a terminal or a log shows beside itself: control characters, line and
/// paragraph separators, and characters that change the direction of text or are invisible.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The text with every unprintable character escaped: `\u{202e}`.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The text escaped, and cut after 200 characters.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(ECHOED) {
        None => escaped(text),
        Some((end, _)) => format!("{}…", escaped(text.get(..end).unwrap_or_default())),
    }
}

/// The text of a caller in backticks, escaped and shortened.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", shortened(text))
}

/// Names in backticks, at most twenty, and how many more there are: "`a`, `b` and 3 more".
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut listed = String::new();
    for name in names.by_ref().take(NAMES) {
        let comma = if listed.is_empty() { "" } else { ", " };
        let _ = write!(listed, "{comma}{}", quoted(name));
    }
    match names.count() {
        0 if listed.is_empty() => "none".to_owned(),
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

/// The end of a sentence about `text`, which is none of `names`: the name that was probably meant, and the names.
pub(crate) fn hint<'a>(text: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> String {
    let known = listed(names.clone());
    match nearest(text, names) {
        Some(name) => format!("did you mean {}? known: {known}", quoted(name)),
        None => format!("known: {known}"),
    }
}

/// The name that is closest to `text`, if one is close.
fn nearest<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let text: String = plain(text).chars().take(ECHOED).collect();
    let near = names.into_iter().filter_map(|name| {
        let name_plain = plain(name);
        // A part of the other is close, however much is left out.
        let is_part = text.len() > 2 && (name_plain.contains(&text) || text.contains(&name_plain));
        let distance = if is_part { 1 } else { strsim::osa_distance(&text, &name_plain) };
        let longest = text.chars().count().max(name_plain.chars().count());
        (distance <= longest / 3 + 1 && distance < longest).then_some((distance, name))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// An error with its causes, each after a colon.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A time span as people write it, in its two largest units: `3d 4h`, `5m 20s`. What has passed is `0s`.
pub(crate) fn duration(span: TimeDelta) -> String {
    let mut left = span.num_seconds().max(0);
    let mut parts = Vec::new();
    for (unit, seconds) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            parts.push(format!("{count}{unit}"));
        } else if !parts.is_empty() {
            break;
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

/// A value as JSON text; `None` if it takes more than `limit` bytes.
///
/// # Errors
///
/// The value's own `Serialize` fails, or a key of a map is not text.
pub(crate) fn json_within(
    value: &impl serde::Serialize,
    limit: usize,
) -> Result<Option<String>, serde_json::Error> {
    let mut out = Limited::new(Vec::new(), limit);
    let written = value.serialize(&mut serde_json::Serializer::new(&mut out));
    if out.is_full {
        return Ok(None);
    }
    written.map(|()| String::from_utf8(out.bytes).ok())
}

/// Bytes of which there are at most `limit`.
pub(crate) struct Limited {
    pub(crate) bytes: Vec<u8>,
    limit: usize,
    /// Whether there would have been more.
    pub(crate) is_full: bool,
}

impl Limited {
    pub(crate) fn new(begin: Vec<u8>, limit: usize) -> Self {
        Self { bytes: begin, limit, is_full: false }
    }
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, listed, nearest, shortened};

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(nearest(text, ["PLANNING", "IDLE", "ERROR"]), expected, "{text}");
    }

    #[test]
    fn the_nearest_name_is_found() {
        check("planing", Some("PLANNING"));
        check("ERORR", Some("ERROR"));
        check("idl", Some("IDLE"));
        check("plan", Some("PLANNING"));
        check("deployed", None);
        check("", None);
    }

    #[test]
    fn unprintable_characters_are_escaped() {
        assert_eq!(
            escaped("a\u{1b}[2J\u{9b}b\u{202e}\u{7f}\n"),
            r"a\u{1b}[2J\u{9b}b\u{202e}\u{7f}\n"
        );
        assert_eq!(escaped("Grüße, 世界 🦀"), "Grüße, 世界 🦀");
    }

    #[test]
    fn long_texts_and_lists_are_cut() {
        assert_eq!(shortened(&"ä".repeat(300)), format!("{}…", "ä".repeat(200)));
        let names: Vec<String> = (0..23).map(|number| number.to_string()).collect();
        assert!(listed(names.iter().map(String::as_str)).ends_with("`19` and 3 more"));
        assert_eq!(listed([]), "none");
    }
}
