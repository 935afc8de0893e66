//! The report of a check as Markdown for GitHub, in which nothing that a list or a page says is syntax.

use mlsearch::{
    canonical::link_target,
    counted::counted,
    entry::shortened,
    inspect::{CheckedLink, LinkState},
    text::sanitize,
    wording::markdown::escaped,
};
use url::Url;

use crate::cli::check::report::{CheckReport, ReportedEntry};

/// Most bytes of a report: GitHub takes no body of an issue with more than 65,536 characters.
const MOST_BYTES: usize = 60_000;

/// Characters of a title or an address that are shown.
const LONGEST_TEXT: usize = 160;

/// What stands behind the repository in addresses at which GitHub notes who links to them.
const MARKED: [&str; 5] = ["issues", "pull", "pulls", "discussions", "commit"];

/// Writes a report.
pub(crate) fn write(report: &CheckReport) -> String {
    let mut out = String::new();
    if report.since.is_some() {
        write_change(report, &mut out);
    }
    write_counts(report, &mut out);
    let dead = report.links.iter().filter(|link| link.dead);
    let heading = if report.is_of_one_visit { "Dead" } else { "Confirmed dead" };
    write_table(&mut out, heading, "link | what | since | copy", dead.map(dead_row));
    let moved = report.links.iter().filter(|link| link.state == LinkState::Moved);
    write_table(&mut out, "Moved for good", "link | now at", moved.map(moved_row));
    if report.since.is_none() {
        let failing = report.links.iter().filter(|link| link.state.is_failure() && !link.dead);
        let heading = "Failing, not yet long enough to be called dead";
        write_table(&mut out, heading, "link | what | since | copy", failing.map(dead_row));
    }
    out
}

fn write_change(report: &CheckReport, out: &mut String) {
    let (added, changed) = (report.counts.added, report.counts.changed);
    out.push_str(&format!("### {} added, {changed} changed\n\n", counted(added, "entry")));
    if report.no_network {
        out.push_str("**No network: nobody has answered, so nothing is said of these links.**\n\n");
    }
    if report.entries.is_empty() {
        out.push_str("No entry of the list is new or says something else.\n\n");
        return;
    }
    let columns = "entry | company | date | link | an article? | text";
    write_rows(out, columns, report.entries.iter().map(entry_row));
    let problems = report.entries.iter().flat_map(|entry| {
        let place = place(&entry.link);
        entry.problems.iter().map(move |problem| format!("- {place}: {}\n", plain(problem)))
    });
    write_bounded(out, problems);
    out.push('\n');
}

fn entry_row(entry: &ReportedEntry) -> String {
    let link = &entry.link;
    let title = match &entry.page_title {
        Some(title) if link.title == link.url => title,
        _ => &link.title,
    };
    let date = entry.date_listed.as_ref().or(entry.date_published.as_ref());
    let article = match (entry.article, &link.reason) {
        (Some(true), Some(reason)) => format!("yes, but: {}", plain(reason)),
        (Some(true), None) => "yes".into(),
        (Some(false), _) => "no".into(),
        (None, _) => "–".into(),
    };
    let state = match link.state {
        LinkState::Moved => match &link.final_url {
            Some(target) => format!("moved to {}", link_to(target, target)),
            None => "moved".into(),
        },
        state => what(link, state.is_failure()),
    };
    let facts = [
        link_to(title, &link.url),
        entry.company.as_deref().map_or("–".into(), plain),
        date.map_or("–".into(), |date| plain(date)),
        state,
        article,
        plain(&entry.provenance),
    ];
    facts.join(" | ")
}

/// The state of a link, with the evidence.
fn what(link: &CheckedLink, is_bold: bool) -> String {
    let bold = if is_bold { "**" } else { "" };
    let reason = link.reason.as_ref().filter(|_| !link.state.is_quiet());
    let reason = reason.map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
    format!("{bold}{}{bold}{reason}", link.state)
}

fn dead_row(link: &CheckedLink) -> String {
    let since = link.failing_since.map_or("–".into(), |at| {
        format!("{}, {}", at.strftime("%Y-%m-%d"), counted(link.failures, "time"))
    });
    let copy = link.archived.as_ref().map_or("–".into(), |url| link_to("archived", url));
    let entry = format!("{} ({})", link_to(&link.title, &link.url), place(link));
    [entry, what(link, false), since, copy].join(" | ")
}

