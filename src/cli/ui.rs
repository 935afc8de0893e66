//! `ui`: the search that answers while one types.

use std::{
    env, io,
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread,
    time::{Duration, Instant},
};

use clap::Args;
use mlsearch::{
    Error,
    search::{Feedback, Hit, LiveSearcher, Request},
    ui::{
        Effect, FEWEST_ROWS, Finder, FinderAnswer, FinderOptions, Look, Question, UiSession, draw,
    },
    wording::hint,
};
use ratatui::crossterm::event::{self, Event, KeyEventKind};

use crate::cli::{
    browser,
    color::decorates_terminal,
    context::Context,
    embedder::HybridArgs,
    failure::{Exit, Failure},
    filters::FilterArgs,
    hit::{self, HitFormat},
    panic,
    search::Order,
    signals,
    ui_terminal::{Extent, Stream, UiTerminal},
};

/// Hits of a search when no number is asked for.
const LIMIT: usize = 50;
/// How long a search waits for the next key: a word is typed in one go.
const DEBOUNCE: Duration = Duration::from_millis(30);

#[derive(Debug, Args)]
#[command(after_long_help = "\
The query is in the language of every search, and what is typed is searched for
at once. Tab goes from the query to the hits, the facets and the preview; Space
turns a value of a facet into a filter, n and N go to the next mark, Enter opens
the article, y copies its address, Ctrl-S prints it and leaves, Esc leaves.
F1 shows all keys; docs/ui.md has them, too.

Where standard output is no terminal, the window is drawn beside it, so that the
address that Ctrl-S prints can be used. If none was printed it exits with 1.

Examples:
  mlsearch ui                              in the whole window
  mlsearch ui feature store --company uber begin with a query and a filter
  mlsearch ui --inline                     below the prompt, in half the window
  curl \"$(mlsearch ui --inline drift)\"     print what was chosen")]
pub(crate) struct UiArgs {
    /// Words, "phrases", +must, -not, field:value, prefix* to begin with
    query: Vec<String>,
    /// Draw below the prompt, in so many rows [default: half the window]
    #[arg(long, value_name = "ROWS", num_args = 0..=1, require_equals = true,
        value_parser = clap::value_parser!(u16).range(i64::from(FEWEST_ROWS)..))]
    inline: Option<Option<u16>>,
    /// How many hits to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = LIMIT)]
    limit: usize,
    /// Best first or newest first
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Relevance)]
    sort: Order,
    /// Let newer articles come a little earlier
    #[arg(long, overrides_with = "sort")]
    fresh: bool,
    /// Search for the words as they are, even if nothing has them
    #[arg(long)]
    exact: bool,
    /// Go on with articles that have none of the words, by pseudo-relevance feedback
    #[arg(long, overrides_with = "no_feedback")]
    related: bool,
    /// Rank without pseudo-relevance feedback, by the words of the query alone
    #[arg(long)]
    no_feedback: bool,
    /// Send no request, even if there is no index yet: build it from the lists alone
    #[arg(long)]
    offline: bool,
    /// What Ctrl-S prints: text, markdown, tsv or urls
    #[arg(long, value_name = "FORM", value_enum, default_value_t = HitFormat::Urls, hide_possible_values = true)]
    format: HitFormat,
    #[command(flatten)]
    hybrid: HybridArgs,
    #[command(flatten)]
    filters: FilterArgs,
}

/// What the loop waits for.
enum UiEvent {
    Terminal(Event),
    Answer(FinderAnswer),
    /// What has come of something.
    Told(String),
    /// A signal, or the terminal is gone; with the exit code.
    End(u8),
}

/// How somebody has left.
enum Leaving {
    /// Without a hit.
    Quit,
    /// With one that is to be printed.
    Print(Box<Hit>),
    /// By a signal, with this exit code.
    Signal(u8),
}

/// The exit code of a program whose terminal is gone, as if a signal had told it.
const HANGUP: u8 = 129;

/// Searches until somebody leaves.
pub(crate) fn run(args: &UiArgs, context: &mut Context) -> Result<Exit, Failure> {
    let search = context.command(&format!("-- {}", hint::quoted(&query(args))));
    let stream = Stream::of_window().filter(|_| can_draw()).ok_or_else(|| Failure::Usage {
        message: match env::var("TERM") {
            Ok(term) if !term.is_empty() && Stream::of_window().is_some() => {
                format!("a terminal of the type `{term}` has no window to draw in")
            }
            _ => "there is no terminal to draw on and to type on".into(),
        },
        hint: format!("run `{search}` for results that are printed"),
    })?;
    let request = request(args)?;
    // Built first if there is none, as for a search.
    let searcher = context.searcher_with(args.offline)?;
    let model = context.model_asked(&searcher, args.hybrid.asked())?;
    drop(searcher);
    let live = LiveSearcher::open(context.dir()?, context.cluster()?, model, Context::now)?;
    let look = Look::new(decorates_terminal(context.color));
    let extent = match args.inline {
        None => Extent::Whole,
        Some(rows) => Extent::Inline(rows),
    };
    let failed = |e| Failure::from(Error::io("the terminal", e));
    let mut terminal = UiTerminal::enter(stream, extent).map_err(failed)?;
    let (tell, events) = mpsc::channel();
    listen(&tell)?;
    let answer = tell.clone();
    let options = FinderOptions {
        live,
        index: context.named_at(&context.dir()?).index.map(Path::to_owned),
        engine: context.engine.clone(),
        caught: panic::caught_quietly,
    };
    // Nobody listens any more when the window is left.
    let finder =
        Finder::start(options, move |answered| drop(answer.send(UiEvent::Answer(answered))));
    let unprintable = |hit: &Hit| {
        let has_nothing = args.format == HitFormat::Urls && hit.url.trim().is_empty();
        let show = || context.command(&format!("show {}", hint::quoted(&format!("id:{}", hit.id))));
        has_nothing.then(|| format!("this article has no web address; `{}` shows it", show()))
    };
    let mut session = UiSession::new(request);
    let left = watch(&mut session, unprintable, look, &finder, &mut terminal, &events, &tell);
    drop(terminal);
    match left.map_err(failed)? {
        Leaving::Print(hit) => {
            hit::print(&[*hit], 1, args.format, context)?;
            Ok(Exit::Found)
        }
        Leaving::Quit => Ok(Exit::found(context.is_terminal)),
        Leaving::Signal(code) => Ok(Exit::Signal(code)),
    }
}

