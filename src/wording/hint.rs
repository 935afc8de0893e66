//! What a user can do about an error: one command to paste, on the index that was named.

use std::{io, net::IpAddr, path::Path};

use ipnet::IpNet;

use crate::{
    canonical,
    collection::{Collection, PullRecord, SETTINGS_FILE},
    engine::local::generations::Generations,
    error::{ArchiveFault, ClusterFault, Error, LineFormat, ListFault, RefusalCause},
    list,
};

/// What was named on the command line or in the environment, as commands to paste name it again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Named<'a> {
    /// The folder.
    pub index: Option<&'a Path>,
    /// The engine.
    pub engine: Option<&'a str>,
}

/// What the index of a folder is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The lists of a collection.
    Lists,
    /// Documents that were imported.
    Import,
    /// An archive that was pulled.
    Pull,
    /// Nothing yet: the folder is no collection and has no index.
    Nothing,
}

impl Origin {
    /// The origin of the index in the folder that was named; without one it is a collection's.
    pub fn of(index: Option<&Path>) -> Origin {
        let Some(dir) = index else { return Origin::Lists };
        if Collection::exists(dir) {
            let is_pulled = Collection::open(dir).is_ok_and(|own| own.settings.pull.is_some());
            return if is_pulled { Origin::Pull } else { Origin::Lists };
        }
        match Generations::of(dir).current() {
            Ok(Some(_)) => Origin::Import,
            _ => Origin::Nothing,
        }
    }
}

/// What to do when no answer, or a bad one, came from an address that the user gave.
pub const CHECK_ADDRESS: &str = "check the address and the network, or name a local file";

/// What to write into a file that is imported.
pub const DOCUMENT_LINES: &str =
    "each line is a JSON object with id or url, and title, text, tags, company, date, language";

/// What makes an index of documents of one's own.
const IMPORT: &str = "import FILE";
/// What stands for a list in a command.
pub const LIST: &str = "LIST";
/// What makes an index of lists again, whatever state it is in.
const REBUILD: &str = "update --offline --force";

/// The command that makes a damaged index again.
pub fn rebuild(named: Named<'_>) -> String {
    let words = match Origin::of(named.index) {
        Origin::Import => IMPORT.to_owned(),
        Origin::Pull => pull_again(named),
        Origin::Lists | Origin::Nothing => REBUILD.to_owned(),
    };
    command(named, &words)
}

/// What the user can do about an error of the library, in one line.
pub fn hint(error: &Error, named: Named<'_>, origin: Origin) -> Option<String> {
    let run = |words: &str, purpose: &str| format!("run `{}` {purpose}", command(named, words));
    let is_imported = origin == Origin::Import;
    Some(match error {
        Error::NoCollection(_) | Error::IndexVersion { .. } | Error::Engine(_) if is_imported => {
            run(IMPORT, "to import it anew")
        }
        Error::NoIndex(_) | Error::IndexVersion { .. } | Error::Engine(_)
            if origin == Origin::Pull =>
        {
            run(&pull_again(named), "to pull it again")
        }
        Error::NoIndex(dir) if origin == Origin::Nothing => format!(
            "run `{}` for lists, or `{}` for documents of your own",
            init(named, dir, LIST),
            command(named, IMPORT)
        ),
        Error::NoStore(_) => run("update", "to visit the pages"),
        Error::NoIndex(_) => run("update", "to build it"),
        Error::NoCollection(dir) => {
            format!("run `{}` to make one", init(named, dir, LIST))
        }
        Error::IndexVersion { .. } => {
            run("update --offline", "to rebuild it from the stored pages")
        }
        Error::Settings { .. } => "fix the line, then run the command again".into(),
        Error::List { fault, .. } => match fault {
            ListFault::Source => {
                let settings = named.index.map(|dir| dir.join(SETTINGS_FILE));
                let settings = settings.unwrap_or_else(|| SETTINGS_FILE.into());
                format!("fix `source` in {}", settings.display())
            }
            ListFault::Network => CHECK_ADDRESS.into(),
            ListFault::Size => "cut it into several lists and name each of them".into(),
            ListFault::Format => list::SUPPORTED.into(),
        },
        Error::Locked { .. } => {
            "wait for it to end; a published index can be searched all the while".into()
        }
        Error::Refused { cause, .. } => return Some(after_refusal(*cause, named)),
        Error::UnknownFacet { known, .. } => format!("the facets are {}", known.join(", ")),
        Error::UnknownValue { facet, nearest, .. } => other_values(facet, nearest, named),
        Error::UnknownDocument(_) => run("WORDS --json", "to see the ids of what you look for"),
        Error::UnknownEntry(_) => run("WORDS --json", "for the ids"),
        Error::Line { expected, .. } => match expected {
            LineFormat::Document => {
                return Some(format!("{DOCUMENT_LINES}; `--skip-bad` skips other lines"));
            }
            LineFormat::Query => "write one query a line: id, tab, text",
            LineFormat::Judgment => "write one judgment a line, four columns with blanks between",
        }
        .into(),
        Error::DuplicateId { .. } => {
            "run it with `--last-wins` to take the last line of each id, or with `--skip-bad` to \
             take the first"
                .into()
        }
        Error::StoreVersion(_) => run("update --offline", "to bring it up to date"),
        Error::Store { path, .. } => format!(
            "move `{}` away and run `{}` to fetch the pages again",
            path.display(),
            command(named, "update")
        ),
        Error::Engine(_) => run(REBUILD, "to rebuild the index"),
        Error::Cluster { fault, address, .. } => return of_cluster(*fault, address, named),
        Error::Model { .. } => run("help model", "to see which models can be read"),
        Error::Network(_) => "check `ca_bundle`, SSL_CERT_FILE and HTTPS_PROXY".into(),
        Error::Io { source, .. } if is_full(source) => {
            "free some disk space, then run the command again; nothing was lost".into()
        }
        Error::Io { source, .. } if is_barred(source) => {
            "check who owns it, or name another folder with `--index DIR`".into()
        }
        Error::Io { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            run("export warc NEW-FOLDER", "to write into a folder that is not there yet")
        }
        Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => {
            "check the path; a relative one begins at the folder where the command runs".into()
        }
        Error::Io { source, .. } if source.kind() == io::ErrorKind::IsADirectory => {
            "a folder is where a file has to be: move it away, or name a file".into()
        }
        Error::Archive { name, .. } => {
            return of_pull(error, &format!("pull {}", quoted(name)), named);
        }
        Error::NoArchive(dir) => match last_source(dir) {
            Some(source) => {
                run(&format!("pull {}", quoted(&source)), "to pull from where it came last")
            }
            None => run("pull URL", "once to name the archive, an address or a file"),
        },
        Error::NotPulled { .. } => return of_pull(error, "pull URL", named),
        Error::Interrupted => "run the command again; what is kept is not done twice".into(),
        _ => return None,
    })
}

