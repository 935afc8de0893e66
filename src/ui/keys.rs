//! What keys do, by the pane that has them.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_input::InputRequest;

/// What has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Focus {
    /// The query, which is edited.
    #[default]
    Query,
    Hits,
    Facets,
    Preview,
}

impl Focus {
    /// The next one, or the one before.
    pub(crate) fn turned(self, backwards: bool) -> Focus {
        match (self, backwards) {
            (Focus::Query, false) | (Focus::Facets, true) => Focus::Hits,
            (Focus::Hits, false) | (Focus::Preview, true) => Focus::Facets,
            (Focus::Facets, false) | (Focus::Query, true) => Focus::Preview,
            (Focus::Preview, false) | (Focus::Hits, true) => Focus::Query,
        }
    }
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyAction {
    Edit(InputRequest),
    /// Rows, hits or values down, or up when it is less than 0.
    Move(isize),
    /// The same by windows.
    Page(isize),
    First,
    Last,
    /// To a mark of the preview, forwards or backwards.
    Mark(bool),
    TurnFocus {
        backwards: bool,
    },
    FocusQuery,
    /// Turns a value of a facet on or off.
    Toggle,
    Open,
    CopyUrl,
    CopyMarkdown,
    Print,
    Help,
    Back,
    Quit,
    Suspend,
    Redraw,
}

/// A row of the help.
pub struct KeyHelp {
    /// The keys.
    pub keys: &'static str,
    /// What they do.
    pub does: &'static str,
}

/// What keys do, for people.
pub const KEYS: &[KeyHelp] = &[
    KeyHelp { keys: "Tab, Shift-Tab", does: "query, hits, facets, preview" },
    KeyHelp { keys: "Up, Down, Page Up, Page Down", does: "move, or scroll the preview" },
    KeyHelp { keys: "Enter", does: "open the article in the browser" },
    KeyHelp { keys: "Ctrl-S", does: "print its address and leave" },
    KeyHelp { keys: "Esc", does: "back to the query, then out" },
    KeyHelp { keys: "Ctrl-C", does: "out" },
    KeyHelp { keys: "Ctrl-Z", does: "to the shell; fg comes back" },
    KeyHelp { keys: "Ctrl-L", does: "search and draw anew" },
    KeyHelp { keys: "F1", does: "this help" },
    KeyHelp { keys: "In the query", does: "" },
    KeyHelp { keys: "Left, Right, Home, End", does: "move; left and right by words with Ctrl" },
    KeyHelp { keys: "Ctrl-A, Ctrl-E", does: "to its beginning, its end" },
    KeyHelp { keys: "Ctrl-W, Ctrl-U, Ctrl-K", does: "cut a word, to the left, to the right" },
    KeyHelp { keys: "Ctrl-Y", does: "put back what was cut" },
    KeyHelp { keys: "Ctrl-N, Ctrl-P", does: "next hit, hit before" },
    KeyHelp { keys: "Elsewhere", does: "" },
    KeyHelp { keys: "j, k, g, G, Home, End", does: "down, up, first, last" },
    KeyHelp { keys: "n, N", does: "next mark of the preview, mark before" },
    KeyHelp { keys: "Space", does: "a page down; in the facets, as Enter: a value on or off" },
    KeyHelp { keys: "y, Y", does: "copy the address, a Markdown link" },
    KeyHelp { keys: "/", does: "to the query" },
    KeyHelp { keys: "?", does: "this help, also in an empty query" },
];

/// What a key does where the keys are; nothing for most.
pub(crate) fn action(focus: Focus, is_query_empty: bool, key: KeyEvent) -> Option<KeyAction> {
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    let is_alt = key.modifiers.contains(KeyModifiers::ALT);
    let everywhere = match key.code {
        KeyCode::Char('c') if is_control => Some(KeyAction::Quit),
        KeyCode::Char('z') if is_control => Some(KeyAction::Suspend),
        KeyCode::Char('l') if is_control => Some(KeyAction::Redraw),
        KeyCode::Char('s') if is_control => Some(KeyAction::Print),
        KeyCode::Char('n') if is_control => Some(KeyAction::Move(1)),
        KeyCode::Char('p') if is_control => Some(KeyAction::Move(-1)),
        KeyCode::F(1) => Some(KeyAction::Help),
        KeyCode::BackTab => Some(KeyAction::TurnFocus { backwards: true }),
        KeyCode::Tab => Some(KeyAction::TurnFocus { backwards: false }),
        KeyCode::Enter if focus != Focus::Facets => Some(KeyAction::Open),
        KeyCode::Esc => Some(KeyAction::Back),
        KeyCode::Down => Some(KeyAction::Move(1)),
        KeyCode::Up => Some(KeyAction::Move(-1)),
        KeyCode::PageDown => Some(KeyAction::Page(1)),
        KeyCode::PageUp => Some(KeyAction::Page(-1)),
        _ => None,
    };
    everywhere.or_else(|| match focus {
        Focus::Query => {
            let is_question = key.code == KeyCode::Char('?') && is_query_empty && !is_alt;
            if is_question { Some(KeyAction::Help) } else { edit(key).map(KeyAction::Edit) }
        }
        _ if is_control || is_alt => None,
        _ => elsewhere(focus, key.code),
    })
}

fn elsewhere(focus: Focus, code: KeyCode) -> Option<KeyAction> {
    Some(match code {
        KeyCode::Char('j') => KeyAction::Move(1),
        KeyCode::Char('k') => KeyAction::Move(-1),
        KeyCode::Char('g') | KeyCode::Home => KeyAction::First,
        KeyCode::Char('G') | KeyCode::End => KeyAction::Last,
        KeyCode::Char('n') => KeyAction::Mark(true),
        KeyCode::Char('N') => KeyAction::Mark(false),
        KeyCode::Char('y') => KeyAction::CopyUrl,
        KeyCode::Char('Y') => KeyAction::CopyMarkdown,
        KeyCode::Char('/') => KeyAction::FocusQuery,
        KeyCode::Char('?') => KeyAction::Help,
        KeyCode::Char(' ') | KeyCode::Enter if focus == Focus::Facets => KeyAction::Toggle,
        KeyCode::Char(' ') => KeyAction::Page(1),
        _ => return None,
    })
}

/// The keys of a line that is edited, as shells have them.
fn edit(key: KeyEvent) -> Option<InputRequest> {
    let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
    let is_alt = key.modifiers.contains(KeyModifiers::ALT);
    // Of some keyboards Ctrl and Alt together make a character.
    let is_text = is_control == is_alt;
    Some(match key.code {
        KeyCode::Left if is_control || is_alt => InputRequest::GoToPrevWord,
        KeyCode::Right if is_control || is_alt => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        KeyCode::Backspace if is_control || is_alt => InputRequest::DeletePrevWord,
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete if is_control || is_alt => InputRequest::DeleteNextWord,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Char(c) if is_text => InputRequest::InsertChar(c),
        KeyCode::Char('a') if is_control => InputRequest::GoToStart,
        KeyCode::Char('e') if is_control => InputRequest::GoToEnd,
        KeyCode::Char('b') if is_control => InputRequest::GoToPrevChar,
        KeyCode::Char('f') if is_control => InputRequest::GoToNextChar,
        KeyCode::Char('h') if is_control => InputRequest::DeletePrevChar,
        KeyCode::Char('d') if is_control => InputRequest::DeleteNextChar,
        KeyCode::Char('w') if is_control => InputRequest::DeletePrevWord,
        KeyCode::Char('u') if is_control => InputRequest::DeleteFromStart,
        KeyCode::Char('k') if is_control => InputRequest::DeleteTillEnd,
        KeyCode::Char('y') if is_control => InputRequest::Yank,
        KeyCode::Char('b') => InputRequest::GoToPrevWord,
        KeyCode::Char('f') => InputRequest::GoToNextWord,
        KeyCode::Char('d') => InputRequest::DeleteNextWord,
        _ => return None,
    })
}
