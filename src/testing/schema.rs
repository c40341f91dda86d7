//! Payloads that a JSON Schema admits.

use std::fmt;
use std::ops::RangeInclusive;

use proptest::char::range;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Just, Strategy, Union};
use proptest::string::string_regex;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::machine::Name;
use crate::portable::Portable;

use super::events::{Drawn, Events};

/// How many references within references are followed. Deeper parts are left out, if the schema lets them.
const DEPTH: u32 = 4;

/// How many items, entries and characters there are at most, where the schema has no limit.
const SIZE: u64 = 6;

impl<M: Portable> Events<M> {
    /// All events, with payloads that the JSON Schemas of their types admit.
    ///
    /// Texts are short; numbers are often small and sometimes at the ends of their range; what may be left out sometimes
    /// is. Replace the strategy of an event by [`with`](Self::with) where the handler expects more than the schema says.
    #[must_use]
    pub fn generated() -> Self {
        let generator = SchemaSettings::draft2020_12().into_generator();
        let root = generator.into_root_schema_for::<M::Event>().to_value();
        let choices = ["oneOf", "anyOf"].into_iter().find_map(|key| root.get(key)?.as_array());
        let variants = choices.map_or(std::slice::from_ref(&root), Vec::as_slice);
        let schemas = Schemas { root: &root };
        let strategy = |name: &M::EventName| {
            let place = format!("/properties/{name}");
            let variant = variants.iter().find(|variant| variant.pointer(&place).is_some())?;
            let strategy = schemas.values(variant, DEPTH)?;
            let unread = "its JSON Schema admits values that its type does not read";
            let read = |json| serde_json::from_value(json).ok().map(Drawn);
            Some(strategy.prop_filter_map(unread, read).boxed())
        };
        Self::of(M::EventName::ALL.iter().map(strategy), |event, f| {
            let text = serde_json::to_string(event).map_err(|_| fmt::Error)?;
            f.write_str(&text)
        })
    }
}

/// A schema with its definitions.
struct Schemas<'a> {
    root: &'a Value,
}

type Values = BoxedStrategy<Value>;

