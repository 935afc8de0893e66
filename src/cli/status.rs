//! `status`: how collection and index are, on one screen.

use std::io::Write;

use clap::Args;
use mlsearch::update;

use crate::cli::{
    context::{BOLD, Context},
    failure::{Exit, Failure},
    text::sanitize,
};

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints one screen; nothing is built or changed. Exit code 1 when there is no index yet.
pub(crate) fn run(args: &StatusArgs, context: &mut Context) -> Result<Exit, Failure> {
    let status = update::status(&context.collection()?, Context::now())?;
    let exit = Exit::found(status.index.is_some());
    if args.json {
        context.json(&status)?;
        return Ok(exit);
    }
    let name = |text: &str| format!("{text:<12}");
    writeln!(
        context.out,
        "{}{}",
        context.styled(BOLD, &name("collection")),
        sanitize(&status.dir)
    )?;
    for list in &status.lists {
        writeln!(context.out, "{}{}", context.styled(BOLD, &name("list")), sanitize(list))?;
    }
    let index = match &status.index {
        Some(index) => format!(
            "{} documents, {} with their text, built {} ({})",
            index.documents,
            index.full_texts,
            index.built_at.strftime("%Y-%m-%d %H:%M UTC"),
            age(Context::now().as_second() - index.built_at.as_second())
        ),
        None => "none yet: run `mlsearch update`".into(),
    };
    writeln!(context.out, "{}{index}", context.styled(BOLD, &name("index")))?;
    if let Some(refused) = &status.refused {
        writeln!(context.out, "{}{}", context.styled(BOLD, &name("refused")), sanitize(refused))?;
    }
    let pages: Vec<String> =
        status.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
    let pages = if pages.is_empty() { "never visited".into() } else { pages.join(", ") };
    writeln!(context.out, "{}{pages}", context.styled(BOLD, &name("pages")))?;
    let disk = format!(
        "{} pages, {} index",
        indicatif::HumanBytes(status.store_bytes),
        indicatif::HumanBytes(status.index_bytes)
    );
    writeln!(context.out, "{}{disk}", context.styled(BOLD, &name("disk")))?;
    Ok(exit)
}

/// An age in the largest unit that fits.
fn age(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => return "just now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use crate::cli::status::age;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        assert_eq!(age(5), "just now");
        assert_eq!(age(90), "1 minute ago");
        assert_eq!(age(9 * 86_400 + 5), "9 days ago");
    }
}
