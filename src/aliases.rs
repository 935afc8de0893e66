//! Aliases: canonical names of companies and tags, and synonyms, from `aliases.toml`.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::entry::Entry;

/// Canonical names and synonyms. Empty by default: every name stands for itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aliases {
    /// Company as written, in lower case → canonical name.
    pub companies: BTreeMap<String, String>,
    /// Tag as written, in lower case → canonical spelling.
    pub tags: BTreeMap<String, String>,
    /// Host → company that writes there.
    pub hosts: BTreeMap<String, String>,
    /// Groups of words or phrases that mean the same.
    pub synonyms: Vec<Vec<String>>,
}

/// Most spellings of tags that are compared with each other: known lists have a few thousand, and
/// each takes some 300 bytes of memory.
const MOST_SPELLINGS: usize = 100_000;

impl Aliases {
    /// The canonical name of a company.
    pub fn company<'n>(&'n self, name: &'n str) -> &'n str {
        canonical(&self.companies, name)
    }

    /// The canonical spelling of a tag.
    pub fn tag<'n>(&'n self, tag: &'n str) -> &'n str {
        canonical(&self.tags, tag)
    }

    /// The company that writes on a host, `www.` or not; hosts below a listed one count too, except
    /// on platforms that many share.
    pub fn company_of_host(&self, host: &str) -> Option<&str> {
        let mut host = host.strip_prefix("www.").unwrap_or(host);
        loop {
            if let Some(company) = self.hosts.get(host) {
                return Some(self.company(company));
            }
            host = host.split_once('.')?.1;
        }
    }

    /// Adds the spellings in which the entries write their tags: those that differ only by case,
    /// hyphens, spaces or a plural `s` are folded under the one that is used most, the first one
    /// where several are used as often. What the file says is left as it is.
    ///
    /// A typed error is a word of its own: it stays findable as written. Returns how many uses of
    /// tags were not compared with others, because there were [`MOST_SPELLINGS`] before.
    pub fn fold_tags(&mut self, entries: &[Entry]) -> usize {
        let mut left_out = 0;
        let mut uses: HashMap<&str, usize> = HashMap::new();
        let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for tag in entries.iter().flat_map(|entry| &entry.tags) {
            if let Some(count) = uses.get_mut(tag.as_str()) {
                *count += 1;
            } else if uses.len() < MOST_SPELLINGS {
                uses.insert(tag, 1);
                groups.entry(folded(tag)).or_default().push(tag);
            } else {
                left_out += 1;
            }
        }
        for group in groups.values().filter(|group| group.len() > 1) {
            let most = group.iter().map(|spelling| uses[spelling]).max().unwrap_or(0);
            let Some(best) = group.iter().find(|spelling| uses[*spelling] == most) else {
                continue;
            };
            let best = self.tag(best).to_owned();
            for spelling in group {
                self.tags.entry(spelling.to_lowercase()).or_insert_with(|| best.clone());
            }
        }
        left_out
    }
}

/// Hosts on which many people and companies write.
const PLATFORMS: &str = "
    acm.org
    archive.org
    arxiv.org
    betterprogramming.pub
    bit.ly
    blogspot.com
    dev.to
    doi.org
    facebook.com
    gist.github.com
    github.com
    github.io
    gitlab.com
    gitlab.io
    goo.gl
    google.com
    hackernoon.com
    hashnode.dev
    huggingface.co
    ieee.org
    infoq.com
    kaggle.com
    linkedin.com
    medium.com
    mp.weixin.qq.com
    netlify.app
    notion.site
    openreview.net
    pages.dev
    readthedocs.io
    reddit.com
    researchgate.net
    sciencedirect.com
    slideshare.net
    speakerdeck.com
    springer.com
    substack.com
    t.co
    towardsdatascience.com
    twitter.com
    usenix.org
    vercel.app
    vimeo.com
    wikipedia.org
    wordpress.com
    x.com
    youtu.be
    youtube.com
    zhihu.com
