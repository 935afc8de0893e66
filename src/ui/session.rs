//! What somebody who searches sees, and what keys and answers change of it.

use ratatui::crossterm::event::KeyEvent;

use crate::{
    canonical::link_target,
    search::{Filters, Hit, Request},
    text::sanitize,
    ui::{
        article::ArticleText,
        facet_pane::FacetPane,
        finder::{FinderAnswer, FoundHits},
        finder_failure::FinderFailure,
        hit_list::HitList,
        keys::{Focus, KEYS, KeyAction, action},
        preview::Preview,
        query_line::QueryLine,
    },
    wording::markdown,
};

/// Rows by which a page key moves the help.
const HELP_PAGE: isize = 8;

/// What a session wants to know, with a number that the answer has, too.
#[derive(Clone, Debug)]
pub enum Question {
    /// The hits of a request.
    Search(u64, Request),
    /// The text of a document by its id, with the words of a query marked.
    Read(u64, String, String),
}

/// What a key asks of the terminal.
#[derive(Clone, Debug)]
pub enum Effect {
    /// To open an address in the browser.
    Open(String),
    /// To copy a text.
    Copy(String),
    /// To print a hit and leave.
    Print(Box<Hit>),
    /// To leave.
    Quit,
    /// To let the shell have the terminal.
    Suspend,
    /// To draw everything anew.
    Redraw,
}

/// A search that goes on while its query is edited.
pub struct UiSession {
    pub(crate) query: QueryLine,
    pub(crate) request: Request,
    pub(crate) focus: Focus,
    /// The row of the help at the top, while it is shown.
    pub(crate) help: Option<usize>,
    pub(crate) hits: HitList,
    pub(crate) facets: FacetPane,
    pub(crate) preview: Preview,
    /// Documents that match.
    pub(crate) total: usize,
    /// What there is to say of the hits.
    pub(crate) notes: Vec<String>,
    /// Why the last search failed; the hits are those of the one before.
    pub(crate) error: Option<FinderFailure>,
    /// What has come of a key, until the next one.
    pub(crate) told: Option<String>,
    /// The query and the filters that were asked for last.
    asked: Option<(String, Filters)>,
    asked_number: u64,
    answered_number: u64,
    /// The query of the hits, with the words that were searched for.
    searched: String,
    /// The document and the query that were asked for last.
    read: Option<(String, String)>,
    read_number: u64,
}

impl UiSession {
    /// A session that begins with a request.
    pub fn new(request: Request) -> UiSession {
        UiSession {
            query: QueryLine::new(&request.query),
            focus: Focus::default(),
            help: None,
            hits: HitList::default(),
            facets: FacetPane::of_filters(&request.filters),
            preview: Preview::default(),
            total: 0,
            notes: Vec::new(),
            error: None,
            told: None,
            asked: None,
            asked_number: 0,
            answered_number: 0,
            searched: String::new(),
            read: None,
            read_number: 0,
            request: Request { facets: true, count: true, ..request },
        }
    }

    /// Whether something is to be asked for: soon, since the next key may change it.
    pub fn has_question(&self) -> bool {
        self.is_search_due() || self.is_article_due()
    }

    /// What is to be asked for now.
    pub fn questions(&mut self) -> Vec<Question> {
        let mut asks = Vec::new();
        if self.is_search_due() {
            let query = self.query.text().to_owned();
            self.asked = Some((query.clone(), self.request.filters.clone()));
            self.asked_number += 1;
            let query = query.trim().to_owned();
            asks.push(Question::Search(
                self.asked_number,
                Request { query, ..self.request.clone() },
            ));
        }
        if self.is_article_due() {
            self.read = self.wanted_article();
            self.read_number += 1;
            match self.read.clone() {
                Some((id, query)) => asks.push(Question::Read(self.read_number, id, query)),
                None => self.preview.show(ArticleText::default()),
            }
        }
        asks
    }

    /// Whether an answer is still to come.
    pub(crate) fn is_searching(&self) -> bool {
        self.answered_number < self.asked_number || self.is_search_due()
    }

    fn is_search_due(&self) -> bool {
        let is_asked = |(query, filters): &(String, Filters)| {
            query == self.query.text() && *filters == self.request.filters
        };
        !self.asked.as_ref().is_some_and(is_asked)
    }

    fn is_article_due(&self) -> bool {
        self.read != self.wanted_article()
    }

    fn wanted_article(&self) -> Option<(String, String)> {
        self.hits.selected().map(|hit| (hit.id.clone(), self.searched.clone()))
    }

