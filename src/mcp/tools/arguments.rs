//! Arguments that several tools take.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

use crate::{
    dates,
    mcp::{answer::CallContext, refusal::CallRefusal},
    search::Filters,
    wording::no_date,
};

/// Characters of a query or of an id.
pub(crate) const TEXT_CHARS: usize = 1_000;
/// The largest number: every whole one up to it is a float.
const MOST_WHOLE: f64 = 1e15;
/// Values of a filter.
const MOST_VALUES: usize = 32;

/// One text or several: agents send the one as it is.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum OneOrSeveral {
    One(String),
    Several(Vec<String>),
}

/// Reads one text or a list of texts.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(match Option::<OneOrSeveral>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(OneOrSeveral::One(text)) => vec![text],
        Some(OneOrSeveral::Several(texts)) => texts,
    })
}

/// Reads a text; agents send numbers for it, too, such as a year.
pub(crate) fn text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    let missing = || D::Error::custom("expected a text, not null");
    maybe_text_or_number(deserializer)?.ok_or_else(missing)
}

/// Reads a text, or a number in its place, where one is sent.
pub(crate) fn maybe_text_or_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(Value::Number(number)) => {
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && n.abs() <= MOST_WHOLE);
            Ok(Some(whole.map_or_else(|| number.to_string(), |whole| format!("{whole:.0}"))))
        }
        Some(sent) => Err(D::Error::custom(format!("expected a text, not {sent}"))),
    }
}

/// Reads a whole number; agents send floats and texts for it, too.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    let Some(sent) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let number: Option<f64> = match &sent {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match number.filter(|number| (0.0..=MOST_WHOLE).contains(number) && number.fract() == 0.0) {
        Some(number) => Ok(Some(number as usize)),
        None => Err(D::Error::custom(format!("expected a whole number from 0 on, not {sent}"))),
    }
}

/// Reads yes or no; agents send texts for it, too.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    let Some(sent) = Option::<Value>::deserialize(deserializer)? else { return Ok(None) };
    let flag = match &sent {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.trim().to_lowercase().parse().ok(),
        _ => None,
    };
    flag.map(Some).ok_or_else(|| D::Error::custom(format!("expected true or false, not {sent}")))
}

/// A number of an argument, or what it is when it was not sent.
pub(crate) fn number(
    name: &str,
    sent: Option<usize>,
    default: usize,
    (least, most): (usize, usize),
) -> Result<usize, CallRefusal> {
    let number = sent.unwrap_or(default);
    match (least..=most).contains(&number) {
        true => Ok(number),
        false => {
            let message = format!("`{name}` is {number}");
            Err(CallRefusal::new(message, format!("send a number from {least} to {most}")))
        }
    }
}

/// A text that is not too long.
pub(crate) fn text<'a>(name: &str, sent: &'a str) -> Result<&'a str, CallRefusal> {
    match sent.char_indices().nth(TEXT_CHARS) {
        None => Ok(sent.trim()),
        Some(_) => {
            let message = format!("`{name}` is longer than {TEXT_CHARS} characters");
            Err(CallRefusal::new(message, "send the words that matter"))
        }
    }
}

/// The filters of arguments.
pub(crate) fn filters(
    companies: Vec<String>,
    tags: Vec<String>,
    [after, before]: [Option<String>; 2],
    asked: &CallContext,
) -> Result<Filters, CallRefusal> {
    let facets = choices("company", companies)?.chain(choices("tag", tags)?);
    Ok(Filters {
        facets: facets.collect(),
        after: day("after", after.as_deref(), asked)?,
        before: day("before", before.as_deref(), asked)?,
        ..Filters::default()
    })
}

/// Values of a facet, as filters have them.
fn choices(
    facet: &str,
    values: Vec<String>,
) -> Result<impl Iterator<Item = (String, String)>, CallRefusal> {
    if values.len() > MOST_VALUES {
        let message = format!("`{facet}` has more than {MOST_VALUES} values");
        return Err(CallRefusal::new(message, "send fewer; any of them is enough for a document"));
    }
    if values.iter().any(|value| value.trim().is_empty()) {
        return Err(CallRefusal::new(format!("`{facet}` has an empty value"), "leave it out"));
    }
    let values: Result<Vec<String>, CallRefusal> =
        values.iter().map(|value| Ok(text(facet, value)?.to_owned())).collect();
    let facet = facet.to_owned();
    Ok(values?.into_iter().map(move |value| (facet.clone(), value)))
}

/// A day of an argument.
fn day(name: &str, sent: Option<&str>, asked: &CallContext) -> Result<Option<Date>, CallRefusal> {
    let sent = sent.map(|sent| text(name, sent)).transpose()?;
    let day = |text: &str| dates::day(text, (asked.options.local_now)());
    sent.filter(|text| !text.is_empty()).map(day).transpose().map_err(|error| {
        let (message, hint) = no_date(&error);
        CallRefusal::new(format!("{message}, as `{name}`"), hint)
    })
}
