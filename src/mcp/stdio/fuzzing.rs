//! The entry for the target `line` in `fuzz`.

use serde_json::Value;

use super::id::{Id, Scanner};

/// Scans a line, and returns the id by which it is answered.
///
/// # Panics
///
/// The id depends on the pieces in which the line comes, is not JSON, or is not the one that a JSON parser finds.
#[must_use]
pub fn line(line: &[u8]) -> String {
    let whole = Scanner::scan(line);
    let mut scanner = Scanner::new();
    for piece in line.chunks(3) {
        scanner.feed(piece);
    }
    assert_eq!(whole, scanner.finish(), "the pieces change what is found");
    let id = whole.id.to_string();
    let read: Value = serde_json::from_str(&id).expect("the id is JSON");
    if let Ok(Value::Object(message)) = serde_json::from_slice(line)
        && let Id::Known(_) = whole.id
        && let Some(sent) = message.get("id")
        && !sent.is_f64()
    {
        assert_eq!(read, *sent, "another id");
    }
    id
}