/// What the user can do when a new index was not published.
pub fn after_refusal(cause: RefusalCause, named: Named<'_>) -> String {
    let (words, purpose) = match cause {
        RefusalCause::Failures => {
            ("update --refresh", "to visit all pages again, once they answer")
        }
        RefusalCause::UnreadLists => ("update", "again when the lists can be read"),
        RefusalCause::Losses => ("update --force", "to publish it all the same"),
    };
    format!("run `{}` {purpose}", command(named, words))
}

/// What the user can do about a cluster.
fn of_cluster(fault: ClusterFault, address: &str, named: Named<'_>) -> Option<String> {
    let ask = |path: &str| format!("curl {}", quoted(&format!("{address}{path}")));
    Some(match fault {
        ClusterFault::Unreachable => {
            format!("run `{}` to see whether a cluster answers at that address", ask(""))
        }
        ClusterFault::Tls => "name the certificate authority with `ca_bundle` in `[engine]`, or \
             MLSEARCH_ENGINE_CA_BUNDLE"
            .into(),
        ClusterFault::Credentials => {
            "set MLSEARCH_ENGINE_API_KEY, or MLSEARCH_ENGINE_USER and MLSEARCH_ENGINE_PASSWORD"
                .into()
        }
        ClusterFault::Unknown => {
            "OpenSearch 2.19 and later and Elasticsearch 8 and 9 can be used; check the address"
                .into()
        }
        ClusterFault::Full => {
            "free disk space on the nodes of the cluster, then run the command again".into()
        }
        ClusterFault::Unhealthy => {
            format!("run `{}` for its health, then the command again", ask("/_cluster/health"))
        }
        ClusterFault::NameTaken => {
            "choose another name with `index` in `[engine]`, or MLSEARCH_ENGINE_INDEX".into()
        }
        ClusterFault::OtherBuild => {
            let abandon = command(named, "import --abandon");
            format!("run `{abandon}` to remove what is loaded, then load every slice")
        }
        ClusterFault::NoIndex => {
            let has_lists = named.index.is_none_or(Collection::exists);
            let words = if has_lists { "update" } else { IMPORT };
            format!("run `{}` to build it", command(named, words))
        }
        ClusterFault::Refused => return None,
    })
}

