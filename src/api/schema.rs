//! JSON Schemas of what operations take, made from the machine's own types.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::chart::Parameter;

/// The arguments that an operation takes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signature {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    sensitive: Vec<&'static str>,
    definitions: Option<Value>,
}

impl Signature {
    /// Adds an argument that must be given.
    pub(crate) fn required(mut self, name: &'static str, schema: Value) -> Self {
        self.required.push(name);
        self.optional(name, schema)
    }

    /// Adds an argument that may be left out.
    pub(crate) fn optional(mut self, name: &'static str, schema: Value) -> Self {
        self.properties.insert(name.to_owned(), schema);
        self
    }

    /// Marks an argument whose value no answer repeats.
    pub(crate) fn sensitive(mut self, name: &'static str) -> Self {
        self.sensitive.push(name);
        self
    }

    /// The arguments whose values no answer repeats.
    pub(crate) fn sensitive_names(&self) -> &[&'static str] {
        &self.sensitive
    }

    /// The arguments, each with its schema.
    pub(crate) fn properties(&self) -> &Map<String, Value> {
        &self.properties
    }

    /// The names of the arguments that must be given.
    pub(crate) fn required_names(&self) -> &[&'static str] {
        &self.required
    }

    /// The schema of an object with these arguments and no other.
    pub(crate) fn to_schema(&self) -> Map<String, Value> {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(self.properties.clone()));
        if !self.required.is_empty() {
            schema.insert("required".to_owned(), json!(self.required));
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        if let Some(definitions) = &self.definitions {
            schema.insert("$defs".to_owned(), definitions.clone());
        }
        schema
    }
}

/// The payloads of an enum whose variants are written as `{"name": {…}}`.
pub(crate) struct Payloads {
    variants: Vec<Value>,
    definitions: Option<Value>,
}

impl Payloads {
    /// The payloads of `T`.
    pub(crate) fn of<T: JsonSchema>() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
        tidy(&mut schema);
        let mut take = |key| schema.get_mut(key).map(Value::take);
        let (choices, definitions) = (take("oneOf").or_else(|| take("anyOf")), take("$defs"));
        let variants = match choices {
            Some(Value::Array(variants)) => variants,
            _ => vec![schema],
        };
        Self { variants, definitions }
    }

    /// The arguments of the variant `name`.
    pub(crate) fn signature(&self, name: &str, parameters: &'static [Parameter]) -> Signature {
        let place = format!("/properties/{name}/properties");
        let properties = self.variants.iter().find_map(|variant| variant.pointer(&place));
        let signature = parameters.iter().fold(Signature::default(), |signature, parameter| {
            let schema = properties.and_then(|properties| properties.get(parameter.name()));
            let mut schema = schema.cloned().unwrap_or_else(|| json!({}));
            if let Value::Object(schema) = &mut schema
                && !parameter.docs().is_empty()
            {
                schema.insert("description".to_owned(), json!(parameter.docs().trim()));
            }
            let signature = if parameter.is_sensitive() {
                signature.sensitive(parameter.name())
            } else {
                signature
            };
            if parameter.is_optional() {
                signature.optional(parameter.name(), schema)
            } else {
                signature.required(parameter.name(), schema)
            }
        });
        Signature { definitions: self.definitions.clone(), ..signature }
    }
}

/// Removes from a schema what a caller does not need: titles, the sizes of Rust's numbers, and that an optional argument
/// may also be null.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(tidy),
        Value::Object(object) => {
            // The keys of these objects are names of the author, not keywords.
            for named in ["properties", "$defs"] {
                if let Some(Value::Object(schemas)) = object.get_mut(named) {
                    schemas.values_mut().for_each(tidy);
                }
            }
            for (key, schema) in object.iter_mut() {
                if !matches!(
                    key.as_str(),
                    "properties" | "$defs" | "default" | "const" | "enum" | "examples"
                ) {
                    tidy(schema);
                }
            }
            object.remove("title");
            if object.get("default").is_some_and(Value::is_null) {
                object.remove("default");
            }
            let rust_number = |format: &str| {
                ["int", "uint", "float", "double"].iter().any(|number| format.starts_with(number))
            };
            if object.get("format").and_then(Value::as_str).is_some_and(rust_number) {
                object.remove("format");
            }
            drop_null(object);
        }
        _ => {}
    }
}

fn drop_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|ty| ty != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    if let Some(Value::Array(schemas)) = schema.get_mut("anyOf") {
        schemas.retain(|schema| schema != &json!({"type": "null"}));
        if let [Value::Object(only)] = schemas.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Event {
        Submit(Submit),
        Rest(Rest),
    }

    #[derive(JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Submit {
        title: String,
        times: Option<u32>,
        tone: Option<Tone>,
    }

    #[derive(JsonSchema)]
    struct Rest {}

    #[derive(JsonSchema)]
    #[serde(rename_all = "lowercase")]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Tone {
        Warm,
        Cool,
    }

    const PARAMETERS: &[Parameter] = &[
        Parameter::new("title", "String", "What it is called."),
        Parameter::new("times", "Option<u32>", "").optional(),
        Parameter::new("tone", "Option<Tone>", "").optional(),
    ];

    #[test]
    fn a_payload_becomes_flat_arguments() {
        let payloads = Payloads::of::<Event>();
        assert_eq!(
            Value::Object(payloads.signature("submit", PARAMETERS).to_schema()),
            json!({
                "type": "object",
                "properties": {
                    "title": {"type": "string", "description": "What it is called."},
                    "times": {"type": "integer", "minimum": 0},
                    "tone": {"type": "string", "enum": ["warm", "cool"]},
                },
                "required": ["title"],
                "additionalProperties": false,
            }),
        );
        assert_eq!(
            Value::Object(payloads.signature("rest", &[]).to_schema()),
            json!({"type": "object", "properties": {}, "additionalProperties": false}),
        );
    }
}
