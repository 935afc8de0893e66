//! Bookmark files of browsers (<https://learn.microsoft.com/previous-versions/aa753582(v=vs.85)>),
//! read tag by tag: nothing in a name or a note ends or hides what follows.

use std::{borrow::Cow, ops::ControlFlow};

use url::Url;

use crate::{
    dates,
    html::{self, Attributes, Piece},
    list::{
        address::resolve,
        draft::{Draft, Drafts, MOST_SECTIONS},
        line::{join, tidy},
        records,
        tag::HIDDEN,
        warnings::Warnings,
    },
};

/// Folders within each other whose names are kept.
const MAX_DEPTH: usize = 64;

/// Reads a bookmark file.
pub(crate) fn read(text: &str, base: Option<&Url>, warnings: &mut Warnings) -> Drafts {
    let mut reader = BookmarkReader { base, ..BookmarkReader::default() };
    html::pieces(&with_plain_notes(text), |piece, line| {
        match piece {
            Piece::Start(name, attributes) => reader.start(name, attributes, line, warnings),
            Piece::End(name) => reader.end(name, warnings),
            Piece::Text(text) => reader.buffer().push_str(text),
        }
        ControlFlow::Continue(())
    });
    reader.finish(warnings);
    reader.drafts
}

#[derive(Default)]
struct BookmarkReader<'b> {
    base: Option<&'b Url>,
    drafts: Drafts,
    /// The folders that are open; the outermost one has no name.
    folders: Vec<String>,
    /// What the text that is read belongs to.
    place: TextPlace,
    /// The name of the folder that begins, and the bookmark that is read.
    heading: String,
    bookmark: Option<Draft>,
    note: String,
    /// Text that is shown nowhere.
    other: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum TextPlace {
    Heading,
    Name,
    Note,
    #[default]
    Other,
}

