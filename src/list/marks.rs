//! MarkCounts: what the lines of a text have of one language of markup or another.

use crate::list::{
    field::FieldRole,
    format::Format,
    records::{Column, FieldContent},
};

/// Lines that are looked at.
const MOST_LINES: usize = 4_000;
/// Longest line that is looked at, in bytes.
const LONGEST_LINE: usize = 4_096;

/// The format of a text that has marks of another language than Markdown; none when it has none, or
/// more links in the way of Markdown.
pub(crate) fn format_of(text: &str) -> Option<Format> {
    let mut marks = MarkCounts::default();
    for line in text.lines().take(MOST_LINES) {
        marks.count(&line[..line.floor_char_boundary(LONGEST_LINE)]);
    }
    marks.format()
}

/// How many lines have the marks of each language.
#[derive(Default)]
struct MarkCounts {
    /// The first line that is neither empty nor a comment.
    first: String,
    /// Lines with a link or a heading as Markdown has them.
    markdown: usize,
    /// Lines that are neither empty nor comments, and those of them that YAML may have.
    filled: usize,
    yaml: usize,
    /// `url: https://a.example`.
    yaml_links: usize,
    /// `any: https://a.example`, and fields that stand within a map.
    yaml_addresses: usize,
    yaml_inner: usize,
    org: usize,
    org_headings: usize,
    asciidoc: usize,
    asciidoc_links: usize,
    wiki: usize,
    latex: usize,
    bibtex: usize,
    toml: usize,
    toml_links: usize,
    /// `name=https://a.example`.
    ini_links: usize,
    rst: usize,
}

impl MarkCounts {
    fn count(&mut self, written: &str) {
        let line = written.trim();
        let is_percent = line.starts_with('%') && !line.starts_with("%0 ");
        if line.is_empty() || is_percent && self.first.is_empty() {
            return;
        }
        let is_comment = line.starts_with("# ") || line == "#" || line.starts_with("//");
        if self.first.is_empty() && !is_comment {
            self.first = line.to_owned();
        }
        let one = usize::from;
        self.markdown += one(line.contains("](") || line.starts_with("## "));
        self.filled += one(!is_comment);
        self.yaml += one(!is_comment && (is_yaml(line) || written.starts_with("  ")));
        self.yaml_links += one(line.split(['{', ',']).any(|part| {
            yaml_field(part).is_some_and(|(name, value)| {
                Column::of(name).content == FieldContent::Is(FieldRole::Link)
                    && value.contains("://")
            })
        }));
        self.yaml_addresses += one(yaml_field(line).is_some_and(|(_, value)| is_url(value)));
        self.yaml_inner +=
            one(written.starts_with("  ") && !line.starts_with('-') && yaml_field(line).is_some());
        self.org += one(has_org_link(line) || line.to_ascii_lowercase().starts_with("#+title"));
        self.org_headings += one(line.starts_with(":PROPERTIES:") || line.starts_with("#+"));
        self.asciidoc += one(is_marked_heading(line, '=') && !line.ends_with('='));
        self.asciidoc_links += one(has_asciidoc_link(line));
        self.wiki +=
            one(has_wiki_link(line) || is_marked_heading(line, '=') && line.ends_with("=="));
        self.latex += one(["\\documentclass", "\\begin{", "\\section", "\\usepackage", "\\item"]
            .iter()
            .any(|mark| line.starts_with(mark))
            || line.contains("\\href{"));
        self.bibtex += one(is_bibtex(line));
        self.toml += one(line.starts_with('[')
            && line.ends_with(']')
            && !line.contains(['(', ' ', '!'])
            && line
                .trim_matches(['[', ']'])
                .chars()
                .all(|c| c.is_alphanumeric() || "._-\"".contains(c)));
        self.toml_links += one(line.split_once('=').is_some_and(|(name, value)| {
            !name.trim().contains(' ')
                && value.trim().starts_with(['"', '\''])
                && value.contains("://")
        }));
        self.ini_links += one(line.split_once('=').is_some_and(|(name, value)| {
            !name.contains(['/', '[', '(', '<']) && is_url(value.trim())
        }));
        self.rst += one(line.starts_with(".. ") || line.contains(">`_") || line.contains("`__"));
    }

    fn format(&self) -> Option<Format> {
        let first = self.first.as_str();
        let most = |marks: usize| marks > 0 && marks > self.markdown;
        if first.starts_with("%0 ") {
            return Some(Format::Unread("EndNote"));
        }
        if first.starts_with("TY  - ") {
            return Some(Format::Unread("RIS"));
        }
        if is_bibtex(first) || self.bibtex > 2 && most(self.bibtex) {
            return Some(Format::Bibtex);
        }
        if first.starts_with("\\documentclass") || self.latex > 1 && most(self.latex) {
            return Some(Format::Unread("LaTeX"));
        }
        let has_maps =
            self.yaml_addresses > 0 && self.yaml_inner > 0 && yaml_field(first).is_some();
        if (self.yaml_links > 0 || has_maps)
            && self.markdown == 0
            && self.yaml * 20 >= self.filled * 19
        {
            return Some(Format::Yaml);
        }
        if self.toml_links > 0 && (self.toml > 0 || self.toml_links > 1) && self.markdown == 0 {
            return Some(Format::Unread("TOML"));
        }
        if self.ini_links > 0 && self.toml > 0 && self.markdown == 0 {
            return Some(Format::Unread("INI"));
        }
        if most(self.org) || self.org_headings > 1 && self.markdown == 0 {
            return Some(Format::Org);
        }
        if self.asciidoc_links > 0 && most(self.asciidoc + self.asciidoc_links) {
            return Some(Format::AsciiDoc);
        }
        if self.rst > 2 && most(self.rst) {
            return Some(Format::Unread("reStructuredText"));
        }
        if self.wiki > 1 && most(self.wiki) || first.starts_with("{{") && self.wiki > 0 {
            return Some(Format::Unread("MediaWiki"));
        }
        None
    }
}

