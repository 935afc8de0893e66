//! Links between the pages and the orders of the same results.

use crate::{
    search::{Request, Results},
    serve::{limits::MAX_OFFSET, marked::number, parameters::Parameters},
};

/// Pages that are named before and after the one that is shown.
const NAMED_PAGES: usize = 3;

/// A link with a name.
pub(crate) struct PageLink {
    pub(crate) label: String,
    pub(crate) href: String,
    pub(crate) is_current: bool,
}

/// The links to the other pages of some results.
#[derive(Default)]
pub(crate) struct PageLinks {
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// Pages by their numbers; none where there is but one.
    pub(crate) numbered: Vec<PageLink>,
}

/// The orders in which results can be shown; none where there is nothing to order. `by_meaning` says
/// whether meaning counts, too, where it can.
pub(crate) fn sorts(
    results: &Results,
    parameters: &Parameters,
    by_meaning: Option<bool>,
) -> Vec<PageLink> {
    let is_by_date = parameters.get("sort") == Some("date");
    let link = |label: &str, parameters: Parameters, is_current| PageLink {
        label: label.to_owned(),
        href: parameters.results(),
        is_current,
    };
    let best = parameters.without("sort", None);
    // From an order by date, in which less is found, a link leads back.
    if results.total < 2 && !is_by_date {
        // What words did not find may be found by meaning.
        let more = by_meaning.filter(|is_on| !is_on);
        return more
            .map(|_| link("By meaning, too", best.set("hybrid", "1"), false))
            .into_iter()
            .collect();
    }
    let mut sorts = match by_meaning {
        None => vec![link("Best match", best, !is_by_date)],
        Some(is_on) => vec![
            link("Best match", best.set("hybrid", "0"), !is_by_date && !is_on),
            link("By meaning, too", best.set("hybrid", "1"), !is_by_date && is_on),
        ],
    };
    sorts.push(link("Newest", parameters.set("sort", "date"), is_by_date));
    sorts
}

impl PageLinks {
    /// The links from the page that a request asks for.
    pub(crate) fn new(total: usize, request: &Request, parameters: &Parameters) -> PageLinks {
        let size = request.limit;
        let last = ((total.max(1) - 1) / size).min(MAX_OFFSET / size);
        let current = request.offset / size;
        let next = Some(request.offset + size).filter(|next| *next < total && *next <= MAX_OFFSET);
        // Beyond the end a page leads back to the last one.
        let previous = request.offset.min((last + 1) * size).saturating_sub(size);
        let at = |offset: usize| match offset {
            0 => parameters.results(),
            offset => parameters.set("offset", offset.to_string()).at("/"),
        };
        let named = current.saturating_sub(NAMED_PAGES)..=(current + NAMED_PAGES).min(last);
        let link = |page| PageLink {
            label: number((page + 1) as u64),
            href: at(page * size),
            is_current: page * size == request.offset,
        };
        PageLinks {
            previous: (request.offset > 0).then(|| at(previous)),
            next: next.map(at),
            numbered: if last > 0 { named.map(link).collect() } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        search::Request,
        serve::{pages::PageLinks, parameters::Parameters},
    };

    /// The numbers of the pages, the one that is shown in brackets, between the links beside them.
    #[track_caller]
    fn check(total: usize, offset: usize, expected: &str) {
        check_by(10, total, offset, expected);
    }

    #[track_caller]
    fn check_by(limit: usize, total: usize, offset: usize, expected: &str) {
        let request = Request { offset, limit, ..Request::default() };
        let links = PageLinks::new(total, &request, &Parameters::parse(Some("q=x&offset=3")));
        let numbers = links.numbered.iter().map(|page| match page.is_current {
            true => format!("[{}]", page.label),
            false => page.label.clone(),
        });
        let href = |href: Option<String>| href.unwrap_or_else(|| "-".into());
        let numbers: Vec<String> = numbers.collect();
        let shown = format!("{} {} {}", href(links.previous), numbers.join(" "), href(links.next));
        assert_eq!(shown, expected);
    }

    #[test]
    fn pages_lead_to_those_around_them() {
        check(0, 0, "-  -");
        check(10, 0, "-  -");
        check(11, 0, "- [1] 2 /?q=x&offset=10");
        check(25, 20, "/?q=x&offset=10 1 2 [3] -");
        check(95, 40, "/?q=x&offset=30 2 3 4 [5] 6 7 8 /?q=x&offset=50");
        // Beyond the end a page leads back to the last one.
        check(25, 500, "/?q=x&offset=20  -");
        // What is further down cannot be asked for.
        check(500_000, 10_000, "/?q=x&offset=9990 998 999 1,000 [1,001] -");
        // Wherever one begins no hit comes twice.
        check(25, 5, "/?q=x 1 2 3 /?q=x&offset=15");
        check(25, 15, "/?q=x&offset=5 1 2 3 -");
        check_by(30, 500_000, 9_990, "/?q=x&offset=9960 331 332 333 [334] -");
    }
}
