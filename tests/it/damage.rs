//! Index files whose bytes are no longer what was written: a disk that gives back others.

use std::{fs, path::PathBuf};

use mlsearch::{
    crawl::Stop,
    engine::local::generations::{Generations, Integrity},
    inspect,
    search::{Request, Searcher},
    update::{self, Options},
};

use crate::program::Collection;

/// Damages in the loop; they are drawn, always the same ones for the same number.
const DAMAGES: usize = 12;

/// The number of damages that the environment asks for:
/// `MLSEARCH_DAMAGES=100 cargo test damage_of_equal_length -- --nocapture`.
fn damages() -> usize {
    std::env::var("MLSEARCH_DAMAGES").map_or(DAMAGES, |damages| damages.parse().unwrap())
}

/// `CURRENT` and the files of the published generation, in order.
fn files(collection: &Collection) -> Vec<PathBuf> {
    let generation = Generations::of(collection.path()).current().unwrap().unwrap();
    let mut files: Vec<PathBuf> =
        fs::read_dir(generation).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.metadata().unwrap().len() > 0);
    files.push(collection.file("CURRENT"));
    // Names of segments are drawn anew for each index.
    files.sort_by_key(|path| (path.extension().map(|kind| kind.to_owned()), path.clone()));
    files
}

#[test]
#[allow(clippy::print_stdout, reason = "whoever asks for many damages wants to see them")]
fn any_damage_of_equal_length_is_noticed_and_repaired_by_the_next_update() {
    let collection = Collection::offline();
    let library = mlsearch::collection::Collection::open(collection.path()).unwrap();
    let options = Options { offline: true, ..Options::new(|| jiff::Timestamp::UNIX_EPOCH) };
    let update = || update::update(&library, &options, &Stop::default(), &mut |_| {}).unwrap();
    let status = || inspect::status(&library, None, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let generations = Generations::of(collection.path());
    let request = Request { query: "feature store drift".into(), limit: 100, ..Request::default() };
    let search = || {
        let searcher = generations.open_current(Searcher::open).unwrap();
        serde_json::to_string(&searcher.search(&request).unwrap().hits).unwrap()
    };
    update();
    let expected = search();
    let mut random = fastrand::Rng::with_seed(5);
    let damages = damages();
    let (mut noticed, mut repaired) = (0, 0);
    for _ in 0..damages {
        let files = files(&collection);
        let path = &files[random.usize(0..files.len())];
        let mut bytes = fs::read(path).unwrap();
        // From a single bit to a few bytes in a row.
        let at = random.usize(0..bytes.len());
        let end = bytes.len().min(at + random.usize(1..16));
        for byte in &mut bytes[at..end] {
            *byte ^= random.u8(1..);
        }
        fs::write(path, bytes).unwrap();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let before = status();
        noticed += usize::from(!before.verified && before.damaged == [name.clone()]);
        let built = update().generation.is_some();
        let whole = generations.verify().unwrap() == Some(Integrity::Intact) && status().verified;
        repaired += usize::from(built && whole && search() == expected);
        println!("{name}: bytes {at} to {end}: noticed {noticed}, repaired {repaired}");
        assert_eq!(update().generation, None, "a whole index is not built again");
    }
    assert_eq!((noticed, repaired), (damages, damages));
}

#[test]
fn a_damaged_index_is_told_by_status_with_what_to_do() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let whole = collection.ok(&["status"]);
    assert!(!whole.stdout.contains("damaged"), "{}", whole.stdout);
    assert_eq!(whole.stderr, "");
    let file =
        |name: &str| files(&collection).into_iter().find(|path| path.ends_with(name)).unwrap();
    for name in ["meta.json", "manifest.json", "CURRENT"] {
        let mut bytes = fs::read(file(name)).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(file(name), bytes).unwrap();
        let run = collection.run(&["status"]);
        assert_eq!(run.code, 1, "{name}: {}", run.stderr);
        assert!(run.stdout.contains(&format!("damaged     {name}\n")), "{}", run.stdout);
        let hint = run.stderr.strip_prefix("hint: run `mlsearch --index ").unwrap();
        assert!(hint.ends_with("update --offline` to build the damaged index again\n"), "{hint}");
        let json = collection.run(&["status", "--json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!((&json["verified"], &json["damaged"][0]), (&false.into(), &name.into()));
        let update = collection.ok(&["update", "--offline"]).stdout;
        assert!(update.contains("published generation"), "{name}: {update}");
        assert_eq!(collection.json(&["status", "--json"])["verified"], true);
    }
}

#[test]
fn an_index_without_checksums_is_built_again_once() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let path = files(&collection).into_iter().find(|path| path.ends_with("manifest.json")).unwrap();
    let text = fs::read(&path).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).unwrap();
    for field in ["checksum", "checksums"] {
        manifest.as_object_mut().unwrap().remove(field).unwrap();
    }
    fs::write(&path, manifest.to_string()).unwrap();
    let status = collection.ok(&["status"]).stdout;
    assert!(status.contains("50 documents") && status.contains("without checksums"), "{status}");
    let first = collection.ok(&["update", "--offline"]).stdout;
    assert!(first.contains("published generation 2: 50 documents"), "{first}");
    let second = collection.ok(&["update", "--offline"]).stdout;
    assert!(second.contains("nothing has changed: 50 documents"), "{second}");
}
