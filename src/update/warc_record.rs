//! Records of WARC files as pages, or why they are none.

use jiff::Timestamp;

use crate::{
    canonical::{self, CanonicalUrl},
    counted::counted,
    crawl::{self, Recorded, RecordedAnswer, Unusable},
    page::Form,
    update::{clock::is_ahead, warc_backlog::Revisit, warc_report::SkipReason},
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
            Fault::TooLarge(bytes) => Skip::new(
                SkipReason::TooLarge,
                format!("its record has {}", counted(*bytes, "byte")),
            ),
        }
    }

    /// What is said of it, with the place and the address of the record; none for a reason that lies
    /// not with the file.
    pub(crate) fn fault(&self, number: u64, offset: u64, url: Option<&str>) -> Option<String> {
        self.reason.is_fault().then(|| placed(number, offset, url, &self.why))
    }
}

/// What is said of a record, with its place and its address.
fn placed(number: u64, offset: u64, url: Option<&str>, why: &str) -> String {
    let url = url.map(|url| format!(" ({})", canonical::discreet(url))).unwrap_or_default();
    format!("record {number} at {offset}{url}: {why}")
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
            RecordKind::Response if !is_http(&record.content_type) => {
                return Err(Skip::plain(SkipReason::NoPage));
            }
            RecordKind::Response
            | RecordKind::Resource
            | RecordKind::Conversion
            | RecordKind::Revisit => {}
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
        let at = self.moment(now)?;
        if record.kind == RecordKind::Revisit && !crawl::is_told_by_head(record.block) {
            return Err(Skip::plain(SkipReason::Revisit));
        }
        self.judge_as(record.url.as_deref().unwrap_or_default(), at, None, max_body_bytes)
    }

    /// The page of a revisit that refers to this record.
    ///
    /// # Errors
    /// Why this record says nothing of the page.
    pub(crate) fn judge_for(
        &self,
        revisit: &Revisit,
        max_body_bytes: u64,
    ) -> Result<Recorded, Skip> {
        self.judge_as(&revisit.url, revisit.at, Some(&revisit.head), max_body_bytes)
    }

    /// The record as a revisit that waits for the record that it refers to, with its name in a file.
    ///
    /// # Errors
    /// That it is not of a day.
    pub(crate) fn revisit(&self, file: &str, now: Timestamp) -> Result<Revisit, Skip> {
        let WarcRecord { number, offset, url, block, .. } = self.record;
        let why = "the record that it refers to is not in these files";
        Ok(Revisit {
            canonical: self.canonical.clone(),
            url: url.clone().unwrap_or_default(),
            at: self.moment(now)?,
            head: block.to_vec(),
            file: file.to_owned(),
            fault: placed(*number, *offset, url.as_deref(), why),
        })
    }

    /// When it was recorded.
    fn moment(&self, now: Timestamp) -> Result<Timestamp, Skip> {
        let undated = |why| Skip::new(SkipReason::Undated, why);
        let at = self.record.date.ok_or_else(|| undated("it has no date".to_owned()))?;
        match is_ahead(at, now) {
            true => Err(undated(format!("it is dated {at}, ahead of the clock"))),
            false => Ok(at),
        }
    }

    fn judge_as(
        &self,
        url: &str,
        at: Timestamp,
        later_head: Option<&[u8]>,
        max_body_bytes: u64,
    ) -> Result<Recorded, Skip> {
        let record = self.record;
        if let Some(why) = &record.truncated {
            let why = format!("it was cut when it was recorded: {why}");
            return Err(Skip::new(SkipReason::Truncated, why));
        }
        let is_bare = matches!(record.kind, RecordKind::Resource | RecordKind::Conversion);
        let answer = RecordedAnswer {
            url,
            at,
            message: record.block,
            later_head,
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