/// What the user can do about an error of a pull, which runs again with these words.
pub fn of_pull(error: &Error, words: &str, named: Named<'_>) -> Option<String> {
    Some(match error {
        Error::Archive { fault, name, message } => {
            of_archive(*fault, name, message, &command(named, words), named)
        }
        Error::NotPulled { .. } => {
            let elsewhere = Named { index: Some(Path::new("NEW-FOLDER")), ..named };
            let pull = command(elsewhere, words);
            format!("run `{pull}` to pull into a folder that is not there yet")
        }
        Error::Interrupted => format!("run `{}` to go on from there", command(named, words)),
        _ => return None,
    })
}

/// Where the index of a folder was pulled from last, if that is known.
fn last_source(dir: &Path) -> Option<String> {
    PullRecord::read(dir).ok().flatten().map(|record| record.source)
}

/// The words of the command that pulls an index again, whatever state it is in.
fn pull_again(named: Named<'_>) -> String {
    let of_file = || {
        let dir = named.index?;
        let pull = Collection::open(dir).ok()?.settings.pull?;
        let source = last_source(dir).filter(|source| canonical::web_url(source).is_none())?;
        pull.url.is_none().then(|| format!("pull --force {}", quoted(&source)))
    };
    of_file().unwrap_or_else(|| "update --force".to_owned())
}

/// What the user can do about an archive that does not come, or is not taken.
fn of_archive(
    fault: ArchiveFault,
    name: &str,
    message: &str,
    pull: &str,
    named: Named<'_>,
) -> String {
    match fault {
        ArchiveFault::Unknown => {
            let pack = command(named, "pack index.tar.zst");
            format!("name the archive itself, as `{pack}` writes it")
        }
        ArchiveFault::Damaged if canonical::web_url(name).is_none() => {
            format!("copy the file again, and run `{pull}`; what was published here stays")
        }
        ArchiveFault::Damaged => {
            format!("run `{pull}` to fetch it again; what was published here stays")
        }
        ArchiveFault::Hostile => {
            "nothing of it was taken; tell whoever shares it to pack the index anew".into()
        }
        ArchiveFault::Version => "run `mlsearch --version` here and where it was packed, and \
             bring the older one up to date"
            .into(),
        ArchiveFault::Checksum => {
            format!("run `{pull}` again: it may have been replaced meanwhile; else do not trust it")
        }
        ArchiveFault::Signature => {
            "do not trust it, unless whoever shares it has changed the key: then set `public_key` \
             in `[pull]`"
                .into()
        }
        ArchiveFault::LegacySignature => "run `minisign -S -H -m index.tar.zst` where it was \
             packed, and put the signature beside it again"
            .into(),
        ArchiveFault::Key => "a public key is the line that `minisign -G` prints; it begins with \
             `RW`"
            .into(),
        ArchiveFault::Network => {
            format!("run `{pull}` again; it goes on from what has come, if the server can")
        }
        ArchiveFault::Forbidden => match addresses(message).as_slice() {
            [] if message.ends_with("a redirect from https to http") => {
                let curl = format!("curl --location --remote-name {}", quoted(name));
                format!("run `{curl}` and pull that file, if you trust where it redirects to")
            }
            [] => {
                "nothing was fetched; ask whoever shares it for the address of the archive itself"
                    .into()
            }
            addresses => {
                let allowed: String =
                    addresses.iter().map(|network| format!(" --allow-net {network}")).collect();
                format!("run `{pull}{allowed}` if the network it redirects to is yours")
            }
        },
    }
}

/// The addresses that a message names, as networks of one.
fn addresses(message: &str) -> Vec<IpNet> {
    let words = message.split(|c: char| c.is_whitespace() || "(),`".contains(c));
    words.filter_map(|word| word.parse::<IpAddr>().ok()).map(IpNet::from).collect()
}

/// Which values of a facet to ask for in place of one that no document has.
pub fn other_values(facet: &str, nearest: &[String], named: Named<'_>) -> String {
    match nearest {
        [] => {
            let facets = command(named, &format!("facets {facet}"));
            format!("run `{facets}` to see all values")
        }
        near => format!("did you mean {}?", near.join(", ")),
    }
}

/// Whether a disk has no space for a file.
fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

