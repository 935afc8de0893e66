//! How an archive comes from a server that breaks off or is busy; no pause is waited for.

use std::{
    cell::RefCell,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::Timestamp;
use mlsearch::{
    Error,
    pull::{PullOptions, PullSource, pull},
};
use tempfile::TempDir;

use crate::pack::{fails, ok, server::FileServer, shared};

const PATH: &str = "/index.tar.zst";

thread_local! {
    /// The pauses that were to be waited for.
    static PAUSES: RefCell<Vec<Duration>> = const { RefCell::new(Vec::new()) };
}

/// A server of an archive, and folders to pull into.
struct Fetching {
    server: FileServer,
    bytes: Vec<u8>,
    home: TempDir,
}

impl Fetching {
    fn new() -> Fetching {
        let (_, bytes) = shared();
        let server = FileServer::start();
        server.put(PATH, &bytes, "\"one\"");
        Fetching { server, bytes, home: tempfile::tempdir().unwrap() }
    }

    fn dir(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Pulls into a folder; returns the pauses in seconds, and what was wrong.
    fn pull(&self, name: &str) -> (Vec<f64>, Result<(), Error>) {
        let options = PullOptions {
            source: Some(PullSource::Web(self.server.url(PATH).parse().unwrap())),
            wait: |pause, _| PAUSES.with_borrow_mut(|pauses| pauses.push(pause)),
            ..PullOptions::again(|| Timestamp::UNIX_EPOCH)
        };
        let pulled = pull(&self.dir(name), &options, &|| false, &mut |_| {}).map(drop);
        (PAUSES.take().iter().map(Duration::as_secs_f64).collect(), pulled)
    }

    /// Pulls without any that is wrong; returns how often it was waited.
    #[track_caller]
    fn ok(&self, name: &str) -> usize {
        let (pauses, pulled) = self.pull(name);
        pulled.unwrap();
        pauses.len()
    }

    /// Pulls what does not come; returns the pauses.
    #[track_caller]
    fn fails(&self, name: &str, expected: &str) -> Vec<f64> {
        let (pauses, pulled) = self.pull(name);
        let message = pulled.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
        pauses
    }

    /// What was asked of the archive.
    fn asked(&self) -> Vec<String> {
        let mut seen = self.server.seen();
        seen.retain(|seen| !seen.contains(".sha256"));
        seen
    }
}

fn range(from: usize, etag: &str) -> String {
    format!("{PATH} range=bytes={from}- if-range={etag}")
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let fetching = Fetching::new();
    let Fetching { server, bytes, .. } = &fetching;
    server.cut(&[1_000, 500]);
    assert_eq!(fetching.ok("pulled"), 2);
    let expected = [PATH.to_owned(), range(1_000, "\"one\""), range(1_500, "\"one\"")];
    assert_eq!(fetching.asked(), expected);

    // In the next run, too; and anew when the file has changed meanwhile.
    for (etag, from) in [("\"two\"", "\"two\""), ("\"three\"", "\"four\"")] {
        server.put(PATH, bytes, etag);
        server.cut(&[2_000]);
        server.fail(&[404]);
        let name = &etag[1..4];
        assert_eq!(fetching.fails(name, "the server answered 404").len(), 1);
        assert_eq!(length(&fetching.dir(name).join("pull.part")), 2_000);
        server.put(PATH, bytes, from);
        fetching.asked();
        assert_eq!(fetching.ok(name), 0);
        assert_eq!(fetching.asked()[0], range(2_000, etag));
    }
    // What had come as a whole is not sent again.
    let whole = fetching.dir("whole");
    fs::create_dir(&whole).unwrap();
    fs::write(whole.join("pull.part"), bytes).unwrap();
    let part_of = format!("{{\"url\":\"{}\",\"validator\":\"\\\"four\\\"\"}}", server.url(PATH));
    fs::write(whole.join("pull.part.json"), part_of).unwrap();
    fetching.asked();
    assert_eq!(fetching.ok("whole"), 0);
    assert_eq!(fetching.asked(), [range(bytes.len(), "\"four\"")]);
    ok(&whole, &["update"]);
    assert_eq!(fetching.asked(), [format!("{PATH} if-none-match=\"four\"")]);
    fails(&fetching.dir("no"), &["pull", &server.url("/no")], "the server answered 404");
}

#[test]
fn a_server_that_breaks_off_or_is_busy_is_asked_a_few_times_with_growing_pauses() {
    let fetching = Fetching::new();
    let Fetching { server, .. } = &fetching;
    server.cut(&[0; 9]);
    let pauses = fetching.fails("cut", "broke off");
    assert_eq!(fetching.asked().len(), 4);
    let bounds = [0.5..1.5, 1.0..3.0, 2.0..6.0];
    assert_eq!(pauses.len(), bounds.len());
    assert!(bounds.iter().zip(&pauses).all(|(bounds, pause)| bounds.contains(pause)), "{pauses:?}");
    server.cut(&[]);
    server.fail(&[503; 9]);
    assert_eq!(fetching.fails("busy", "the server answered 503, after 4 tries").len(), 3);
    server.fail(&[503, 502]);
    assert_eq!(fetching.ok("busy"), 2);
    // It is left alone for as long as it says.
    server.fail_with(&[(503, "Retry-After: 40\r\n")]);
    let (pauses, pulled) = fetching.pull("later");
    assert!(pulled.is_ok() && pauses == [40.0], "{pauses:?}");
    server.fail_with(&[(429, "Retry-After: 900\r\n")]);
    let expected = "the server answered 429, and it asks to wait for 15 minutes";
    assert!(fetching.fails("much later", expected).is_empty());
}

#[test]
fn what_comes_as_a_whole_only_is_asked_for_a_few_times() {
    let fetching = Fetching::new();
    let Fetching { server, bytes, .. } = &fetching;
    server.know_no_ranges();
    // Each time a little more, so that each seems to bring something new.
    server.cut(&(1..20).map(|number| number * 1_000).collect::<Vec<_>>());
    let expected = "and has sent it from the beginning 3 times";
    assert_eq!(fetching.fails("pulled", expected).len(), 2);
    assert_eq!(fetching.asked().len(), 3);
    server.cut(&[bytes.len() / 2]);
    assert_eq!(fetching.ok("pulled"), 1);
    // A file beside the archive may be late, too, and the archive is not sent again for it.
    fetching.server.seen();
    server.cut(&[bytes.len()]);
    server.fail(&[503; 4]);
    fetching.fails("beside", "the server answered 503, at each of 4 tries");
    assert!(fetching.dir("beside").join("pull.part").exists());
}
