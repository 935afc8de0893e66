//! Markdown, notebooks and plain text: documents that are all content.

use pulldown_cmark::{Options, Parser, html::push_html};
use serde::Deserialize;

use crate::{
    content::{Content, Section, collapse},
    extract::{
        blocks::{Block, BlockKind, Blocks},
        class_hints::Hints,
        dom::Dom,
        sections::arrange,
    },
    html::{self, Noscript},
};

/// Bytes of a title that are read.
const MAX_LINE_BYTES: usize = 4 * 1024;
/// Bytes of a document that are read; what follows is left out.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// Reads Markdown, front matter left out.
pub(crate) fn markdown(text: &str) -> Result<Content, String> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let text = without_front_matter(text);
    let mut page = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut page, Parser::new_ext(text, Options::ENABLE_TABLES));
    fragment(&page)
}

/// Reads the text of an article in JSON-LD or a feed, which may be plain or a piece of HTML.
pub(crate) fn described(text: &str) -> Result<Content, String> {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    if text.contains("</") || text.contains("<p>") || text.contains("<br") {
        return fragment(text);
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let paragraphs: Vec<String> = lines.map(str::to_owned).collect();
    let sections = vec![Section { heading: Vec::new(), paragraphs }];
    Ok(Content { sections, ..Content::default() })
}

/// A title, which may hold character references and tags.
pub(crate) fn line(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return collapse(text);
    }
    collapse(&html::text_of(&text[..text.floor_char_boundary(MAX_LINE_BYTES)]))
}

/// Reads HTML that is all content.
fn fragment(page: &str) -> Result<Content, String> {
    let page = html::parse(page, Noscript::Shown)?;
    let dom = Dom::new(&page);
    let hints = Hints::new(&dom);
    let blocks = Blocks::new(&dom, &hints).list;
    let is_title = |block: &&Block| block.kind == BlockKind::Heading(1);
    let title = blocks.iter().find(is_title).map(|block| block.text.clone());
    let first = blocks.first().filter(is_title);
    let skip = usize::from(first.is_some_and(|block| Some(&block.text) == title.as_ref()));
    let sections = arrange(blocks.iter().skip(skip));
    Ok(Content { title, sections, ..Content::default() })
}

/// Reads a Jupyter notebook (nbformat 4, and 3 with worksheets): text and code, no outputs.
pub(crate) fn notebook(text: &str) -> Result<Content, String> {
    let notebook: Notebook =
        serde_json::from_str(text).map_err(|e| format!("the notebook does not parse: {e}"))?;
    let sheet = || notebook.worksheets?.into_iter().next()?.cells;
    let Some(cells) = notebook.cells.or_else(sheet) else {
        return Err("the notebook has no cells".into());
    };
    let mut text = String::new();
    for cell in cells {
        if text.len() > MAX_BYTES {
            break;
        }
        let source = cell.source.or(cell.input).map(CellSource::joined).unwrap_or_default();
        match &*cell.cell_type {
            "markdown" => text.push_str(&source),
            "heading" => {
                let level = cell.level.unwrap_or(1).clamp(1, 6).into();
                text.push_str(&format!("{} {source}", "#".repeat(level)));
            }
            // A fence longer than any in the code.
            "code" => text.push_str(&format!("~~~~~~~~\n{source}\n~~~~~~~~")),
            _ => {}
        }
        text.push_str("\n\n");
    }
    markdown(&text)
}

/// Reads plain text: paragraphs between empty lines, the first line as title if it is a short one.
pub(crate) fn plain(text: &str) -> Content {
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let text = text.replace("\r\n", "\n");
    let mut paragraphs: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| paragraph.trim_matches('\n').trim_end().to_owned())
        .filter(|paragraph| !paragraph.trim().is_empty())
        .collect();
    let is_title = paragraphs.len() > 1
        && paragraphs[0].lines().count() == 1
        && paragraphs[0].chars().count() <= 120
        && !paragraphs[0].ends_with(['.', ':', ';', ',']);
    let title = is_title.then(|| paragraphs.remove(0).trim().to_owned());
    let sections = match paragraphs.is_empty() {
        true => Vec::new(),
        false => vec![Section { heading: Vec::new(), paragraphs }],
    };
    Content { title, sections, ..Content::default() }
}

/// What is read of a notebook; the rest, pictures among it, is passed over.
#[derive(Deserialize)]
struct Notebook {
    cells: Option<Vec<Cell>>,
    worksheets: Option<Vec<Worksheet>>,
}

#[derive(Deserialize)]
struct Worksheet {
    cells: Option<Vec<Cell>>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default)]
    cell_type: String,
    source: Option<CellSource>,
    input: Option<CellSource>,
    level: Option<u8>,
}

/// A text that is given whole or as a list of lines.
#[derive(Deserialize)]
#[serde(untagged)]
enum CellSource {
    Text(String),
    Lines(Vec<String>),
}

impl CellSource {
    fn joined(self) -> String {
        match self {
            CellSource::Text(text) => text,
            CellSource::Lines(lines) => lines.concat(),
        }
    }
}

fn without_front_matter(text: &str) -> &str {
    ["---\n", "+++\n"]
        .iter()
        .find_map(|fence| {
            let rest = text.strip_prefix(fence)?;
            let end = rest.find(&format!("\n{fence}"))?;
            rest.get(end + 1 + fence.len()..)
        })
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use crate::{content::Content, extract::markup};

    fn text(content: Content) -> String {
        format!("{}\n{}", content.title.as_deref().unwrap_or_default(), content.text())
    }

    #[test]
    fn markdown_keeps_headings_lists_tables_and_code() {
        let source = "---\nlayout: post\n---\n# Title\n\nSome *text* with a [link](x).\n\n## Part\n\n\
                      - one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n";
        assert_eq!(
            text(markup::markdown(source).unwrap()),
            "Title\nSome text with a link.\nPart\none\ntwo\na\tb\n1\t2\nx = 1\n"
        );
    }

    #[test]
    fn a_notebook_is_its_text_and_code_without_outputs() {
        let source = r##"{"nbformat": 4, "cells": [
            {"cell_type": "markdown", "source": ["# Drift\n", "It moves."]},
            {"cell_type": "code", "source": "a = 1", "outputs": [{"text": "noise"}]}]}"##;
        assert_eq!(text(markup::notebook(source).unwrap()), "Drift\nIt moves.\na = 1\n");
        assert!(markup::notebook("{").is_err());
        assert!(markup::notebook("[]").is_err());
    }

    #[test]
    fn plain_text_has_paragraphs_and_a_short_first_line_is_its_title() {
        assert_eq!(
            text(markup::plain("A title\r\n\r\nOne\nmore.\n\n\n\nTwo.\n")),
            "A title\nOne\nmore.\nTwo.\n"
        );
        assert_eq!(text(markup::plain("Just a sentence.\n\nTwo.")), "\nJust a sentence.\nTwo.\n");
    }
}