";

/// The blogs of companies that also run a platform: their own.
const OWN: &[&str] = &["engineering.linkedin.com", "research.google.com", "ai.google.com"];

/// Whether many people and companies write on a host, so that it does not say the company.
pub fn is_shared(host: &str) -> bool {
    !OWN.contains(&host)
        && PLATFORMS.split_whitespace().any(|platform| {
            host.strip_suffix(platform).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

fn canonical<'n>(names: &'n BTreeMap<String, String>, name: &'n str) -> &'n str {
    let name = name.trim();
    names.get(&name.to_lowercase()).map_or(name, String::as_str)
}

/// A tag without what two spellings of one word differ by.
fn folded(tag: &str) -> String {
    let bare: String = tag.chars().filter(|c| c.is_alphanumeric() || "+#".contains(*c)).collect();
    let bare = bare.to_lowercase();
    match bare.strip_suffix('s') {
        // `AWS`, `DevOps` and `class` are no plurals, and two letters say too little.
        Some(single)
            if single.len() > 3 && !single.ends_with(['s', 'u', 'i']) && !bare.ends_with("ops") =>
        {
            single.to_owned()
        }
        _ if bare == "llms" || bare == "gpus" || bare == "apis" => {
            bare[..bare.len() - 1].to_owned()
        }
        _ if bare.is_empty() => tag.to_owned(),
        _ => bare,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        aliases::{Aliases, is_shared},
        canonical::CanonicalUrl,
        entry::{DatePrecision, Entry},
    };

    fn entry(tags: &[&str]) -> Entry {
        Entry {
            titles: vec!["Title".into()],
            url: "https://a.example/".into(),
            canonical: CanonicalUrl::parse("https://a.example/").unwrap(),
            date_listed: None,
            date_precision: DatePrecision::Day,
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            company: None,
            company_inferred: false,
            section: Vec::new(),
            description: None,
            labels: Vec::new(),
            also: Vec::new(),
            lists: Vec::new(),
        }
    }

    #[test]
    fn tags_are_folded_under_the_most_used_spelling() {
        let mut aliases = Aliases::default();
        aliases.tags.insert("usecase".into(), "Use case".into());
        aliases.fold_tags(&[
            entry(&["Feature store", "Use case", "LLM", "real-time"]),
            entry(&["feature-store", "Usecase", "LLMs", "Real time", "Cassanra"]),
            entry(&["Feature Stores", "use case", "LLMs", "real-time", "DevOps"]),
            entry(&["Feature store", "Devops", "Cassandra", "C++", "C"]),
        ]);
        assert_eq!(aliases.tag("Feature Stores"), "Feature store");
        assert_eq!(aliases.tag("feature-store"), "Feature store");
        assert_eq!(aliases.tag("USE CASE"), "Use case");
        assert_eq!(aliases.tag("usecase"), "Use case");
        assert_eq!(aliases.tag("LLM"), "LLMs");
        assert_eq!(aliases.tag("Real time"), "real-time");
        assert_eq!(aliases.tag("Devops"), "DevOps");
        assert_eq!(aliases.tag("Cassanra"), "Cassanra");
        assert_eq!(aliases.tag("C"), "C");
    }

    #[test]
    fn the_host_names_the_company_unless_many_write_there() {
        let mut aliases = Aliases::default();
        aliases.hosts.insert("uber.example".into(), "uber".into());
        aliases.companies.insert("uber".into(), "Uber".into());
        assert_eq!(aliases.company_of_host("www.uber.example"), Some("Uber"));
        assert_eq!(aliases.company_of_host("eng.uber.example"), Some("Uber"));
        assert_eq!(aliases.company_of_host("tuber.example"), None);
        assert!(is_shared("someone.github.io") && is_shared("medium.com"));
        assert!(!is_shared("engineering.linkedin.com") && !is_shared("notmedium.com"));
    }
}
