//! Searches and texts of articles on threads of their own, so that keys never wait for them.

use std::{
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
};

use crate::{
    canonical::discreet,
    error::Error,
    search::{LiveSearcher, OpenedIndex, Request, Results},
    ui::{
        article::ArticleText,
        facet_pane::{FacetValues, facet_values},
        finder_failure::FinderFailure,
    },
    wording::{
        hint::{Named, Origin, hint, rebuild},
        note::notes,
    },
};

/// What the threads share.
pub struct FinderOptions {
    /// The index, which may be replaced while somebody searches.
    pub live: LiveSearcher,
    /// The folder that was named, for hints.
    pub index: Option<PathBuf>,
    /// The engine that was named, for hints.
    pub engine: Option<String>,
    /// Does some work, and says why it stopped if it panics: a damaged index is found so.
    pub caught: fn(&mut dyn FnMut()) -> Result<(), String>,
}

/// What a search has found.
#[derive(Default)]
pub struct FoundHits {
    /// The query as it was searched for.
    pub(crate) query: String,
    /// The hits.
    pub results: Results,
    /// What there is to say of them, a sentence each.
    pub notes: Vec<String>,
    /// The values of facets with their counts, and what of them is chosen.
    pub(crate) facets: Vec<FacetValues>,
}

/// What comes back.
pub enum FinderAnswer {
    /// What the search of this number has found, or why it failed.
    Found(u64, Result<Box<FoundHits>, FinderFailure>),
    /// The article that was asked for by this number, or why there is none.
    Article(u64, Result<Box<ArticleText>, FinderFailure>),
}

/// Asks for searches and articles; of each kind only the newest waits.
pub struct Finder {
    searches: Arc<Mailbox<(u64, Request)>>,
    articles: Arc<Mailbox<(u64, String, String)>>,
}

impl Finder {
    /// Starts the threads. They end with the finder, as soon as they have done what they do, and
    /// nobody waits for them: a cluster may be slow.
    pub fn start(
        options: FinderOptions,
        answer: impl Fn(FinderAnswer) + Clone + Send + 'static,
    ) -> Finder {
        let options = Arc::new(options);
        let finder = Finder { searches: Arc::default(), articles: Arc::default() };
        let (mailbox, shared, tell) =
            (Arc::clone(&finder.searches), Arc::clone(&options), answer.clone());
        thread::spawn(move || {
            while let Some((number, request)) = mailbox.take() {
                let found = shared.asked(|opened| FoundHits::of(opened, &request, shared.named()));
                tell(FinderAnswer::Found(number, found.map(Box::new)));
            }
        });
        let (mailbox, shared) = (Arc::clone(&finder.articles), options);
        thread::spawn(move || {
            while let Some((number, id, query)) = mailbox.take() {
                let article = shared.asked(|opened| {
                    let document = opened.searcher.document(&format!("id:{id}"))?;
                    let mut marker = opened.searcher.marker(&query)?;
                    Ok(ArticleText::of(&document, &mut marker))
                });
                answer(FinderAnswer::Article(number, article.map(Box::new)));
            }
        });
        finder
    }

    /// Searches when the search before has ended, unless a newer one is asked for until then.
    pub fn search(&self, number: u64, request: Request) {
        self.searches.put((number, request));
    }

    /// Reads a document by its id, with the words of a query marked.
    pub fn read(&self, number: u64, id: String, query: String) {
        self.articles.put((number, id, query));
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.searches.close();
        self.articles.close();
    }
}

impl FinderOptions {
    fn named(&self) -> Named<'_> {
        Named { index: self.index.as_deref(), engine: self.engine.as_deref() }
    }

    /// Asks the published index. What fails is worded as elsewhere.
    fn asked<T>(
        &self,
        work: impl Fn(&OpenedIndex) -> Result<T, Error>,
    ) -> Result<T, FinderFailure> {
        let mut made = None;
        let panicked = (self.caught)(&mut || made = Some(self.live.with(&work)));
        match (made, panicked) {
            (Some(Ok(made)), _) => Ok(made),
            (Some(Err(error)), _) => {
                let hint = hint(&error, self.named(), Origin::of(self.index.as_deref()));
                Err(FinderFailure {
                    message: discreet(&error.to_string()).into_owned(),
                    hint: hint.map(|hint| discreet(&hint).into_owned()),
                })
            }
            (None, panicked) => {
                let why = panicked.err().unwrap_or_default();
                let rebuild = rebuild(self.named());
                Err(FinderFailure {
                    message: format!("this should not have happened: {why}"),
                    hint: Some(format!("if the index is damaged, `{rebuild}` builds it again")),
                })
            }
        }
    }
}

impl FoundHits {
    /// Searches an index.
    ///
    /// # Errors
    /// Those of [`Searcher::search`](crate::search::Searcher::search).
    pub fn of(
        opened: &OpenedIndex,
        request: &Request,
        named: Named<'_>,
    ) -> Result<FoundHits, Error> {
        let mut results = opened.searcher.search(request)?;
        let mut notes = notes(request, &results, named);
        notes.extend(opened.refusal.clone());
        let facets = std::mem::take(&mut results.facets);
        let facets = facet_values(facets, &request.filters, &opened.searcher);
        Ok(FoundHits { query: request.query.clone(), results, notes, facets })
    }
}

/// A place for one thing: what is put there takes the place of what nobody has taken.
struct Mailbox<T> {
    state: Mutex<MailboxState<T>>,
    bell: Condvar,
}

enum MailboxState<T> {
    Empty,
    Full(T),
    Closed,
}

impl<T> Default for Mailbox<T> {
    fn default() -> Mailbox<T> {
        Mailbox { state: Mutex::new(MailboxState::Empty), bell: Condvar::new() }
    }
}

impl<T> Mailbox<T> {
    fn put(&self, thing: T) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = MailboxState::Full(thing);
        self.bell.notify_one();
    }

    fn close(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = MailboxState::Closed;
        self.bell.notify_one();
    }

    /// Waits for something; none when nothing will come any more.
    fn take(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match std::mem::replace(&mut *state, MailboxState::Empty) {
                MailboxState::Full(thing) => return Some(thing),
                MailboxState::Closed => return None,
                MailboxState::Empty => {
                    state = self.bell.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::finder::Mailbox;

    #[test]
    fn of_what_waits_only_the_newest_is_taken() {
        let mailbox = Mailbox::default();
        (1..=3).for_each(|number| mailbox.put(number));
        assert_eq!(mailbox.take(), Some(3));
        mailbox.put(4);
        mailbox.close();
        assert_eq!(mailbox.take(), None);
    }
}
