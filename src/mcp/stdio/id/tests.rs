//! The scanner against what lines it is for, and against `serde_json` on whatever is JSON.

#![expect(clippy::indexing_slicing, reason = "a test fails by a panic")]

use serde_json::{Map, Value, json};

use super::{Envelope, Id, LONGEST_ID, Scanner};

fn check(line: &[u8], id: &Id, wants_answer: bool) {
    let whole = Scanner::scan(line);
    let text = String::from_utf8_lossy(line);
    assert_eq!((&whole.id, whole.wants_answer()), (id, wants_answer), "{text}");
    assert_eq!(in_pieces(line, 1), whole, "byte by byte: {text}");
}

fn in_pieces(line: &[u8], size: usize) -> Envelope {
    let mut scanner = Scanner::new();
    for piece in line.chunks(size) {
        scanner.feed(piece);
    }
    scanner.finish()
}

fn known(id: &str) -> Id {
    Id::Known(id.to_owned())
}

#[test]
fn ids_of_what_is_no_json() {
    for (line, id) in [
        (r#"{"id":1,"method":"m","params":{"a":"\ud83d"}}"#, "1"),
        (r#"{"method":"m","params":{"a":1e400},"jsonrpc":"2.0","id":2}"#, "2"),
        (r#"{"method":"m","params":["{\"id\":5", {"id":6}],"id":"a\"b"}"#, r#""a\"b""#),
        (r#"{"id":3,"method":"m","params":{"a":"#, "3"),
        (r#"{"id":3,"method":"cut off"#, "3"),
        (r#"{"params":{"id":[{"id":4}]}}}]]]"id", "id" : -4 , }"#, "-4"),
        ("\u{feff} {\"\\u0069d\":5}", "5"),
        (r#"{"id":1,"id":2}"#, "2"),
        (r#"{"id":7.0}"#, "7"),
        (r#"{"id":1e2}"#, "100"),
        (r#"{"id":18446744073709551615}"#, "18446744073709551615"),
        (r#"{"id":""}"#, r#""""#),
    ] {
        let id = known(id);
        // What follows the end of an object is nothing that was asked.
        let id = if line.contains("]]]") { Id::Missing } else { id };
        check(line.as_bytes(), &id, true);
    }
    check(b"{\"a\":\"\xff\xfe\",\"id\":8,\"method\":\"\xc0\"}", &known("8"), true);
    let deep = format!(
        r#"{{"method":"m","params":{}1{},"id":9}}"#,
        "[".repeat(1 << 20),
        "]".repeat(1 << 20)
    );
    check(deep.as_bytes(), &known("9"), true);
}

#[test]
fn ids_that_are_none() {
    let long = format!(r#"{{"id":"{}","method":"m"}}"#, "x".repeat(LONGEST_ID + 1));
    let escaped = format!(r#"{{"id":"{}","method":"m"}}"#, r"\u0041".repeat(LONGEST_ID + 1));
    for line in [
        &long,
        &escaped,
        r#"{"id":null,"method":"m"}"#,
        r#"{"id":1.5,"method":"m"}"#,
        r#"{"id":true,"method":"m"}"#,
        r#"{"id":{"id":1},"method":"m"}"#,
        r#"{"id":[1],"method":"m"}"#,
        r#"{"id":"\ud83d","method":"m"}"#,
        r#"{"id":1e300,"method":"m"}"#,
        r#"{"method":"m","id":12"#,
        r#"{"method":"m","id":"12"#,
        r#"{"method":"m","id""#,
    ] {
        check(line.as_bytes(), &Id::Unusable, true);
    }
    let longest = format!(r#""{}""#, "x".repeat(LONGEST_ID));
    check(format!(r#"{{"id":{longest}}}"#).as_bytes(), &known(&longest), true);
    let escaped = format!(r#"{{"id":"{}"}}"#, r"\u0078".repeat(LONGEST_ID));
    check(escaped.as_bytes(), &known(&longest), true);
}

#[test]
fn what_wants_no_answer() {
    check(br#"{"jsonrpc":"2.0","method":"m","params":["\ud83d"]}"#, &Id::Missing, false);
    check(br#"{"jsonrpc":"2.0","id":1,"result":1e400}"#, &known("1"), false);
    check(br#"{"jsonrpc":"2.0","id":1,"error":{"\ud83d":1}}"#, &known("1"), false);
    check(br#"{"jsonrpc":"2.0","method":"m","params":{"#, &Id::Missing, true);
    check(br#"{"method":"m"}{"id":1,"method":"m"}"#, &Id::Missing, true);
    check(br#"[{"id":1,"method":"m"}]"#, &Id::Missing, true);
    check(br#""id":1"#, &Id::Missing, true);
    check(b"nonsense", &Id::Missing, true);
    check(b"{}", &Id::Missing, true);
}

/// Random numbers, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn text(&mut self) -> String {
        const PARTS: [&str; 12] =
            ["id", "method", "\"", "\\", "{", "}", "[", ",", ":", "\u{1f600}", "\n", "x"];
        (0..self.below(6)).map(|_| PARTS[self.below(12)]).collect()
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 7 }) {
            0 => json!(self.below(1 << 31)),
            1 => json!(-i64::try_from(self.below(1000)).unwrap()),
            2 => json!(self.below(2) == 0),
            3 => json!(f64::from(u16::try_from(self.below(1000)).unwrap()) / 8.0),
            4 => json!(self.text()),
            5 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => Value::Object(self.object(depth - 1)),
        }
    }

    fn object(&mut self, depth: usize) -> Map<String, Value> {
        (0..self.below(5)).map(|_| (self.text(), self.value(depth))).collect()
    }

    /// An object as JSON, its members in any order, with spaces and escapes in any place.
    fn line(&mut self) -> String {
        let mut members: Vec<_> = self.object(3).into_iter().collect();
        if self.below(4) > 0 {
            members.push(("id".to_owned(), self.value(0)));
        }
        for index in (1..members.len()).rev() {
            members.swap(index, self.below(index + 1));
        }
        let space = |random: &mut Self| [" ", "\t", "", "", "\r"][random.below(5)];
        let members: Vec<_> = members
            .iter()
            .map(|(key, value)| {
                let key = json!(key).to_string();
                let key =
                    if self.below(8) == 0 { key.replace("id", "\\u0069\\u0064") } else { key };
                format!("{}{key}{}:{}{value}", space(self), space(self), space(self))
            })
            .collect();
        format!("{{{}{}}}", members.join(","), space(self))
    }
}

fn expected(id: Option<&Value>) -> Id {
    let exact = |number: &f64| number.fract() == 0.0;
    match id {
        None => Id::Missing,
        Some(Value::String(text)) => Id::Known(json!(text).to_string()),
        Some(Value::Number(number)) if !number.is_f64() => Id::Known(number.to_string()),
        Some(Value::Number(number)) => match number.as_f64().filter(exact) {
            Some(number) => Id::Known(format!("{number:.0}")),
            None => Id::Unusable,
        },
        Some(_) => Id::Unusable,
    }
}

#[test]
fn the_id_is_the_one_that_serde_json_finds() {
    let mut random = Random(0x5eed);
    for _ in 0..20_000 {
        let line = random.line();
        let object: Map<String, Value> = serde_json::from_str(&line).expect(&line);
        let found = Scanner::scan(line.as_bytes());
        assert_eq!(found.id, expected(object.get("id")), "{line}");
        assert_eq!(found.has_method, object.contains_key("method"), "{line}");
        assert!(found.is_complete, "{line}");
        let size = 1 + random.below(7);
        assert_eq!(in_pieces(line.as_bytes(), size), found, "in pieces of {size}: {line}");
    }
}

/// Whatever is done to a line, the scanner comes to its end, and an id in front of the damage stays readable.
#[test]
fn damage_behind_the_id_does_not_hide_it() {
    let mut random = Random(0xdead);
    for _ in 0..20_000 {
        let mut line = format!(r#"{{"id":42,"a":{},"b":1}}"#, random.value(3)).into_bytes();
        for _ in 0..=random.below(4) {
            let place = 9 + random.below(line.len() - 9);
            line[place] = u8::try_from(random.below(256)).unwrap();
        }
        let found = Scanner::scan(&line);
        assert_eq!(in_pieces(&line, 3), found);
        let text = String::from_utf8_lossy(&line);
        let is_hidden = text.matches("id").count() > 1 || text.contains("\\u");
        assert!(is_hidden || found.id == Id::Known("42".to_owned()), "{text}");
    }
}
