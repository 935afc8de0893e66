//! The corpus of a collection: the pages in its store, among which duplicates are found.

use crate::{
    canonical,
    duplicates::{corpus::Corpus, sketch::Sketch, title::Title},
    error::Error,
    store::{CopyText, PendingPage, Store},
    update::stored_text,
};

impl Corpus for Store {
    fn position(&self, key: &str) -> Result<Option<i64>, Error> {
        self.position(key)
    }

    fn sketch(&self, position: i64) -> Result<Option<Sketch>, Error> {
        Ok(Store::sketch(self, position)?.map(|stored| Sketch::from_bytes(&stored)))
    }

    fn title(&self, position: i64) -> Result<Option<Title>, Error> {
        match self.pending_page(position)? {
            Some(PendingPage { key, text: Some(text), .. }) => title(&key, &text),
            _ => Ok(None),
        }
    }

    fn titled_text(&self, key: &str) -> Result<Option<(Title, String)>, Error> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        Ok(title(key, &text)?.zip(Some(stored_text::plain(&text.text.unpack()?))))
    }

    fn claims(&self) -> Result<Vec<(String, String)>, Error> {
        Store::claims(self)
    }
}

/// The title of a page; none when it leads to a site's front page instead, or when another version
/// of this program stored its text differently.
fn title(key: &str, text: &CopyText) -> Result<Option<Title>, Error> {
    if canonical::leads_to_front_page(key, &text.final_url) {
        return Ok(None);
    }
    Ok(stored_text::title(&text.text.unpack()?).map(|title| Title::new(&title)))
}
