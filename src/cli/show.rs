//! `show` and `open`: one article, as text or in the browser.

use std::io::Write;

use clap::{Args, ValueEnum};
use mlsearch::{
    canonical::link_target,
    engine::Document,
    wording::{Citation, hint},
};

use crate::cli::{
    browser,
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    history,
    layout::{Hanging, print_facts, print_marked},
    recent,
    show_part::{self, PartArgs},
    text::{address, link, sanitize},
};

/// Passages shown by `--around`.
const PASSAGES: usize = 5;

#[derive(Debug, Args)]
#[command(after_long_help = recent::NUMBERS)]
pub(crate) struct ShowArgs {
    /// Id or URL of the article, or the number of a hit of the last search
    id: String,
    /// Words to mark [default: those of the last search]
    query: Vec<String>,
    /// Show only the passages that match
    #[arg(long, conflicts_with = "PartArgs")]
    around: bool,
    /// Show when it was listed, visited and changed
    #[arg(long, conflicts_with_all = ["around", "diff", "PartArgs"])]
    history: bool,
    /// Show what has changed in its text
    #[arg(long, conflicts_with_all = ["around", "PartArgs"])]
    diff: bool,
    #[command(flatten)]
    part: PartArgs,
    /// Print a line or an entry to cite it, with an address that leads to the passage
    #[arg(
        long,
        value_name = "FORM",
        conflicts_with_all = ["around", "diff", "history", "json", "PartArgs"]
    )]
    cite: Option<CitationForm>,
    /// Print one JSON object; with --history or --diff one for each text or change
    #[arg(long, conflicts_with = "around")]
    json: bool,
}

/// How a citation is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum CitationForm {
    /// A line of Markdown.
    Markdown,
    /// An entry of a bibliography, for BibTeX and biblatex.
    Bibtex,
}

/// Prints the stored text.
pub(crate) fn run(args: &ShowArgs, context: &mut Context) -> Result<Exit, Failure> {
    recent::with_meant(&args.id, context, |id, context| match (args.history, args.diff) {
        (true, _) => history::print(id, args.json, context),
        (_, true) => history::print_diff(id, args.json, context),
        _ => print(id, args, context),
    })
}

fn print(id: &str, args: &ShowArgs, context: &mut Context) -> Result<Exit, Failure> {
    let searcher = context.searcher()?;
    let document = searcher.document(id)?;
    if args.part.is_asked() {
        return show_part::print(&args.part, args.json, &document, &args.id, context);
    }
    if args.json {
        context.json(&document)?;
        return Ok(Exit::Found);
    }
    let query = match (args.query.is_empty(), recent::recall(context)) {
        (true, Some(recent)) => recent.query,
        _ => args.query.join(" "),
    };
    let mut marker = searcher.marker(&query)?;
    marker.read_as(document.content.language.as_deref());
    if let Some(form) = args.cite {
        let snippets = marker.snippets(&document.content, None, 1);
        let passage = snippets.first().filter(|snippet| !snippet.marks.is_empty());
        let citation = Citation::of(&document, passage);
        let text = match form {
            CitationForm::Markdown => citation.markdown(),
            CitationForm::Bibtex => citation.bibtex(),
        };
        writeln!(context.out, "{text}")?;
        return Ok(Exit::Found);
    }
    head(&document, context)?;
    if args.around {
        let description = document.description.as_deref();
        let snippets = marker.snippets(&document.content, description, PASSAGES);
        for snippet in &snippets {
            heading(snippet.heading.as_deref(), context)?;
            writeln!(context.out)?;
            print_marked(&snippet.text, &snippet.marks, 0, context)?;
        }
        return Ok(Exit::found(snippets.iter().any(|snippet| !snippet.marks.is_empty())));
    }
    if let Some(paragraph) = &document.description {
        writeln!(context.out)?;
        print_marked(paragraph, &marker.ranges(paragraph), 0, context)?;
    }
    for section in &document.content.sections {
        heading(section.heading.last().map(String::as_str), context)?;
        for paragraph in &section.paragraphs {
            writeln!(context.out)?;
            // Lines of code and of tables stay lines.
            for line in paragraph.lines() {
                print_marked(line, &marker.ranges(line), 0, context)?;
            }
        }
    }
    Ok(Exit::Found)
}

fn head(document: &Document, context: &mut Context) -> Result<(), Failure> {
    Hanging { indent: 0, style: BOLD, url: "" }.print("", document.title(), context)?;
    if !document.url.is_empty() {
        let label = address(&document.url);
        writeln!(context.out, "{}", link(&document.url, &label, context.decorated))?;
    }
    let mut about: Vec<String> = Vec::new();
    about.extend(document.company.iter().map(|company| sanitize(company).into_owned()));
    about.extend(document.content.author.iter().map(|author| format!("by {}", sanitize(author))));
    about.extend(document.content.date_published.iter().map(|date| format!("published {date}")));
    about.extend(document.date_listed.iter().map(|date| format!("listed {date}")));
    about.extend(document.tags.iter().map(|tag| sanitize(tag.trim()).into_owned()));
    about.push(document.provenance.to_string());
    about.push(format!("id {}", sanitize(&document.id)));
    if context.is_terminal {
        print_facts(&about, 0, DIM, context)?;
    } else {
        writeln!(context.out, "{}", context.styled(DIM, &about.join(" · ")))?;
    }
    for title in document.titles.iter().skip(1) {
        let also = Hanging { indent: 6, style: DIM, url: "" };
        also.print(&context.styled(DIM, "also: "), title, context)?;
    }
    for url in &document.also_at {
        writeln!(context.out, "also at: {}", link(url, &address(url), context.decorated))?;
    }
    for url in &document.text_from {
        writeln!(context.out, "text from: {}", link(url, &address(url), context.decorated))?;
    }
    for url in &document.also {
        writeln!(context.out, "see also: {}", link(url, &address(url), context.decorated))?;
    }
    Ok(())
}

fn heading(text: Option<&str>, context: &mut Context) -> Result<(), Failure> {
    if let Some(text) = text {
        writeln!(context.out)?;
        let front = context.styled(BOLD, "## ");
        Hanging { indent: 3, style: BOLD, url: "" }.print(&front, text, context)?;
    }
    Ok(())
}

#[derive(Debug, Args)]
#[command(after_long_help = recent::NUMBERS)]
pub(crate) struct OpenArgs {
    /// Id or URL of the article, or the number of a hit of the last search
    id: String,
}

/// Prints the address of an article and opens it in the browser.
pub(crate) fn open(args: &OpenArgs, context: &mut Context) -> Result<Exit, Failure> {
    let document = recent::with_meant(&args.id, context, |id, context| {
        Ok(context.searcher()?.document(id)?)
    })?;
    let read = context.command(&format!("show {}", hint::quoted(&args.id)));
    let url = link_target(&document.url).ok_or_else(|| Failure::Usage {
        message: format!("`{}` has no web address", document.title()),
        hint: format!("run `{read}` to read it"),
    })?;
    writeln!(context.out, "{}", link(&url, &url, context.decorated))?;
    context.flush()?;
    browser::open(&url).map_err(|why| Failure::Usage {
        message: format!("no browser came: {why}"),
        hint: format!("open the address above, or run `{read}` to read what is stored of it"),
    })?;
    Ok(Exit::Found)
}
