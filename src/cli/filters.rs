//! The filters that searching and counting share.

use clap::Args;
use jiff::civil::Date;
use mlsearch::{dates, search::Filters, wording::no_date};

use crate::cli::{context::Context, failure::Failure};

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters (repeatable: any of one kind, all of several kinds)")]
pub(crate) struct FilterArgs {
    /// Only by this company
    #[arg(long, value_name = "NAME")]
    company: Vec<String>,
    /// Only with this tag
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only on this site
    #[arg(long, value_name = "HOST")]
    site: Vec<String>,
    /// Only under this heading of the list
    #[arg(long, value_name = "HEADING")]
    section: Vec<String>,
    /// Only from this list
    #[arg(long, value_name = "NAME")]
    list: Vec<String>,
    /// Only of this year, or of years such as 2019..2021 or ">2020"
    #[arg(long, value_name = "YEAR")]
    year: Vec<String>,
    /// Only article, repo, paper, video, post, docs or book
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// Only with this sort of text, such as "full text" or "list only"
    #[arg(long, value_name = "SORT")]
    provenance: Vec<String>,
    /// Listed on that day or later: 2022, 2022-07, 2022-07-19 or 30d
    #[arg(long, value_name = "DATE")]
    after: Option<String>,
    /// Listed before that day
    #[arg(long, value_name = "DATE")]
    before: Option<String>,
    /// Published on that day or later
    #[arg(long, value_name = "DATE")]
    published_after: Option<String>,
    /// Published before that day
    #[arg(long, value_name = "DATE")]
    published_before: Option<String>,
}

impl FilterArgs {
    /// The filters for the library.
    pub(crate) fn filters(&self) -> Result<Filters, Failure> {
        let facets = [
            ("company", &self.company),
            ("tag", &self.tag),
            ("site", &self.site),
            ("section", &self.section),
            ("list", &self.list),
            ("year", &self.year),
            ("kind", &self.kind),
            ("provenance", &self.provenance),
        ];
        let values = |(name, values): (&str, &Vec<String>)| {
            let name = name.to_owned();
            values.iter().map(move |value| (name.clone(), value.clone())).collect::<Vec<_>>()
        };
        let day = |text: &Option<String>| text.as_deref().map(day).transpose();
        Ok(Filters {
            facets: facets.into_iter().flat_map(values).collect(),
            after: day(&self.after)?,
            before: day(&self.before)?,
            published_after: day(&self.published_after)?,
            published_before: day(&self.published_before)?,
        })
    }
}

/// A day written as a date, or as so long ago.
fn day(text: &str) -> Result<Date, Failure> {
    dates::day(text, Context::local_now()).map_err(|error| {
        let (message, hint) = no_date(&error);
        Failure::Usage { message, hint: hint.into() }
    })
}
