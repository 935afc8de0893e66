//! The search that answers while one types, drawn into windows of several sizes.

use std::{fs, path::Path, sync::LazyLock};

use jiff::Timestamp;
use mlsearch::{
    Request,
    search::{Filters, LiveSearcher, QueryModel},
    ui::{
        ArticleText, Effect, FinderAnswer, FinderFailure, FoundHits, KEYS, Look, Question,
        UiSession, draw, to_clipboard,
    },
    wording::hint::Named,
};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_oneof, proptest};
use ratatui::{
    Terminal,
    backend::TestBackend,
    crossterm::event::{KeyCode, KeyEvent, KeyModifiers},
};

use crate::program::{Run, program};

/// Documents with wide characters, with marks that combine, from right to left, and with characters
/// that a terminal would obey.
pub static SHELF: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let filler = "Nothing else is said here, and it is said at some length. ".repeat(12);
    let documents = [
        serde_json::json!({
            "id": 1, "url": "https://a.example/drift", "title": "How features drift",
            "company": "Acme", "date": "2024-05-06", "tags": ["monitoring"],
            "text": format!("{filler}\n\nWhen the world changes, features drift. A monitor tells \
                             drift from noise.\n\n{filler}\n\nThe end of drift."),
        }),
        serde_json::json!({
            "id": 2, "url": "https://b.example/store", "title": "特征存储漂移检测是一个团队每天都要看的东西，也是一个长标题",
            "company": "Bolt & Söhne", "date": "2023-01-02", "tags": ["feature stores", "monitoring"],
            "text": "A store 🚀 of features, against drift: 特征存储漂移检测是一个团队每天都要看的东西。",
        }),
        serde_json::json!({
            "id": 3, "title": "\u{1b}[31mRed\u{202e} e\u{301}e\u{301} שלום עולם", "company": "Acme",
            "text": format!("{filler} drift\u{1b}]52;c;AAAA\u{7} مرحبا بالعالم"),
        }),
    ];
    let lines: String = documents.iter().map(|document| format!("{document}\n")).collect();
    fs::write(dir.path().join("own.jsonl"), lines).unwrap();
    let mut command = program();
    command.arg("--index").arg(dir.path().join("own"));
    let imported = Run::of(command.arg("import").arg(dir.path().join("own.jsonl")));
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    dir
});

/// A session whose questions are answered at once.
struct Window {
    session: UiSession,
    live: LiveSearcher,
    terminal: Terminal<TestBackend>,
}

impl Window {
    fn new(query: &str, (columns, rows): (u16, u16)) -> Window {
        let own = SHELF.path().join("own");
        let request = Request { snippets: 1, ..Request::new(query) };
        let mut window = Window {
            session: UiSession::new(request),
            live: LiveSearcher::open(own, None, QueryModel::default(), || Timestamp::UNIX_EPOCH)
                .unwrap(),
            terminal: Terminal::new(TestBackend::new(columns, rows)).unwrap(),
        };
        window.settle();
        window
    }

    fn settle(&mut self) {
        while self.session.has_question() {
            for ask in self.session.questions() {
                let answer = answer(&self.live, ask);
                self.session.answer(answer);
            }
        }
    }

    /// Presses keys, one character each.
    fn press(&mut self, keys: &[KeyCode]) -> Option<Effect> {
        let mut effect = None;
        for key in keys {
            effect = self.session.key(KeyEvent::new(*key, KeyModifiers::NONE));
            self.settle();
        }
        effect
    }

    fn resize(&mut self, columns: u16, rows: u16) {
        self.terminal.backend_mut().resize(columns, rows);
    }

