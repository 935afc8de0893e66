//! One line of an import, a JSON object, and the document that it becomes.

use serde::Deserialize;

use crate::{
    canonical::{self, CanonicalUrl},
    content::{Content, Section},
    dates::first_day,
    engine::document::{Document, Provenance, id_of_key},
};

/// What a line says.
pub(crate) struct Imported {
    /// The document.
    pub(crate) document: Document,
    /// Whether its id is made of its canonical URL.
    pub(crate) is_id_of_url: bool,
    /// What is left of the addresses that had a user name or a password.
    pub(crate) without_userinfo: Vec<String>,
}

/// The object of a line. Fields of other names are ignored.
#[derive(Deserialize)]
struct Record {
    id: Option<RecordId>,
    url: Option<String>,
    title: Option<String>,
    text: Option<String>,
    tags: Option<Vec<String>>,
    company: Option<String>,
    date: Option<String>,
    language: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "an id is a text or a number")]
enum RecordId {
    Text(String),
    Number(serde_json::Number),
}

/// What is read of a line to see whose share it is.
#[derive(Deserialize)]
struct OnlyIds {
    id: Option<RecordId>,
    url: Option<String>,
}

/// What names the document of a line.
struct Identity {
    id: String,
    is_id_of_url: bool,
    url: String,
    canonical: Option<CanonicalUrl>,
    without_userinfo: Vec<String>,
}

impl Identity {
    fn of(id: Option<RecordId>, url: Option<String>) -> Result<Identity, String> {
        let mut without_userinfo = Vec::new();
        let mut discreet = |url: String| match canonical::url_without_userinfo(&url) {
            Some(cut) => {
                without_userinfo.push(cut.clone());
                cut
            }
            None => url,
        };
        let url = discreet(url.unwrap_or_default());
        let canonical = CanonicalUrl::parse(&url);
        if !url.is_empty() && canonical.is_none() {
            return Err(format!("`{url}` is no http or https URL"));
        }
        // An empty one is none, as `null` is.
        let id = id.filter(|id| !matches!(id, RecordId::Text(id) if id.is_empty()));
        let is_id_of_url = id.is_none();
        let id = match id {
            Some(RecordId::Text(id)) => Some(discreet(id)),
            Some(RecordId::Number(id)) => Some(id.to_string()),
            None => canonical.as_ref().map(|url| id_of_key(url.as_str())),
        };
        let id = id.ok_or("neither id nor url")?;
        Ok(Identity { id, is_id_of_url, url, canonical, without_userinfo })
    }
}

/// The id of a line, when it has one.
pub(crate) fn id_of_line(line: &[u8]) -> Option<String> {
    let OnlyIds { id, url } = serde_json::from_str(str::from_utf8(line).ok()?).ok()?;
    Identity::of(id, url).ok().map(|identity| identity.id)
}

/// The document of a line, or what is wrong with the line.
pub(crate) fn parse(line: &[u8]) -> Result<Imported, String> {
    let text = str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())?;
    let record: Record = serde_json::from_str(text).map_err(|e| without_line(&e))?;
    let Identity { id, is_id_of_url, url, canonical, without_userinfo } =
        Identity::of(record.id, record.url)?;
    let date_listed =
        match record.date.as_deref().filter(|date| !date.is_empty()) {
            Some(date) => Some(first_day(date).ok_or_else(|| {
                format!("`{date}` is no date such as 2022, 2022-07 or 2022-07-19")
            })?),
            None => None,
        };
    let text = record.text.unwrap_or_default();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paragraphs: Vec<String> = lines.map(str::to_owned).collect();
    let has_text = !paragraphs.is_empty();
    let sections =
        if has_text { vec![Section { heading: Vec::new(), paragraphs }] } else { Vec::new() };
    let key = canonical.as_ref().map_or(id.clone(), |url| url.to_string());
    let titles = record.title.into_iter().filter(|title| !title.trim().is_empty()).collect();
    let document = Document {
        id,
        key,
        date_listed,
        tags: record.tags.unwrap_or_default(),
        company: record.company.filter(|company| !company.trim().is_empty()),
        content: Content { sections, language: record.language, ..Content::default() },
        provenance: if has_text { Provenance::FullText } else { Provenance::ListOnly },
        ..Document::of_parts(canonical, url, titles)
    };
    Ok(Imported { document, is_id_of_url, without_userinfo })
}

/// What is wrong with an object, without the number of the line within the line.
fn without_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(message) => format!("{message} at column {}", error.column()),
        None => message,
    }
}
