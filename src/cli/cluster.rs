//! The cluster that holds the index: named by an option, the environment or the settings.

use std::{env, fs, path::Path, time::Duration};

use clap::Args;
use mlsearch::{
    Error, canonical,
    collection::{Collection, EngineSettings},
    engine::opensearch::{
        Credentials,
        target::{Target, name_of, name_problem},
    },
};
use url::Url;

use crate::cli::{context::Context, failure::Failure};

/// What names the engine of this machine.
const LOCAL: &str = "local";
/// Time for one request.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How a new index is spread over a cluster.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct SpreadArgs {
    /// Parts of the index on a cluster [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) shards: Option<u32>,
    /// Copies of each part on a cluster [default: 1, if it has two nodes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) replicas: Option<u32>,
}

impl Context {
    /// The cluster that is meant; none when the index is on this machine.
    pub(crate) fn cluster(&self) -> Result<Option<Target>, Failure> {
        let dir = self.dir()?;
        let settings = match Collection::exists(&dir) {
            true => Collection::open(&dir)?.settings.engine,
            false => EngineSettings::default(),
        };
        self.cluster_of(&dir, &settings)
    }

    /// The cluster of the collection in a folder with such settings.
    pub(crate) fn cluster_of(
        &self,
        dir: &Path,
        settings: &EngineSettings,
    ) -> Result<Option<Target>, Failure> {
        let named = self.engine.clone().or_else(|| variable("MLSEARCH_ENGINE"));
        let named = named.or_else(|| settings.url.clone());
        let Some(text) = named.filter(|text| text != LOCAL) else { return Ok(None) };
        let ca_bundle = variable("MLSEARCH_ENGINE_CA_BUNDLE").map(Into::into);
        let in_dir = |path: &std::path::PathBuf| dir.join(path);
        let url = address(&text)?;
        // What the settings know of their cluster is told to no other one.
        let own = settings.url.as_deref().map(|own| Url::parse(own).map(|own| own.origin()));
        let is_own = own.is_none_or(|own| own.is_ok_and(|own| own == url.origin()));
        let file = settings.credentials.as_ref().filter(|_| is_own).map(in_dir);
        Ok(Some(Target {
            url,
            index: index_name(dir, settings)?,
            shards: settings.shards.unwrap_or(1),
            replicas: settings.replicas,
            credentials: credentials(file.as_deref())?,
            ca_bundle: ca_bundle.or_else(|| settings.ca_bundle.as_ref().map(in_dir)),
            timeout: settings.timeout.map_or(TIMEOUT, Duration::from_secs_f64),
        }))
    }
}

impl SpreadArgs {
    /// The target with what these say of it.
    pub(crate) fn applied(self, target: Target) -> Target {
        Target {
            shards: self.shards.unwrap_or(target.shards),
            replicas: self.replicas.or(target.replicas),
            ..target
        }
    }
}

/// The address of a cluster, which has neither user name nor password: it is shown.
fn address(text: &str) -> Result<Url, Failure> {
    if let Some(cut) = canonical::url_without_userinfo(text) {
        return Err(Failure::Usage {
            message: format!("`{cut}` has a user name or a password in front"),
            hint: "set MLSEARCH_ENGINE_USER and MLSEARCH_ENGINE_PASSWORD".into(),
        });
    }
    let url = Url::parse(text).ok().filter(|url| {
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        is_web && url.query().is_none() && url.fragment().is_none()
    });
    url.ok_or_else(|| Failure::Usage {
        message: format!("`{text}` is not the address of a cluster"),
        hint: "name one such as https://search.example:9200, or `local` for this machine".into(),
    })
}

fn index_name(dir: &Path, settings: &EngineSettings) -> Result<String, Failure> {
    let folder = || {
        // `.` and `..` have no name of their own.
        let full = fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
        name_of(&full.file_name().unwrap_or_default().to_string_lossy())
    };
    let named = variable("MLSEARCH_ENGINE_INDEX").or_else(|| settings.index.clone());
    let name = named.unwrap_or_else(folder);
    match name_problem(&name) {
        None => Ok(name),
        Some(message) => Err(Failure::Usage {
            message,
            hint: "choose another one with `index` in `[engine]`, or MLSEARCH_ENGINE_INDEX".into(),
        }),
    }
}

/// Who asks: as the environment says, else as the file does.
fn credentials(file: Option<&Path>) -> Result<Credentials, Failure> {
    if let Some(key) = variable("MLSEARCH_ENGINE_API_KEY") {
        return Ok(Credentials::ApiKey(key));
    }
    if let Some(name) = variable("MLSEARCH_ENGINE_USER") {
        let password = variable("MLSEARCH_ENGINE_PASSWORD").unwrap_or_default();
        return Ok(Credentials::User { name, password });
    }
    let Some(path) = file else { return Ok(Credentials::None) };
    let text = fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
    Ok(match text.trim() {
        "" => Credentials::None,
        line => match line.split_once(':') {
            Some((name, password)) => {
                Credentials::User { name: name.to_owned(), password: password.to_owned() }
            }
            None => Credentials::ApiKey(line.to_owned()),
        },
    })
}

/// A variable of the environment that is set to something.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use crate::cli::cluster::address;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, &str>) {
        let url = address(text).map(|url| url.to_string()).map_err(|failure| failure.to_string());
        assert_eq!(url, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn an_address_has_a_host_and_no_password() {
        check("https://search.example:9200", Ok("https://search.example:9200/"));
        check("http://127.0.0.1:9200/below", Ok("http://127.0.0.1:9200/below"));
        check(
            "https://me:secret@search.example",
            Err("`https://search.example` has a user name or a password in front"),
        );
        check("search.example", Err("`search.example` is not the address of a cluster"));
        check(
            "ftp://search.example",
            Err("`ftp://search.example` is not the address of a cluster"),
        );
    }
}
