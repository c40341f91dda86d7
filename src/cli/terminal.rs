//! Printing for people: no text from outside reaches a terminal unescaped.

use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write};

use crate::text;

/// A text on one line, escaped.
pub(super) fn line(text: &str) -> String {
    text::escaped(text)
}

/// JSON of the same value, in which unprintable characters of strings are written as escapes.
pub(super) fn json(json: &str) -> String {
    let mut escaped = String::with_capacity(json.len());
    for c in json.chars() {
        if text::is_unprintable(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// Prints an error with its causes, and what to do next.
pub(super) fn report(error: &(dyn Error + 'static)) {
    print_error(&format!("error: {}", text::chain(error)));
}

/// Prints a remark beside the output.
pub(super) fn note(text: &str) {
    print_error(&format!("note: {text}"));
}

fn print_error(text: &str) {
    // Without standard error there is nobody to inform; the exit code is left.
    let _ = writeln!(io::stderr(), "{}", line(text));
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn escaped_json_has_the_same_value() {
        let value = serde_json::json!({"a\u{9b}": "\u{202e}\u{7f}\u{e0041}\n ü"});
        let text = json(&value.to_string());
        assert_eq!(text, r#"{"a\u009b":"\u202e\u007f\udb40\udc41\n ü"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
