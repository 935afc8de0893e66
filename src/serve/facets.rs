//! The filters beside the results: values with their counts, and what is chosen as chips.

use crate::{
    search::{FACETS, FacetCount, FacetCounts, Searcher},
    serve::{
        marked::{clean, number},
        parameters::{DATES, Parameters},
    },
};

/// Values of a facet that are seen at once.
const SEEN: usize = 8;
/// Values beyond them that can be opened.
const FOLDED_AWAY: usize = 52;
/// Facets that are always open; the others are opened by hand.
const OPEN: [&str; 3] = ["company", "tag", "year"];

/// A facet as a page shows it.
pub(crate) struct ShownFacet {
    pub(crate) name: &'static str,
    pub(crate) legend: &'static str,
    pub(crate) is_open: bool,
    pub(crate) values: Vec<ShownValue>,
    /// What can be opened; open when something of it is chosen.
    pub(crate) rest: Vec<ShownValue>,
    pub(crate) is_rest_open: bool,
    /// Values that are not even there.
    pub(crate) more: Option<String>,
}

/// A value of a facet.
pub(crate) struct ShownValue {
    pub(crate) value: String,
    pub(crate) count: String,
    pub(crate) is_chosen: bool,
}

/// A filter that is on, with the address without it.
pub(crate) struct Chip {
    pub(crate) kind: String,
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The word for a facet.
pub(crate) fn legend(facet: &str) -> &'static str {
    match facet {
        "company" => "Company",
        "tag" => "Tag",
        "site" => "Site",
        "section" => "Section",
        "list" => "List",
        "year" => "Year",
        "kind" => "Kind",
        "provenance" => "Text",
        "after" => "Listed since",
        "before" => "Listed before",
        "published_after" => "Published since",
        "published_before" => "Published before",
        _ => "Other",
    }
}

/// The facets of some results that offer a choice, or in which something is chosen.
pub(crate) fn shown(
    facets: &[FacetCounts],
    parameters: &Parameters,
    searcher: &Searcher,
) -> Vec<ShownFacet> {
    let counts = |name: &str| facets.iter().find(|facet| facet.name == name);
    let facet = |name: &'static str| facet(name, counts(name), parameters, searcher);
    FACETS.into_iter().filter_map(facet).collect()
}

fn facet(
    name: &'static str,
    counted: Option<&FacetCounts>,
    parameters: &Parameters,
    searcher: &Searcher,
) -> Option<ShownFacet> {
    let mut chosen: Vec<(&str, String)> =
        parameters.all(name).map(|value| (value, searcher.folded_value(name, value))).collect();
    let mut counts: Vec<&FacetCount> = counted.iter().flat_map(|facet| &facet.values).collect();
    if counts.len() < 2 && chosen.is_empty() {
        return None;
    }
    if name == "year" {
        counts.sort_by(|a, b| b.value.cmp(&a.value));
    }
    let mut values: Vec<ShownValue> = Vec::new();
    for (place, count) in counts.iter().enumerate() {
        if place >= SEEN + FOLDED_AWAY && chosen.is_empty() {
            break;
        }
        let before = chosen.len();
        if before > 0 {
            let folded = searcher.folded_value(name, &count.value);
            chosen.retain(|(_, value)| *value != folded);
        }
        let is_chosen = chosen.len() < before;
        if is_chosen || place < SEEN + FOLDED_AWAY {
            values.push(ShownValue::new(&count.value, count.count as usize, is_chosen));
        }
    }
    let more = counts.len().saturating_sub(SEEN + FOLDED_AWAY);
    // The order is that of the counts, in which the facet's own filter has no part: it stays while
    // somebody chooses. What is chosen and no value of them comes first.
    let absent = chosen.iter().map(|(value, _)| {
        let documents = counted.map_or(0, |facet| facet.documents_of(value));
        ShownValue::new(value, documents as usize, true)
    });
    values.splice(0..0, absent.collect::<Vec<_>>());
    let rest = values.split_off(values.len().min(SEEN.max(chosen.len())));
    let is_rest_open = rest.iter().any(|value| value.is_chosen);
    let is_chosen = is_rest_open || values.iter().any(|value| value.is_chosen);
    Some(ShownFacet {
        name,
        legend: legend(name),
        is_open: is_chosen || OPEN.contains(&name),
        values,
        rest,
        is_rest_open,
        more: (more > 0).then(|| number(more as u64)),
    })
}

impl ShownValue {
    fn new(value: &str, count: usize, is_chosen: bool) -> ShownValue {
        // Values are compared without what is cleaned away.
        let value = clean(value);
        ShownValue { value, count: number(count as u64), is_chosen }
    }
}

/// The filters that are on.
pub(crate) fn chips(parameters: &Parameters) -> Vec<Chip> {
    let mut chips: Vec<Chip> = Vec::new();
    for name in FACETS.into_iter().chain(DATES) {
        for value in parameters.all(name) {
            chips.push(Chip {
                kind: legend(name).to_owned(),
                label: clean(value),
                href: parameters.without(name, Some(value)).results(),
            });
        }
    }
    if parameters.flag("exact") {
        let (kind, label) = ("Spelling".to_owned(), "as typed".to_owned());
        chips.push(Chip { kind, label, href: parameters.without("exact", None).results() });
    }
    chips
}

#[cfg(test)]
mod tests {
    use crate::{
        search::FACETS,
        serve::{
            facets::{chips, legend},
            parameters::{DATES, Parameters},
        },
    };

    #[test]
    fn every_filter_has_a_word_and_a_chip_that_takes_it_away() {
        for name in FACETS.into_iter().chain(DATES) {
            assert_ne!(legend(name), "Other", "{name}");
        }
        let parameters = Parameters::parse(Some("q=x&tag=a&after=2021&company=U&tag=b&offset=10"));
        let chips: Vec<_> =
            chips(&parameters).into_iter().map(|chip| (chip.kind, chip.label, chip.href)).collect();
        let chip = |kind: &str, label: &str, href: &str| (kind.into(), label.into(), href.into());
        assert_eq!(
            chips,
            [
                chip("Company", "U", "/?q=x&tag=a&after=2021&tag=b"),
                chip("Tag", "a", "/?q=x&after=2021&company=U&tag=b"),
                chip("Tag", "b", "/?q=x&tag=a&after=2021&company=U"),
                chip("Listed since", "2021", "/?q=x&tag=a&company=U&tag=b"),
            ]
        );
    }
}
