//! The settings of a collection: what `mlsearch.toml` says, and what is wrong with it.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;

use crate::{
    canonical,
    collection::{engine_settings::EngineSettings, naming::name_of_source},
    crawl_policy::Policy,
    entry::Labels,
    error::Error,
};

/// The settings file that makes a folder a collection.
pub const SETTINGS_FILE: &str = "mlsearch.toml";

/// What `mlsearch.toml` says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where site owners reach the person who runs this crawler: a URL or a mail address.
    pub contact: Option<String>,
    /// The lists, in order of precedence.
    #[serde(rename = "list")]
    pub lists: Vec<ListSource>,
    /// How to crawl.
    pub crawl: Policy,
    /// When to refuse a new index.
    pub publish: PublishSettings,
    /// Which cluster holds the index.
    pub engine: EngineSettings,
    /// Where canonical names and synonyms stand; `aliases.toml` by default.
    pub aliases: Option<PathBuf>,
}

/// One list of a collection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListSource {
    /// A path, relative to the collection's folder, or a URL.
    pub source: String,
    /// The name of the list; by default it is made from the source.
    pub name: Option<String>,
    /// The address against which relative links are resolved; by default the source, if it is a URL.
    pub base: Option<Url>,
    /// What trailing code spans mean: `tags`, `company` or `ignore`.
    #[serde(default)]
    pub labels: Labels,
    /// 1 when all lists that it links to are wanted as well, 0 when not.
    #[serde(default)]
    pub depth: u8,
    /// Settings for single entries of the list.
    #[serde(default, rename = "entry")]
    pub entries: Vec<EntrySettings>,
}

/// Settings for one entry of a list, `[[list.entry]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntrySettings {
    /// The link of the entry: a URL, or the path of a file as a list in a file has it.
    pub url: String,
    /// 1 when the entry is a list of its own whose entries are wanted, 0 when not.
    pub depth: u8,
}

impl EntrySettings {
    /// The link as a URL, when it is one.
    pub fn as_url(&self) -> Option<Url> {
        Url::parse(&self.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
    }
}

/// The `[publish]` table.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublishSettings {
    /// Largest share of documents, or of full texts, that a new index may lack: 0.0 to 1.0.
    pub max_loss: f64,
    /// Largest share of the pages that may fail beside those that failed before: 0.0 to 1.0.
    /// More than half of them failing at once is rather this machine's fault, or that of its
    /// network or address, than the pages'.
    pub max_failures: f64,
}

impl Default for PublishSettings {
    fn default() -> PublishSettings {
        PublishSettings { max_loss: 0.10, max_failures: 0.5 }
    }
}

impl Settings {
    /// Where site owners reach the person who runs this crawler, if that is set.
    pub fn contact(&self) -> Option<&str> {
        self.contact.as_deref().map(str::trim).filter(|contact| !contact.is_empty())
    }
}

impl ListSource {
    /// The name of the list: given, or made from the source.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| name_of_source(&self.source))
    }

    /// The source as a URL, when it is one.
    pub fn as_url(&self) -> Option<Url> {
        Url::parse(&self.source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
    }
}

/// What keeps a contact from being sent with each request, in a header (RFC 9110, section 5.5).
pub fn contact_problem(contact: &str) -> Option<String> {
    if contact.trim().is_empty() {
        return Some("`contact` is empty; a URL or a mail address is wanted".into());
    }
    let odd = contact.chars().find(|c| !c.is_ascii_graphic() && *c != ' ')?;
    let odd = match odd {
        '\n' | '\r' => "a line break".to_owned(),
        c if c.is_control() => format!("a control character (U+{:04X})", u32::from(c)),
        c => format!("`{c}`"),
    };
    Some(format!(
        "`contact` has {odd} in it, which cannot be sent to a site; a URL or a mail address is wanted"
    ))
}

/// The settings of a text, or the line at fault.
pub(crate) fn parse_settings(path: &Path, text: &str) -> Result<Settings, Error> {
    let settings: Settings = toml::from_str(text).map_err(|e| settings_error(path, text, &e))?;
    let wrong = |message: &str| Error::Settings { path: path.to_owned(), message: message.into() };
    if let Some(problem) = settings.contact.as_deref().and_then(contact_problem) {
        return Err(wrong(&problem));
    }
    if let Some(message) = credentials(&settings, text) {
        return Err(wrong(&message));
    }
    if !(0.0..=1.0).contains(&settings.publish.max_loss) {
        return Err(wrong("`publish.max_loss` is not between 0 and 1"));
    }
    if !(0.0..=1.0).contains(&settings.publish.max_failures) {
        return Err(wrong("`publish.max_failures` is not between 0 and 1"));
    }
    if settings.lists.iter().any(|list| list.depth > 1) {
        return Err(wrong("`depth` of a `list` is more than 1"));
    }
    if settings.lists.iter().flat_map(|list| &list.entries).any(|entry| entry.depth > 1) {
        return Err(wrong("`depth` of a `list.entry` is more than 1"));
    }
    if let Some(problem) = settings.engine.problem() {
        return Err(wrong(problem));
    }
    if settings.crawl.hosts_at_once == 0 {
        return Err(wrong("`crawl.hosts_at_once` is 0"));
    }
    Ok(settings)
}

/// The first address that has a user name or a password, in words and without it: requests are sent
/// without credentials, and a source is stored, shown and often published.
fn credentials(settings: &Settings, text: &str) -> Option<String> {
    let of_list = |list: &ListSource| {
        let bases = list.base.iter().map(Url::to_string);
        let entries = list.entries.iter().map(|entry| entry.url.clone());
        let urls: Vec<String> = bases.chain(entries).collect();
        [list.source.clone()].into_iter().chain(urls)
    };
    let addresses = settings.contact.iter().chain(&settings.engine.url).cloned();
    let mut addresses = addresses.chain(settings.lists.iter().flat_map(of_list));
    let cut = addresses.find_map(|address| canonical::url_without_userinfo(&address))?;
    let has_it = |line: &str| canonical::discreet(line).contains(&cut) && !line.contains(&cut);
    let line =
        text.lines().position(has_it).map_or(String::new(), |at| format!("line {}: ", at + 1));
    Some(format!("{line}`{cut}` has a user name or a password in front, which is never sent"))
}

/// An error of a file in TOML, with its line.
pub(crate) fn settings_error(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| before.matches('\n').count() + 1);
    let message = match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    };
    Error::Settings { path: path.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::collection::settings::parse_settings;

    #[track_caller]
    fn check(settings: &str, expected: Option<&str>) {
        let error = parse_settings(Path::new("mlsearch.toml"), settings).err();
        let message = error.map(|error| error.to_string());
        match expected {
            Some(expected) => {
                let message = message.unwrap();
                assert!(message.contains("`contact` ") && message.contains(expected), "{message}");
            }
            None => assert_eq!(message, None),
        }
    }

    #[test]
    fn a_contact_that_no_request_can_carry_is_refused_by_its_name() {
        check("contact = 'https://a.example/about'", None);
        check("contact = 'A B <a@b.example>'", None);
        check("contact = \"a@b.example\\nX-Header: y\"", Some("a line break"));
        check("contact = \"a@b.example\\r\"", Some("a line break"));
        check("contact = \"a\\u0000b\"", Some("a control character (U+0000)"));
        check("contact = \"a\\tb\"", Some("(U+0009)"));
        check("contact = \"a\\u007f\"", Some("(U+007F)"));
        check("contact = 'müller@b.example'", Some("`ü`"));
        check("contact = ' '", Some("is empty"));
    }
}
