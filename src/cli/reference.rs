//! What the long help and the manual page say beside the options: examples, the query language, the
//! environment, files and the exit status.

/// Rows of a name and what it means, under a heading.
pub(crate) struct Topic {
    pub(crate) heading: &'static str,
    pub(crate) rows: &'static [(&'static str, &'static str)],
}

/// Commands, and what they do.
pub(crate) const EXAMPLES: Topic = Topic {
    heading: "Examples",
    rows: &[
        ("mlsearch feature store drift", "the best articles for these words"),
        ("mlsearch '\"feature store\" -spark'", "a phrase, and without a word"),
        ("mlsearch \"real time\" --company uber", "only what Uber wrote"),
        ("mlsearch 'deplo*' --after 2022", "words that begin so, in newer articles"),
        ("mlsearch facets company", "who is in the index, with counts"),
        ("mlsearch serve --open", "search in the browser"),
        ("mlsearch update", "read the lists again and visit the pages"),
        ("mlsearch help update", "what a command does"),
        ("mlsearch -- update", "search for a word that is a command"),
    ],
};

/// Operators of the query language.
pub(crate) const QUERY_SYNTAX: Topic = Topic {
    heading: "Query syntax",
    rows: &[
        ("feature store", "any of the words; the more of them the better"),
        ("\"feature store\"", "the words in this order, side by side"),
        ("\"feature store\"~2", "proximity: with at most two other words between them"),
        ("+drift", "only articles with the word"),
        ("-spark", "no article with the word"),
        ("deplo*", "a prefix: words that begin like this"),
        ("ray AND spark", "both; OR and NOT are operators in capitals, too"),
        ("(ray OR spark) drift", "parentheses group"),
        ("title:store", "the word in one field: title, heading, text, url, id"),
        ("company:uber", "a filter, as --company is; also tag, site, section, list, kind"),
        ("year:2019..2021", "years from one to another; year:>2019, after:30d, before:2022-07"),
    ],
};

/// Variables that are read; an empty one counts as unset.
pub(crate) const ENVIRONMENT: Topic = Topic {
    heading: "Environment",
    rows: &[
        ("MLSEARCH_INDEX", "the collection, where --index names none"),
        ("MLSEARCH_ENGINE", "the cluster with the index, where --engine names none"),
        ("MLSEARCH_ENGINE_INDEX", "the name of the index on the cluster"),
        ("MLSEARCH_ENGINE_API_KEY", "a key for the cluster"),
        ("MLSEARCH_ENGINE_USER", "a user of the cluster, with MLSEARCH_ENGINE_PASSWORD"),
        ("MLSEARCH_ENGINE_CA_BUNDLE", "the certificate authority of the cluster, a file"),
        ("MLSEARCH_MODEL", "the folder of a model, with which passages get vectors"),
        ("MLSEARCH_HISTORY", "0 lets no search be remembered"),
        ("MLSEARCH_PAGER", "the pager for what does not fit the window; cat for none"),
        ("PAGER", "the pager, where MLSEARCH_PAGER names none; less where neither does"),
        ("BROWSER", "what open and serve --open start, in place of the system's browser"),
        ("NO_COLOR", "no colours, links and progress bars"),
        ("CLICOLOR", "0 means the same"),
        ("CLICOLOR_FORCE", "colours and links without a terminal, too, unless it is 0"),
        ("COLUMNS", "the columns of a line, where there is no terminal; 80 by default"),
        ("HTTPS_PROXY", "the proxy for requests; also HTTP_PROXY and NO_PROXY"),
        ("SSL_CERT_FILE", "the certificate authorities to trust, a file"),
        ("XDG_DATA_HOME", "the folder of your own collection, with mlsearch behind it"),
        ("XDG_CACHE_HOME", "the folder of the last search, with mlsearch behind it"),
        ("TZ", "the time zone in which days begin"),
    ],
};

/// Files that are read and written.
pub(crate) const FILES: Topic = Topic {
    heading: "Files",
    rows: &[
        ("./index", "the collection, if it holds an mlsearch.toml"),
        ("~/.local/share/mlsearch", "your own collection, made when there is no other"),
        ("~/.cache/mlsearch", "the last search, so that show 2 is its second hit"),
        ("mlsearch.toml", "in a collection: its lists and settings"),
        ("aliases.toml", "names of companies and tags, and synonyms"),
        ("lists/", "the lists"),
        ("pages.sqlite", "the pages that were fetched; the one file to keep"),
        ("generations/", "the index, made from the others"),
    ],
};

/// The exit codes, which are those of grep.
pub(crate) const EXIT_STATUS: Topic = Topic {
    heading: "Exit status",
    rows: &[("0", "found, or done"), ("1", "nothing found"), ("2", "error")],
};

/// What stands below the options in the long help.
pub(crate) fn help() -> String {
    let sections = [EXAMPLES, QUERY_SYNTAX, ENVIRONMENT, FILES, EXIT_STATUS];
    sections.iter().map(table).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// A section with its rows in two columns.
fn table(section: &Topic) -> String {
    let width = section.rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let row = |(name, text): &(&str, &str)| format!("  {name:<width$}  {text}\n");
    let rows: String = section.rows.iter().map(row).collect();
    format!("{}:\n{rows}", section.heading)
}