    /// What the window shows.
    fn shown(&mut self) -> String {
        let session = &mut self.session;
        let look = Look::new(false);
        let mut cursor = None;
        self.terminal.draw(|frame| cursor = draw(session, look, frame)).unwrap();
        let area = self.terminal.backend().buffer().area;
        assert!(cursor.is_none_or(|place| area.contains(place)), "{cursor:?}");
        let buffer = self.terminal.backend().buffer();
        let rows = buffer.content.chunks(buffer.area.width.into()).map(|cells| {
            let (mut row, mut hidden) = (String::new(), 0);
            for cell in cells {
                // A wide character stands over the cell behind it, too.
                if hidden == 0 {
                    row += cell.symbol();
                    hidden = textwrap::core::display_width(cell.symbol()).max(1);
                }
                hidden -= 1;
            }
            row.trim_end().to_owned()
        });
        rows.collect::<Vec<_>>().join("\n")
    }
}

fn answer(live: &LiveSearcher, question: Question) -> FinderAnswer {
    let found = live.with(|opened| {
        Ok(match &question {
            Question::Search(number, request) => {
                let found = FoundHits::of(opened, request, Named { index: None, engine: None });
                FinderAnswer::Found(
                    *number,
                    found.map(Box::new).map_err(|e: mlsearch::Error| FinderFailure {
                        message: e.to_string(),
                        hint: Some(
                            "drop a filter, and this one is one of a list of some length".into(),
                        ),
                    }),
                )
            }
            Question::Read(number, id, query) => {
                let document = opened.searcher.document(&format!("id:{id}"))?;
                let mut marker = opened.searcher.marker(query)?;
                FinderAnswer::Article(
                    *number,
                    Ok(Box::new(ArticleText::of(&document, &mut marker))),
                )
            }
        })
    });
    found.unwrap_or_else(|error: mlsearch::Error| panic!("{error}"))
}

#[track_caller]
fn check(window: &mut Window, expected: &str) {
    let shown = window.shown();
    assert_eq!(shown.trim_end_matches('\n'), expected.trim_matches('\n'), "\n{shown}\n");
}

#[test]
fn a_window_of_80_columns_has_the_preview_below_the_hits() {
    check(&mut Window::new("drift", (80, 24)), S80);
}

#[test]
fn a_window_of_120_columns_has_three_panes() {
    check(&mut Window::new("drift", (120, 40)), S120);
}

#[test]
fn a_small_window_has_one_pane_and_a_smaller_one_says_so() {
    let mut window = Window::new("drift", (40, 10));
    check(&mut window, S40);
    window.press(&[KeyCode::Tab, KeyCode::Tab]);
    check(&mut window, S40_FACETS);
    window.resize(20, 5);
    check(&mut window, S20);
}

#[test]
fn a_value_that_is_turned_on_is_a_chip_and_has_no_part_in_its_own_counts() {
    let mut window = Window::new("drift", (80, 24));
    window.press(&[KeyCode::Tab, KeyCode::Tab, KeyCode::Char(' ')]);
    let shown = window.shown();
    for expected in ["[company: Acme]", "[x] Acme", "[ ] Bolt", "2 hits"] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    window.press(&[KeyCode::Char('j'), KeyCode::Char(' ')]);
    assert!(window.shown().contains("3 hits"), "any of two values: {}", window.shown());
    window.press(&[KeyCode::Char(' '), KeyCode::Char('k'), KeyCode::Char(' ')]);
    assert!(!window.shown().contains("[company"), "{}", window.shown());
}