    /// Takes an answer; one that is older than what is shown changes nothing.
    pub fn answer(&mut self, answer: FinderAnswer) {
        match answer {
            FinderAnswer::Found(number, found) if number > self.answered_number => {
                self.answered_number = number;
                match found {
                    Ok(found) => self.show(*found),
                    Err(failure) => self.error = Some(failure),
                }
            }
            FinderAnswer::Article(number, article) if number == self.read_number => match article {
                Ok(article) => self.preview.show(*article),
                Err(failure) => self.preview.show(ArticleText::of_failure(&failure)),
            },
            FinderAnswer::Found(..) | FinderAnswer::Article(..) => {}
        }
    }

    fn show(&mut self, found: FoundHits) {
        let FoundHits { query, results, notes, facets } = found;
        self.error = None;
        self.notes = notes.iter().map(|note| sanitize(note).into_owned()).collect();
        self.total = results.total;
        self.searched = results
            .corrected
            .iter()
            .fold(query, |query, word| query.replace(&word.typed, &word.used));
        self.hits.show(results.hits);
        self.facets.show(facets);
    }

    /// Tells in a line what has come of something.
    pub fn tell(&mut self, message: &str) {
        self.told = Some(sanitize(message).into_owned());
    }

    /// Puts a text into the query.
    pub fn paste(&mut self, text: &str) {
        if self.focus == Focus::Query {
            self.query.paste(text);
        }
    }

    /// Does what a key asks for, and gives what is left to do.
    pub fn key(&mut self, key: KeyEvent) -> Option<Effect> {
        self.told = None;
        if let Some(top) = self.help {
            return self.key_in_help(top, key);
        }
        match action(self.focus, self.query.text().is_empty(), key)? {
            KeyAction::Edit(request) => drop(self.query.edit(request)),
            KeyAction::Move(by) => self.move_by(by),
            KeyAction::Page(by) => match self.focus {
                Focus::Query | Focus::Hits => self.hits.page_by(by),
                Focus::Facets => self.facets.page_by(by),
                Focus::Preview => self.preview.page_by(by),
            },
            KeyAction::First => self.move_by(isize::MIN),
            KeyAction::Last => self.move_by(isize::MAX),
            KeyAction::Mark(forwards) => self.preview.go_to_mark(forwards),
            KeyAction::TurnFocus { backwards } => self.focus = self.focus.turned(backwards),
            KeyAction::FocusQuery => self.focus = Focus::Query,
            KeyAction::Toggle => self.facets.toggle(&mut self.request.filters),
            KeyAction::Open => return self.target().map(|(url, _)| Effect::Open(url)),
            KeyAction::CopyUrl => return self.target().map(|(url, _)| Effect::Copy(url)),
            KeyAction::CopyMarkdown => {
                let link = |(url, title): (String, String)| markdown::link(&title, &url);
                return self.target().map(|target| Effect::Copy(link(target)));
            }
            KeyAction::Print => return self.selected().map(|hit| Effect::Print(Box::new(hit))),
            KeyAction::Help => self.help = Some(0),
            KeyAction::Back if self.focus == Focus::Query => return Some(Effect::Quit),
            KeyAction::Back => self.focus = Focus::Query,
            KeyAction::Quit => return Some(Effect::Quit),
            KeyAction::Suspend => return Some(Effect::Suspend),
            KeyAction::Redraw => {
                (self.asked, self.read) = (None, None);
                return Some(Effect::Redraw);
            }
        }
        None
    }

    /// The help scrolls where it does not fit; any other key goes back.
    fn key_in_help(&mut self, top: usize, key: KeyEvent) -> Option<Effect> {
        self.help = None;
        let last = KEYS.len();
        match action(Focus::Preview, false, key) {
            Some(KeyAction::Move(by)) => self.help = Some(top.saturating_add_signed(by).min(last)),
            Some(KeyAction::Page(by)) => {
                self.help = Some(top.saturating_add_signed(by * HELP_PAGE).min(last));
            }
            Some(KeyAction::Quit) => return Some(Effect::Quit),
            Some(KeyAction::Suspend) => return Some(Effect::Suspend),
            _ => {}
        }
        None
    }

    fn move_by(&mut self, by: isize) {
        match self.focus {
            Focus::Query | Focus::Hits => self.hits.move_by(by),
            Focus::Facets => self.facets.move_by(by),
            Focus::Preview => self.preview.move_by(by),
        }
    }

    fn selected(&mut self) -> Option<Hit> {
        let hit = self.hits.selected().cloned();
        if hit.is_none() {
            self.tell("no article is selected");
        }
        hit
    }

    /// The address and the title of the selected article.
    fn target(&mut self) -> Option<(String, String)> {
        let hit = self.selected()?;
        let title = sanitize(&hit.title).trim().to_owned();
        let target = link_target(&hit.url).map(|url| (url, title));
        if target.is_none() {
            self.tell("this article has no web address");
        }
        target
    }
}
