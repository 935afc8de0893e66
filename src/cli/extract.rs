//! `extract`: the main content of pages.

use std::{
    io::{self, Write},
    path::Path,
    sync::mpsc,
};

use clap::Args;
use ipnet::IpNet;
use mlsearch::{
    content::{Content, Section},
    crawl_policy::Adapter,
    engine::threads::threads_for,
    entry::{LONGEST_HEADING, LONGEST_TITLE, shortened},
    extract::{self, Explanation, Extraction, Input, Outlinks, Risk},
    page::Outcome,
    worker::Pool,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    list,
    text::sanitize,
    web, worker,
};

#[derive(Clone, Debug, Args)]
#[command(after_long_help = "\
Reads HTML, PDF, feeds, Markdown, plain text and Jupyter notebooks. A page
that holds no article is reported as such, with the evidence.

With --warc only pages that hold an article and may be indexed are printed; the
lines of --json are what `mlsearch import` reads.")]
pub(crate) struct ExtractArgs {
    /// Files, URLs, or - for standard input
    #[arg(required_unless_present = "warc", value_name = "FILE|URL", value_hint = clap::ValueHint::AnyPath)]
    sources: Vec<String>,
    /// Take the pages out of WARC files, as `update --warc` does
    #[arg(long, value_name = "FILE|DIR|LISTING", value_hint = clap::ValueHint::AnyPath, num_args = 1.., conflicts_with_all = ["sources", "url", "explain"])]
    pub(crate) warc: Vec<String>,
    /// Where relative paths in listings begin: a folder or a URL
    #[arg(long, value_name = "DIR|URL", value_hint = clap::ValueHint::AnyPath, requires = "warc")]
    pub(crate) warc_base: Option<String>,
    /// The page's own address, for its relative links
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Print one JSON object for each page
    #[arg(long)]
    json: bool,
    /// Show what was kept and cut, and by which rule
    #[arg(long)]
    explain: bool,
    /// Pages read at the same time [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
    /// Treat a network as public: fetch from hosts in it (repeatable)
    #[arg(long, value_name = "CIDR")]
    pub(crate) allow_net: Vec<IpNet>,
}

impl ExtractArgs {
    /// How many pages are read at the same time.
    pub(crate) fn threads(&self) -> usize {
        threads_for(self.jobs)
    }
}

/// The largest file in bytes, as large as a page from the web.
const MOST_BYTES: usize = 20 << 20;

