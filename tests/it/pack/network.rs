//! A pull in the network that the settings of its folder describe.

use std::fs;

use crate::{
    pack::{command, fails, ok, server::FileServer, shared},
    program::Run,
    web::{Answer, Web},
};

#[test]
fn a_pull_goes_by_the_proxy_of_the_settings_which_win_over_the_packed_ones() {
    let (_, bytes) = shared();
    let proxy = FileServer::start();
    let url = "http://index.example/index.tar.zst";
    proxy.put(url, &bytes, "\"one\"");
    let folder = tempfile::tempdir().unwrap();
    let (dir, settings) = (folder.path(), folder.path().join("mlsearch.toml"));
    let own = format!("[pull]\nurl = '{url}'\n[crawl]\nproxy = '{}'\ndelay = 7.0\n", proxy.url(""));
    fs::write(&settings, &own).unwrap();
    let run = ok(dir, &["update"]);
    assert!(!run.stderr.contains("was changed here"), "{}", run.stderr);
    let text = fs::read_to_string(&settings).unwrap();
    assert!(text.contains("\ndelay = 1.0\n") && text.ends_with(&own), "{text}");
    proxy.seen();
    ok(dir, &["update"]);
    assert_eq!(proxy.seen(), [format!("{url} if-none-match=\"one\"")]);
    // What is packed again is what counts here.
    let file = dir.join("again.tar.zst");
    ok(dir, &["pack", file.to_str().unwrap()]);
    let (_, files) = crate::pack::archive::unpacked(&fs::read(file).unwrap());
    let packed = files.iter().find(|file| file.name == "mlsearch.toml").unwrap();
    let packed = String::from_utf8_lossy(&packed.bytes);
    assert!(packed.contains("delay = 7.0") && !packed.contains("proxy"), "{packed}");
    // So it is where the table is added after a pull.
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let file = folder.path().join("x.tar.zst");
    fs::write(&file, &bytes).unwrap();
    ok(&other, &["pull", file.to_str().unwrap()]);
    let settings = other.join("mlsearch.toml");
    let text = fs::read_to_string(&settings).unwrap()
        + &format!("url = '{url}'\n[crawl]\nproxy = '{}'\n", proxy.url(""));
    fs::write(&settings, &text).unwrap();
    ok(&other, &["update", "--force"]);
    assert!(!proxy.seen().is_empty());
    fs::write(&settings, text + "[crawl]\n").unwrap();
    fails(&other, &["update"], "mlsearch.toml`: line ");
}

#[test]
fn a_pull_trusts_the_authority_and_the_networks_of_the_settings() {
    let (_, bytes) = shared();
    let web = Web::start();
    let answer = Answer { status: 200, headers: Vec::new(), body: bytes.clone() };
    web.put("https://index.example/index.tar.zst", answer);
    web.put("https://index.example/index.tar.zst.sha256", Answer::status(404));
    let environment = web.environment();
    let variable =
        |name: &str| environment.iter().find(|(other, _)| other == name).unwrap().1.clone();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("pulled");
    fs::create_dir(&dir).unwrap();
    fs::copy(variable("SSL_CERT_FILE"), dir.join("ca.pem")).unwrap();
    let settings = format!(
        "[pull]\nurl = 'https://index.example/index.tar.zst'\n[crawl]\nproxy = '{}'\n",
        variable("HTTPS_PROXY")
    );
    fs::write(dir.join("mlsearch.toml"), &settings).unwrap();
    let run = Run::of(&mut command(&dir, &["update"]));
    assert!(run.code == 2 && run.stderr.contains("certificate"), "{}", run.stderr);
    fs::write(dir.join("mlsearch.toml"), settings + "ca_bundle = 'ca.pem'\n").unwrap();
    ok(&dir, &["update"]);

    let (named, other) = (FileServer::start(), FileServer::start());
    other.put("/index.tar.zst", &bytes, "\"one\"");
    named.redirect("/here", &other.url("/index.tar.zst"));
    let dir = folder.path().join("redirected");
    fs::create_dir(&dir).unwrap();
    let settings =
        format!("[pull]\nurl = '{}'\n[crawl]\nallow_net = ['127.0.0.0/8']\n", named.url("/here"));
    fs::write(dir.join("mlsearch.toml"), settings).unwrap();
    ok(&dir, &["update"]);
}