#[test]
fn a_search_that_fails_leaves_the_hits_and_says_why() {
    let own = SHELF.path().join("own");
    let live =
        LiveSearcher::open(own, None, QueryModel::default(), || Timestamp::UNIX_EPOCH).unwrap();
    let filters =
        Filters { facets: vec![("company".into(), "nobody".into())], ..Filters::default() };
    let request = Request { snippets: 1, filters, ..Request::new("drift") };
    let mut window = Window { session: UiSession::new(request), live, ..Window::new("", (80, 24)) };
    window.settle();
    let shown = window.shown();
    assert!(shown.contains("error: no document has the company `nobody`"), "{shown}");
    window.resize(40, 10);
    let flat = window.shown().replace('\n', " ");
    assert!(
        flat.contains("hint: drop a filter, and this one is one of a list of some length"),
        "{flat}"
    );
    window.resize(80, 24);
    assert!(shown.contains("[x] nobody"), "it can be turned off: {shown}");
    window.press(&[KeyCode::Tab, KeyCode::Tab, KeyCode::Char(' ')]);
    assert!(window.shown().contains("How features drift"), "{}", window.shown());
    window.session.key(KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
    window.session.paste(" k*s");
    window.settle();
    let shown = window.shown();
    assert!(shown.contains("`k*s` was searched as words"), "{shown}");
}

#[test]
fn an_article_that_cannot_be_read_says_why_in_its_place() {
    let mut window = Window::new("", (120, 24));
    window.session.paste("drift");
    let asks = window.session.questions();
    window.session.answer(answer(&window.live, asks[0].clone()));
    let [Question::Read(number, ..)] = window.session.questions()[..] else { panic!() };
    let failure = FinderFailure { message: "torn".into(), hint: Some("build it again".into()) };
    window.session.answer(FinderAnswer::Article(number, Err(failure)));
    let shown = window.shown();
    assert!(shown.contains("error: torn") && shown.contains("hint: build it again"), "{shown}");
}

#[test]
fn older_answers_change_nothing() {
    let mut window = Window::new("drift", (80, 24));
    let mut asks = Vec::new();
    for key in ["s", "t", "ore"] {
        window.session.paste(key);
        asks.extend(window.session.questions());
    }
    assert_eq!(asks.len(), 3, "{asks:?}");
    for ask in asks.into_iter().rev() {
        let answer = answer(&window.live, ask);
        window.session.answer(answer);
    }
    let before = window.shown();
    window.settle();
    assert_eq!(window.shown().lines().next(), before.lines().next());
}

#[test]
fn the_words_of_an_answer_are_marked_and_not_those_that_were_typed_since() {
    let mut window = Window::new("drift", (80, 24));
    window.session.paste(" monitor");
    let first = window.session.questions();
    window.session.paste(" store");
    assert_eq!(window.session.questions().len(), 1);
    window.session.answer(answer(&window.live, first[0].clone()));
    let asks = window.session.questions();
    assert!(
        matches!(&asks[..], [Question::Read(_, _, query)] if query == "drift monitor"),
        "{asks:?}"
    );
}

#[test]
fn the_preview_goes_from_mark_to_mark_and_stays_in_place_when_it_is_resized() {
    let mut window = Window::new("drift", (120, 24));
    let first = window.shown();
    assert!(first.contains("mark 2 of 4"), "the best passage: {first}");
    assert!(first.contains("When the world changes"), "{first}");
    window.press(&[KeyCode::Tab, KeyCode::Char('n'), KeyCode::Char('n')]);
    let last = window.shown();
    assert!(last.contains("mark 4 of 4") && last.contains("The end of drift."), "{last}");
    window.resize(80, 30);
    assert!(window.shown().contains("The end of drift."), "{}", window.shown());
    window.press(&[KeyCode::Char('n')]);
    assert!(window.shown().contains("mark 1 of 4"), "{}", window.shown());
    window.press(&[KeyCode::Char('N')]);
    assert!(window.shown().contains("mark 4 of 4"), "{}", window.shown());
}

#[test]
fn keys_open_copy_and_print_the_selected_article_and_go_back() {
    let mut window = Window::new("drift", (80, 24));
    let opened = window.press(&[KeyCode::Enter]);
    assert!(matches!(opened, Some(Effect::Open(url)) if url == "https://a.example/drift"));
    // In the query they are text.
    assert!(window.press(&[KeyCode::Char('y')]).is_none());
    assert!(window.shown().starts_with("> drifty"), "{}", window.shown());
    let url = window.press(&[KeyCode::Backspace, KeyCode::Tab, KeyCode::Char('y')]);
    assert!(matches!(url, Some(Effect::Copy(url)) if url == "https://a.example/drift"));
    let link = window.press(&[KeyCode::Char('Y')]);
    let expected = "[How features drift](<https://a.example/drift>)";
    assert!(matches!(link, Some(Effect::Copy(link)) if link == expected));
    let control_s = KeyEvent::new(KeyCode::Char('s'), KeyModifiers::CONTROL);
    assert!(matches!(window.session.key(control_s), Some(Effect::Print(hit)) if hit.id == "1"));
    window.press(&[KeyCode::Char('G')]);
    assert!(window.press(&[KeyCode::Char('y')]).is_none());
    assert!(window.shown().contains("this article has no web address"), "{}", window.shown());
    assert!(window.press(&[KeyCode::Esc]).is_none());
    assert!(matches!(window.press(&[KeyCode::Esc]), Some(Effect::Quit)));
}

#[test]
fn a_copy_is_a_sequence_that_nothing_within_it_can_end() {
    assert_eq!(to_clipboard("https://a.example/"), "\u{1b}]52;c;aHR0cHM6Ly9hLmV4YW1wbGUv\u{7}");
    assert!(!to_clipboard("a\u{7}b\u{1b}\\").trim_end_matches('\u{7}').contains('\u{7}'));
}

#[test]
fn nothing_that_a_terminal_would_obey_is_drawn() {
    let mut window = Window::new("drift", (120, 40));
    window.press(&[KeyCode::Tab, KeyCode::Char('G')]);
    let shown = window.shown();
    assert!(shown.contains("[31mRed e\u{301}"), "{shown}");
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
}

#[test]
fn the_docs_have_every_key() {
    let docs =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ui.md")).unwrap();
    for row in KEYS.iter().filter(|row| !row.does.is_empty()) {
        let line = format!("| {} | {} |", row.keys, row.does);
        assert!(docs.contains(&line), "docs/ui.md: {line}");
    }
}

/// A key that somebody may press.
fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        4 => any::<char>().prop_map(KeyCode::Char),
        8 => prop::sample::select("jkgGnNyY/? dzlnpsauwe特🚀\u{301}ש".chars().collect::<Vec<_>>())
            .prop_map(KeyCode::Char),
        8 => prop::sample::select(vec![
            KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down, KeyCode::Left,
            KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown,
            KeyCode::Backspace, KeyCode::Delete, KeyCode::Enter, KeyCode::Esc, KeyCode::F(1),
        ]),
    ];
    let modifiers = prop_oneof![
        4 => Just(KeyModifiers::NONE),
        1 => Just(KeyModifiers::CONTROL),
        1 => Just(KeyModifiers::ALT),
    ];
    (code, modifiers).prop_map(|(code, modifiers)| KeyEvent::new(code, modifiers))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_and_no_sizes_are_a_panic(
        steps in prop::collection::vec((any_key(), any::<bool>(), 1_u16..150, 1_u16..50), 1..40)
    ) {
        let mut window = Window::new("drift", (80, 24));
        for (key, is_answered, columns, rows) in steps {
            window.session.key(key);
            window.session.paste("a\u{1b}特");
            if is_answered {
                window.settle();
            }
            window.resize(columns, rows);
            window.shown();
        }
    }
}

