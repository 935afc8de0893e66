//! What each setting of a collection sets, for docs/settings.md and for the file that `init` writes.

use crate::collection::reference::setting::{
    Setting,
    SettingDefault::{Value, Words},
    SettingTable,
};

/// The tables of `mlsearch.toml`, and `aliases.toml`.
pub(crate) const TABLES: &[SettingTable] = &[
    SettingTable {
        heading: "mlsearch.toml",
        before: "",
        after: "An address with a user name or a password is an error anywhere but in `proxy`.",
        has_ranges: false,
        settings: &[
            Setting {
                key: "contact",
                default: Words("none", "\"https://example.org/about\""),
                range: "",
                what: "where site owners reach you: a URL or a mail address in printable ASCII. \
                       It is sent with each request; without it each update says that nobody \
                       can reach you",
            },
            Setting {
                key: "aliases",
                default: Value("\"aliases.toml\""),
                range: "",
                what: "the file with canonical names and synonyms, relative to the folder. A \
                       file that is named must exist, the default one need not",
            },
            Setting {
                key: "exclude",
                default: Value("[]"),
                range: "",
                what: "what is left out of all lists: hosts with those below them, addresses, and \
                       either with `*` for anything, as in \
                       `[\"example.org\", \"https://example.net/blog/*\"]`. It is neither visited nor \
                       listed, and what was there is [no loss](updating.md#what-was-removed-and-what-is-lost)",
            },
            Setting {
                key: "list",
                default: Words("none", ""),
                range: "",
                what: "the lists, one `[[list]]` table each; the first one wins where two disagree",
            },
            Setting {
                key: "crawl",
                default: Words("all defaults", ""),
                range: "",
                what: "how pages are fetched, a table",
            },
            Setting {
                key: "publish",
                default: Words("all defaults", ""),
                range: "",
                what: "when a new index is refused, a table",
            },
            Setting {
                key: "engine",
                default: Words("this machine", ""),
                range: "",
                what: "which cluster holds the index, a table",
            },
            Setting {
                key: "embedding",
                default: Words("none", ""),
                range: "",
                what: "which model gives passages their vectors, a table",
            },
            Setting {
                key: "pull",
                default: Words("it is built here", ""),
                range: "",
                what: "where the index comes from that somebody else has built, a table",
            },
        ],
    },
    SettingTable {
        heading: "[[list]]",
        before: "",
        after: "",
        has_ranges: false,
        settings: &[
            Setting {
                key: "source",
                default: Words("must be given", "\"lists/articles.md\""),
                range: "",
                what: "a path relative to the folder, or an http or https URL",
            },
            Setting {
                key: "name",
                default: Words("made from `source`", "\"articles\""),
                range: "",
                what: "the name under which the entries are filed: by default the name of the \
                       file without its suffix, that of its folder for a README, or owner, \
                       repository and folder of a GitHub address",
            },
            Setting {
                key: "base",
                default: Words("`source`, if it is a URL", "\"https://example.org/list/\""),
                range: "",
                what: "the address against which relative links are resolved",
            },
            Setting {
                key: "depth",
                default: Value("0"),
                range: "",
                what: "1 to read all lists that it links to as well, 0 not to: files of its \
                       repository, or of its own folder outside of any, and of the web \
                       repositories and folders at GitHub and files such as `.md` and `.opml`",
            },
            Setting {
                key: "labels",
                default: Value("\"tags\""),
                range: "",
                what: "what code spans behind an entry mean: `\"tags\"`, `\"company\"` (the \
                       first is the company, the others are tags) or `\"ignore\"`",
            },
            Setting {
                key: "keep",
                default: Words("those of a feed stay, others do not", "true"),
                range: "",
                what: "whether entries stay that the list does not have any more, as items roll off \
                       a feed; the newest 10,000 of a list do",
            },
            Setting {
                key: "exclude",
                default: Value("[]"),
                range: "",
                what: "what is left out of this list and of those within it, as in `exclude` of the \
                       collection",
            },
            Setting {
                key: "entry",
                default: Words("none", ""),
                range: "",
                what: "settings for single entries, one `[[list.entry]]` table each",
            },
        ],
    },
    SettingTable {
        heading: "[[list.entry]]",
        before: "",
        after: "\
Lists within a list are named for their files, their folders or their repositories, and the lists within those are not followed.
A list in a file names only files that it links to, within the repository that holds it or its own folder, none of which is hidden; a list from the web names no files at all.",
        has_ranges: false,
        settings: &[
            Setting {
                key: "url",
                default: Words("must be given", "\"https://github.com/example/articles\""),
                range: "",
                what: "the link of the entry, a URL; or the path of a file, as a list in a file \
                       links to it",
            },
            Setting {
                key: "depth",
                default: Words("must be given", "1"),
                range: "",
                what: "1 to read what it links to as a list, 0 not to, also where the list has \
                       `depth = 1`",
            },
        ],
    },
    SettingTable {
        heading: "[crawl]",
        before: "Times are in seconds and may have a fraction. Delays are from 0 to 3600, \
                 timeouts are more than 0 and at most 3600.",
        after: "",
        has_ranges: true,
        settings: &[
            Setting {
                key: "delay",
                default: Value("1.0"),
                range: "seconds, 0 to 3600",
                what: "time between the starts of two requests to one host; `arxiv.org`, \
                       `export.arxiv.org` and `web.archive.org` have at least 3",
            },
            Setting {
                key: "host_delays",
                default: Value("{}"),
                range: "seconds, 0 to 3600",
                what: "other delays for some hosts, by name, with the port unless it is a \
                       default one: `{ \"example.org\" = 5 }`",
            },
            Setting {
                key: "hosts_at_once",
                default: Value("128"),
                range: "hosts, 1 or more",
                what: "how many hosts are visited at the same time",
            },
            Setting {
                key: "max_body_bytes",
                default: Value("20_971_520"),
                range: "bytes",
                what: "the largest body, as sent and as decoded",
            },
            Setting {
                key: "connect_timeout",
                default: Value("10.0"),
                range: "seconds, up to 3600",
                what: "time to connect, TLS included",
            },
            Setting {
                key: "idle_timeout",
                default: Value("20.0"),
                range: "seconds, up to 3600",
                what: "time to the header of an answer, and between two reads of its body",
            },
            Setting {
                key: "total_timeout",
                default: Value("60.0"),
                range: "seconds, up to 3600",
                what: "time for one request altogether",
            },
            Setting {
                key: "proxy",
                default: Words("that of the environment or the system", "\"http://proxy.example:3128\""),
                range: "a URL",
                what: "the proxy that all requests go through",
            },
            Setting {
                key: "allow_net",
                default: Value("[]"),
                range: "networks, as in `[\"10.0.0.0/8\"]`",
                what: "networks that are treated as public",
            },
            Setting {
                key: "ca_bundle",
                default: Words("none", "\"authorities.pem\""),
                range: "a path relative to the folder",
                what: "a PEM file with further certificate authorities",
            },
            Setting {
                key: "archive",
                default: Value("true"),
                range: "",
                what: "whether the web archive is asked for pages that are gone, blocked or empty",
            },
            Setting {
                key: "github",
                default: Value("true"),
                range: "",
                what: "whether the GitHub API is asked for the READMEs of repositories",
            },
            Setting {
                key: "arxiv",
                default: Value("true"),
                range: "",
                what: "whether the arXiv API is asked for title, authors and abstract of a paper",
            },
            Setting {
                key: "doi",
                default: Value("true"),
                range: "",
                what: "whether OpenAlex is asked for title, authors and abstract of a paper \
                       with a DOI",
            },
            Setting {
                key: "youtube",
                default: Value("true"),
                range: "",
                what: "whether YouTube's oEmbed and feeds are asked for titles and descriptions",
            },
            Setting {
                key: "tweets",
                default: Value("true"),
                range: "",
                what: "whether oEmbed is asked for the text of a tweet, and the article that it \
                       links to is fetched",
            },
            Setting {
                key: "variants",
                default: Value("true"),
                range: "",
                what: "whether the AMP or print version stands in for a page without a text \
                       that links to one",
            },
            Setting {
                key: "books",
                default: Value("true"),
                range: "",
                what: "whether the chapters of a book or of documentation are fetched when its \
                       front page is listed",
            },
        ],
    },
    SettingTable {
        heading: "[publish]",
        before: "",
        after: "",
        has_ranges: true,
        settings: &[
            Setting {
                key: "max_loss",
                default: Value("0.10"),
                range: "share, 0 to 1",
                what: "a new index is refused when it lacks more than this share of the \
                       documents or of the full texts, without those that were [removed from \
                       the lists](updating.md#what-was-removed-and-what-is-lost)",
            },
            Setting {
                key: "max_failures",
                default: Value("0.5"),
                range: "share, 0 to 1",
                what: "it is refused, too, when more than this share of the pages fails that \
                       did not fail before",
            },
        ],
    },
    SettingTable {
        heading: "[engine]",
        before: "An option of the command line or a variable of the environment comes before a \
                 setting.",
        after: "",
        has_ranges: true,
        settings: &[
            Setting {
                key: "url",
                default: Words("none", "\"https://search.example:9200\""),
                range: "an http or https URL without user name and password",
                what: "the cluster, OpenSearch or Elasticsearch, that holds the index; without \
                       one it is in the folder. `--engine` and `MLSEARCH_ENGINE` come first; \
                       `local` means the folder",
            },
            Setting {
                key: "index",
                default: Words("`mlsearch-` and the name of the folder", "\"mlsearch-articles\""),
                range: "small letters, digits, `-`, `_` and `.`",
                what: "the alias under which the index is searched; the indexes themselves have \
                       a number behind. `MLSEARCH_ENGINE_INDEX` comes first",
            },
            Setting {
                key: "shards",
                default: Value("1"),
                range: "1 to 1024",
                what: "into how many parts a new index is cut; `--shards` of `update` and \
                       `import` comes first",
            },
            Setting {
                key: "replicas",
                default: Words("one, where there is a second node", "1"),
                range: "0 to 100",
                what: "how many copies each part has besides; `--replicas` comes first",
            },
            Setting {
                key: "ca_bundle",
                default: Words("none", "\"authorities.pem\""),
                range: "a path relative to the folder",
                what: "a PEM file with further certificate authorities; \
                       `MLSEARCH_ENGINE_CA_BUNDLE` comes first",
            },
            Setting {
                key: "credentials",
                default: Words("none", "\"credentials.txt\""),
                range: "a path relative to the folder",
                what: "a file with an API key, or a user name and a password with a colon \
                       between. `MLSEARCH_ENGINE_API_KEY`, or `MLSEARCH_ENGINE_USER` and \
                       `MLSEARCH_ENGINE_PASSWORD`, come first",
            },
            Setting {
                key: "timeout",
                default: Value("60.0"),
                range: "seconds, up to 3600",
                what: "time for one request",
            },
        ],
    },
    SettingTable {
        heading: "[embedding]",
        before: "",
        after: "[hybrid.md](hybrid.md) says which models can be read and where they are.",
        has_ranges: false,
        settings: &[
            Setting {
                key: "model",
                default: Words("none", "\"models/all-MiniLM-L6-v2\""),
                range: "",
                what: "the folder of a model of sentence embeddings, relative to this one, or to \
                       your own behind `~/`: passages get vectors when the index is built. \
                       `MLSEARCH_MODEL` comes first",
            },
            Setting {
                key: "hybrid",
                default: Value("false"),
                range: "",
                what: "whether searches find articles by meaning, too, unless they say `--no-hybrid`",
            },
        ],
    },
    SettingTable {
        heading: "[pull]",
        before: "This table, even an empty one, marks a collection whose index [somebody else builds](sharing.md): \
                 `mlsearch pull` writes it, and `mlsearch update` pulls there in place of visits.",
        after: "",
        has_ranges: false,
        settings: &[
            Setting {
                key: "url",
                default: Words("none", "\"https://example.org/index.tar.zst\""),
                range: "",
                what: "the address of the archive; without one each archive is named when it is \
                       pulled",
            },
            Setting {
                key: "public_key",
                default: Words(
                    "none",
                    "\"RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\"",
                ),
                range: "",
                what: "the public key of minisign with which each archive must be signed; \
                       `--public-key` of `pull` comes first",
            },
        ],
    },
    SettingTable {
        heading: "aliases.toml",
        before: "\
Names are folded when they are indexed and when they are searched; lists stay as they are.
A collection without this file has the synonyms of [index/aliases.toml](../index/aliases.toml), and so have imported documents; with `synonyms = []` in it there are none.",
        after: "",
        has_ranges: false,
        settings: &[
            Setting {
                key: "companies",
                default: Value("{}"),
                range: "",
                what: "canonical names of companies: the name as written, in lower case, and \
                       the canonical one",
            },
            Setting {
                key: "tags",
                default: Value("{}"),
                range: "",
                what: "canonical spellings of tags: the tag as written, in lower case, and the \
                       canonical one. Spellings that differ by case, hyphens, spaces or a \
                       plural `s` are folded without it",
            },
            Setting {
                key: "hosts",
                default: Value("{}"),
                range: "",
                what: "which company writes on a host; hosts below it count, too",
            },
            Setting {
                key: "synonyms",
                default: Value("[]"),
                range: "",
                what: "groups of words or phrases, of up to four words without stop words, that \
                       mean the same to a search",
            },
        ],
    },
];
