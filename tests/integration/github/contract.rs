//! GitHub's published schemas: judges requests and responses, and makes the frame of a response.

use std::collections::HashMap;
use std::io::Read as _;
use std::sync::{Arc, Mutex, OnceLock};

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use flate2::read::GzDecoder;
use serde_json::{Map, Value, json};

fn unpack(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn schemas() -> &'static Value {
    static SCHEMAS: OnceLock<Value> = OnceLock::new();
    SCHEMAS.get_or_init(|| {
        serde_json::from_str(&unpack(include_bytes!("../../contract/schemas.json.gz"))).unwrap()
    })
}

/// GitHub's GraphQL schema.
pub fn graphql() -> &'static Valid<Schema> {
    static SCHEMA: OnceLock<Valid<Schema>> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let text = unpack(include_bytes!("../../contract/github.graphql.gz"));
        Schema::parse_and_validate(text, "github.graphql").unwrap()
    })
}

/// A document, valid by GitHub's schema. The scenarios ask the same few questions thousands of times.
pub fn document(text: &str) -> Result<Arc<Valid<ExecutableDocument>>, String> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<Valid<ExecutableDocument>>>>> =
        OnceLock::new();
    let known = KNOWN.get_or_init(Default::default);
    if let Some(document) = known.lock().unwrap().get(text) {
        return Ok(Arc::clone(document));
    }
    let document = ExecutableDocument::parse_and_validate(graphql(), text, "request")
        .map_err(|error| error.errors.to_string())?;
    let document = Arc::new(document);
    known
        .lock()
        .unwrap()
        .insert(text.to_owned(), Arc::clone(&document));
    Ok(document)
}

/// The operation that a path (without prefix and query) belongs to.
fn operation(method: &str, path: &str) -> Option<&'static Value> {
    let parts: Vec<&str> = path.split('/').collect();
    schemas()["operations"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|operation| operation["method"] == method)
        .find(|operation| {
            let template: Vec<&str> = operation["path"].as_str().unwrap().split('/').collect();
            let open = template.last() == Some(&"{path}");
            (template.len() == parts.len() || open && parts.len() >= template.len())
                && template
                    .iter()
                    .zip(&parts)
                    .all(|(want, part)| want.starts_with('{') || want == part)
        })
}

fn judge(schema: &Value, instance: &Value) -> Vec<String> {
    static KNOWN: OnceLock<Mutex<HashMap<String, Arc<jsonschema::Validator>>>> = OnceLock::new();
    let key = schema.to_string();
    let mut known = KNOWN.get_or_init(Default::default).lock().unwrap();
    let validator = known
        .entry(key)
        .or_insert_with(|| {
            let whole = json!({"allOf": [schema], "$defs": schemas()["$defs"]});
            Arc::new(jsonschema::validator_for(&whole).unwrap())
        })
        .clone();
    drop(known);
    validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// What is wrong with a request.
pub fn request(
    method: &str,
    path: &str,
    query: &[(String, String)],
    body: Option<&Value>,
) -> Vec<String> {
    let Some(operation) = operation(method, path) else {
        return vec![format!("no known operation: {method} {path}")];
    };
    let known = operation["query"].as_array().unwrap();
    let mut wrong: Vec<String> = query
        .iter()
        .filter(|(name, _)| !known.iter().any(|known| known == name))
        .map(|(name, _)| format!("{method} {path}: unknown parameter {name}"))
        .collect();
    match (&operation["body"], body) {
        (Value::Null, Some(_)) => wrong.push(format!("{method} {path}: takes no body")),
        (Value::Null, None) => {}
        (schema, body) => {
            let found = judge(schema, body.unwrap_or(&json!({})));
            wrong.extend(
                found
                    .into_iter()
                    .map(|text| format!("{method} {path}: request {text}")),
            );
        }
    }
    wrong
}

/// What is wrong with a response of the fake itself.
pub fn response(method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
    let Some(operation) = operation(method, path) else {
        return Vec::new();
    };
    match operation["responses"].get(status.to_string()) {
        // Limits and failures of the service are not described for each operation.
        None if status < 300 => vec![format!("{method} {path}: {status} is not described")],
        None | Some(Value::Null) => Vec::new(),
        Some(schema) => judge(schema, body)
            .into_iter()
            .map(|text| format!("{method} {path}: response {status} {text}"))
            .collect(),
    }
}

/// The least value that a named definition allows, with `given` laid over it.
pub fn frame(name: &str, given: Value) -> Value {
    static FRAMES: OnceLock<Mutex<HashMap<String, Value>>> = OnceLock::new();
    let mut frames = FRAMES.get_or_init(Default::default).lock().unwrap();
    let mut value = frames
        .entry(name.to_owned())
        .or_insert_with(|| least(&schemas()["$defs"][name], 12))
        .clone();
    drop(frames);
    lay(&mut value, given);
    value
}

fn lay(under: &mut Value, over: Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                lay(under.entry(key).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

fn least(schema: &Value, depth: usize) -> Value {
    assert!(depth > 0, "a schema that demands itself");
    if let Some(name) = schema["$ref"].as_str() {
        return least(
            &schemas()["$defs"][name.trim_start_matches("#/$defs/")],
            depth - 1,
        );
    }
    if let Some(choices) = schema["enum"].as_array() {
        return choices[0].clone();
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(choices) = schema[key].as_array() {
            return least(choices.last().unwrap(), depth - 1);
        }
    }
    let kind = &schema["type"];
    if kind
        .as_array()
        .is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
    {
        return Value::Null;
    }
    match kind.as_str().unwrap_or("object") {
        "string" => match schema["format"].as_str() {
            Some("uri") => json!("https://github.com/acme"),
            Some("date-time") => json!(super::state::NOW),
            _ => json!("x"),
        },
        "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(0)),
        "boolean" => json!(false),
        "array" => json!([]),
        _ => {
            let mut object = Map::new();
            for name in schema["required"].as_array().into_iter().flatten() {
                let name = name.as_str().unwrap();
                object.insert(
                    name.to_owned(),
                    least(&schema["properties"][name], depth - 1),
                );
            }
            Value::Object(object)
        }
    }
}
