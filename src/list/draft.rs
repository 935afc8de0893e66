//! A draft: what any format says of one entry, before it becomes an [`Entry`].

use url::Url;

use crate::{
    canonical::{self, CanonicalUrl},
    entry::{Entry, Labels, Mention},
    list::{Options, date, date::Listed},
};

/// What a source says of one entry.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    /// Absolute, as written.
    pub(crate) url: String,
    pub(crate) section: Vec<String>,
    pub(crate) description: String,
    pub(crate) date: Option<Listed>,
    pub(crate) company: String,
    pub(crate) tags: Vec<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) also: Vec<String>,
    pub(crate) line: u32,
}

impl Draft {
    /// Cuts user names and passwords out of the addresses in every field, and says whether there
    /// were any.
    pub(crate) fn cut_userinfo(&mut self) -> bool {
        let urls = std::iter::once(&mut self.url).chain(&mut self.also);
        let mut has_any = false;
        for url in urls {
            has_any |= set(url, canonical::url_without_userinfo);
        }
        let texts = [&mut self.title, &mut self.description, &mut self.company].into_iter();
        let texts = texts.chain(&mut self.section).chain(&mut self.tags).chain(&mut self.labels);
        for text in texts {
            has_any |= set(text, canonical::without_userinfo);
        }
        has_any
    }

    /// The entry; none when the address is no web page.
    pub(crate) fn into_entry(self, options: &Options) -> Option<Entry> {
        let url = address(&self.url);
        let canonical = CanonicalUrl::parse(&url)?;
        let title = tidy(&self.title);
        let mut company = Some(tidy(&self.company)).filter(|name| !name.is_empty());
        let mut tags = Vec::new();
        self.tags.iter().for_each(|tag| push_new(&mut tags, tidy(tag)));
        let mut labels = Vec::new();
        self.labels.iter().for_each(|label| push_new(&mut labels, tidy(label)));
        match options.labels {
            Labels::Ignore => {}
            Labels::Tags => labels.iter().for_each(|label| push_new(&mut tags, label.clone())),
            Labels::Company => {
                for label in &labels {
                    match &company {
                        None => company = Some(label.clone()),
                        Some(name) if name == label => {}
                        Some(_) => push_new(&mut tags, label.clone()),
                    }
                }
            }
        }
        Some(Entry {
            titles: vec![if title.is_empty() { url.clone() } else { title }],
            url,
            canonical,
            date_listed: self.date.map(|listed| listed.date),
            date_precision: self.date.map(|listed| listed.precision).unwrap_or_default(),
            tags,
            company,
            company_inferred: false,
            section: self.section,
            description: Some(tidy(&self.description)).filter(|text| !text.is_empty()),
            labels,
            also: self.also,
            lists: vec![Mention { list: options.name.clone(), line: self.line }],
        })
    }

    /// Takes a `Date: …`, `Tags: …`, `Company: …` or `Description: …` line; false when it is none.
    pub(crate) fn take_line(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once([':', '：']) else { return false };
        let value = value.trim();
        match role_of(key) {
            Some(Role::Date) => match date::parse(value) {
                Some(listed) => self.date = self.date.or(Some(listed)),
                // An empty or unreadable value is still a line of this kind.
                None => return value.is_empty() || value.len() <= 32,
            },
            Some(Role::Tags) => self.tags.extend(split_tags(value)),
            Some(Role::Company) => self.company = value.to_owned(),
            Some(Role::Description) => join(&mut self.description, value),
            Some(Role::Title | Role::Link) | None => return false,
        }
        true
    }
}

/// Replaces a text by what a function makes of it, if that is anything; says whether it is.
fn set(text: &mut String, cut: fn(&str) -> Option<String>) -> bool {
    let Some(cut) = cut(text) else { return false };
    *text = cut;
    true
}

/// An address as it is meant, without what an editor has left in it.
pub(crate) fn address(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).collect()
}

/// What a column or a `key: value` line tells of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Title,
    Link,
    Description,
    Date,
    Company,
    Tags,
}