/// `key: value` or `- key: value`; the key is one word or a few.
fn yaml_field(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches(['-', ' ']);
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty()
        && name.len() < 60
        && !name.contains(['[', '(', '/', '`', '*', '<', '|'])
        && (value.is_empty() || value.starts_with(' '));
    is_name.then_some((name.trim_matches(['"', '\'']), value.trim()))
}

fn is_url(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    value.starts_with("http") && value.contains("://") && !value.contains(' ')
}

/// Whether a line may stand in YAML.
fn is_yaml(line: &str) -> bool {
    matches!(line, "---" | "...")
        || line.starts_with("- ")
        || line == "-"
        || line.starts_with("%YAML")
        || line.starts_with(['}', ']'])
        || yaml_field(line).is_some()
}

/// `[[https://a.example][text]]` or `[[https://a.example]]`.
fn has_org_link(line: &str) -> bool {
    line.match_indices("[[").any(|(at, _)| {
        let link = &line[at + 2..];
        let end = link.find("]]");
        link.starts_with("http") && end.is_some_and(|end| !link[end + 2..].starts_with('('))
    })
}

/// `https://a.example[text]` or `link:a.html[text]`.
fn has_asciidoc_link(line: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '"' | '<' | '>' | '(' | ')');
    ["http://", "https://", "link:"].iter().any(|start| {
        line.match_indices(start).any(|(at, _)| {
            let rest = &line[at + start.len()..];
            let end = rest.find(ends).unwrap_or(rest.len());
            let is_inner = line[..at].ends_with(['[', '(', '"', '\'']);
            !is_inner && end > 0 && rest[end..].starts_with('[') && rest[end..].contains(']')
        })
    })
}

/// `[https://a.example text]`.
fn has_wiki_link(line: &str) -> bool {
    line.match_indices("[http").any(|(at, _)| {
        let link = &line[at..];
        let end = link.find(']');
        end.is_some_and(|end| link[..end].contains(' ') && !link[end..].starts_with("]("))
            && !line[..at].ends_with('[')
    })
}

/// `== Heading`.
fn is_marked_heading(line: &str, mark: char) -> bool {
    let text = line.trim_start_matches(mark);
    text.len() < line.len()
        && line.len() - text.len() < 7
        && text.starts_with(' ')
        && text.len() > 1
}

/// `@article{key,`.
fn is_bibtex(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('@') else { return false };
    let name = rest.split(['{', '(']).next().unwrap_or_default();
    name.len() < rest.len()
        && !name.trim().is_empty()
        && name.trim().chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use crate::list::{format::Format, marks::format_of};

    #[track_caller]
    fn check(text: &str, expected: Option<Format>) {
        assert_eq!(format_of(text), expected, "{text}");
    }

    #[test]
    fn each_language_is_told_by_its_marks() {
        check("# all\n- title: A\n  url: https://a.example\n", Some(Format::Yaml));
        check("---\nA:\n  - name: B\n    link: \"https://b.example\"\n", Some(Format::Yaml));
        check("- {title: A, url: \"https://a.example\"}\n", Some(Format::Yaml));
        check("a:\n  - name: A\n    page: https://a.example\n", Some(Format::Yaml));
        check("[a]\nB=https://a.example\n", Some(Format::Unread("INI")));
        check("%0 Web Page\n%U https://a.example\n", Some(Format::Unread("EndNote")));
        check("#+TITLE: x\n* A\n- [[https://a.example][a]]\n", Some(Format::Org));
        check("= A\n\n* https://a.example[a] b\n", Some(Format::AsciiDoc));
        check("% from X\n@article{a,\n title = {A},\n}\n", Some(Format::Bibtex));
        check("TY  - JOUR\nTI  - A\nUR  - https://a.example\n", Some(Format::Unread("RIS")));
        check(
            "[[links]]\ntitle = \"A\"\nurl = \"https://a.example\"\n",
            Some(Format::Unread("TOML")),
        );
        check(
            "\\documentclass{article}\n\\href{https://a.example}{a}\n",
            Some(Format::Unread("LaTeX")),
        );
        check("== A ==\n* [https://a.example a] b\n", Some(Format::Unread("MediaWiki")));
        check(
            "A\n=\n\n* `a <https://a.example>`_\n* `b <https://b.example>`__\n.. c\n",
            Some(Format::Unread("reStructuredText")),
        );
    }

    #[test]
    fn markdown_has_none_of_them() {
        for text in [
            "---\ntitle: A\nurl: https://a.example\n---\n# A\n\n- [a](https://a.example)\n",
            "- GitHub: https://github.com/a\n- Site: see https://a.example\n",
            "# A\n- [[PDF]](https://a.example) A\n- [[Page]] b\n",
            "A\n==\n\n- [a](https://a.example)\n\n@mention {x}\n",
            "- [a](https://a.example) `\\begin{x}`\n- [b](https://b.example)\n",
            "- https://a.example [b]\n- https://c.example\n",
            "[1]: https://a.example\n[b]\n",
            "",
        ] {
            check(text, None);
        }
    }
}