/// Prints what was kept of each page.
pub(crate) fn run(args: &ExtractArgs, context: &mut Context) -> Result<Exit, Failure> {
    let discreet = |source: &String| web::without_userinfo(source, context);
    let args = &ExtractArgs {
        sources: args.sources.iter().map(discreet).collect(),
        url: args.url.as_ref().map(discreet),
        ..args.clone()
    };
    let threads = args.threads().min(args.sources.len());
    let (mut exit, mut is_unexplained) = (Exit::Nothing, false);
    let pool = Pool::new(worker::launch());
    std::thread::scope(|scope| {
        // Each thread takes every n-th page; reading them in turn keeps the order.
        let results: Vec<mpsc::Receiver<Result<ExtractedPage, Failure>>> = (0..threads)
            .map(|thread| {
                let (sender, receiver) = mpsc::sync_channel(4);
                let pool = &pool;
                scope.spawn(move || {
                    for source in args.sources.iter().skip(thread).step_by(threads) {
                        // The receiver is gone when printing failed: there is nothing left to do.
                        if sender.send(read(source, args, pool)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        for (at, source) in args.sources.iter().enumerate() {
            let Ok(result) = results[at % threads].recv() else { break };
            match result {
                Ok(page) => {
                    print(source, &page, args, context)?;
                    let explanation = page.explanation.filter(|_| !args.explain);
                    is_unexplained |=
                        explanation.is_some_and(|explanation| !explanation.blocks.is_empty());
                    if page.extraction.outcome == Outcome::Ok && exit == Exit::Nothing {
                        exit = Exit::Found;
                    }
                }
                Err(error) if args.sources.len() == 1 => return Err(error),
                Err(error) => {
                    context.report(&error);
                    exit = Exit::Trouble;
                }
            }
        }
        if is_unexplained {
            context.hint("`--explain` shows what was found on a page, and which rule cut what");
        }
        Ok(exit)
    })
}

pub(crate) struct ExtractedPage {
    pub(crate) extraction: Extraction,
    /// Of an empty page, too, so that it is known whether there is one.
    explanation: Option<Explanation>,
}

fn read(source: &str, args: &ExtractArgs, pool: &Pool) -> Result<ExtractedPage, Failure> {
    if let Some(url) = web::address(source) {
        let page = web::fetch(&url, &args.allow_net, Adapter::ALL.into())?;
        let input = Input {
            body: &page.body,
            url: args.url.as_deref().unwrap_or(&page.final_url),
            content_type: page.header("content-type"),
            form: page.form,
            ..Input::default()
        };
        return Ok(ExtractedPage::of(&input, args, pool));
    }
    let body = list::from_file(source, MOST_BYTES as u64 + 1)?;
    if body.len() > MOST_BYTES {
        return Err(Failure::Usage {
            message: format!("`{source}` is over {} MB", MOST_BYTES >> 20),
            hint: "name a smaller file; a part of a page would be taken for all of it".into(),
        });
    }
    let name = Path::new(source).file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let input =
        Input { body: &body, url: args.url.as_deref().unwrap_or(&name), ..Input::default() };
    Ok(ExtractedPage::of(&input, args, pool))
}

impl ExtractedPage {
    pub(crate) fn of(input: &Input<'_>, args: &ExtractArgs, pool: &Pool) -> ExtractedPage {
        let extraction = pool.read(input, &|| false).unwrap_or_else(Extraction::from);
        let is_asked = args.explain
            || (extraction.outcome == Outcome::Empty && extract::risk(input) == Risk::Low);
        ExtractedPage { extraction, explanation: is_asked.then(|| extract::explain(input)) }
    }
}

/// A page as it is printed in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PageRow<'p> {
    /// The file or the address that was named; with `--warc` the address of the page.
    source: &'p str,
    /// The address of the page, with `--warc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'p str>,
    /// The title that the page gives.
    title: Option<&'p str>,
    /// The author.
    author: Option<&'p str>,
    /// The date that the page gives.
    #[schemars(extend("format" = "date"))]
    date_published: Option<String>,
    /// The language of the text, as an ISO 639-1 code.
    language: Option<&'p str>,
    /// The name of the site.
    site_name: Option<&'p str>,
    /// The main content as plain text.
    text: String,
    /// The main content by its headings.
    sections: &'p [Section],
    /// What the page is: `ok` when it holds an article.
    outcome: Outcome,
    /// The evidence.
    reason: Option<&'p str>,
    /// How much of the article the text is.
    coverage: extract::Coverage,
    /// The address that the page declares as its own.
    canonical_link: Option<&'p str>,
    /// Whether the page asks not to be indexed.
    noindex: bool,
    /// Where more of its text is.
    #[serde(rename = "leads")]
    outlinks: &'p Outlinks,
    /// What was kept and cut, with `--explain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'p Explanation>,
}

/// Prints a page.
pub(crate) fn print(
    source: &str,
    page: &ExtractedPage,
    args: &ExtractArgs,
    context: &mut Context,
) -> Result<(), Failure> {
    let Extraction {
        content, outcome, reason, coverage, canonical_link, noindex, outlinks, ..
    } = &page.extraction;
    if args.json {
        return context.json(&PageRow {
            source,
            url: (!args.warc.is_empty()).then_some(source),
            title: content.title.as_deref(),
            author: content.author.as_deref(),
            date_published: content.date_published.map(|date| date.to_string()),
            language: content.language.as_deref(),
            site_name: content.site_name.as_deref(),
            text: content.text(),
            sections: &content.sections,
            outcome: *outcome,
            reason: reason.as_deref(),
            coverage: *coverage,
            canonical_link: canonical_link.as_deref(),
            noindex: *noindex,
            outlinks,
            explanation: page.explanation.as_ref().filter(|_| args.explain),
        });
    }
    if *outcome == Outcome::Ok {
        print_content(content, context)?;
    }
    if let Some(explanation) = &page.explanation
        && args.explain
    {
        print_explanation(explanation, context)?;
    }
    if *outcome != Outcome::Ok || reason.is_some() {
        let reason = reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
        context.note(&format!("`{source}`: {outcome}{reason}"));
    }
    Ok(())
}

fn print_content(content: &Content, context: &mut Context) -> io::Result<()> {
    if let Some(title) = &content.title {
        let title = context.styled(BOLD, &sanitize(&shortened(title, LONGEST_TITLE)));
        writeln!(context.out, "{title}")?;
    }
    let facts = [
        content.author.clone(),
        content.date_published.map(|date| date.to_string()),
        content.site_name.clone(),
        content.language.clone(),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    if !facts.is_empty() {
        let facts: Vec<_> = facts.iter().map(|fact| shortened(fact, LONGEST_TITLE)).collect();
        let facts = context.styled(DIM, &sanitize(&facts.join(" · ")));
        writeln!(context.out, "{facts}")?;
    }
    for section in &content.sections {
        if let Some(heading) = section.heading.last() {
            let heading = shortened(heading, LONGEST_HEADING);
            let heading = context.styled(BOLD, &sanitize(&heading));
            writeln!(context.out, "\n{heading}")?;
        }
        for paragraph in &section.paragraphs {
            writeln!(context.out)?;
            // Code has lines.
            for line in paragraph.lines() {
                writeln!(context.out, "{}", sanitize(line))?;
            }
        }
    }
    Ok(())
}

fn print_explanation(explanation: &Explanation, context: &mut Context) -> io::Result<()> {
    writeln!(context.out, "\ncandidates, the chosen one first:")?;
    for candidate in &explanation.candidates {
        let path = sanitize(&candidate.path).into_owned();
        let (rule, score, prose) = (candidate.rule, candidate.score, candidate.prose);
        writeln!(context.out, "  {rule}: score {score}, {prose} characters, {path}")?;
    }
    writeln!(context.out, "\nblocks:")?;
    for block in &explanation.blocks {
        let start: String = block.text.chars().take(80).collect();
        let start = sanitize(&start).replace('\n', " ");
        let cut = block.cut.unwrap_or("kept");
        writeln!(context.out, "  {cut:<18} {:<10} {start}", block.kind)?;
    }
    Ok(())
}
