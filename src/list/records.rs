//! Records: what programs export of one entry, as names and values.

use crate::{
    canonical,
    dates::{self, PartialDate},
    entry::DatePrecision,
    list::{
        bare_url::bare_url,
        draft::{Draft, Drafts, MOST_SECTIONS},
        field::{FieldRole, compact, role_of},
        line::tidy,
        warnings::Warnings,
    },
};

/// What a column or key gives, with its rank: of several that give the same, the lowest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) content: FieldContent,
    rank: u8,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldContent {
    Is(FieldRole),
    /// A title where there is no other one, else tags.
    Label,
    /// The identifier of a paper, which is an address where there is no other one.
    Doi,
    Authors,
    Folder,
    /// Further addresses, and labels, as `mlsearch list --json` writes them.
    Also,
    Labels,
    Other,
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FieldValue {
    Text(String),
    /// Several texts, and how many there are beyond them.
    Texts(Vec<String>, usize),
}

/// One record, field by field.
#[derive(Debug, Default)]
pub(crate) struct ListRecord {
    fields: Vec<(Column, FieldValue)>,
    /// Whether it has a field `extended`: Pinboard and del.icio.us call the title `description`, and
    /// separate tags by blanks.
    is_post: bool,
}

impl Column {
    /// A column whose role is known otherwise than by its name.
    pub(crate) fn with_role(role: FieldRole) -> Column {
        Column { content: FieldContent::Is(role), rank: 1 }
    }

    pub(crate) fn of(name: &str) -> Column {
        let key = compact(name);
        let (content, rank) = match key.as_str() {
            "sourceurl" => (FieldContent::Is(FieldRole::Link), 0),
            "permalink" | "uri" | "givenurl" => (FieldContent::Is(FieldRole::Link), 2),
            "text" => (FieldContent::Is(FieldRole::Title), 2),
            "label" => (FieldContent::Label, 1),
            "data" => (FieldContent::Is(FieldRole::Date), 1),
            "tagname" | "tagnames" => (FieldContent::Is(FieldRole::Tags), 1),
            "doi" => (FieldContent::Doi, 1),
            "author" | "authors" | "byline" | "creator" | "creators" => (FieldContent::Authors, 1),
            "folder" | "folders" | "collection" | "section" | "carpeta" | "pasta" | "dossier"
            | "ordner" | "文件夹" | "フォルダ" | "폴더" => (FieldContent::Folder, 1),
            "also" => (FieldContent::Also, 1),
            "labels" => (FieldContent::Labels, 1),
            _ => match role_of(name) {
                Some(FieldRole::Date) => (FieldContent::Is(FieldRole::Date), date_rank(&key)),
                Some(role) => (FieldContent::Is(role), 1),
                None => (FieldContent::Other, u8::MAX),
            },
        };
        Column { content, rank }
    }
}

/// A date of publication is the entry's before the one on which someone kept it, and that before the
/// one on which the record was changed.
fn date_rank(key: &str) -> u8 {
    const KEPT: [&str; 24] = [
        "add",
        "saved",
        "created",
        "creation",
        "bookmarked",
        "timestamp",
        "添加",
        "收藏",
        "保存",
        "创建",
        "追加",
        "登録",
        "作成",
        "추가",
        "저장",
        "등록",
        "hinzugef",
        "gespeichert",
        "erstellt",
        "guardado",
        "adicionado",
        "criado",
        "ajout",
        "enregistre",
    ];
    const CHANGED: [&str; 4] = ["updated", "modified", "更新", "수정"];
    let has = |names: &[&str]| names.iter().any(|name| key.contains(name));
    match key {
        _ if has(&CHANGED) => 3,
        _ if has(&KEPT) => 2,
        _ => 1,
    }
}

impl ListRecord {
    /// Adds a field under a name.
    pub(crate) fn add(&mut self, name: &str, value: FieldValue) {
        self.is_post |= name == "extended";
        self.put(Column::of(name), value);
    }

    /// Adds a field of a known column.
    pub(crate) fn put(&mut self, column: Column, value: FieldValue) {
        if column.content != FieldContent::Other {
            self.fields.push((column, value));
        }
    }

    /// Adds the fields of a record within this one; its own fields go before.
    pub(crate) fn append(&mut self, inner: ListRecord) {
        let further = inner.fields.into_iter().map(|(mut column, value)| {
            column.rank = column.rank.saturating_add(10);
            (column, value)
        });
        self.fields.extend(further);
    }

    pub(crate) fn has(&self, content: FieldContent) -> bool {
        self.fields.iter().any(|(column, value)| column.content == content && !value.is_empty())
    }

    /// Whether it has an address, or what is one where there is no other.
    pub(crate) fn has_link(&self) -> bool {
        self.has(FieldContent::Is(FieldRole::Link)) || self.has(FieldContent::Doi)
    }

    /// The name of a record that is a folder, or of one without an address.
    pub(crate) fn title(&self) -> String {
        let titles = self.fields.iter().filter(|(column, _)| {
            matches!(column.content, FieldContent::Is(FieldRole::Title) | FieldContent::Label)
        });
        let first = titles.map(|(_, value)| value.first()).find(|title| !title.trim().is_empty());
        tidy(first.unwrap_or_default())
    }

    /// What a record without a title is about, as a folder may be called.
    pub(crate) fn topic(&self) -> String {
        let is_topic =
            |content| matches!(content, FieldContent::Is(FieldRole::Tags) | FieldContent::Folder);
        let topic = self.fields.iter().find(|(column, value)| {
            is_topic(column.content) && matches!(value, FieldValue::Text(_))
        });
        topic.map(|(_, value)| tidy(value.first())).unwrap_or_default()
    }

    /// The draft of a record that stands in a line.
    pub(crate) fn into_draft(mut self, line: u32) -> Draft {
        self.fields.sort_by_key(|(column, _)| column.rank);
        if self.is_post && !self.has(FieldContent::Is(FieldRole::Title)) {
            // Of the two, `description` is the title.
            for (column, _) in &mut self.fields {
                if column.content == FieldContent::Is(FieldRole::Description) {
                    column.content = FieldContent::Is(FieldRole::Title);
                    break;
                }
            }
        }
        // Beside tags, labels are the words that stand in code behind an entry of a list.
        let has_tags = self
            .fields
            .iter()
            .any(|(column, _)| column.content == FieldContent::Is(FieldRole::Tags));
        let mut draft = Draft { line, ..Draft::default() };
        let (mut label, mut doi, mut authors) = (None, None, Vec::new());
        let mut date: Option<(u8, PartialDate)> = None;
        for (column, value) in self.fields {
            match column.content {
                FieldContent::Label => label = label.or(Some(value)),
                FieldContent::Doi => doi = doi.or(Some(value)),
                FieldContent::Authors if authors.is_empty() => authors = value.into_texts(),
                FieldContent::Is(FieldRole::Date) => {
                    let read = date_of(value.first());
                    let better = read.filter(|read| match &date {
                        None => true,
                        Some((rank, known)) => {
                            *rank == column.rank && detail(*read) > detail(*known)
                        }
                    });
                    date = better.map(|read| (column.rank, read)).or(date);
                }
                FieldContent::Is(FieldRole::Tags) if self.is_post => {
                    let tags = value.into_texts();
                    let tags = tags.iter().flat_map(|tags| tags.split_whitespace());
                    tags.for_each(|tag| draft.tags.push(tag));
                }
                FieldContent::Labels if !has_tags => {
                    set(&mut draft, FieldContent::Is(FieldRole::Tags), value);
                }
                content => set(&mut draft, content, value),
            }
        }
        draft.date = date.map(|(_, date)| date);
        match label {
            Some(label) if draft.title.is_empty() => draft.title = label.first().to_owned(),
            Some(label) => set(&mut draft, FieldContent::Is(FieldRole::Tags), label),
            None => {}
        }
        if let Some(doi) = doi.filter(|_| draft.url.is_empty()) {
            draft.url = doi_url(doi.first());
        }
        if draft.description.is_empty() {
            draft.description = authors.join(", ");
        }
        draft
    }
}

impl FieldValue {
    pub(crate) fn is_empty(&self) -> bool {
        self.first().trim().is_empty()
    }

    pub(crate) fn first(&self) -> &str {
        match self {
            FieldValue::Text(text) => text,
            FieldValue::Texts(texts, _) => texts.first().map_or("", String::as_str),
        }
    }

    fn more(&self) -> usize {
        match self {
            FieldValue::Text(_) => 0,
            FieldValue::Texts(_, more) => *more,
        }
    }

    fn into_texts(self) -> Vec<String> {
        match self {
            FieldValue::Text(text) => vec![text],
            FieldValue::Texts(texts, _) => texts,
        }
    }
}

/// Adds the draft of a record, or names the record when it has no address.
pub(crate) fn push(drafts: &mut Drafts, mut draft: Draft, warnings: &mut Warnings) {
    let url = draft.url.trim();
    if url.is_empty() {
        let title = tidy(&draft.title);
        warnings.add(draft.line, || match title.as_str() {
            "" => "no address".to_owned(),
            title => format!("`{title}` has no address"),
        });
        return;
    }
    if let Some(whole) = from_host(url) {
        let url = url.to_owned();
        warnings.add(draft.line, || format!("`{url}` has no scheme and is read as `{whole}`"));
        draft.url = from_host(&url).unwrap_or(url);
    }
    drafts.push(draft);
}

/// An address that was written without its scheme, with one; none when it has one, or is no address.
pub(crate) fn from_host(text: &str) -> Option<String> {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let is_label =
        |label: &&str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    // What has no path may be the name of a file.
    const FILES: [&str; 8] = ["html", "htm", "md", "pdf", "txt", "xml", "json", "php"];
    let last = labels.last().filter(|_| labels.len() > 1 && labels.iter().all(is_label))?;
    let is_name = last.len() > 1 && last.chars().all(char::is_alphabetic);
    let is_file = text.len() == host.len() && FILES.contains(last);
    (is_name && !is_file && !text.contains(char::is_whitespace))
        .then(|| format!("https://{text}"))
        .filter(|url| canonical::web_url(url).is_some())
}

/// Sets a field of a draft that has none yet.
fn set(draft: &mut Draft, content: FieldContent, value: FieldValue) {
    match (content, value) {
        (FieldContent::Is(FieldRole::Link), value) => {
            for url in value.into_texts() {
                let url = link_in(&url);
                if draft.url.is_empty() {
                    draft.url = url;
                } else if !url.is_empty() && url != draft.url {
                    draft.also.push_url(url);
                }
            }
        }
        (FieldContent::Is(FieldRole::Title), value) if draft.title.is_empty() => {
            draft.title = value.first().to_owned();
        }
        (FieldContent::Is(FieldRole::Description), value)
            if draft.description.trim().is_empty() =>
        {
            draft.description = value.first().to_owned();
        }
        (FieldContent::Is(FieldRole::Company), value) if draft.company.is_empty() => {
            draft.company = value.first().to_owned();
        }
        (FieldContent::Is(FieldRole::Tags), FieldValue::Text(text)) => match text_list(&text) {
            Some(tags) => tags.iter().for_each(|tag| draft.tags.push(tag)),
            None => draft.tags.push_tags(&text),
        },
        (FieldContent::Is(FieldRole::Tags), FieldValue::Texts(tags, more)) => {
            draft.tags.left_out += more;
            tags.iter().for_each(|tag| draft.tags.push(tag));
        }
        (FieldContent::Folder, FieldValue::Text(text)) if draft.section.is_empty() => {
            // An address has slashes of its own.
            let text = draft.cut(&text);
            let names = text.split('/').map(tidy).filter(|name| !name.is_empty());
            draft.section = names.take(MOST_SECTIONS).collect();
        }
        (FieldContent::Folder, FieldValue::Texts(names, _)) if draft.section.is_empty() => {
            draft.section = names.iter().take(MOST_SECTIONS).map(|name| tidy(name)).collect();
        }
        (FieldContent::Also, value) => {
            draft.also.left_out += value.more();
            value.into_texts().into_iter().for_each(|url| draft.also.push_url(url));
        }
        (FieldContent::Labels, value) => {
            value.into_texts().iter().for_each(|label| draft.labels.push(label));
        }
        _ => {}
    }
}

/// The tags of one cell as programs write lists: `["a","b"]`, `['a', 'b']`.
fn text_list(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    if let Ok(tags) = serde_json::from_str(text) {
        return Some(tags);
    }
    let inner = text.strip_prefix("['")?.strip_suffix("']")?;
    Some(inner.split("',").map(|tag| tag.trim().trim_start_matches('\'').to_owned()).collect())
}

/// The address in a cell: all of it, or what is one in it.
fn link_in(text: &str) -> String {
    let text = text.trim();
    let Some((start, end)) = bare_url(text) else { return text.to_owned() };
    // Some addresses have blanks in them; a remark or a second address has one before it.
    let rest = text[end..].trim_start_matches(|c: char| !c.is_whitespace());
    let goes_on = rest.contains('\n') || rest.contains("://") || rest.trim_start().starts_with('(');
    match start == 0 && !goes_on {
        true => text.to_owned(),
        false => text[start..end].to_owned(),
    }
}

pub(crate) fn date_of(text: &str) -> Option<PartialDate> {
    dates::from_epoch(text).filter(|_| text.trim().len() > 8).or_else(|| dates::parse(text))
}

fn detail(date: PartialDate) -> u8 {
    match date.precision {
        DatePrecision::Year => 0,
        DatePrecision::Month => 1,
        DatePrecision::Day => 2,
    }
}

/// The address of a paper by its identifier, which is given with or without a resolver's address.
fn doi_url(doi: &str) -> String {
    let doi = doi.trim();
    match doi.find("10.") {
        Some(at) if !doi.starts_with("http") => format!("https://doi.org/{}", &doi[at..]),
        _ => doi.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::list::records::{FieldValue, ListRecord, from_host};

    #[track_caller]
    fn check(fields: &[(&str, &str)], expected: &str) {
        let mut record = ListRecord::default();
        fields.iter().for_each(|(name, text)| record.add(name, FieldValue::Text((*text).into())));
        let draft = record.into_draft(1);
        let date = draft.date.map(|date| date.precision.write(date.date)).unwrap_or_default();
        let tags = draft.tags.kept.join(", ");
        let got = [draft.url, draft.title, draft.description, date, tags].join(" | ");
        assert_eq!(got, expected);
    }

    #[test]
    fn of_several_fields_the_better_one_counts() {
        check(
            &[
                ("updatedAt", "2024-01-03"),
                ("savedAt", "2024-01-02"),
                ("publication_year", "2023"),
                ("Date", "2023-03-06"),
                ("text", "words"),
                ("title", "T"),
                ("permalink", "/p"),
                ("url", "https://a.example/"),
            ],
            "https://a.example/ | T |  | 2023-03-06 | ",
        );
        check(
            &[("doi", "doi:10.1/a(b)"), ("Author", "Ann"), ("label", "L"), ("saved", "1678060800")],
            "https://doi.org/10.1/a(b) | L | Ann | 2023-03-06 | ",
        );
    }

    #[test]
    fn a_post_has_its_title_in_its_description() {
        check(
            &[
                ("href", "https://a.example/"),
                ("description", "T"),
                ("extended", ""),
                ("tags", "a b"),
            ],
            "https://a.example/ | T |  |  | a, b",
        );
        check(
            &[("url", "https://a.example/"), ("description", "D"), ("tags", "['a b', 'c']")],
            "https://a.example/ |  | D |  | a b, c",
        );
    }

    #[test]
    fn an_address_ends_where_its_cell_says_more() {
        for text in
            ["[a](https://a.example/)", "https://a.example/ (a)", "=LINK(\"https://a.example/\")"]
        {
            check(&[("url", text)], "https://a.example/ |  |  |  | ");
        }
    }

    #[test]
    fn an_address_without_a_scheme_is_one_when_it_begins_with_a_host() {
        for (text, expected) in [
            ("a.example/x", Some("https://a.example/x")),
            ("www.a.example", Some("https://www.a.example")),
            ("a.example:8080/x?y", Some("https://a.example:8080/x?y")),
            ("https://a.example", None),
            ("/x.y/z", None),
            ("README.md", None),
            ("1.5", None),
            ("a word.", None),
            ("place:sort=8", None),
        ] {
            assert_eq!(from_host(text).as_deref(), expected, "{text}");
        }
    }
}