const S80: &str = "
> drift                                                                   3 hits
─ Facets ───────────────│─ Hits ────────────────────────────────────────────────
company                 │▌ 1. How features drift
[ ] Acme               2│▌    Acme · 2024-05-06 · full text
[ ] Bolt & Söhne       1│▌    When the world changes, features drift. A monitor
tag                     │  2. 特征存储漂移检测是一个团队每天都要看的东西，也是…
[ ] monitoring         2│     Bolt & Söhne · 2023-01-02 · full text
[ ] feature stores     1│     A store 🚀 of features, against drift:
site                    │  3. [31mRed éé שלום עולם
[ ] a.example          1│     Acme · full text
[ ] b.example          1│     drift ]52;c;AAAA  مرحبا بالعالم
year                    │
[ ] 2024               1│─ Preview · mark 2 of 4 ───────────────────────────────
[ ] 2023               1│Nothing else is said here, and it is said at some
                        │length.
                        │
                        │When the world changes, features drift. A monitor tells
                        │drift from noise.
                        │
                        │Nothing else is said here, and it is said at some
                        │length. Nothing else is said here, and it is said at
                        │some length. Nothing else is said here, and it is said
                        │at some length. Nothing else is said here, and it is
Enter open · Tab hits · Ctrl-S print · F1 help · Esc out
";