/// The role of a column header or key, in English or Chinese; none when it is unknown.
pub(crate) fn role_of(name: &str) -> Option<Role> {
    let name = name.trim().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let singular = name.strip_suffix("(s").or(name.strip_suffix('s'));
    known_role(&name).or_else(|| singular.and_then(known_role))
}

fn known_role(name: &str) -> Option<Role> {
    Some(match name {
        "title" | "name" | "article" | "paper" | "post" | "blog post" | "talk" | "book"
        | "course" | "question" | "project" | "tool" | "resource" | "library" | "api" | "标题"
        | "内容" | "文章" | "论文" | "名称" | "题目" | "项目" | "资源" | "書名" | "書籍" | "書"
        | "標題" | "內容" | "名稱" => Role::Title,
        "link" | "url" | "uri" | "href" | "address" | "website" | "链接" | "地址" | "网址"
        | "連結" | "網址" => Role::Link,
        "description" | "summary" | "abstract" | "excerpt" | "note" | "comment" | "about"
        | "selection" | "描述" | "简介" | "说明" | "备注" | "摘要" | "介绍" | "簡介" | "說明" => {
            Role::Description
        }
        "date" | "year" | "time" | "published" | "created" | "created at" | "date added"
        | "time_added" | "timestamp" | "时间" | "日期" | "年份" | "年" | "发布时间" | "時間" => {
            Role::Date
        }
        "company" | "companies" | "organization" | "organisation" | "org" | "publisher"
        | "公司" | "机构" | "单位" | "企业" | "機構" => Role::Company,
        "tag" | "topic" | "keyword" | "label" | "category" | "categories" | "标签" | "分类"
        | "类别" | "关键词" | "领域" | "方向" | "標籤" | "分類" => Role::Tags,
        _ => return None,
    })
}

/// The tags of a line or cell: separated by commas, semicolons, bars, `&` between ideographs.
pub(crate) fn split_tags(text: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for part in text.split([',', ';', '|', '，', '、', '；', '\n']) {
        // `推荐&图网络` is two tags, `R&D` and `search & ranking` are one.
        let wide = part.split('&').all(|side| !side.trim().is_ascii());
        for tag in part.split(|c| c == '＆' || (c == '&' && wide)) {
            push_new(&mut tags, tidy(tag).trim_start_matches('#').to_owned());
        }
    }
    tags
}

/// The absolute form of a link: as written when it is absolute, else resolved against the list.
///
/// None when it is no web page, or a place in the list itself.
pub(crate) fn resolve(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > 2048 {
        return None;
    }
    let (url, parsed) = match canonical::web_url(href) {
        Some(parsed) => (href.to_owned(), parsed),
        // Another scheme, or an address that cannot be read.
        None if href.split(['/', '?', '#']).next().is_some_and(|head| head.contains(':')) => {
            return None;
        }
        None => {
            let parsed = base?.join(href).ok()?;
            (parsed.to_string(), parsed)
        }
    };
    let canonical = CanonicalUrl::from_url(&parsed)?;
    let itself = base.and_then(CanonicalUrl::from_url).is_some_and(|base| {
        canonical == base
            || github_readme(&canonical).is_some_and(|repo| github_readme(&base) == Some(repo))
    });
    (!itself).then_some(url)
}

/// The repository, when the address is that of its front page or README.
fn github_readme(url: &CanonicalUrl) -> Option<String> {
    let path = url.as_str().strip_prefix("https://github.com/")?.to_ascii_lowercase();
    let mut parts = path.trim_end_matches('/').split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    let rest: Vec<&str> = parts.collect();
    let front = match rest.as_slice() {
        [] | ["tree", _] => true,
        ["blob", _, file] => file.starts_with("readme"),
        _ => false,
    };
    front.then(|| format!("{owner}/{repository}"))
}

/// Text on one line, without white space around it and without control characters.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Adds to a text, after a space.
pub(crate) fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// Adds a name that is neither empty nor there already.
pub(crate) fn push_new(names: &mut Vec<String>, name: String) {
    if !name.is_empty() && !names.contains(&name) {
        names.push(name);
    }
}
