//! The page on which the stored text of an article is read. The article's own HTML is never sent.

use askama::Template;
use axum::{extract::Path, http::StatusCode, response::Response};

use crate::{
    canonical::{link_target, web_url},
    collection::Collection,
    engine::Document,
    inspect,
    search::{Marker, OpenedIndex},
    serve::{
        app::App,
        asked::Asked,
        frame::{PageFrame, page_of, problem_page},
        hits::ShownHit,
        links::site,
        marked::{MarkedPiece, clean, counted, language, pieces},
        parameters::Parameters,
        problem::RequestProblem,
    },
};

/// Bytes of a text that are shown; what is longer is read where it comes from.
const TEXT_BYTES: usize = 400_000;
/// Headings in an outline.
const OUTLINE: usize = 80;
/// Similar articles that are named.
const SIMILAR: usize = 5;

#[derive(Template)]
#[template(path = "document.html")]
struct DocumentPage {
    frame: PageFrame,
    title: String,
    href: Option<String>,
    site: Option<String>,
    language: Option<String>,
    facts: Vec<Fact>,
    description: Vec<MarkedPiece>,
    outline: Vec<Heading>,
    sections: Vec<ShownSection>,
    /// How much of the text is not shown.
    is_cut: bool,
    similar: Vec<ShownHit>,
    versions: Vec<(String, String)>,
    results: Option<String>,
}

/// What is known of an article, with links to what is like it.
struct Fact {
    name: &'static str,
    values: Vec<(String, Option<String>)>,
}

struct Heading {
    id: String,
    text: String,
    /// From 2, below the title.
    level: usize,
}

struct ShownSection {
    heading: Option<Heading>,
    paragraphs: Vec<ShownParagraph>,
}

/// A paragraph; of code and tables the lines stay lines.
struct ShownParagraph {
    lines: Vec<Vec<MarkedPiece>>,
}

/// Answers with the page of a document.
pub(crate) async fn answer(Path(id): Path<String>, asked: Asked) -> Response {
    let made = asked.search(move |app, opened, parameters| {
        check_shown(app)?;
        page(app, opened, &id, parameters)
    });
    match made.await {
        Ok(text) => page_of(StatusCode::OK, text),
        Err(problem) => problem_page(&problem),
    }
}

/// Whether whole articles are shown.
pub(crate) fn check_shown(app: &App) -> Result<(), RequestProblem> {
    match app.is_public() {
        true => Err(RequestProblem::new(
            StatusCode::FORBIDDEN,
            "articles are read where they were published",
        )),
        false => Ok(()),
    }
}