const S120: &str = "
> drift                                                                                                           3 hits
─ Facets ───────────────│─ Hits ───────────────────────────────────│─ Preview · mark 2 of 4 ────────────────────────────
company                 │▌ 1. How features drift                   │How features drift
[ ] Acme               2│▌    Acme · 2024-05-06 · full text        │https://a.example/drift
[ ] Bolt & Söhne       1│▌    When the world changes, features     │Acme · 2024-05-06 · monitoring · full text
tag                     │▌    drift. A monitor tells drift from    │
[ ] monitoring         2│  2. 特征存储漂移检测是一个团队每天都要看…│Nothing else is said here, and it is said at some
[ ] feature stores     1│     Bolt & Söhne · 2023-01-02 · full text│length. Nothing else is said here, and it is said at
site                    │     A store 🚀 of features, against      │some length. Nothing else is said here, and it is
[ ] a.example          1│     drift:                               │said at some length. Nothing else is said here, and
[ ] b.example          1│  3. [31mRed éé שלום עולם                 │it is said at some length. Nothing else is said
year                    │     Acme · full text                     │here, and it is said at some length. Nothing else is
[ ] 2024               1│     drift ]52;c;AAAA  مرحبا بالعالم      │said here, and it is said at some length. Nothing
[ ] 2023               1│                                          │else is said here, and it is said at some length.
                        │                                          │Nothing else is said here, and it is said at some
                        │                                          │length. Nothing else is said here, and it is said at
                        │                                          │some length. Nothing else is said here, and it is
                        │                                          │said at some length. Nothing else is said here, and
                        │                                          │it is said at some length. Nothing else is said
                        │                                          │here, and it is said at some length.
                        │                                          │
                        │                                          │When the world changes, features drift. A monitor
                        │                                          │tells drift from noise.
                        │                                          │
                        │                                          │Nothing else is said here, and it is said at some
                        │                                          │length. Nothing else is said here, and it is said at
                        │                                          │some length. Nothing else is said here, and it is
                        │                                          │said at some length. Nothing else is said here, and
                        │                                          │it is said at some length. Nothing else is said
                        │                                          │here, and it is said at some length. Nothing else is
                        │                                          │said here, and it is said at some length. Nothing
                        │                                          │else is said here, and it is said at some length.
                        │                                          │Nothing else is said here, and it is said at some
                        │                                          │length. Nothing else is said here, and it is said at
                        │                                          │some length. Nothing else is said here, and it is
                        │                                          │said at some length. Nothing else is said here, and
                        │                                          │it is said at some length. Nothing else is said
                        │                                          │here, and it is said at some length.
                        │                                          │
Enter open · Tab hits · Ctrl-S print · F1 help · Esc out
";

const S40: &str = "
> drift                           3 hits
─ Hits ─────────────────────────────────
▌ 1. How features drift
▌    Acme · 2024-05-06 · full text
▌    When the world changes, features
  2. 特征存储漂移检测是一个团队每天都要…
     Bolt & Söhne · 2023-01-02 · full t…
     A store 🚀 of features, against
  3. [31mRed éé שלום עולם
Enter open · Tab hits · Ctrl-S print ·…
";

const S40_FACETS: &str = "
> drift                           3 hits
─ Facets ───────────────────────────────
company
[ ] Acme                               2
[ ] Bolt & Söhne                       1
tag
[ ] monitoring                         2
[ ] feature stores                     1
site
Space on or off · j k move · Tab previe…
";

const S20: &str = "
this window is too
small; 40 columns
and 10 rows are
needed
";