impl Schemas<'_> {
    /// Values that the schema admits; `None` if there are none within the depth.
    fn values(&self, schema: &Value, depth: u32) -> Option<Values> {
        let schema = match schema {
            Value::Bool(false) => return None,
            Value::Object(schema) => schema,
            _ => return Some(anything()),
        };
        for key in ["oneOf", "anyOf"] {
            if let Some(Value::Array(choices)) = schema.get(key) {
                let choices = choices.iter().map(|choice| merged(without(schema, key), choice));
                return union(choices.map(|choice| self.values(&choice, depth)));
            }
        }
        if let Some(Value::Array(all)) = schema.get("allOf") {
            return self.values(&all.iter().fold(without(schema, "allOf"), merged), depth);
        }
        if let Some(Value::String(reference)) = schema.get("$ref") {
            let target = self.root.pointer(reference.strip_prefix('#')?)?;
            return self.values(&merged(without(schema, "$ref"), target), depth.checked_sub(1)?);
        }
        if let Some(value) = schema.get("const") {
            return Some(Just(value.clone()).boxed());
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            return (!values.is_empty()).then(|| select(values.clone()).boxed());
        }
        match schema.get("type") {
            Some(Value::String(ty)) => self.of_type(ty, schema, depth),
            Some(Value::Array(types)) => {
                let types = types.iter().filter_map(Value::as_str);
                union(types.map(|ty| self.of_type(ty, schema, depth)))
            }
            _ if schema.contains_key("properties") => self.object(schema, depth),
            _ => Some(anything()),
        }
    }

    fn of_type(&self, ty: &str, schema: &Map<String, Value>, depth: u32) -> Option<Values> {
        match ty {
            "null" => Some(Just(Value::Null).boxed()),
            "boolean" => Some(any::<bool>().prop_map(Value::Bool).boxed()),
            "integer" => Some(integers(schema)),
            "number" => Some(numbers(schema)),
            "string" => texts(schema),
            "array" => self.array(schema, depth),
            "object" => self.object(schema, depth),
            _ => None,
        }
    }

    fn array(&self, schema: &Map<String, Value>, depth: u32) -> Option<Values> {
        if let Some(Value::Array(items)) = schema.get("prefixItems") {
            let items: Option<Vec<_>> = items.iter().map(|item| self.values(item, depth)).collect();
            return Some(items?.prop_map(Value::Array).boxed());
        }
        let least = limit(schema, "minItems").unwrap_or(0);
        let most = limit(schema, "maxItems").unwrap_or(least + SIZE);
        let items = schema.get("items").map_or(Some(anything()), |items| self.values(items, depth));
        let Some(items) = items else {
            return (least == 0).then(|| Just(json!([])).boxed());
        };
        let is_set = schema.get("uniqueItems") == Some(&Value::Bool(true));
        let arrays = vec(items, size(least)..=size(most)).prop_map(move |mut items| {
            if is_set {
                items.sort_by_key(Value::to_string);
                items.dedup();
            }
            Value::Array(items)
        });
        Some(arrays.boxed())
    }

    fn object(&self, schema: &Map<String, Value>, depth: u32) -> Option<Values> {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required =
            |name: &String| required.is_some_and(|names| names.iter().any(|known| known == name));
        let (mut names, mut fields) = (Vec::new(), Vec::new());
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, schema) in properties.into_iter().flatten() {
            let field = match self.values(schema, depth) {
                Some(values) if is_required(name) => values.prop_map(Some).boxed(),
                Some(values) => proptest::option::of(values).boxed(),
                None if is_required(name) => return None,
                None => continue,
            };
            names.push(name.clone());
            fields.push(field);
        }
        let objects = fields.prop_map(move |fields| {
            let fields = names.iter().cloned().zip(fields);
            fields.filter_map(|(name, value)| Some((name, value?))).collect::<Map<_, _>>()
        });
        let more = schema.get("additionalProperties").filter(|more| more.is_object());
        let Some(more) = more.and_then(|more| self.values(more, depth)) else {
            return Some(objects.prop_map(Value::Object).boxed());
        };
        let entries = vec((string_regex("[a-z]{1,6}").ok()?, more), 0..=size(SIZE));
        let objects = (objects, entries).prop_map(|(mut object, entries)| {
            for (name, value) in entries {
                object.entry(name).or_insert(value);
            }
            Value::Object(object)
        });
        Some(objects.boxed())
    }
}

/// Values of a schema that says nothing.
fn anything() -> Values {
    let texts = "[a-z]{0,6}".prop_map(Value::String).boxed();
    let numbers = any::<i32>().prop_map(Value::from).boxed();
    let flags = any::<bool>().prop_map(Value::Bool).boxed();
    Union::new([Just(Value::Null).boxed(), flags, numbers, texts]).boxed()
}

fn union(values: impl Iterator<Item = Option<Values>>) -> Option<Values> {
    let values: Vec<_> = values.flatten().collect();
    (!values.is_empty()).then(|| Union::new(values).boxed())
}

fn without(schema: &Map<String, Value>, key: &str) -> Value {
    Value::Object(
        schema
            .iter()
            .filter(|(name, _)| *name != key)
            .map(|(name, part)| (name.clone(), part.clone()))
            .collect(),
    )
}

/// A schema that demands what both do: properties and required names of both, and otherwise what the second says.
fn merged(schema: Value, with: &Value) -> Value {
    let (Value::Object(mut schema), Value::Object(with)) = (schema, with) else {
        return with.clone();
    };
    for (key, part) in with {
        match (schema.get_mut(key), part) {
            (Some(Value::Object(own)), Value::Object(part)) if key == "properties" => {
                own.extend(part.clone());
            }
            (Some(Value::Array(own)), Value::Array(part)) if key == "required" => {
                own.extend(part.iter().cloned());
            }
            _ => drop(schema.insert(key.clone(), part.clone())),
        }
    }
    Value::Object(schema)
}