fn moved_row(link: &CheckedLink) -> String {
    let target = link.final_url.as_ref().map_or("–".into(), |url| link_to(url, url));
    format!("{} ({}) | {target}", link_to(&link.title, &link.url), place(link))
}

fn place(link: &CheckedLink) -> String {
    let mention = link.lists.first();
    mention.map_or(String::new(), |at| format!("{}, line {}", plain(&at.list), at.line))
}

fn write_counts(report: &CheckReport, out: &mut String) {
    let counts = &report.counts;
    let (new, dead) = (counts.broken_new, counts.broken_confirmed);
    let failing = match (report.since.is_some(), report.is_of_one_visit) {
        (true, true) => format!("**{new}** new and dead"),
        (false, true) => format!("**{dead}** dead"),
        (true, false) => format!("**{new}** new and dead, **{dead}** confirmed dead"),
        (false, false) => format!("**{new}** failing, **{dead}** confirmed dead"),
    };
    out.push_str(&format!(
        "{}: {failing}, {} moved, {} blocked (which is not dead), {} never visited.\n",
        counted(counts.links, "link"),
        counts.moved,
        counts.blocked,
        counts.never_visited
    ));
    if report.is_of_one_visit {
        if !report.no_network {
            out.push_str(
                "Each link was visited once: what was gone or unreachable then is called dead.\n",
            );
        }
        return;
    }
    let over = report.days.map_or("several visits over days".into(), |days| {
        format!("3 visits or more, over {}", counted(days, "day"))
    });
    out.push_str(&format!("A link is confirmed dead when it was gone or unreachable at {over}.\n"));
}

fn write_table(out: &mut String, heading: &str, columns: &str, rows: impl Iterator<Item = String>) {
    let mut rows = rows.peekable();
    if rows.peek().is_some() {
        out.push_str(&format!("\n### {heading}\n\n"));
        write_rows(out, columns, rows);
    }
}

fn write_rows(out: &mut String, columns: &str, rows: impl Iterator<Item = String>) {
    let dashes = "---|".repeat(columns.split('|').count());
    out.push_str(&format!("| {columns} |\n|{dashes}\n"));
    write_bounded(out, rows.map(|row| format!("| {row} |\n")));
    out.push('\n');
}

/// Writes lines as long as there is room, and how many are left out.
fn write_bounded(out: &mut String, lines: impl Iterator<Item = String>) {
    let mut left_out = 0_usize;
    for line in lines {
        match out.len() + line.len() <= MOST_BYTES && left_out == 0 {
            true => out.push_str(&line),
            false => left_out += 1,
        }
    }
    if left_out > 0 {
        out.push_str(&format!("\n… and {left_out} more, which have no room here.\n"));
    }
}

/// A text with nothing in it that Markdown or GitHub would make something of: no syntax, no link, no
/// mention of a person or an issue.
fn plain(text: &str) -> String {
    let text = sanitize(text);
    let text = escaped(shortened(text.trim(), LONGEST_TEXT).trim());
    let text =
        text.replace('@', "@&#8203;").replace("\\#", "#&#8203;").replace("://", ":&#8203;//");
    let text = broken_up(&broken_up(&text, "www", "."), "gh", "-");
    text.replace('~', "\\~").replace('$', "\\$").replace('!', "\\!")
}

/// A text in which nothing is left of a word with a mark behind it, in whatever case.
fn broken_up(text: &str, word: &str, mark: &str) -> String {
    let (folded, sought) = (text.to_ascii_lowercase(), format!("{word}{mark}"));
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, _) in folded.match_indices(&sought) {
        let end = at + word.len();
        out.push_str(&text[from..end]);
        out.push_str("&#8203;");
        from = end;
    }
    out.push_str(&text[from..]);
    out
}

/// A link of a table. GitHub notes at an issue of its own who links to it; such a link is code.
fn link_to(text: &str, url: &str) -> String {
    let Some(target) = link_target(url) else { return plain(text) };
    let leaves_mark = Url::parse(&target).is_ok_and(|target| leaves_mark(&target));
    let target = target.replace('|', "%7C").replace('`', "%60").replace('\\', "%5C");
    if leaves_mark {
        let shown = if text == url { String::new() } else { format!("{} ", plain(text)) };
        return format!("{shown}`{}`", shortened(&target, LONGEST_TEXT));
    }
    format!("[{}](<{}>)", plain(text), target.replace('&', "&amp;"))
}

