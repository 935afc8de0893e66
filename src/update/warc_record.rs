//! Records of WARC files as pages, or why they are none.

use jiff::Timestamp;

use crate::{
    canonical::{self, CanonicalUrl},
    crawl::{self, Recorded, RecordedAnswer, Unusable},
    page::Form,
    update::{clock::is_ahead, warc_report::SkipReason},
    warc::{BadRecord, Fault, RecordKind, WarcRecord},
};

/// Why a record is not taken, with words for one that is named.
pub(crate) struct Skip {
    pub(crate) reason: SkipReason,
    pub(crate) why: String,
}

impl Skip {
    pub(crate) fn new(reason: SkipReason, why: impl Into<String>) -> Skip {
        Skip { reason, why: why.into() }
    }

    /// A reason that needs no words.
    pub(crate) fn plain(reason: SkipReason) -> Skip {
        Skip::new(reason, "")
    }

    /// Why a record cannot be read.
    pub(crate) fn of_bad(bad: &BadRecord) -> Skip {
        match &bad.fault {
            Fault::Damaged(what) => Skip::new(SkipReason::Damaged, what),
            Fault::TooLarge(bytes) => {
                Skip::new(SkipReason::TooLarge, format!("its record has {bytes} bytes"))
            }
        }
    }

    /// What is said of it, with the place and the address of the record; none for a reason that lies
    /// not with the file.
    pub(crate) fn fault(&self, number: u64, offset: u64, url: Option<&str>) -> Option<String> {
        let url = url.map(|url| format!(" ({})", canonical::discreet(url))).unwrap_or_default();
        let is_fault = self.reason.is_fault();
        is_fault.then(|| format!("record {number} at {offset}{url}: {}", self.why))
    }
}

/// A record that may hold a page.
pub(crate) struct PageRecord<'r> {
    record: &'r WarcRecord<'r>,
    pub(crate) canonical: CanonicalUrl,
}

impl<'r> PageRecord<'r> {
    /// The record if it may hold a page; none for one that is of another kind.
    ///
    /// # Errors
    /// Why it holds none.
    pub(crate) fn of(record: &'r WarcRecord<'r>) -> Result<Option<PageRecord<'r>>, Skip> {
        match record.kind {
            RecordKind::Other => return Ok(None),
            RecordKind::Revisit => return Err(Skip::plain(SkipReason::Revisit)),
            RecordKind::Response if !is_http(&record.content_type) => {
                return Err(Skip::plain(SkipReason::NoPage));
            }
            RecordKind::Response | RecordKind::Resource | RecordKind::Conversion => {}
        }
        let canonical = record.url.as_deref().and_then(CanonicalUrl::parse);
        let canonical = canonical.ok_or_else(|| Skip::plain(SkipReason::NoPage))?;
        Ok(Some(PageRecord { record, canonical }))
    }

    /// The page, or where it is, as the crawler would judge it.
    ///
    /// # Errors
    /// Why the record says nothing of the page.
    pub(crate) fn judge(&self, max_body_bytes: u64, now: Timestamp) -> Result<Recorded, Skip> {
        let record = self.record;
        if let Some(why) = &record.truncated {
            let why = format!("it was cut when it was recorded: {why}");
            return Err(Skip::new(SkipReason::Truncated, why));
        }
        let undated = |why| Skip::new(SkipReason::Undated, why);
        let at = record.date.ok_or_else(|| undated("it has no date".to_owned()))?;
        if is_ahead(at, now) {
            return Err(undated(format!("it is dated {at}, ahead of the clock")));
        }
        let is_bare = record.kind != RecordKind::Response;
        let answer = RecordedAnswer {
            url: record.url.as_deref().unwrap_or_default(),
            at,
            message: record.block,
            body_type: is_bare.then_some(record.content_type.as_str()),
            form: record.form.as_deref().and_then(Form::from_name).unwrap_or_default(),
            max_body_bytes,
            product: crawl::PRODUCT,
        };
        answer.judge().map_err(|why| match why {
            Unusable::Damaged(why) => Skip::new(SkipReason::Damaged, why),
            Unusable::TooLarge(why) => Skip::new(SkipReason::TooLarge, why),
        })
    }
}

fn is_http(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.is_empty() || media.eq_ignore_ascii_case("application/http")
}
