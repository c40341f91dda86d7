//! The change of a configuration: one member of one object, with everything else kept as it is.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstObjectProp, CstRootNode};
use jsonc_parser::errors::ParseError;
use serde::de::IgnoredAny;

/// The members that say how a server is reached. Those that an entry does not have are removed from an older one.
const REACH: [&str; 4] = ["type", "command", "args", "url"];

/// The members of a server, in order.
pub(super) type Entry = Vec<(&'static str, Value)>;

/// The value of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Value {
    fn input(&self) -> CstInputValue {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::List(texts) => {
                CstInputValue::Array(texts.iter().map(|text| text.as_str().into()).collect())
            }
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::List(texts) => texts.as_slice().into(),
        }
    }
}

/// What a client can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    /// JSON with comments and commas after the last element.
    Commented,
}

impl Syntax {
    fn parse(self, text: &str) -> Result<CstRootNode, EditError> {
        if self == Self::Json {
            serde_json::from_str::<IgnoredAny>(text).map_err(EditError::NotJson)?;
        }
        let options = ParseOptions {
            allow_comments: true,
            allow_trailing_commas: true,
            allow_loose_object_property_names: false,
            allow_missing_commas: false,
            allow_single_quoted_strings: false,
            allow_hexadecimal_numbers: false,
            allow_unary_plus_numbers: false,
            allow_bare_decimal_point_numbers: false,
            allow_non_finite_numbers: false,
            allow_extended_string_escapes: false,
        };
        let root = CstRootNode::parse(text, &options);
        root.map_err(|error| EditError::Invalid(Box::new(error)))
    }
}

/// The text with this server in the object `servers`. An older entry keeps members that say nothing about how the
/// server is reached, such as `env`.
pub(super) fn with_server(
    text: &str,
    syntax: Syntax,
    servers: &str,
    name: &str,
    entry: &Entry,
) -> Result<String, EditError> {
    let text = if text.trim().is_empty() { "{}\n" } else { text };
    let root = syntax.parse(text)?;
    let object = root.object_value().ok_or_else(|| EditError::not_an_object(&[]))?;
    let list = match member(&object, servers)? {
        None => object.object_value_or_set(servers),
        Some(member) => {
            member.object_value().ok_or_else(|| EditError::not_an_object(&[servers]))?
        }
    };
    let old = match member(&list, name)? {
        None => {
            let members = entry.iter().map(|(key, value)| ((*key).to_owned(), value.input()));
            list.append(name, CstInputValue::Object(members.collect()));
            return Ok(root.to_string());
        }
        Some(old) => {
            old.object_value().ok_or_else(|| EditError::not_an_object(&[servers, name]))?
        }
    };
    for key in REACH.iter().filter(|key| entry.iter().all(|(own, _)| own != *key)) {
        if let Some(surplus) = member(&old, key)? {
            surplus.remove();
        }
    }
    for (key, value) in entry {
        match member(&old, key)? {
            Some(member) if member.to_serde_value() == Some(value.json()) => {}
            Some(member) => member.set_value(value.input()),
            None => drop(old.append(key, value.input())),
        }
    }
    Ok(root.to_string())
}

/// The text without this server.
pub(super) fn without_server(
    text: &str,
    syntax: Syntax,
    servers: &str,
    name: &str,
) -> Result<String, EditError> {
    if text.trim().is_empty() {
        return Ok(text.to_owned());
    }
    let root = syntax.parse(text)?;
    let object = root.object_value().ok_or_else(|| EditError::not_an_object(&[]))?;
    if let Some(list) = member(&object, servers)? {
        let list = list.object_value().ok_or_else(|| EditError::not_an_object(&[servers]))?;
        if let Some(server) = member(&list, name)? {
            server.remove();
        }
    }
    Ok(root.to_string())
}

/// The member of an object, which must not be there twice: a client may read the other one.
fn member(object: &CstObject, key: &str) -> Result<Option<CstObjectProp>, EditError> {
    let is_named = |member: &CstObjectProp| member.decoded_name().as_deref() == Some(key);
    let mut members = object.properties().into_iter().filter(is_named);
    let first = members.next();
    match members.next() {
        None => Ok(first),
        Some(_) => Err(EditError::Twice(key.to_owned())),
    }
}

/// Why a configuration cannot be changed.
#[derive(Debug, thiserror::Error)]
pub(super) enum EditError {
    #[error("line {}: {}", .0.line_display(), lower(&.0.kind().to_string()))]
    Invalid(Box<ParseError>),
    #[error("not valid JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("{0} is not an object")]
    NotAnObject(String),
    #[error("an object has two members `{0}`; remove one of them")]
    Twice(String),
}

