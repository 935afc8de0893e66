//! What an address asks for: its parameters, those of the command line under the same names.

use jiff::civil::{Date, DateTime};
use url::form_urlencoded;

use crate::{
    dates,
    search::{FACETS, Feedback, Filters, Request, Sort},
    serve::{
        limits::{MAX_FILTERS, MAX_HITS, MAX_OFFSET, QUERY_CHARS},
        problem::RequestProblem,
    },
    wording::no_date,
};

/// The names of dates.
pub(crate) const DATES: [&str; 4] = ["after", "before", "published_after", "published_before"];
/// The names beside those of facets and dates.
const OTHERS: [&str; 12] = [
    "q",
    "sort",
    "offset",
    "limit",
    "exact",
    "fresh",
    "facets",
    "snippets",
    "related",
    "no_feedback",
    "hybrid",
    "explain",
];

/// The parameters of an address in their order, without empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// The parameters of the part of an address behind the `?`.
    pub(crate) fn parse(query: Option<&str>) -> Parameters {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let pairs = pairs.filter(|(_, value)| !value.trim().is_empty());
        Parameters { pairs: pairs.map(|(n, v)| (n.into_owned(), v.into_owned())).collect() }
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(n, _)| n == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// The values of a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The query.
    pub(crate) fn query(&self) -> &str {
        self.get("q").unwrap_or_default()
    }

    /// The query and the values of the filters, for people.
    pub(crate) fn words(&self) -> String {
        let filters = self.pairs.iter().filter(|(name, _)| name != "q");
        let filters = filters.map(|(name, value)| format!("{name}: {value}"));
        let query = Some(self.query().to_owned()).filter(|query| !query.is_empty());
        query.into_iter().chain(filters).collect::<Vec<_>>().join(", ")
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Whether a switch is on.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "1" | "true"))
    }

    /// Those without a name, or without one value of it.
    pub(crate) fn without(&self, name: &str, value: Option<&str>) -> Parameters {
        let is_meant =
            |(n, v): &&(String, String)| n == name && value.is_none_or(|value| v == value);
        Parameters { pairs: self.pairs.iter().filter(|pair| !is_meant(pair)).cloned().collect() }
    }

    /// Those with one more value of a name.
    pub(crate) fn with(&self, name: &str, value: impl Into<String>) -> Parameters {
        let mut pairs = self.pairs.clone();
        pairs.push((name.to_owned(), value.into()));
        Parameters { pairs }
    }

    /// Those with a value of a name in place of all others.
    pub(crate) fn set(&self, name: &str, value: impl Into<String>) -> Parameters {
        self.without(name, None).with(name, value)
    }

    /// The address of a path with them.
    pub(crate) fn at(&self, path: &str) -> String {
        if self.pairs.is_empty() {
            return path.to_owned();
        }
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        format!("{path}?{query}")
    }

    /// The first page of results for them.
    pub(crate) fn results(&self) -> String {
        self.without("offset", None).at("/")
    }

    /// The search that they ask for.
    pub(crate) fn request(&self, now: DateTime) -> Result<Request, RequestProblem> {
        self.know(&[&OTHERS, &FACETS, &DATES])?;
        let query = self.query();
        if query.chars().count() > QUERY_CHARS {
            let message = format!("the query is longer than {QUERY_CHARS} characters");
            return Err(RequestProblem::bad_request(message));
        }
        let offset = self.number("offset", 0, MAX_OFFSET)?;
        let sort = match self.get("sort") {
            None | Some("relevance") => Sort::Relevance,
            Some("date") => Sort::Date,
            Some(other) => {
                let message = format!("`sort` is `relevance` or `date`, not `{other}`");
                return Err(RequestProblem::bad_request(message));
            }
        };
        Ok(Request {
            query: query.to_owned(),
            filters: self.filters(now)?,
            limit: self.number("limit", 10, MAX_HITS)?,
            offset,
            sort,
            facets: self.switch("facets")?,
            snippets: self.number("snippets", 1, 3)?,
            explain: self.switch("explain")?,
            exact: self.switch("exact")?,
            feedback: if self.switch("no_feedback")? { Feedback::Off } else { Feedback::Auto },
            related: self.switch("related")?,
            hybrid: match self.get("hybrid") {
                Some(_) => Some(self.switch("hybrid")?),
                None => None,
            },
            count: true,
            now: Some(now),
            fresh: self.switch("fresh")?,
        })
    }

    /// The filters that they ask for.
    pub(crate) fn filters(&self, now: DateTime) -> Result<Filters, RequestProblem> {
        let facets: Vec<(String, String)> =
            self.pairs.iter().filter(|(n, _)| FACETS.contains(&n.as_str())).cloned().collect();
        if facets.len() > MAX_FILTERS {
            return Err(RequestProblem::bad_request(format!(
                "there are more than {MAX_FILTERS} filters"
            )));
        }
        Ok(Filters {
            facets,
            after: self.day("after", now)?,
            before: self.day("before", now)?,
            published_after: self.day("published_after", now)?,
            published_before: self.day("published_before", now)?,
        })
    }

    /// A number of a name, at most `most`.
    pub(crate) fn number(
        &self,
        name: &str,
        default: usize,
        most: usize,
    ) -> Result<usize, RequestProblem> {
        let Some(text) = self.get(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| *number <= most);
        number.ok_or_else(|| {
            RequestProblem::bad_request(format!("`{name}` is a number up to {most}"))
        })
    }

    fn switch(&self, name: &str) -> Result<bool, RequestProblem> {
        match self.get(name) {
            None | Some("0" | "false") => Ok(false),
            Some("1" | "true") => Ok(true),
            Some(_) => Err(RequestProblem::bad_request(format!("`{name}` is 1 or 0"))),
        }
    }

    fn day(&self, name: &str, now: DateTime) -> Result<Option<Date>, RequestProblem> {
        let day = |text: &str| dates::day(text, now);
        self.get(name).map(day).transpose().map_err(|error| {
            let (message, hint) = no_date(&error);
            RequestProblem::bad_request(format!("{message}, as `{name}`")).with_hint(hint)
        })
    }

    /// Whether the names of all of them are among those that are known: another one is a mistake
    /// that would change the results if nobody told.
    pub(crate) fn know(&self, known: &[&[&str]]) -> Result<(), RequestProblem> {
        let known = known.concat();
        let unknown = self.pairs.iter().find(|(name, _)| !known.contains(&name.as_str()));
        let Some((name, _)) = unknown else { return Ok(()) };
        Err(RequestProblem::bad_request(format!("there is no parameter `{name}`"))
            .with_hint(format!("the parameters are: {}", known.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::{search::Sort, serve::parameters::Parameters};

    fn parsed(query: &str) -> Parameters {
        Parameters::parse(Some(query))
    }

    #[test]
    fn parameters_are_options_of_the_command_line() {
        let now = date(2026, 11, 29).at(0, 0, 0, 0);
        let asked = "q=a+%22b%22&company=Uber&company=x%26y&after=30d&sort=date&offset=20&facets=1";
        let request = parsed(asked).request(now).unwrap();
        assert_eq!(request.query, "a \"b\"");
        let pair = |value: &str| ("company".to_owned(), value.to_owned());
        assert_eq!(request.filters.facets, [pair("Uber"), pair("x&y")]);
        assert_eq!(request.filters.after, Some(date(2026, 10, 30)));
        assert_eq!((request.sort, request.offset, request.facets), (Sort::Date, 20, true));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        let now = date(2026, 11, 29).at(0, 0, 0, 0);
        let long = format!("q={}", "é".repeat(1_001));
        let many = "tag=x&".repeat(65);
        for (query, expected) in [
            ("compnay=Uber", "there is no parameter `compnay`"),
            ("offset=10001", "`offset` is a number up to 10000"),
            ("offset=-1", "`offset` is a number up to 10000"),
            ("limit=101", "`limit` is a number up to 100"),
            ("exact=yes", "`exact` is 1 or 0"),
            ("sort=up", "`sort` is `relevance` or `date`, not `up`"),
            ("after=soon", "`soon` is no date, as `after`"),
            ("before=6m", "`6m` may be minutes or months: write `6min` or `6mo`, as `before`"),
            (&long, "the query is longer than 1000 characters"),
            (&many, "there are more than 64 filters"),
        ] {
            let problem = parsed(query).request(now).unwrap_err();
            assert_eq!((problem.status.as_u16(), problem.message.as_str()), (400, expected));
        }
    }

    #[test]
    fn an_address_is_made_of_what_is_left() {
        let parameters = parsed("q=a+b&tag=x&tag=y%3Cz&offset=20&after=");
        assert_eq!(parameters.at("/"), "/?q=a+b&tag=x&tag=y%3Cz&offset=20");
        assert_eq!(parameters.without("tag", Some("x")).results(), "/?q=a+b&tag=y%3Cz");
        assert_eq!(parameters.set("tag", "w").results(), "/?q=a+b&tag=w");
        assert_eq!(Parameters::default().at("/"), "/");
    }
}
