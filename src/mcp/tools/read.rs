//! `read`: the text of an article, part by part.

use std::{fmt::Write, ops::Range};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    engine::Document,
    mcp::{
        answer::{AnswerText, CallContext, MAX_ANSWER_CHARS, ToolAnswer, json_chars},
        document_id,
        fence::{address, clean_line, clean_text},
        index_state::IndexState,
        refusal::CallRefusal,
        tools::{
            arguments::{number, text_or_number, whole},
            work::ToolWork,
        },
    },
    search::{ReadableText, TextSection, TextSlice},
    wording::dates,
};

/// Characters of text that are read at a time.
const CHARS: usize = 4_000;
const LEAST_CHARS: usize = 500;
/// Characters of a line about the article.
const LINE_CHARS: usize = 200;
/// Headings in an outline.
const OUTLINE: usize = 40;
/// Characters of a heading in an outline.
const HEADING_CHARS: usize = 80;
/// Characters that the marks, the notice and how to go on take at most.
const AROUND_CHARS: usize = 500;

/// The tool.
pub(crate) struct ReadTool;

/// What it takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReadArguments {
    /// Id of a hit, or exact URL
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) id: String,
    /// Only this section of the outline
    #[serde(default, deserialize_with = "whole")]
    pub(crate) section: Option<usize>,
    /// Characters to skip: `next_offset` of the part before
    #[serde(default, deserialize_with = "whole")]
    pub(crate) offset: Option<usize>,
    /// 500 to 20000 (4000)
    #[serde(default, deserialize_with = "whole")]
    pub(crate) max_chars: Option<usize>,
}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadAnswer {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    provenance: String,
    total_chars: usize,
    /// Sections there are; the outline may have fewer.
    sections: usize,
    offset: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    index: IndexState,
    untrusted: UntrustedText,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UntrustedText {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outline: Vec<OutlineLine>,
    text: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OutlineLine {
    section: usize,
    level: usize,
    heading: String,
    chars: usize,
}

impl ToolWork for ReadTool {
    const NAME: &'static str = "read";
    const ABOUT: &'static str = "Read the stored text of an article from `offset` on, or one section; the first part has the outline.";
    type Arguments = ReadArguments;
    type Output = ReadAnswer;

    fn answer(
        arguments: ReadArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<ReadAnswer>, CallRefusal> {
        if asked.options.is_public {
            let message = "articles are read where they were published";
            return Err(CallRefusal::new(message, "cite the address and the passage of `search`"));
        }
        let most =
            number("max_chars", arguments.max_chars, CHARS, (LEAST_CHARS, MAX_ANSWER_CHARS))?;
        let document = asked.document(&arguments.id)?;
        let reading = ReadableText::of(&document);
        let offset = arguments.offset.unwrap_or_default();
        let range = match arguments.section {
            None => offset..reading.chars(),
            Some(number) => {
                let section =
                    reading.section(number).ok_or_else(|| no_section(number, &reading))?;
                section.start.max(offset)..section.end
            }
        };
        if offset > 0 && range.start >= range.end {
            let message = format!("`offset` is {offset}, and the text ends at {}", range.end);
            return Err(CallRefusal::new(message, "that was all of it"));
        }
        let is_first = offset == 0 && arguments.section.is_none();
        let outline = if is_first { outline(reading.sections()) } else { Vec::new() };
        let mut text = head(&document, &reading, asked);
        let (shown, sections) = (outline.len(), reading.sections().len());
        if (1..sections).contains(&shown) {
            let any = format!("`section` takes any number up to {sections}");
            text.say(format!("outline: {shown} of {sections} sections; {any}"));
        }
        outline.iter().for_each(|line| text.quote(&line.text()));
        if !outline.is_empty() {
            text.quote("");
        }
        let rest = MAX_ANSWER_CHARS.saturating_sub(text.chars() + AROUND_CHARS);
        let mut output = ReadAnswer {
            id: document_id::told(&document.id, &document.url),
            url: address(&document.url),
            date: dates(document.date_listed, document.content.date_published),
            provenance: document.provenance.to_string(),
            total_chars: reading.chars(),
            sections,
            offset: range.start,
            next_offset: None,
            index: asked.index(),
            untrusted: UntrustedText {
                title: clean_line(document.title(), LINE_CHARS),
                company: document.company.as_deref().map(|c| clean_line(c, LINE_CHARS)),
                author: document.content.author.as_deref().map(|a| clean_line(a, LINE_CHARS)),
                outline,
                text: String::new(),
            },
        };
        let slice = fill(&mut output, &reading, range, most.min(rest));
        let part = output.untrusted.text.trim_end();
        text.quote(if reading.chars() == 0 { "(no text is stored)" } else { part });
        go_on(&mut text, arguments.section, &slice, reading.chars());
        Ok(ToolAnswer { text: text.finish(), output })
    }
}

/// Fills in a part of the text, as much as its JSON may hold. It ends with what parts it from the next
/// one, so that parts are put together as they are.
fn fill<'a>(
    output: &mut ReadAnswer,
    reading: &'a ReadableText,
    range: Range<usize>,
    mut most: usize,
) -> TextSlice<'a> {
    loop {
        let slice = reading.slice(range.clone(), most);
        output.untrusted.text = clean_text(slice.text) + slice.seam;
        output.next_offset = slice.next;
        let chars = json_chars(output);
        if chars <= MAX_ANSWER_CHARS || most <= 1 {
            return slice;
        }
        // Escaped characters are several.
        most = most * MAX_ANSWER_CHARS / chars;
    }
}

fn head(document: &Document, reading: &ReadableText, asked: &CallContext) -> AnswerText {
    let mut text = AnswerText::default();
    text.say(format!("{}, {} characters", document.provenance, reading.chars()));
    text.say(asked.index_line());
    text.quote(&format!("id: {}", document_id::told(&document.id, &document.url)));
    text.quote(&format!("title: {}", clean_line(document.title(), LINE_CHARS)));
    let content = &document.content;
    let mut about = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.quote(&format!("{name}: {value}"));
        }
    };
    about("address", address(&document.url));
    about("author", content.author.as_deref().map(|author| clean_line(author, LINE_CHARS)));
    about("company", document.company.as_deref().map(|name| clean_line(name, LINE_CHARS)));
    about("date", dates(document.date_listed, content.date_published));
    text.quote("");
    text
}