impl BookmarkReader<'_> {
    fn start(
        &mut self,
        name: &str,
        attributes: Attributes<'_>,
        line: u32,
        warnings: &mut Warnings,
    ) {
        match name {
            // A link in a note is no bookmark, unless it has what only bookmarks have.
            "a" if self.place == TextPlace::Note && attributes.get("add_date").is_none() => {
                let url = attributes.get("href").and_then(|href| resolve(href, self.base));
                if let (Some(bookmark), Some(url)) = (&mut self.bookmark, url) {
                    bookmark.also.push_url(url);
                }
            }
            "a" => {
                self.finish(warnings);
                self.bookmark = Some(self.begin(attributes, line));
                self.place = TextPlace::Name;
            }
            "dt" | "hr" => self.finish(warnings),
            "dd" => self.place = TextPlace::Note,
            "dl" => {
                self.finish(warnings);
                self.folders.push(tidy(&std::mem::take(&mut self.heading)));
            }
            "br" => self.buffer().push('\n'),
            name if is_heading(name) => {
                self.finish(warnings);
                self.heading.clear();
                self.place = TextPlace::Heading;
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str, warnings: &mut Warnings) {
        match name {
            "a" if self.place == TextPlace::Name => self.place = TextPlace::Other,
            "dl" => {
                self.finish(warnings);
                self.folders.pop();
                self.heading.clear();
            }
            name if is_heading(name) => {
                self.place = TextPlace::Other;
                // What stands above all folders is the name of the file; Safari has folders there.
                if self.folders.is_empty() && name == "h1" {
                    self.heading.clear();
                }
            }
            _ => {}
        }
    }

    fn begin(&self, attributes: Attributes<'_>, line: u32) -> Draft {
        let href = attributes.get("href").unwrap_or_default();
        let added = attributes.get("add_date").or_else(|| attributes.get("time_added"));
        let mut draft = Draft {
            line,
            url: resolve(href, self.base).unwrap_or_else(|| href.to_owned()),
            date: added.and_then(|added| dates::from_epoch(added).or_else(|| dates::parse(added))),
            ..Draft::default()
        };
        attributes.get("tags").into_iter().for_each(|tags| draft.tags.push_tags(tags));
        let names = self.folders.iter().take(MAX_DEPTH).filter(|name| !name.is_empty());
        draft.section = names.take(MOST_SECTIONS).cloned().collect();
        draft
    }

    fn buffer(&mut self) -> &mut String {
        match (self.place, &mut self.bookmark) {
            (TextPlace::Heading, _) => &mut self.heading,
            (TextPlace::Name, Some(bookmark)) => &mut bookmark.title,
            (TextPlace::Note, Some(_)) => &mut self.note,
            // The note of a folder, and white space between tags.
            _ => {
                self.other.clear();
                &mut self.other
            }
        }
    }

    /// Ends the bookmark that is read.
    fn finish(&mut self, warnings: &mut Warnings) {
        self.place = TextPlace::Other;
        let note = std::mem::take(&mut self.note);
        if let Some(mut bookmark) = self.bookmark.take() {
            bookmark.title = tidy(&bookmark.title);
            join(&mut bookmark.description, &tidy(&note));
            records::push(&mut self.drafts, bookmark, warnings);
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
}

/// The text with references in place of brackets that would hide bookmarks: people write `<script>`
/// and `<!--` in names and notes, and not every program escapes them.
fn with_plain_notes(text: &str) -> Cow<'_, str> {
    let lower = text.to_ascii_lowercase();
    let Some(first) = lower.find("<dl") else { return text.into() };
    let (mut at, mut places) = (first, Vec::new());
    // Where the next comment ends and the next bookmark begins, which are looked for once.
    let (mut comment_end, mut bookmark) = (0, 0);
    let next = |from: usize, known: usize, what: &str| match known > from {
        true => known,
        false => lower[from..].find(what).map_or(usize::MAX, |found| from + found),
    };
    while let Some(found) = lower[at..].find('<') {
        let start = at + found;
        at = start + 1;
        let rest = &lower[at..];
        let hides = if rest.starts_with("!--") {
            comment_end = next(start, comment_end, "-->");
            bookmark = next(start, bookmark, "<dt");
            comment_end == usize::MAX || bookmark < comment_end
        } else {
            let rest = rest.strip_prefix('/').unwrap_or(rest);
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let more = ["iframe", "noembed", "noframes", "xmp", "plaintext"];
            HIDDEN.contains(&&rest[..end]) || more.contains(&&rest[..end])
        };
        if hides {
            places.push(start);
        }
    }
    html::escape_brackets(text, &places)
}

#[cfg(test)]
mod tests {
    use crate::list::{bookmarks, warnings::Warnings};

    #[track_caller]
    fn check(body: &str, expected: &[&str], odd_lines: &[u32]) {
        let text =
            format!("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<H1>Bookmarks</H1>\n<DL><p>\n{body}");
        let mut warnings = Warnings::default();
        let drafts = bookmarks::read(&text, None, &mut warnings);
        let got: Vec<String> = drafts
            .kept
            .iter()
            .map(|draft| {
                let section = draft.section.join("/");
                let parts = [&draft.url, &draft.title, &section, &draft.description];
                format!("{} {}", draft.line, parts.map(String::as_str).join(" | "))
            })
            .collect();
        assert_eq!(got, expected, "{body}");
        warnings.append(drafts.refused);
        let mut lines: Vec<u32> = warnings.finish().iter().map(|warning| warning.line).collect();
        lines.sort_unstable();
        assert_eq!(lines, odd_lines, "{body}");
    }

    const ONE: &str = "<DT><A HREF=\"https://a.example/1\">One</A>";
    const TWO: &str = "<DT><A HREF=\"https://a.example/2\">Two</A>";

    #[test]
    fn nothing_in_a_note_hides_what_follows() {
        for mark in ["<script>", "<title>", "<textarea>", "<style>", "<!--", "</script>", "<xmp>"] {
            let first = format!("4 https://a.example/1 | One |  | The {mark} element");
            let expected = [first.as_str(), "6 https://a.example/2 | Two |  | "];
            check(&format!("{ONE}\n<DD>The {mark} element\n{TWO}\n</DL>"), &expected, &[]);
        }
        check(
            &format!(
                "<!-- a comment -->\n<DT><A HREF=\"https://a.example/0\">A <title> in a name</A>\n{TWO}"
            ),
            &[
                "5 https://a.example/0 | A <title> in a name |  | ",
                "6 https://a.example/2 | Two |  | ",
            ],
            &[],
        );
    }

    #[test]
    fn a_note_belongs_to_what_is_above_it() {
        check(
            &format!(
                "{ONE}\n<DD>Note<br>of one, <a href=https://b.example>b</a>\n<DT><H3>Folder</H3>\n\
                 <DD>Note of the folder\n<DL><p>\n{TWO}\n<HR>\n<DD>No one's\n</DL><p>\n{ONE}\n</DL>"
            ),
            &[
                "4 https://a.example/1 | One |  | Note of one, b",
                "9 https://a.example/2 | Two | Folder | ",
                "13 https://a.example/1 | One |  | ",
            ],
            &[],
        );
    }

    #[test]
    fn a_folder_may_stand_outside_of_all_others() {
        let mut warnings = Warnings::default();
        let text =
            format!("<H1>Bookmarks</H1>\n<DT><H3 FOLDED>Favorites</H3>\n<DL><p>\n{ONE}\n</DL><p>");
        let drafts = bookmarks::read(&text, None, &mut warnings);
        assert_eq!(drafts.kept[0].section, ["Favorites"]);
    }

    #[test]
    fn every_folder_is_a_section_and_every_bookmark_an_entry() {
        check(
            "<DT><H3>License</H3>\n<DL><p><DT><H3></H3><DL><p>\n\
             <DT><A HREF=\"https://a.example/1\" ADD_DATE=\"1\"> </A></DL></DL>\n\
             <DT><A HREF=\"javascript:x()\">Run</A>\n<DD>Its note\n<DT><A>None</A>\n",
            &["6 https://a.example/1 |  | License | "],
            &[7, 9],
        );
    }
}
