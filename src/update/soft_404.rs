//! Soft 404s: pages that answer, but no longer with the article that was listed.

use url::Url;

use crate::{
    canonical, counted::counted, duplicates::title, page::Outcome, update::stored_text::KnownText,
};

/// A text of fewer characters may always have been but a note.
const MIN_CHARS: usize = 1_000;

/// What a visit brought.
pub(crate) struct Answer<'a> {
    /// The address that was asked for, canonical.
    pub(crate) key: &'a str,
    /// The one that answered.
    pub(crate) final_url: &'a str,
    /// The titles that lists give the page.
    pub(crate) titles: &'a [String],
    /// The title and the text that came.
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
}

/// Recognizes an answer that is not the article, and says what it is, with the evidence; none when it
/// may well be the article. `before` is what was there at the last visit.
///
/// A site that gives up an article often leads to its front page, or says with status 200 that it is
/// closed (a “soft 404”).
pub(crate) fn recognize(
    answer: &Answer<'_>,
    before: Option<&KnownText>,
) -> Option<(Outcome, String)> {
    if canonical::leads_to_front_page(answer.key, answer.final_url) && !has_title(answer, all) {
        let host = Url::parse(answer.final_url).ok()?.host_str()?.to_owned();
        return Some((Outcome::Gone, format!("it leads to the front page of {host}")));
    }
    let before = before?;
    let text = before.content.text();
    let (now, then) = (answer.text.chars().count(), text.chars().count());
    if then >= MIN_CHARS && now < then / 10 {
        let reason = format!("{} of text where there were {then}", counted(now, "character"));
        return Some((Outcome::Empty, reason));
    }
    let title = before.content.title.as_deref().unwrap_or_default();
    let before = Answer { title, text: &text, ..*answer };
    let is_other = now < then / 2 && has_title(&before, any) && !has_title(answer, any);
    is_other.then(|| {
        (Outcome::Empty, "the text has no word of the listed title, and once had".to_owned())
    })
}

/// Whether the words of a listed title are in the text, or those of a few letters if there are no
/// others.
fn has_title(answer: &Answer<'_>, are_in: fn(&[String], &str) -> bool) -> bool {
    let text = format!("{} {}", answer.title, answer.text).to_lowercase();
    answer.titles.iter().any(|title| {
        let words = title::words(title).into_iter();
        let (long, short): (Vec<_>, Vec<_>) = words.partition(|word| word.chars().count() > 3);
        are_in(if long.is_empty() { &short } else { &long }, &text)
    })
}

fn all(words: &[String], text: &str) -> bool {
    words.iter().all(|word| text.contains(word.as_str()))
}

fn any(words: &[String], text: &str) -> bool {
    words.iter().any(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use crate::{
        content::{Content, Section},
        engine::Provenance,
        page::Outcome,
        update::{
            soft_404::{self, Answer},
            stored_text::KnownText,
        },
    };

    const KEY: &str = "https://a.example/blog/drift";

    fn check(final_url: &str, text: &str, before: Option<&str>, expected: Option<Outcome>) {
        let titles = ["How we measure drift".to_owned(), "Drift".to_owned()];
        let answer = Answer { key: KEY, final_url, titles: &titles, title: "A site", text };
        let before = before.map(|text| {
            let section = Section { heading: Vec::new(), paragraphs: vec![text.to_owned()] };
            let content = Content { sections: vec![section], ..Content::default() };
            KnownText { content, provenance: Provenance::FullText, origins: Vec::new() }
        });
        let found = soft_404::recognize(&answer, before.as_ref());
        assert_eq!(found.map(|(outcome, _)| outcome), expected, "{final_url} {text}");
    }

    #[test]
    fn a_front_page_is_an_article_only_if_it_has_the_title() {
        check("https://a.example/", "Welcome to our house.", None, Some(Outcome::Gone));
        check("https://b.example/", "Welcome to our house.", None, Some(Outcome::Gone));
        check("https://a.example/", "Drift is measured here.", None, None);
        check("https://b.example/drift", "Welcome to our house.", None, None);
    }

    #[test]
    fn a_text_may_change_but_not_vanish() {
        let long = "We measure drift with great care and every day. ".repeat(40);
        let before = Some(long.as_str());
        check(KEY, "We are moving house.", before, Some(Outcome::Empty));
        check(KEY, "No drift is left here.", before, Some(Outcome::Empty));
        let other = "Somebody else lives here now, as of late. ".repeat(10);
        check(KEY, &other, before, Some(Outcome::Empty));
        check(KEY, &format!("{other} And drift."), before, None);
        check(KEY, &other.repeat(5), before, None);
        check(KEY, &long.repeat(2), before, None);
        check(KEY, "No drift is left here.", Some("We measure drift with care."), None);
        check(KEY, &other, None, None);
    }
}
