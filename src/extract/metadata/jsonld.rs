//! JSON-LD: the article as it is described to search engines.

use std::{collections::HashMap, sync::LazyLock};

use scraper::Selector;
use serde_json::Value;

use crate::{
    content::collapse,
    extract::dom::{Dom, Tag, selector},
    html,
};

/// What JSON-LD says of the article.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    pub(crate) headline: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date_published: Option<String>,
    pub(crate) date_modified: Option<String>,
    pub(crate) publisher: Option<String>,
    pub(crate) body: Option<String>,
    /// What is said of a product, a job, a course or a recording.
    pub(crate) description: Option<String>,
    /// Whether one of the things described is an article.
    pub(crate) is_article: bool,
    /// Whether the page is a thread, whose comments are its text.
    pub(crate) is_thread: bool,
    /// Whether it says of the article that it is not free to read.
    pub(crate) is_paywalled: bool,
}

static SCRIPTS: LazyLock<Selector> = LazyLock::new(|| selector("script[type*='ld+json' i]"));

/// Scripts longer than this are not parsed.
const MAX_SCRIPT_BYTES: usize = 512 * 1024;

/// Reads every JSON-LD script of a page; the first value of each kind wins, articles first.
pub(crate) fn read(dom: &Dom<'_>) -> Linked {
    let mut objects: Vec<Value> = Vec::new();
    for id in dom.select(dom.all(Tag::Script), &SCRIPTS) {
        let Some(script) = dom.nodes.get(id + 1).filter(|n| n.parent == id) else {
            continue;
        };
        if script.text.len() <= MAX_SCRIPT_BYTES
            && let Some(value) = parse(script.text)
        {
            objects.push(value);
        }
    }
    let mut flat: Vec<&Value> = Vec::new();
    let mut queue: Vec<&Value> = objects.iter().rev().collect();
    while let Some(value) = queue.pop() {
        match value {
            Value::Array(values) => queue.extend(values.iter().rev()),
            Value::Object(map) => {
                flat.push(value);
                for key in ["mainEntity", "mainEntityOfPage", "@graph"] {
                    queue.extend(map.get(key));
                }
            }
            _ => {}
        }
    }
    // What is described elsewhere stands here by its name alone.
    let named = |value: &&&Value| value.get("name").is_some();
    let people: HashMap<&str, &Value> = flat
        .iter()
        .filter(named)
        .filter_map(|value| Some((value.get("@id")?.as_str()?, *value)))
        .collect();
    let mut linked = Linked::default();
    // Stable: articles first, otherwise as written.
    flat.sort_by_key(|value| !is_article(value));
    for value in flat {
        linked.take(value, &people);
    }
    linked
}

/// Parses JSON, correcting what sites get wrong: raw line breaks in strings, comment wrappers.
fn parse(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let text = text.trim().trim_start_matches("//<![CDATA[").trim_end_matches("//]]>");
    let text = text.trim().trim_end_matches(';');
    serde_json::from_str(text).ok().or_else(|| {
        let cleaned: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        serde_json::from_str(&cleaned).ok()
    })
}

fn types(value: &Value) -> impl Iterator<Item = &str> {
    let kinds = match value.get("@type") {
        Some(Value::Array(kinds)) => kinds.as_slice(),
        Some(kind) => std::slice::from_ref(kind),
        None => &[],
    };
    kinds.iter().filter_map(Value::as_str)
}

fn is_article(value: &Value) -> bool {
    types(value).any(|t| {
        t.ends_with("Article")
            || t.ends_with("BlogPosting")
            || matches!(t, "Report" | "NewsStory" | "SocialMediaPosting" | "DiscussionForumPosting")
    })
}

impl Linked {
    fn take(&mut self, value: &Value, people: &HashMap<&str, &Value>) {
        let article = is_article(value);
        let page = article
            || types(value).any(|t| {
                t.ends_with("Page") || t == "Recipe" || t == "VideoObject" || t == "Question"
            });
        let text = |key: &str| value.get(key).and_then(first_text);
        self.is_article |= article;
        if article {
            set(&mut self.headline, text("headline").or_else(|| text("name")));
            set(
                &mut self.body,
                value.get("articleBody").and_then(Value::as_str).map(str::to_owned),
            );
        }
        let is_described = |t: &str| {
            matches!(t, "Product" | "JobPosting" | "Course" | "VideoObject" | "PodcastEpisode")
        };
        if types(value).any(is_described) {
            let description = value.get("description").and_then(Value::as_str);
            set(&mut self.description, description.map(str::to_owned));
        }
        if page {
            set(&mut self.date_published, text("datePublished"));
            set(
                &mut self.author,
                value
                    .get("author")
                    .or_else(|| value.get("creator"))
                    .and_then(|value| names(value, people)),
            );
        }
        set(&mut self.publisher, value.get("publisher").and_then(|value| names(value, people)));
        self.is_thread |=
            types(value).any(|t| matches!(t, "DiscussionForumPosting" | "QAPage" | "Question"));
        self.is_paywalled |= match value.get("isAccessibleForFree") {
            Some(Value::Bool(free)) => !free,
            Some(Value::String(free)) => free.eq_ignore_ascii_case("false"),
            _ => false,
        };
    }
}

fn set(slot: &mut Option<String>, value: Option<String>) {
    if slot.is_none() {
        *slot = value.filter(|v| !v.trim().is_empty());
    }
}

fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(collapse(&html::unescape(text))),
        Value::Array(values) => values.first().and_then(first_text),
        Value::Object(map) => map.get("@value").or_else(|| map.get("name")).and_then(first_text),
        _ => None,
    }
}

/// The names of one or several persons or organisations, joined by commas. One that is only referred
/// to (`{"@id": …}`) is looked up.
fn names(value: &Value, people: &HashMap<&str, &Value>) -> Option<String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    let described = |value: &Value| {
        let found = value.get("@id").and_then(Value::as_str).and_then(|id| people.get(id));
        first_text(value).or_else(|| found.and_then(|value| first_text(value)))
    };
    let names: Vec<String> =
        values.iter().filter_map(described).filter(|n| !n.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