/// Says how to go on, or that this was the end.
fn go_on(text: &mut AnswerText, section: Option<usize>, slice: &TextSlice, chars: usize) {
    let of_section = section.map(|number| format!("`section` {number} and ")).unwrap_or_default();
    let cut = match slice.seam {
        "\n\n" => "after a paragraph",
        "\n" => "after a line",
        _ => "within a paragraph",
    };
    text.say_last(match (slice.next, section) {
        (Some(next), _) => {
            format!(
                "cut {cut}: for more, call `read` with {of_section}`offset` {next} (of {chars})"
            )
        }
        (None, Some(number)) => format!("end of section {number}"),
        (None, None) => "end of the text".to_owned(),
    });
}

fn no_section(number: usize, reading: &ReadableText) -> CallRefusal {
    let hint = match reading.sections().len() {
        0 => "call `read` without `section`: it has none".to_owned(),
        last => format!("send a number from 1 to {last}; `read` without `section` has the outline"),
    };
    CallRefusal::new(format!("there is no section {number}"), hint)
}

impl OutlineLine {
    fn text(&self) -> String {
        let mut text = "  ".repeat(self.level.saturating_sub(1).min(5));
        let heading = if self.heading.is_empty() { "(beginning)" } else { &self.heading };
        let _ = write!(text, "section {}: {heading} ({} characters)", self.section, self.chars);
        text
    }
}

/// The outline of a text of several sections: the outermost levels of it that are few enough.
fn outline(sections: &[TextSection]) -> Vec<OutlineLine> {
    if sections.len() < 2 {
        return Vec::new();
    }
    let of_level = |most: usize| sections.iter().filter(|s| s.level <= most).count();
    let level = (1..=6).rev().find(|level| of_level(*level) <= OUTLINE).unwrap_or(1);
    let sections = sections.iter().enumerate().filter(|(_, section)| section.level <= level);
    let lines = sections.map(|(at, section)| OutlineLine {
        section: at + 1,
        level: section.level,
        heading: clean_line(&section.heading, HEADING_CHARS),
        chars: section.chars.len(),
    });
    lines.take(OUTLINE).collect()
}
