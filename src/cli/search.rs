//! `search`: ranked results for people and for scripts.

use std::env;

use clap::{Args, ValueEnum};
use mlsearch::{
    json::SearchOutput,
    search::{Feedback, Filters, Request, Searcher, Sort},
    wording::{
        hint,
        note::{matching, notes},
    },
};

use crate::cli::{
    argv,
    context::Context,
    embedder::{HybridArgs, MODEL_VARIABLE},
    explain_query,
    failure::{Exit, Failure},
    filters::FilterArgs,
    hit::{self, HitFormat, print, print_facets, print_text},
    recent::LastSearch,
    table,
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Search options")]
pub(crate) struct SearchArgs {
    /// Words, "phrases", +must, -not, field:value, prefix*
    #[arg(help_heading = None::<&'static str>)]
    pub(crate) query: Vec<String>,
    /// How many hits to show [default: what fits the window, or 10]
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// How many hits to skip
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: usize,
    /// Show all hits
    #[arg(long, overrides_with = "limit")]
    all: bool,
    /// Best first or newest first
    #[arg(long, value_name = "ORDER", value_enum, default_value_t = Order::Relevance)]
    sort: Order,
    /// Let newer articles come a little earlier
    #[arg(long, overrides_with = "sort")]
    fresh: bool,
    /// Count companies, tags, sites, ... of all that match
    #[arg(long)]
    facets: bool,
    /// Passages to show of each hit, 0 to 3
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    snippets: u8,
    /// Send no request, even if there is no index yet: build it from the lists alone
    #[arg(long)]
    offline: bool,
    /// Search for the words as they are, even if nothing has them
    #[arg(long)]
    exact: bool,
    /// Go on with articles that have none of the words, by pseudo-relevance feedback
    #[arg(long, overrides_with = "no_feedback")]
    related: bool,
    #[command(flatten)]
    hybrid: HybridArgs,
    /// Rank without pseudo-relevance feedback, by the words of the query alone
    #[arg(long)]
    no_feedback: bool,
    /// Show why each hit has its score
    #[arg(long)]
    explain: bool,
    /// Show how the query is understood and do no more
    #[arg(long)]
    explain_query: bool,
    /// text, markdown, tsv or urls
    #[arg(long, value_name = "FORM", value_enum, default_value_t = HitFormat::Text, hide_possible_values = true)]
    format: HitFormat,
    /// With `--format tsv`: begin with the names of the columns
    #[arg(long)]
    header: bool,
    /// Print one JSON object
    #[arg(long, overrides_with = "format")]
    json: bool,
    #[command(flatten)]
    filters: FilterArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    Relevance,
    Date,
}

impl From<Order> for Sort {
    fn from(order: Order) -> Sort {
        match order {
            Order::Relevance => Sort::Relevance,
            Order::Date => Sort::Date,
        }
    }
}

/// Searches and prints the hits.
pub(crate) fn run(args: &SearchArgs, context: &mut Context) -> Result<Exit, Failure> {
    if args.header && (args.json || args.format != HitFormat::Tsv) {
        let search = format!("{} --format tsv --header", hint::quoted(&args.query.join(" ")));
        return Err(Failure::Usage {
            message: "only a table has a header".into(),
            hint: format!("run `{}`", context.command(&search)),
        });
    }
    let asked = if args.all { Some(usize::MAX) } else { args.limit };
    let is_for_people = args.format == HitFormat::Text && !args.json;
    let request = Request {
        query: args.query.iter().map(|word| word.trim()).collect::<Vec<_>>().join(" "),
        filters: args.filters.filters()?,
        limit: hit::limit(asked, is_for_people, context),
        offset: args.offset,
        sort: args.sort.into(),
        facets: args.facets,
        snippets: args.snippets.into(),
        explain: args.explain,
        exact: args.exact,
        feedback: if args.no_feedback { Feedback::Off } else { Feedback::Auto },
        related: args.related,
        hybrid: args.hybrid.asked(),
        count: true,
        now: Some(Context::local_now()),
        fresh: args.fresh,
    };
    let searcher = context.searcher_with(args.offline)?;
    let searcher = context.with_model(searcher, args.hybrid.asked())?;
    if args.explain_query {
        explain_query::print(&searcher.explain_query(&request)?, args.json, context)?;
        return Ok(Exit::Found);
    }
    let results = searcher.search(&request)?;
    let dir = context.dir()?;
    let notes = notes(&request, &results, context.named_at(&dir));
    notes.iter().for_each(|note| context.note(note));
    if args.json {
        context.json(&SearchOutput { query: &request.query, results: &results, notes: &notes })?;
        return Ok(Exit::found(results.total > 0));
    }
    if args.header {
        table::print_header(context)?;
    }
    let (first, all) = (args.offset.saturating_add(1), results.hits.as_slice());
    let hits = match args.format {
        HitFormat::Text => print_text(all, first, asked, &notes, context)?,
        format => print(all, first, format, context).map(|()| all)?,
    };
    print_facets(&results.facets, false, context)?;
    context.flush()?;
    if is_for_people {
        LastSearch::of_query(&request.query, args.offset, hits).remember(context);
        let last = args.offset.saturating_add(hits.len());
        if results.total == 0 {
            context.note(&nothing_found(&searcher, &request)?);
        } else if request.limit == 0 {
            context.note(&matching(results.total));
        } else if last < results.total {
            context
                .note(&format!("{first} to {last} of {}; --offset {last} for more", results.total));
        }
    }
    if is_for_people && (results.total == 0 || results.relaxed) {
        hint_at_meaning(&request, &searcher, context)?;
    }
    Ok(Exit::found(results.total > 0))
}

/// Hints at meaning where words alone were looked for, have not found all, and need not be alone.
fn hint_at_meaning(
    request: &Request,
    searcher: &Searcher,
    context: &Context,
) -> Result<(), Failure> {
    let is_lexical = request.hybrid.is_none() && !searcher.reads_meaning_by_default();
    // Damaged vectors are no concern of a search that uses none.
    if !is_lexical || !searcher.could_be_by_meaning(request).unwrap_or(false) {
        return Ok(());
    }
    let search = context.command(&argv::again(env::args_os(), "--hybrid"));
    match context.has_model()? {
        Some(true) => {
            context.hint(&format!("run `{search}` to find articles by meaning, too"));
        }
        Some(false) => {}
        None => context.hint(&format!(
            "run `{MODEL_VARIABLE}=DIR {search}` with the folder of the model that the index was \
             built with to find articles by meaning, too"
        )),
    }
    Ok(())
}

/// What to say when there is no hit: the filters may be the reason, not the words.
fn nothing_found(searcher: &Searcher, request: &Request) -> Result<String, Failure> {
    if request.filters == Filters::default() || request.query.trim().is_empty() {
        return Ok("nothing found".into());
    }
    let unfiltered =
        Request { filters: Filters::default(), limit: 1, offset: 0, ..request.clone() };
    let total = searcher.search(&unfiltered)?.total;
    Ok(format!("nothing found with these filters; {total} without them"))
}