/// Whether a file may not be written.
fn is_barred(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// A command of this program on a collection, to be pasted into a shell.
pub fn command(named: Named<'_>, words: &str) -> String {
    let mut command = "mlsearch".to_owned();
    if let Some(engine) = named.engine {
        command += &format!(" --engine {}", quoted(engine));
    }
    if let Some(dir) = named.index {
        let dir = quoted(&dir.display().to_string());
        // What begins as options do is a value behind the sign alone.
        command += if dir.starts_with('-') { " --index=" } else { " --index " };
        command += &dir;
    }
    format!("{command} {words}")
}

/// The command that makes a collection of lists in a folder.
pub fn init(named: Named<'_>, dir: &Path, lists: &str) -> String {
    match named.index {
        Some(index) if index == dir => command(named, &format!("init {lists}")),
        _ => {
            let words = format!("init {} {lists}", quoted(&dir.display().to_string()));
            command(Named { index: None, ..named }, &words)
        }
    }
}

/// A text as one word of a shell.
pub fn quoted(text: &str) -> String {
    // Shells take a backslash for a quote, except those of the system whose paths have it.
    let is_plain =
        |c: char| c.is_alphanumeric() || "/._-:".contains(c) || (cfg!(windows) && c == '\\');
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use crate::error::{ClusterFault, Error, LineFormat, ListFault, RefusalCause};

    use crate::wording::hint::{Named, Origin, command, hint, init};

    #[track_caller]
    fn check(error: &Error, expected: &str) {
        let named = Named { index: Some(Path::new("my index")), engine: None };
        let hint = hint(error, named, Origin::Lists);
        assert_eq!(hint.as_deref(), Some(expected), "{error}");
    }

    #[test]
    fn a_command_that_is_hinted_at_names_the_collection() {
        let store = || PathBuf::from("my index/pages.sqlite");
        check(
            &Error::StoreVersion(store()),
            "run `mlsearch --index 'my index' update --offline` to bring it up to date",
        );
        check(
            &Error::Store { path: store(), message: "damaged".into() },
            "move `my index/pages.sqlite` away and run `mlsearch --index 'my index' update` to \
             fetch the pages again",
        );
        let value = |nearest| Error::UnknownValue {
            facet: "company".into(),
            value: "ubre".into(),
            nearest,
        };
        check(&value(vec!["Uber".into()]), "did you mean Uber?");
        check(
            &value(Vec::new()),
            "run `mlsearch --index 'my index' facets company` to see all values",
        );
        let list = |fault| Error::List { name: "a.md".into(), message: "x".into(), fault };
        check(&list(ListFault::Source), "fix `source` in my index/mlsearch.toml");
        check(&list(ListFault::Network), "check the address and the network, or name a local file");
        let refused = |cause| Error::Refused { reason: "x".into(), cause };
        for (cause, expected) in [
            (
                RefusalCause::Failures,
                "update --refresh` to visit all pages again, once they answer",
            ),
            (RefusalCause::UnreadLists, "update` again when the lists can be read"),
            (RefusalCause::Losses, "update --force` to publish it all the same"),
        ] {
            check(&refused(cause), &format!("run `mlsearch --index 'my index' {expected}"));
        }
        let line = Error::Line {
            name: "queries.tsv".into(),
            line: 3,
            message: "no tab".into(),
            expected: LineFormat::Query,
        };
        check(&line, "write one query a line: id, tab, text");
        let cluster = |fault| Error::Cluster {
            address: "http://a.example:9200".into(),
            message: "x".into(),
            fault,
        };
        check(
            &cluster(ClusterFault::Unreachable),
            "run `curl http://a.example:9200` to see whether a cluster answers at that address",
        );
        check(
            &cluster(ClusterFault::OtherBuild),
            "run `mlsearch --index 'my index' import --abandon` to remove what is loaded, then \
             load every slice",
        );
    }

    #[test]
    fn an_index_that_was_pulled_is_pulled_again() {
        let error = Error::IndexVersion { path: PathBuf::from("x"), found: "5, not 6".into() };
        let hint = hint(&error, Named::default(), Origin::Pull);
        assert_eq!(hint.as_deref(), Some("run `mlsearch update --force` to pull it again"));
    }

    #[test]
    fn a_command_names_the_engine_that_was_named() {
        let named = Named { index: Some(Path::new("a")), engine: Some("http://b.example:9200") };
        let expected = "mlsearch --engine http://b.example:9200 --index a update";
        assert_eq!(command(named, "update"), expected);
        assert_eq!(command(Named::default(), "update"), "mlsearch update");
        let made = |dir| init(named, Path::new(dir), "LIST");
        assert_eq!(made("a"), "mlsearch --engine http://b.example:9200 --index a init LIST");
        assert_eq!(made("b c"), "mlsearch --engine http://b.example:9200 init 'b c' LIST");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_is_one_word_of_a_shell() {
        for (dir, expected) in [
            ("a/b.c-d_e:f", "--index a/b.c-d_e:f"),
            ("読書", "--index 読書"),
            ("a b", "--index 'a b'"),
            ("it's", "--index 'it'\\''s'"),
            ("a\\b", "--index 'a\\b'"),
            ("$(x)", "--index '$(x)'"),
            ("~", "--index '~'"),
            ("", "--index ''"),
            ("-x", "--index=-x"),
        ] {
            let named = Named { index: Some(Path::new(dir)), engine: None };
            assert_eq!(command(named, "x"), format!("mlsearch {expected} x"));
        }
    }
}
