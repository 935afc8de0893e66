//! The environment of a scheduled update: what the shell says of proxies, authorities and the engine,
//! without its secrets.

use std::path::Path;

/// Variables with addresses, in which a password may stand.
const ADDRESSES: [&str; 7] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "MLSEARCH_ENGINE",
];
/// Variables with paths.
const PATHS: [&str; 4] =
    ["SSL_CERT_FILE", "SSL_CERT_DIR", "MLSEARCH_ENGINE_CA_BUNDLE", "MLSEARCH_MODEL"];
/// Variables with names that anybody may read.
const NAMES: [&str; 3] = ["NO_PROXY", "no_proxy", "MLSEARCH_ENGINE_INDEX"];
/// Variables that are secrets.
const SECRETS: [&str; 3] =
    ["MLSEARCH_ENGINE_API_KEY", "MLSEARCH_ENGINE_USER", "MLSEARCH_ENGINE_PASSWORD"];

/// The variables that an update would read and the system does not keep.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Environment {
    /// Those that are written into a unit, with their values.
    pub(crate) kept: Vec<(&'static str, String)>,
    /// Those that are not, since others may read a unit.
    pub(crate) secret: Vec<&'static str>,
}

impl Environment {
    /// The environment in which a shell would update; `variable` reads one.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Environment {
        let mut environment = Environment::default();
        for name in ADDRESSES.into_iter().chain(NAMES).chain(PATHS).chain(SECRETS) {
            let Some(value) = variable(name).filter(|value| !value.trim().is_empty()) else {
                continue;
            };
            let is_secret = SECRETS.contains(&name)
                || ADDRESSES.contains(&name) && value.contains('@')
                || value.chars().any(char::is_control);
            if is_secret {
                environment.secret.push(name);
                continue;
            }
            // The unit does not begin in the folder of this shell.
            let absolute = std::path::absolute(Path::new(&value)).ok();
            let absolute = absolute.and_then(|path| path.to_str().map(str::to_owned));
            let value = if PATHS.contains(&name) { absolute.unwrap_or(value) } else { value };
            environment.kept.push((name, value));
        }
        environment
    }

    /// What is left out of a unit that has no file for secrets.
    pub(crate) fn secret_note(&self, unit: &str) -> Option<String> {
        (!self.secret.is_empty()).then(|| {
            format!(
                "not written into {unit}, since others may read it: {}; a proxy can stand in \
                 `mlsearch.toml`, in a file that only you can read",
                self.secret.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::schedule::environment::Environment;

    #[test]
    fn a_password_is_never_written_into_a_unit() {
        let shell = |name: &str| {
            let value = match name {
                "HTTPS_PROXY" => "http://bob:geheim@proxy.example:3128",
                "http_proxy" => "bob:geheim@proxy.example",
                "HTTP_PROXY" => "http://proxy.example:3128",
                "NO_PROXY" => "localhost,.corp.example",
                "MLSEARCH_MODEL" => "/models/small",
                "SSL_CERT_FILE" => "/etc/ssl/corp@home.pem",
                "MLSEARCH_ENGINE_PASSWORD" => "geheim",
                "ALL_PROXY" => "http://proxy.example\nX=geheim",
                "no_proxy" => " ",
                _ => return None,
            };
            Some(value.to_owned())
        };
        let Environment { kept, secret } = Environment::of(shell);
        let expected = [
            ("HTTP_PROXY", "http://proxy.example:3128"),
            ("NO_PROXY", "localhost,.corp.example"),
            ("SSL_CERT_FILE", "/etc/ssl/corp@home.pem"),
            ("MLSEARCH_MODEL", "/models/small"),
        ];
        let kept: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, &**value)).collect();
        assert_eq!(kept, expected);
        let expected = ["HTTPS_PROXY", "ALL_PROXY", "http_proxy", "MLSEARCH_ENGINE_PASSWORD"];
        assert_eq!(secret, expected);
    }
}
