//! The settings of a collection: what `mlsearch.toml` says, and what is wrong with it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::{Spanned, Table};
use url::Url;

use crate::{
    canonical,
    collection::{
        engine_settings::EngineSettings,
        exclusion::Exclusion,
        managed::{add_own, parts_in_place},
        naming::name_of_source,
        toml_error::{at_line, settings_error},
    },
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
    /// What is left out of all lists.
    pub exclude: Vec<Exclusion>,
    /// How to crawl.
    pub crawl: Policy,
    /// When to refuse a new index.
    pub publish: PublishSettings,
    /// Which cluster holds the index.
    pub engine: EngineSettings,
    /// Which model gives passages their vectors.
    pub embedding: EmbeddingSettings,
    /// Where canonical names and synonyms stand; `aliases.toml` by default.
    pub aliases: Option<PathBuf>,
    /// Where the index comes from that somebody else has built; none for one that is built here.
    pub pull: Option<PullSettings>,
}

/// The `[pull]` table, which marks a collection whose index somebody else builds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PullSettings {
    /// The address of the archive; without one each is named when it is pulled.
    pub url: Option<String>,
    /// The public key of minisign with which each archive has to be signed.
    pub public_key: Option<String>,
}

/// The `[embedding]` table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingSettings {
    /// The folder of a model, relative to the collection's folder; `~/` begins the user's own.
    pub model: Option<PathBuf>,
    /// Whether searches find articles by meaning, too.
    pub hybrid: bool,
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
    #[serde(default, deserialize_with = "base")]
    pub base: Option<Url>,
    /// What trailing code spans mean: `tags`, `company` or `ignore`.
    #[serde(default)]
    pub labels: Labels,
    /// 1 when all lists that it links to are wanted as well, 0 when not.
    #[serde(default, deserialize_with = "depth")]
    pub depth: u8,
    /// Whether entries stay that the list does not have any more; by default those of a feed do.
    pub keep: Option<bool>,
    /// What is left out of the list.
    #[serde(default)]
    pub exclude: Vec<Exclusion>,
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
    #[serde(deserialize_with = "depth")]
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
    #[serde(deserialize_with = "share")]
    pub max_loss: f64,
    /// Largest share of the pages that may fail beside those that failed before: 0.0 to 1.0.
    /// More than half of them failing at once is rather this machine's fault, or that of its
    /// network or address, than the pages'.
    #[serde(deserialize_with = "share")]
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
    /// The name of the list: given, or made from the source. It has no user name and no password of an
    /// address in it, since it is stored and shown.
    pub fn name(&self) -> String {
        match &self.name {
            Some(name) => canonical::discreet(name).into_owned(),
            None => name_of_source(&self.source),
        }
    }

    /// The source as a URL, when it is one.
    pub fn as_url(&self) -> Option<Url> {
        Url::parse(&self.source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
    }
}

/// What a contact is, for who has to write one.
const CONTACT_WANTED: &str =
    "expected a URL or a mail address, as in `https://example.org/about` or `you@example.org`";

/// What keeps a contact from being sent with each request, in a header (RFC 9110, section 5.5), or
/// from leading to anybody.
pub fn contact_problem(contact: &str) -> Option<String> {
    if contact.trim().is_empty() {
        return Some(format!("`contact` is empty; {CONTACT_WANTED}"));
    }
    if let Some(odd) = contact.chars().find(|c| !c.is_ascii_graphic() && *c != ' ') {
        let odd = match odd {
            '\n' | '\r' => "a line break".to_owned(),
            c if c.is_control() => format!("a control character (U+{:04X})", u32::from(c)),
            c => format!("`{c}`"),
        };
        return Some(format!(
            "`contact` has {odd} in it, which cannot be sent to a site; {CONTACT_WANTED}"
        ));
    }
    let is_address = |word: &str| {
        let word = word.trim_matches(|c| "<>(),;".contains(c));
        let mail = word.strip_prefix("mailto:").unwrap_or(word).split_once('@');
        mail.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
            || canonical::web_url(word).is_some()
    };
    let leads_nowhere = !contact.split(' ').any(is_address);
    leads_nowhere.then(|| format!("`contact` leads nowhere; {CONTACT_WANTED}"))
}

/// The settings of a text, or the line at fault.
pub(crate) fn parse_settings(path: &Path, text: &str) -> Result<Settings, Error> {
    let parts = parts_in_place(text);
    let of_parts = parts
        .iter()
        .map(|part| toml::from_str::<Settings>(part).map_err(|e| settings_error(path, part, &e)));
    let mut of_parts = of_parts.collect::<Result<Vec<_>, _>>()?;
    let settings = match of_parts.len() {
        1 => of_parts.remove(0),
        _ => Settings::deserialize(settings_table(path, text)?)
            .map_err(|e| settings_error(path, text, &e))?,
    };
    let wrong = |message: String| Error::Settings { path: path.to_owned(), message };
    if let Some(message) = credentials(&settings, text) {
        return Err(wrong(message));
    }
    if let Some(problem) = settings.contact.as_deref().and_then(contact_problem) {
        let places = parts.into_iter().map(|part| (SettingPlaces::of(&part).contact, part));
        let (place, part) = places.rev().find(|(place, _)| place.is_some()).unwrap_or_default();
        return Err(wrong(told_at(&part, place.as_ref(), &problem)));
    }
    Ok(settings)
}