fn query(args: &UiArgs) -> String {
    args.query.iter().map(|word| word.trim()).collect::<Vec<_>>().join(" ")
}

fn request(args: &UiArgs) -> Result<Request, Failure> {
    Ok(Request {
        query: query(args),
        filters: args.filters.filters()?,
        limit: args.limit,
        sort: args.sort.into(),
        snippets: 1,
        exact: args.exact,
        feedback: if args.no_feedback { Feedback::Off } else { Feedback::Auto },
        related: args.related,
        now: Some(Context::local_now()),
        fresh: args.fresh,
        hybrid: args.hybrid.asked(),
        ..Request::default()
    })
}

/// Whether the terminal can move its cursor; Windows names no type of its own.
fn can_draw() -> bool {
    match env::var("TERM") {
        Ok(term) => !term.is_empty() && term != "dumb",
        Err(_) => cfg!(windows),
    }
}

/// Listens for keys and signals, each on a thread of its own.
fn listen(tell: &Sender<UiEvent>) -> Result<(), Failure> {
    let end = tell.clone();
    // Nobody listens any more when the window is left.
    signals::on_end(move |code| drop(end.send(UiEvent::End(code))))?;
    let keys = tell.clone();
    thread::spawn(move || {
        while let Ok(event) = event::read() {
            if keys.send(UiEvent::Terminal(event)).is_err() {
                return;
            }
        }
        let _ = keys.send(UiEvent::End(HANGUP));
    });
    Ok(())
}

/// Draws and waits in turn until somebody leaves; a hit that cannot be printed is said to be so.
/// Between events nothing is done.
fn watch(
    session: &mut UiSession,
    unprintable: impl Fn(&Hit) -> Option<String>,
    look: Look,
    finder: &Finder,
    terminal: &mut UiTerminal,
    events: &Receiver<UiEvent>,
    tell: &Sender<UiEvent>,
) -> io::Result<Leaving> {
    // The first search has no key to wait for.
    ask(session, finder);
    let mut due: Option<Instant> = None;
    loop {
        terminal.draw(|frame| draw(session, look, frame))?;
        let mut event = match due {
            None => events.recv().ok(),
            Some(due) => match events.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(UiEvent::End(HANGUP)),
                Ok(event) => Some(event),
            },
        };
        // What has come meanwhile is drawn at once.
        while let Some(now) = event {
            match now {
                UiEvent::End(code) => return Ok(Leaving::Signal(code)),
                UiEvent::Answer(answer) => session.answer(answer),
                UiEvent::Told(message) => session.tell(&message),
                UiEvent::Terminal(Event::Resize(..)) => terminal.resize()?,
                UiEvent::Terminal(Event::Paste(text)) => session.paste(&text),
                UiEvent::Terminal(Event::Key(key)) if key.kind != KeyEventKind::Release => {
                    match session.key(key) {
                        Some(Effect::Quit) => return Ok(Leaving::Quit),
                        Some(Effect::Print(hit)) => match unprintable(&hit) {
                            Some(why) => session.tell(&why),
                            None => return Ok(Leaving::Print(hit)),
                        },
                        Some(effect) => obey(effect, session, terminal, tell)?,
                        None => {}
                    }
                }
                UiEvent::Terminal(_) => {}
            }
            event = events.try_recv().ok();
        }
        if due.is_some_and(|due| due <= Instant::now()) {
            due = None;
            ask(session, finder);
        } else if due.is_none() && session.has_question() {
            due = Some(Instant::now() + DEBOUNCE);
        }
    }
}

fn ask(session: &mut UiSession, finder: &Finder) {
    for ask in session.questions() {
        match ask {
            Question::Search(number, request) => finder.search(number, request),
            Question::Read(number, id, query) => finder.read(number, id, query),
        }
    }
}

/// Does what a key asks of the terminal.
fn obey(
    effect: Effect,
    session: &mut UiSession,
    terminal: &mut UiTerminal,
    tell: &Sender<UiEvent>,
) -> io::Result<()> {
    match effect {
        Effect::Open(url) => {
            session.tell(&format!("opening {url}"));
            let tell = tell.clone();
            thread::spawn(move || {
                let message = match browser::open(&url) {
                    Ok(()) => format!("opened {url}"),
                    Err(why) => format!("no browser came: {why}; y copies the address"),
                };
                tell.send(UiEvent::Told(message))
            });
        }
        Effect::Copy(text) => {
            terminal.copy(&text)?;
            session.tell(&format!("copied {text}"));
        }
        Effect::Suspend => terminal.suspend()?,
        Effect::Redraw => terminal.fit()?,
        Effect::Quit | Effect::Print(_) => {}
    }
    Ok(())
}
