//! Empty sections: headings of a Markdown list below which there is nothing.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::{
    charset,
    entry::{LONGEST_NAME, shortened},
    list::{
        chunk::each_chunk,
        detect::detect,
        format::Format,
        html::LineCounter,
        lint::finding::{Finding, Problem},
        markdown,
    },
};

/// The headings of a Markdown list below which nothing stands before the next one of the same or a
/// higher level.
pub fn empty_sections(source: &[u8]) -> Vec<Finding> {
    let text = charset::plain(source, None);
    let text = text.trim_start_matches('\u{feff}');
    if detect(text) != Format::Markdown {
        return Vec::new();
    }
    let mut sections = Sections::default();
    each_chunk(text, |chunk| {
        let mut lines = LineCounter { line: 1, at: 0 };
        for (event, range) in Parser::new_ext(&chunk.text, markdown::options()).into_offset_iter() {
            let line = i64::from(lines.of(&chunk.text, range.start)) + chunk.first_line - 1;
            sections.event(&event, u32::try_from(line).unwrap_or(1));
        }
    });
    sections.end(0);
    sections.empty
}

/// The headings as they come.
#[derive(Default)]
struct Sections {
    /// The heading that is being read.
    heading: Option<(usize, u32, String)>,
    /// The last heading as long as there is nothing below it: level, line and text.
    open: Option<(usize, u32, String)>,
    empty: Vec<Finding>,
    /// Open blocks that are not shown.
    hidden: usize,
}

impl Sections {
    fn event(&mut self, event: &Event<'_>, line: u32) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => self.hidden += 1,
            Event::End(TagEnd::MetadataBlock(_)) => self.hidden -= 1,
            _ if self.hidden > 0 => {}
            Event::Start(Tag::Heading { level, .. }) => {
                self.end(*level as usize);
                self.heading = Some((*level as usize, line, String::new()));
            }
            Event::End(TagEnd::Heading(_)) => self.open = self.heading.take(),
            Event::Text(text) | Event::Code(text) => match &mut self.heading {
                Some((_, _, heading)) => heading.push_str(text),
                None => self.open = None,
            },
            Event::Html(html) | Event::InlineHtml(html) if shows_nothing(html) => {}
            Event::Start(
                Tag::HtmlBlock | Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::BlockQuote(_),
            )
            | Event::End(_)
            | Event::Rule
            | Event::SoftBreak
            | Event::HardBreak => {}
            _ if self.heading.is_none() => self.open = None,
            _ => {}
        }
    }

    /// Ends sections down to a level.
    fn end(&mut self, level: usize) {
        if let Some((_, line, name)) = self.open.take_if(|(open, ..)| level <= *open) {
            let title = shortened(name.trim(), LONGEST_NAME).into_owned();
            self.empty.push(Finding { line, title, problem: Problem::EmptySection });
        }
    }
}

/// Whether HTML is a comment, an anchor or a break, as far as one line of it tells.
fn shows_nothing(html: &str) -> bool {
    let html = html.trim();
    let is_tag = |tag: &str| html.get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag));
    let is_anchor = is_tag("<a ") && !html.contains("href") || is_tag("</a");
    html.is_empty() || html.starts_with("<!--") || is_anchor || is_tag("<br") || is_tag("<hr")
}

#[cfg(test)]
mod tests {
    use crate::list::lint::sections::empty_sections;

    #[track_caller]
    fn check(text: &str, expected: &[(u32, &str)]) {
        let found = empty_sections(text.as_bytes());
        let found: Vec<(u32, &str)> =
            found.iter().map(|finding| (finding.line, finding.title.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_section_is_empty_when_nothing_is_below_its_heading() {
        let item = "- [a](https://a.example/)\n";
        check(&format!("# L\n## A\n\n## B\n{item}## C `d`\n"), &[(2, "A"), (6, "C d")]);
        check(&format!("# L\n## A\n### B\n{item}### C\n## D\n{item}"), &[(5, "C")]);
        check(&format!("# L\n## A\n### B\n## C\n{item}"), &[(3, "B")]);
        check(&format!("# L\n{item}\n## A\n<a name=\"x\"></a>\n\n<!-- soon -->\n"), &[(4, "A")]);
    }

    #[test]
    fn whatever_is_shown_fills_a_section() {
        let item = "- [a](https://a.example/)\n";
        for shown in
            ["Words.", "![](i.png)", "<img src=i.png>", "```\ncode\n```", "| a |\n|---|", "> x"]
        {
            check(&format!("# L\n{item}\n## A\n\n{shown}\n"), &[]);
        }
        check(&format!("---\ntitle: x\n---\n{item}"), &[]);
        check("title,url\n# a,https://a.example/\n", &[]);
    }
}