/// The tables and values of a text of settings; where it has a part of the user's own, that wins.
pub(crate) fn settings_table(path: &Path, text: &str) -> Result<Table, Error> {
    let mut all = Table::new();
    for part in parts_in_place(text) {
        let own: Table = toml::from_str(&part).map_err(|e| settings_error(path, &part, &e))?;
        add_own(&mut all, own);
    }
    Ok(all)
}

/// The places of what can only be judged when all settings are read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct SettingPlaces {
    contact: Option<Spanned<String>>,
    crawl: CaBundlePlace,
    engine: CaBundlePlace,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CaBundlePlace {
    ca_bundle: Option<Spanned<PathBuf>>,
}

impl SettingPlaces {
    fn of(text: &str) -> SettingPlaces {
        toml::from_str(text).unwrap_or_default()
    }
}

/// A message with the line of the value that it is about.
fn told_at<T>(text: &str, place: Option<&Spanned<T>>, message: &str) -> String {
    let before = place.and_then(|place| text.get(..place.span().start));
    match before {
        Some(before) => at_line(text, before.matches('\n').count(), message),
        None => message.to_owned(),
    }
}

/// What is wrong with the files of certificate authorities that the settings name, relative to a
/// folder. One that this user may not read is nobody's mistake: searching needs none.
pub(crate) fn check_ca_bundles(path: &Path, text: &str, folder: &Path) -> Result<(), Error> {
    let parts = parts_in_place(text);
    let of_parts = parts.iter().flat_map(|part| {
        let SettingPlaces { crawl, engine, .. } = SettingPlaces::of(part);
        let bundles = [crawl.ca_bundle, engine.ca_bundle].into_iter().flatten();
        bundles.map(move |bundle| (part, bundle))
    });
    for (part, bundle) in of_parts {
        let file = folder.join(bundle.get_ref());
        let problem = match fs::read(&file) {
            Ok(pem) if pem.windows(PEM.len()).any(|part| part == PEM) => continue,
            Ok(_) => "has no certificate in it".to_owned(),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => continue,
            Err(e) => format!("cannot be read ({e})"),
        };
        let message = format!(
            "`{}` {problem}; expected a PEM file, with `-----BEGIN CERTIFICATE-----` in it",
            file.display()
        );
        let message = told_at(part, Some(&bundle), &message);
        return Err(Error::Settings { path: path.to_owned(), message });
    }
    Ok(())
}

/// How a certificate in PEM begins (RFC 7468).
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// A share of a whole, from 0 to 1.
fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let share = f64::deserialize(deserializer)?;
    let is_share = (0.0..=1.0).contains(&share);
    is_share.then_some(share).ok_or_else(|| D::Error::custom("it is not between 0 and 1"))
}

/// How many lists deep something is read: 0 or 1.
fn depth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u64::deserialize(deserializer)? {
        0 => Ok(0),
        1 => Ok(1),
        more => Err(D::Error::custom(format!("expected 0 or 1, found the number {more}"))),
    }
}

/// An address against which links are resolved.
fn base<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Url>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wanted = "expected a URL, as in `https://example.org/list/`";
    Url::parse(&text).map(Some).map_err(|_| D::Error::custom(wanted))
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
    let pull = settings.pull.iter().flat_map(|pull| &pull.url);
    let addresses = settings.contact.iter().chain(&settings.engine.url).chain(pull).cloned();
    let patterns = settings.lists.iter().flat_map(|list| &list.exclude).chain(&settings.exclude);
    let addresses = addresses.chain(patterns.map(|pattern| pattern.as_str().to_owned()));
    let mut addresses = addresses.chain(settings.lists.iter().flat_map(of_list));
    let cut = addresses.find_map(|address| canonical::url_without_userinfo(&address))?;
    let has_it = |line: &str| canonical::discreet(line).contains(&cut) && !line.contains(&cut);
    let line =
        text.lines().position(has_it).map_or(String::new(), |at| format!("line {}: ", at + 1));
    Some(format!("{line}`{cut}` has a user name or a password in front, which is never sent"))
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
                let named = "`mlsearch.toml`: line 1: `contact` ";
                assert!(message.starts_with(named) && message.contains(expected), "{message}");
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
        check("contact = 'me'", Some("leads nowhere"));
        check("contact = 'me@'", Some("leads nowhere"));
        check("contact = 'https://'", Some("leads nowhere"));
        check("contact = 'example.org'", Some("expected a URL or a mail address"));
        check("contact = 'mailto:a@b.example'", None);
    }
}
