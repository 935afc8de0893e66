//! `extract --warc`: the main content of the pages in WARC files, several at the same time.

use std::{
    io,
    sync::mpsc::{self, Receiver, SyncSender},
    thread,
};

use mlsearch::{
    counted::counted_as,
    crawl::{CrawlOptions, Stop},
    crawl_policy::Policy,
    extract::Input,
    page::{Outcome, Page},
    update::{WarcEvent, WarcOptions, each_warc_page},
    worker::Pool,
};

use crate::cli::{
    context::Context,
    extract::{ExtractArgs, ExtractedPage, print},
    failure::{Exit, Failure},
    web, worker,
};

/// Pages that wait for one thread, and results of it that wait to be printed.
const WAITING: usize = 4;

/// Faults of files that are named; the others are counted.
const MOST_NAMED: usize = 50;

/// A thread that reads pages.
struct PageReader {
    pages: SyncSender<Page>,
    results: Receiver<(Page, ExtractedPage)>,
}

/// Prints what was kept of each page that holds an article and may be indexed, in the order of the
/// files, and says how many are left out.
pub(crate) fn run(args: &ExtractArgs, context: &mut Context) -> Result<Exit, Failure> {
    let discreet = |source: &String| web::without_userinfo(source, context);
    let policy = Policy { allow_net: args.allow_net.clone(), ..Policy::default() };
    let crawl = CrawlOptions { policy, ..CrawlOptions::new(Context::now) };
    let warc = WarcOptions {
        sources: args.warc.iter().map(discreet).collect(),
        base: args.warc_base.as_ref().map(discreet),
        all: true,
        stdin: || Box::new(io::stdin()),
    };
    let threads = args.threads();
    let (pool, stop) = (Pool::new(worker::launch()), Stop::default());
    let mut progress = Printed::default();
    thread::scope(|scope| {
        let readers: Vec<PageReader> = (0..threads)
            .map(|_| {
                let (pages, inbox) = mpsc::sync_channel::<Page>(WAITING);
                let (outbox, results) = mpsc::sync_channel(WAITING);
                let pool = &pool;
                scope.spawn(move || {
                    for page in inbox {
                        let read = ExtractedPage::of(&input(&page), args, pool);
                        // The receiver is gone when printing failed: there is nothing left to do.
                        if outbox.send((page, read)).is_err() {
                            break;
                        }
                    }
                });
                PageReader { pages, results }
            })
            .collect();
        let mut given = 0;
        let read = each_warc_page(&warc, &crawl, &stop, &mut |event| match event {
            WarcEvent::Fault { name, message, is_unreadable } => {
                progress.is_incomplete |= is_unreadable;
                progress.faults += 1;
                if progress.faults <= MOST_NAMED {
                    context.note(&format!("{name}: {message}"));
                }
            }
            WarcEvent::Page(page) => {
                // Each thread has every n-th page; reading them in turn keeps the order.
                if given - progress.read >= threads * WAITING {
                    progress.print_next(&readers, args, context);
                }
                // The other end waits for pages as long as this one is there.
                let _ = readers[given % threads].pages.send(*page);
                given += 1;
                if progress.failure.is_some() {
                    stop.stop();
                }
            }
        });
        while progress.read < given && progress.failure.is_none() {
            progress.print_next(&readers, args, context);
        }
        if let Some(failure) = progress.failure.take() {
            return Err(failure);
        }
        read?;
        if progress.read == 0 {
            context.note("no page is in what was read");
        }
        if progress.without_article > 0 {
            context.note(&counted_as(
                progress.without_article,
                "page holds no article",
                "pages hold no article",
            ));
        }
        if progress.noindex > 0 {
            context.note(&counted_as(
                progress.noindex,
                "page asks not to be indexed",
                "pages ask not to be indexed",
            ));
        }
        if progress.faults > MOST_NAMED {
            context.note(&counted_as(
                progress.faults - MOST_NAMED,
                "more fault is not named",
                "more faults are not named",
            ));
        }
        if progress.is_incomplete {
            return Ok(Exit::Trouble);
        }
        Ok(Exit::found(progress.read > progress.without_article + progress.noindex))
    })
}

fn input(page: &Page) -> Input<'_> {
    Input {
        body: &page.body,
        url: &page.final_url,
        content_type: page.header("content-type"),
        form: page.form,
        ..Input::default()
    }
}

/// How far the printing is.
#[derive(Default)]
struct Printed {
    /// Pages that were read, whether or not they were printed.
    read: usize,
    without_article: usize,
    /// Pages that ask not to be indexed.
    noindex: usize,
    faults: usize,
    /// Whether a file could not be read.
    is_incomplete: bool,
    /// Why nothing more is printed.
    failure: Option<Failure>,
}

impl Printed {
    /// Waits for the next page and prints it, if it holds an article.
    fn print_next(&mut self, readers: &[PageReader], args: &ExtractArgs, context: &mut Context) {
        let next = readers[self.read % readers.len()].results.recv();
        self.read += 1;
        // A thread ends early only when it has panicked, and that ends the command.
        let Ok((page, read)) = next else { return };
        if read.extraction.outcome != Outcome::Ok {
            self.without_article += 1;
        } else if read.extraction.noindex {
            self.noindex += 1;
        } else if let Err(failure) = print(&page.final_url, &read, args, context) {
            self.failure.get_or_insert(failure);
        }
    }
}
