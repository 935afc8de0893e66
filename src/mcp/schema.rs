//! JSON Schemas of the tools, as small as they can be: they stand in an agent's context all the time.

use rmcp::model::JsonObject;
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

/// The schema of the arguments of a tool.
pub(crate) fn of_arguments<T: JsonSchema>() -> JsonObject {
    let settings = settings().for_deserialize();
    let mut schema =
        compact(settings.into_generator().into_root_schema_for::<T>().to_value(), true);
    // The tool has a description of its own.
    schema.remove("description");
    schema
}

/// The schema of the output of a tool, without words.
pub(crate) fn of_output<T: JsonSchema>() -> JsonObject {
    let settings = settings().for_serialize();
    compact(settings.into_generator().into_root_schema_for::<T>().to_value(), false)
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.inline_subschemas = true;
    })
}

fn compact(mut schema: Value, keeps_words: bool) -> JsonObject {
    walk(&mut schema, keeps_words);
    match schema {
        Value::Object(object) => object,
        _ => JsonObject::default(),
    }
}

/// Takes out what no client needs: titles, formats that some reject (`uint64`), that a count is not
/// negative, that null is taken for what is missing, and defaults that say so.
fn walk(schema: &mut Value, keeps_words: bool) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, keeps_words)),
        Value::Object(object) => {
            // A property may have such a name; then its value is a schema.
            object.retain(|name, value| match name.as_str() {
                "title" | "format" => !value.is_string(),
                "description" => keeps_words || !value.is_string(),
                "default" => !says_nothing(value),
                "minimum" => value != &Value::from(0),
                _ => true,
            });
            if let Some(Value::Array(types)) = object.get("type")
                && let [one, Value::String(null)] = types.as_slice()
                && null == "null"
            {
                let one = one.clone();
                object.insert("type".into(), one);
            }
            object.values_mut().for_each(|value| walk(value, keeps_words));
        }
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty) || value == &Value::Bool(false)
}
