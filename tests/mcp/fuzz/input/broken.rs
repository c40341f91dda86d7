//! Lines that are no messages.

use serde_json::json;

use super::super::values::text;
use super::{Awaited, Input, Line};

/// More than a line may have.
const OVERLONG: usize = (4 << 20) + 1;

impl Input {
    /// A line that is no message, or no request.
    pub(crate) fn broken(&mut self) -> Line {
        match self.rng.u16(..1000) {
            0..4 => self.overlong(),
            4..300 => self.not_json(),
            300..450 => self.not_a_request(),
            450..520 => self.without_usable_id(),
            520..600 => self.silent(),
            _ => self.damaged(),
        }
    }

    /// A request whose parameters hold what is put in place of a text.
    fn holding(&mut self, value: &[u8]) -> Line {
        const PLACE: &[u8] = br#""\u0000@""#;
        let params = json!({"name": "get_current_state", "arguments": {"run": "\0@"}});
        let mut line = self.asking("tools/call", params);
        let place = line.bytes.windows(PLACE.len()).position(|bytes| bytes == PLACE).unwrap();
        line.bytes.splice(place..place + PLACE.len(), value.iter().copied());
        line
    }

    fn overlong(&mut self) -> Line {
        let size = OVERLONG + self.rng.usize(..1 << 20);
        let value = match self.rng.u8(..3) {
            0 => "[".repeat(size),
            1 => format!("\"{}\"", "x".repeat(size)),
            _ => format!("\"{}\"", "\\u0000".repeat(size / 6 + 1)),
        };
        let line = self.holding(value.as_bytes());
        if value.starts_with('[') {
            // Only what stands before the brackets can be read.
            return Line { awaited: Awaited::AtMostOne, ..line };
        }
        line
    }

    fn not_json(&mut self) -> Line {
        let depth = self.rng.usize(130..5_000);
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let objects = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let value: &[u8] = match self.rng.u8(..8) {
            0 => b"\"\xff\xfe\"",
            1 => b"\"\xc0\xaf\"",
            2 => b"\"\xed\xa0\x80\"",
            3 => br#""\ud83d""#,
            4 => b"1e999",
            5 => b"\"\x01\x02\"",
            6 => nested.as_bytes(),
            _ => objects.as_bytes(),
        };
        self.holding(value)
    }

    fn not_a_request(&mut self) -> Line {
        let id = self.id();
        let line = match self.rng.u8(..7) {
            0 => format!(r#"{{"jsonrpc":"1.0","id":{id},"method":"ping"}}"#),
            1 => format!(r#"{{"id":{id},"method":"ping"}}"#),
            2 => format!(r#"{{"jsonrpc":"2.0","id":{id}}}"#),
            3 => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":7}}"#),
            4 => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list","params":[1]}}"#),
            5 => format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping","result":1}}"#),
            _ => {
                format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{}}}"#, json!(text(&mut self.rng)))
            }
        };
        Line { bytes: line.into_bytes(), awaited: Awaited::One(id), payload: None }
    }

    fn without_usable_id(&mut self) -> Line {
        let long = format!("\"{}\"", "i".repeat(300));
        let id = match self.rng.u8(..6) {
            0 => "null",
            1 => "1.5",
            2 => "[1]",
            3 => r#"{"a":1}"#,
            4 => "true",
            _ => &long,
        };
        let line = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        Line { bytes: line.into_bytes(), awaited: Awaited::Null, payload: None }
    }

    fn silent(&mut self) -> Line {
        let id = self.rng.u32(..);
        let line = match self.rng.u8(..5) {
            0 => String::new(),
            1 => " \t\r".to_owned(),
            2 => format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#),
            3 => format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":1,"message":"x"}}}}"#),
            _ => {
                r#"{"jsonrpc":"2.0","method":"notifications/x","params":{"a":"\ud800"}}"#.to_owned()
            }
        };
        Line { bytes: line.into_bytes(), awaited: Awaited::Nothing, payload: None }
    }

    /// A good line, damaged by chance.
    fn damaged(&mut self) -> Line {
        self.is_damaging = true;
        let mut bytes = self.call().bytes;
        self.is_damaging = false;
        match self.rng.u8(..4) {
            0 => bytes.truncate(self.rng.usize(1..bytes.len())),
            1 => {
                let (from, to) = (self.rng.usize(..bytes.len()), self.rng.usize(..bytes.len()));
                bytes.drain(from.min(to)..from.max(to));
            }
            2 => bytes = std::iter::repeat_with(|| self.rng.u8(..)).take(bytes.len()).collect(),
            _ => {
                for _ in 0..=self.rng.u8(..6) {
                    let place = self.rng.usize(..bytes.len());
                    bytes[place] = self.rng.u8(..);
                }
            }
        }
        bytes.retain(|byte| *byte != b'\n');
        Line { bytes, awaited: Awaited::AtMostOne, payload: None }
    }
}