fn limit(schema: &Map<String, Value>, key: &str) -> Option<u64> {
    schema.get(key)?.as_u64()
}

fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Whole numbers: small ones often, and all that the schema and the type in Rust admit.
fn integers(schema: &Map<String, Value>) -> Values {
    let (lowest, highest) = match schema.get("format").and_then(Value::as_str) {
        Some("int8") => (i8::MIN.into(), i8::MAX.into()),
        Some("uint8") => (0, u8::MAX.into()),
        Some("int16") => (i16::MIN.into(), i16::MAX.into()),
        Some("uint16") => (0, u16::MAX.into()),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some(unsigned) if unsigned.starts_with("uint") => (0, u64::MAX.into()),
        _ => (i64::MIN.into(), i64::MAX.into()),
    };
    let bound = |key: &str| {
        let number = schema.get(key)?;
        number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
    };
    let lowest: i128 =
        bound("minimum").or(bound("exclusiveMinimum").map(|least| least + 1)).unwrap_or(lowest);
    let highest: i128 =
        bound("maximum").or(bound("exclusiveMaximum").map(|most| most - 1)).unwrap_or(highest);
    let all = lowest..=highest.max(lowest);
    let near = lowest.max(-100).min(highest)
        ..=highest.min(lowest.max(-100).saturating_add(200)).max(lowest);
    let number = |number: i128| match (i64::try_from(number), u64::try_from(number)) {
        (Ok(number), _) => Value::from(number),
        (_, Ok(number)) => Value::from(number),
        _ => Value::Null,
    };
    Union::new_weighted(vec![(3, near), (1, all)]).prop_map(number).boxed()
}

fn numbers(schema: &Map<String, Value>) -> Values {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let lowest = bound("minimum").or(bound("exclusiveMinimum")).unwrap_or(-1e6);
    let highest = bound("maximum").or(bound("exclusiveMaximum")).unwrap_or(1e6).max(lowest);
    (lowest..=highest).prop_map(Value::from).boxed()
}

/// Texts: of the pattern or the format, or any short ones.
fn texts(schema: &Map<String, Value>) -> Option<Values> {
    const DATE: &str = "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])";
    const TIME: &str = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
    let least = limit(schema, "minLength").unwrap_or(0);
    let most = limit(schema, "maxLength").unwrap_or(least + 2 * SIZE);
    let pattern = schema.get("pattern").and_then(Value::as_str);
    let pattern = match (pattern, schema.get("format").and_then(Value::as_str)) {
        (Some(pattern), _) => pattern.trim_start_matches('^').trim_end_matches('$').to_owned(),
        (None, Some("date")) => DATE.to_owned(),
        (None, Some("time" | "partial-time")) => TIME.to_owned(),
        (None, Some("partial-date-time")) => format!("{DATE}T{TIME}"),
        (None, Some("date-time")) => format!("{DATE}T{TIME}Z"),
        (None, Some("uuid")) => "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}".to_owned(),
        (None, Some("ipv4" | "ip")) => "[1-9][0-9]?(\\.[1-9][0-9]?){3}".to_owned(),
        (None, Some("uri")) => "https://[a-z]{1,8}\\.example/[a-z]{0,8}".to_owned(),
        (None, Some("email")) => "[a-z]{1,8}@[a-z]{1,8}\\.example".to_owned(),
        _ => return Some(short_texts(size(least)..=size(most))),
    };
    Some(string_regex(&pattern).ok()?.prop_map(Value::String).boxed())
}

/// Texts of letters, with some other characters. They shrink to letters.
fn short_texts(length: RangeInclusive<usize>) -> Values {
    let letters = range('a', 'z').boxed();
    let characters = vec![(6, letters), (2, range(' ', '~').boxed()), (1, any::<char>().boxed())];
    let texts = vec(Union::new_weighted(characters), length);
    texts.prop_map(|text| Value::String(text.into_iter().collect())).boxed()
}
