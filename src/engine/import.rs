//! Import: documents of one's own, one JSON object a line.

use std::io::BufRead;

use serde::Deserialize;

use crate::{
    canonical::{self, CanonicalUrl},
    content::{Content, Section},
    dates::first_day,
    engine::document::{Document, Provenance, id_of_key},
    error::{Error, LineFormat},
};

/// Documents read from lines of JSON. Ends at the first line that cannot be read.
pub struct Import<R> {
    reader: R,
    name: String,
    line: u64,
    text: String,
    /// Lines whose addresses had a user name or a password, with what is left of them.
    with_userinfo: Vec<(u64, String)>,
    failure: Option<Error>,
}

/// One line. Fields of other names are ignored.
#[derive(Deserialize)]
struct Record {
    id: Option<RecordId>,
    url: Option<String>,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    tags: Vec<String>,
    company: Option<String>,
    date: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RecordId {
    Text(String),
    Number(i64),
}

impl<R: BufRead> Import<R> {
    /// Documents of a reader; `name` stands for it in messages.
    pub fn new(reader: R, name: &str) -> Import<R> {
        Import {
            reader,
            name: name.to_owned(),
            line: 0,
            text: String::new(),
            with_userinfo: Vec::new(),
            failure: None,
        }
    }

    /// The lines whose `url` or `id` lost a user name and a password so far, with what is left.
    pub fn with_userinfo(&self) -> &[(u64, String)] {
        &self.with_userinfo
    }

    /// Whether everything could be read; to be asked when the iterator has ended.
    ///
    /// # Errors
    /// [`Error::Line`] naming the line that is no document, [`Error::Io`] when reading failed.
    pub fn result(self) -> Result<(), Error> {
        self.failure.map_or(Ok(()), Err)
    }

    fn parse(&mut self) -> Result<Document, Error> {
        let (name, line) = (self.name.clone(), self.line);
        let wrong = |message: String| Error::Line {
            name: name.clone(),
            line,
            message: canonical::discreet(&message).into_owned(),
            expected: LineFormat::Document,
        };
        let record: Record = serde_json::from_str(&self.text).map_err(|e| wrong(e.to_string()))?;
        let mut discreet = |url: String| match canonical::url_without_userinfo(&url) {
            Some(cut) => {
                self.with_userinfo.push((line, cut.clone()));
                cut
            }
            None => url,
        };
        let url = discreet(record.url.unwrap_or_default());
        let canonical = CanonicalUrl::parse(&url);
        if !url.is_empty() && canonical.is_none() {
            return Err(wrong(format!("`{url}` is no http or https URL")));
        }
        let id = match record.id {
            Some(RecordId::Text(id)) => Some(discreet(id)),
            Some(RecordId::Number(id)) => Some(id.to_string()),
            None => canonical.as_ref().map(|url| id_of_key(url.as_str())),
        };
        let id =
            id.filter(|id| !id.is_empty()).ok_or_else(|| wrong("neither id nor url".into()))?;
        let date_listed = match record.date.as_deref().filter(|date| !date.is_empty()) {
            Some(date) => Some(first_day(date).ok_or_else(|| {
                wrong(format!("`{date}` is no date such as 2022, 2022-07 or 2022-07-19"))
            })?),
            None => None,
        };
        let paragraphs: Vec<String> = record
            .text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect();
        let has_text = !paragraphs.is_empty();
        let sections =
            if has_text { vec![Section { heading: Vec::new(), paragraphs }] } else { Vec::new() };
        let key = canonical.as_ref().map_or(id.clone(), |url| url.to_string());
        let title = if record.title.trim().is_empty() { Vec::new() } else { vec![record.title] };
        let document = Document::of_parts(canonical, url, title);
        Ok(Document {
            id,
            key,
            date_listed,
            tags: record.tags,
            company: record.company.filter(|company| !company.trim().is_empty()),
            content: Content { sections, ..Content::default() },
            provenance: if has_text { Provenance::FullText } else { Provenance::ListOnly },
            ..document
        })
    }
}

impl<R: BufRead> Iterator for Import<R> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        while self.failure.is_none() {
            self.text.clear();
            self.line += 1;
            match self.reader.read_line(&mut self.text) {
                Ok(0) => return None,
                Ok(_) if self.text.trim().is_empty() => {}
                Ok(_) => match self.parse() {
                    Ok(document) => return Some(document),
                    Err(error) => self.failure = Some(error),
                },
                Err(error) => self.failure = Some(Error::io(&self.name, error)),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::import::Import;

    #[track_caller]
    fn check(lines: &str, ids: &[&str], failure: Option<&str>) {
        let mut import = Import::new(lines.as_bytes(), "own.jsonl");
        let found: Vec<String> = import.by_ref().map(|document| document.id).collect();
        assert_eq!(found, ids);
        assert_eq!(import.result().err().map(|e| e.to_string()).as_deref(), failure);
    }

    #[test]
    fn lines_become_documents() {
        check(
            "{\"id\": 7, \"title\": \"x\"}\n\n{\"id\": \"b\", \"text\": \"y\"}",
            &["7", "b"],
            None,
        );
    }

    #[test]
    fn a_line_that_is_no_document_is_named() {
        check(
            "{\"id\": \"a\"}\n{\"title\": \"x\"}\n",
            &["a"],
            Some("`own.jsonl`: line 2: neither id nor url"),
        );
        check(
            "{\"id\": \"a\", \"date\": \"soon\"}\n",
            &[],
            Some("`own.jsonl`: line 1: `soon` is no date such as 2022, 2022-07 or 2022-07-19"),
        );
    }
}