impl EditError {
    fn not_an_object(path: &[&str]) -> Self {
        let path = path.join(".");
        Self::NotAnObject(if path.is_empty() { "the content".into() } else { format!("`{path}`") })
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(program: &str) -> Entry {
        let arguments = ["serve", "--store", r#"C:\a "b".db"#].map(str::to_owned);
        vec![
            ("type", "stdio".into()),
            ("command", program.into()),
            ("args", Value::List(arguments.to_vec())),
        ]
    }

    /// Adds a server, adds it again, and removes it. The answer is what adding made.
    fn check(syntax: Syntax, before: &str, after_removal: &str) -> String {
        let add = |text: &str| with_server(text, syntax, "servers", "mine", &entry("/bin/mine"));
        let added = add(before).unwrap();
        assert_eq!(add(&added).unwrap(), added, "the second time changes nothing");
        let removed = without_server(&added, syntax, "servers", "mine").unwrap();
        assert_eq!(removed, after_removal, "{added}");
        assert_eq!(without_server(&removed, syntax, "servers", "mine").unwrap(), removed);
        added
    }

    #[test]
    fn a_new_file() {
        let added = check(Syntax::Json, "", "{\n  \"servers\": {}\n}\n");
        let expected = r#"{
  "servers": {
    "mine": {
      "type": "stdio",
      "command": "/bin/mine",
      "args": ["serve", "--store", "C:\\a \"b\".db"]
    }
  }
}
"#;
        assert_eq!(added, expected);
        check(Syntax::Json, "{}", "{\n  \"servers\": {}\n}");
        check(Syntax::Commented, " \n", "{\n  \"servers\": {}\n}\n");
    }

    #[test]
    fn comments_and_order_are_kept() {
        let before = "// Mine.\n{\n\t\"z\": 1, // last letter\n\t/* servers */\n\t\"servers\": {\n\t\t\"other\": {\"command\": \"x\"}, // here\n\t},\n\t\"a\": [1,\n\t2],\n}\n";
        let added = check(Syntax::Commented, before, before);
        for line in before.lines() {
            assert!(added.contains(line), "{line}: {added}");
        }
        assert!(added.contains("\n\t\t\"mine\": {\n\t\t\t\"type\": \"stdio\",\n"), "{added}");
    }

    #[test]
    fn line_ends_are_kept() {
        let before = "{\r\n  \"servers\": {\r\n    \"other\": {}\r\n  }\r\n}\r\n";
        let added = check(Syntax::Json, before, before);
        assert_eq!(added.matches('\n').count(), added.matches("\r\n").count());
    }

    #[test]
    fn an_older_entry_keeps_what_is_not_about_reaching_it() {
        let before = r#"{"servers": {"mine": {"env": {"A": "b"}, "url": "http://x", "command": "old", "timeout": 5}}}"#;
        let after = with_server(before, Syntax::Json, "servers", "mine", &entry("new")).unwrap();
        let after: serde_json::Value = serde_json::from_str(&after).unwrap();
        assert_eq!(
            *after.pointer("/servers/mine").unwrap(),
            serde_json::json!({
                "type": "stdio", "command": "new", "args": ["serve", "--store", r#"C:\a "b".db"#],
                "env": {"A": "b"}, "timeout": 5,
            })
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let error = |syntax, text: &str| {
            with_server(text, syntax, "servers", "mine", &entry("x")).unwrap_err().to_string()
        };
        for (text, expected) in [
            ("{\n  \"a\": 1\n  \"b\": 2\n}", "expected `,` or `}` at line 3 column 3"),
            ("{\n// x\n}", "key must be a string at line 2 column 1"),
            ("{\"a\": 1,\n}", "key must be a string at line 2 column 1"),
            ("{\n\"a\": ", "EOF while parsing a value at line 2 column 5"),
        ] {
            assert_eq!(error(Syntax::Json, text), format!("not valid JSON: {expected}"));
        }
        for (text, expected) in [
            ("{\n  \"a\": 1\n  \"b\": 2\n}", "line 2: expected comma"),
            ("{\n'a': 1}", "line 2: single-quoted strings are not allowed"),
            ("{\n/*", "line 2: unterminated comment block"),
            ("[]", "the content is not an object"),
            ("// only a comment", "the content is not an object"),
            ("{\"servers\": null}", "`servers` is not an object"),
            ("{\"servers\": {\"mine\": 3}}", "`servers.mine` is not an object"),
            (
                "{\"servers\": {}, \"ser\\u0076ers\": {}}",
                "an object has two members `servers`; remove one of them",
            ),
            (
                "{\"servers\": {\"mine\": {\"url\": 1, \"url\": 2}}}",
                "an object has two members `url`; remove one of them",
            ),
        ] {
            assert_eq!(error(Syntax::Commented, text), expected, "{text}");
        }
    }
}