fn page(
    app: &App,
    opened: &OpenedIndex,
    id: &str,
    parameters: &Parameters,
) -> Result<String, RequestProblem> {
    let searcher = &opened.searcher;
    let named = match web_url(id) {
        Some(_) => id.to_owned(),
        None => format!("id:{id}"),
    };
    let told = |error| app.problem(&error);
    let document = searcher.document(&named).map_err(told)?;
    let mut marker = searcher.marker(parameters.query()).map_err(told)?;
    marker.read_as(document.content.language.as_deref());
    let similar = searcher.similar(&format!("id:{}", document.id), SIMILAR).map_err(told)?;
    let (sections, is_cut) = sections(&document, &mut marker);
    let mut frame = PageFrame::of("document", app, opened, parameters);
    frame.title = clean(document.title());
    let description = document.description.as_deref().unwrap_or_default();
    let page = DocumentPage {
        title: frame.title.clone(),
        href: link_target(&document.url),
        site: site(&document.url),
        language: language(document.content.language.as_deref()),
        facts: facts(&document),
        description: pieces(description, &marker.ranges(description)),
        outline: outline(&sections),
        sections,
        is_cut,
        similar: similar.hits.iter().map(|hit| ShownHit::new(hit, "", false)).collect(),
        versions: versions(app, &document),
        results: (!parameters.query().is_empty())
            .then(|| Parameters::default().with("q", parameters.query()).at("/")),
        frame,
    };
    page.render()
        .map_err(|_| RequestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page has failed"))
}

fn facts(document: &Document) -> Vec<Fact> {
    let plain = |value: &str| (clean(value), None);
    let filter = |name: &str, value: &str| {
        (clean(value), Some(Parameters::default().with(name, value.trim()).at("/")))
    };
    let away = |url: &String| (clean(url), link_target(url));
    let content = &document.content;
    let mut facts = vec![
        Fact {
            name: "Company",
            values: document.company.iter().map(|c| filter("company", c)).collect(),
        },
        Fact {
            name: "Author",
            values: content.author.iter().map(|author| plain(author)).collect(),
        },
        Fact {
            name: "Published",
            values: content.date_published.iter().map(|date| plain(&date.to_string())).collect(),
        },
        Fact {
            name: "Listed",
            values: document.date_listed.iter().map(|date| plain(&date.to_string())).collect(),
        },
        Fact { name: "Tags", values: document.tags.iter().map(|tag| filter("tag", tag)).collect() },
        Fact {
            name: "List",
            values: document.lists.iter().map(|list| filter("list", list)).collect(),
        },
        Fact { name: "Text", values: vec![plain(&document.provenance.to_string())] },
        Fact {
            name: "Also called",
            values: document.titles.iter().skip(1).map(|t| plain(t)).collect(),
        },
        Fact { name: "Also at", values: document.also_at.iter().map(away).collect() },
        Fact { name: "Text from", values: document.text_from.iter().map(away).collect() },
        Fact { name: "See also", values: document.also.iter().map(away).collect() },
    ];
    facts.retain(|fact| !fact.values.is_empty());
    facts
}

/// The sections that are shown, and whether some of the text is not.
fn sections(document: &Document, marker: &mut Marker) -> (Vec<ShownSection>, bool) {
    let mut left = TEXT_BYTES;
    let mut is_cut = false;
    let mut sections = Vec::new();
    for (number, section) in document.content.sections.iter().enumerate() {
        if is_cut {
            break;
        }
        let heading =
            section.heading.last().map(|text| clean(text)).filter(|text| !text.is_empty());
        let heading = heading.map(|text| Heading {
            id: format!("s{number}"),
            text,
            level: section.heading.len().clamp(1, 5) + 1,
        });
        let mut paragraphs = Vec::new();
        for paragraph in &section.paragraphs {
            let text = &paragraph[..paragraph.floor_char_boundary(left)];
            is_cut |= text.len() < paragraph.len();
            left -= text.len();
            let lines = text.lines().map(|line| pieces(line, &marker.ranges(line)));
            let lines: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
            if !lines.is_empty() {
                paragraphs.push(ShownParagraph { lines });
            }
            if is_cut {
                break;
            }
        }
        sections.push(ShownSection { heading, paragraphs });
    }
    (sections, is_cut)
}

/// The headings of the text, where there are enough to be in need of an outline.
fn outline(sections: &[ShownSection]) -> Vec<Heading> {
    let headings = sections.iter().filter_map(|section| section.heading.as_ref()).take(OUTLINE);
    let headings = headings.map(|heading| Heading {
        id: heading.id.clone(),
        text: heading.text.clone(),
        level: heading.level,
    });
    Some(headings.collect::<Vec<_>>()).filter(|outline| outline.len() > 2).unwrap_or_default()
}

/// The texts that the article had, the newest first. An index without a page store has none.
fn versions(app: &App, document: &Document) -> Vec<(String, String)> {
    let collection = Collection::open(&app.options.dir);
    let history = collection.and_then(|collection| inspect::history(&collection, &document.url));
    let versions = history.map(|history| history.versions).unwrap_or_default();
    let version = |(at, text): (jiff::Timestamp, String)| {
        (at.strftime("%Y-%m-%d").to_string(), counted(text.chars().count(), "character"))
    };
    versions.into_iter().rev().map(|v| version((v.at, v.text))).collect()
}
