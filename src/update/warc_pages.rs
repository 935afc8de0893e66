//! The pages of WARC files without a collection, for those who only want to read them.

use std::{cell::RefCell, collections::HashMap};

use jiff::Timestamp;

use crate::{
    crawl::{CrawlOptions, Recorded, Stop},
    error::Error,
    page::{Outcome, Page},
    update::{
        options::WarcOptions,
        warc_input::{RecordSink, WarcInput},
        warc_record::{PageRecord, Skip},
    },
    warc::Item,
};

/// What comes out of WARC files.
#[derive(Debug)]
pub enum WarcEvent {
    /// A page that the crawler would take for one.
    Page(Box<Page>),
    /// Something that is wrong with a file, or with a record of it.
    Fault {
        /// The path or the address of the file.
        name: String,
        /// What it is.
        message: String,
        /// Whether the file cannot be read, and not only one of its records.
        is_unreadable: bool,
    },
}

/// Shows the pages of WARC files, in their order, whatever list may name them.
///
/// # Errors
/// [`Error::Io`] when a source that is a path does not exist, and those of `show`, which end the
/// reading.
pub fn each_warc_page(
    warc: &WarcOptions,
    crawl: &CrawlOptions,
    stop: &Stop,
    show: &mut dyn FnMut(WarcEvent),
) -> Result<(), Error> {
    let input = WarcInput {
        base: warc.base.as_deref(),
        crawl: Some(crawl),
        max_body_bytes: crawl.policy.max_body_bytes,
        stdin: warc.stdin,
        stop,
        is_again: false,
        robots: HashMap::new(),
        new_robots: RefCell::default(),
    };
    let now = (crawl.clock)();
    let max_body_bytes = crawl.policy.max_body_bytes;
    input.read(&warc.sources, &mut PageSink { max_body_bytes, now, show })
}

struct PageSink<'s> {
    max_body_bytes: u64,
    now: Timestamp,
    show: &'s mut dyn FnMut(WarcEvent),
}

impl PageSink<'_> {
    fn show_fault(&mut self, name: &str, message: String, is_unreadable: bool) {
        (self.show)(WarcEvent::Fault { name: name.to_owned(), message, is_unreadable });
    }
}

impl RecordSink for PageSink<'_> {
    fn begin(&mut self, _: &str) -> Result<(), Error> {
        Ok(())
    }

    fn wants(&mut self, _: &str) -> Result<bool, Error> {
        Ok(true)
    }

    fn take(&mut self, name: &str, item: Item<'_>) -> Result<(), Error> {
        let judge = |page: PageRecord<'_>| page.judge(self.max_body_bytes, self.now);
        let fault = match &item {
            Item::Bad(bad) => Skip::of_bad(bad).fault(bad.number, bad.offset, bad.url.as_deref()),
            Item::Record(record) => {
                match PageRecord::of(record).and_then(|page| page.map(judge).transpose()) {
                    Ok(Some(Recorded::Page(page))) if page.outcome == Outcome::Ok => {
                        (self.show)(WarcEvent::Page(page));
                        None
                    }
                    Ok(_) => None,
                    Err(skip) => skip.fault(record.number, record.offset, record.url.as_deref()),
                }
            }
        };
        if let Some(message) = fault {
            self.show_fault(name, message, false);
        }
        Ok(())
    }

    fn fail(&mut self, name: &str, why: &str) -> Result<(), Error> {
        self.show_fault(name, why.to_owned(), true);
        Ok(())
    }
}