/// Whether GitHub may note somewhere who links to an address: one of its own, with a dot at the end of
/// the host as well as without, and on servers of others what looks like an issue or a commit there.
fn leaves_mark(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let mut path = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty());
    let kind = path.nth(2).map(str::to_ascii_lowercase);
    host == "github.com"
        || host.ends_with(".github.com")
        || kind.is_some_and(|kind| MARKED.contains(&kind.as_str())) && path.next().is_some()
}

#[cfg(test)]
mod tests {
    use crate::cli::check::markdown::{link_to, plain, write_bounded};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(plain(text), expected);
    }

    #[test]
    fn a_text_is_no_syntax_and_mentions_nobody() {
        check("a | b", r"a \| b");
        check(
            "<img src=x onerror=y> <!-- mark -->",
            "&lt;img src=x onerror=y&gt; &lt;\\!-- mark --&gt;",
        );
        check("![x](http://a.example)", r"\!\[x\](http:&#8203;//a.example)");
        check("ask @octocat of #1 or GH-2", "ask @&#8203;octocat of #&#8203;1 or GH&#8203;-2");
        check("a\n\n# b\r\nc\u{202e}", "a  #&#8203; b  c");
        check("`code` $x$ ~~y~~ www.a.example", r"\`code\` \$x\$ \~\~y\~\~ www&#8203;.a.example");
        check("WWW.a.example gh-3 Gh-4", "WWW&#8203;.a.example gh&#8203;-3 Gh&#8203;-4");
        check("\r::error::x %0A::warning::y", "::error::x %0A::warning::y");
        let ends = plain("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f\rg");
        assert!(ends.chars().all(|c| c == ' ' || c.is_ascii_lowercase()), "{ends:?}");
        check(&"x".repeat(500), &format!("{}…", "x".repeat(159)));
    }

    #[test]
    fn a_link_leads_where_it_says_and_leaves_no_mark_at_an_issue() {
        let link = link_to("A](http://b.example) x", "https://a.example/?a|b&c=>)");
        let expected = r"[A\](http:&#8203;//b.example) x](<https://a.example/?a%7Cb&amp;c=%3E)>)";
        assert_eq!(link, expected);
        assert_eq!(link_to("x", "javascript:alert(1)"), "x");
        let issue = "https://github.com/a/b/issues/1";
        assert_eq!(link_to("It", issue), format!("It `{issue}`"));
        assert_eq!(link_to(issue, issue), format!("`{issue}`"));
        for marked in [
            "https://github.com./a/b/issues/1",
            "https://GitHub.com../a/b",
            "https://github.com:8443/a/b/pull/2",
            "https://www.github.com./a",
            "https://%67ithub.com/a",
            "https://github\u{3002}com/a/b/issues/1",
            "https://code.corp.example/a/b/issues/1",
            "https://code.corp.example//a/b/Pull/1/files",
        ] {
            assert!(link_to("x", marked).starts_with("x `https://"), "{}", link_to("x", marked));
        }
        for other in [
            "https://a.example/a/b/issues",
            "https://notgithub.com/a",
            "https://a.b/x/y/z/issues/1",
        ] {
            assert!(link_to("x", other).starts_with("[x](<https://"), "{}", link_to("x", other));
        }
        // Nothing in a host or behind it ends the link or the code.
        let odd = link_to("x", "https://github.com/`a`|b\\c?d=` e");
        assert_eq!(odd.matches('`').count(), 2, "{odd}");
        assert!(!odd.contains('|'), "{odd}");
    }

    #[test]
    fn a_report_is_no_longer_than_an_issue_may_be() {
        let mut out = String::new();
        write_bounded(&mut out, (0..10_000).map(|n| format!("| a row of numbers {n} |\n")));
        assert!(out.len() < 61_000, "{}", out.len());
        assert!(out.ends_with("more, which have no room here.\n"), "{}", &out[out.len() - 80..]);
    }
}
