//! The filters that searching and counting share.

use clap::Args;
use jiff::{Span, civil::Date, tz::TimeZone};
use mlsearch::{Error, index::date::first_day, search::Filters};

use crate::cli::context::Context;

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
    /// Only of this year
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
    pub(crate) fn filters(&self) -> Result<Filters, Error> {
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

/// A day written as a date, or as so many days, weeks, months or years ago.
fn day(text: &str) -> Result<Date, Error> {
    let today = || TimeZone::system().to_datetime(Context::now()).date();
    first_day(text).or_else(|| days_ago(text, today())).ok_or_else(|| Error::Usage {
        message: format!("`{text}` is no date"),
        hint: "write 2022, 2022-07, 2022-07-19, or 30d, 8w, 6m, 1y for so long ago".into(),
    })
}

fn days_ago(text: &str, today: Date) -> Option<Date> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i32 = number.parse().ok().filter(|number| (0..=100_000).contains(number))?;
    let span = match unit {
        "d" => Span::new().try_days(number),
        "w" => Span::new().try_weeks(number),
        "m" => Span::new().try_months(number),
        "y" => Span::new().try_years(number),
        _ => return None,
    };
    today.checked_sub(span.ok()?).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::cli::filters::days_ago;

    #[test]
    fn times_ago_are_counted_back() {
        let today = date(2023, 3, 31);
        assert_eq!(days_ago("30d", today), Some(date(2023, 3, 1)));
        assert_eq!(days_ago("2w", today), Some(date(2023, 3, 17)));
        assert_eq!(days_ago("1m", today), Some(date(2023, 2, 28)));
        assert_eq!(days_ago("1y", today), Some(date(2022, 3, 31)));
        for wrong in ["", "d", "-1d", "1é", "99999999y", "soon"] {
            assert_eq!(days_ago(wrong, today), None, "{wrong}");
        }
    }
}
