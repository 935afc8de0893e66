//! What a node runs on: a JDK of this machine, and the class path that Maven makes once.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

/// The oldest Java that OpenSearch 3 runs on.
const OLDEST: u32 = 21;
/// The version of OpenSearch, as `pom.xml` has it.
const VERSION: &str = "3.9.0";

/// How to start a node.
pub struct Java {
    pub program: PathBuf,
    pub class_path: String,
}

impl Java {
    /// Finds a JDK, and makes the class path of a version of OpenSearch unless that has been done.
    ///
    /// # Errors
    /// What is missing, in words.
    pub fn find(version: Option<&str>) -> Result<Java, String> {
        let home = homes().into_iter().find(|home| is_fit(home));
        let home = home.ok_or_else(|| format!("no JDK of {OLDEST} or newer was found"))?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let version = version.unwrap_or(VERSION);
        let module = root.join("tests/opensearch");
        let made = root.join("target/opensearch").join(version);
        let jar = made.join("opensearch-node-1.jar");
        let list = made.join("classpath.txt");
        if !is_made(&module, &jar, &list) {
            // What was fetched once is there without a network.
            let version = format!("-Dopensearch.version={version}");
            let mut args = vec![version.as_str()];
            args.extend(version.contains("=2.").then_some("-Dagent=none"));
            let offline = [&["-o"], args.as_slice()].concat();
            maven(&home, &module, &offline).or_else(|_| maven(&home, &module, &args))?;
        }
        let jars = fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
        let class_path = format!("{}:{}", jar.display(), jars.trim());
        Ok(Java { program: home.join("bin/java"), class_path })
    }
}

/// Where a JDK may be, the likeliest place first.
fn homes() -> Vec<PathBuf> {
    let named = env::var_os("JAVA_HOME").map(PathBuf::from);
    // Where the machines of GitHub have theirs.
    let others =
        env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("JAVA_HOME_"));
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter_map(|dir| {
        let program = dir.join("java").canonicalize().ok()?;
        Some(program.parent()?.parent()?.to_owned())
    });
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/jvm")
        .map(|dir| dir.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    installed.sort_unstable();
    let others = others.map(|(_, home)| PathBuf::from(home));
    named.into_iter().chain(on_path).chain(others).chain(installed).collect()
}

/// Whether a JDK, with its compiler, is new enough.
fn is_fit(home: &Path) -> bool {
    let release = fs::read_to_string(home.join("release")).unwrap_or_default();
    let version = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION=\""));
    let major = version.and_then(|version| version.split(['.', '"']).next()?.parse::<u32>().ok());
    major.is_some_and(|major| major >= OLDEST) && home.join("bin/javac").exists()
}

/// Whether the jar is newer than its sources, and everything on the class path is there.
fn is_made(module: &Path, jar: &Path, list: &Path) -> bool {
    let changed = |path: &Path| path.metadata().and_then(|metadata| metadata.modified());
    let made = changed(list).unwrap_or(SystemTime::UNIX_EPOCH);
    let sources = [
        "pom.xml",
        "src/main/java/node/OpenSearchNode.java",
        "src/main/resources/log4j2.properties",
    ];
    let is_newer = sources.iter().all(|name| changed(&module.join(name)).is_ok_and(|at| at < made));
    let jars = fs::read_to_string(list).unwrap_or_default();
    is_newer && jar.exists() && jars.trim().split(':').all(|jar| Path::new(jar).exists())
}

fn maven(home: &Path, module: &Path, args: &[&str]) -> Result<(), String> {
    let mut command = Command::new("mvn");
    command.args(["-q", "-B"]).args(args).arg("package").current_dir(module);
    let output = command.env("JAVA_HOME", home).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("Maven (`mvn`) cannot be run: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() { Ok(()) } else { Err(format!("Maven failed: {said}")) }
}
