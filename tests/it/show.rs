//! Parts of an article, and citations of it.

use serde_json::{Value, json};

use crate::mcp::session::shelf;

const LONG: &str = "https://long.example/marmots";

#[test]
fn an_article_is_shown_part_by_part() {
    let (_web, collection) = shelf();
    let show = |args: &[&str]| collection.ok(&[&["show", LONG], args].concat());
    let outline = show(&["--outline"]).stdout;
    let lines: Vec<&str> = outline.lines().collect();
    assert!(lines[0].starts_with("  1  Part 1 ("), "{outline}");
    assert!(lines[1].starts_with("  2    Detail 1 ("), "{outline}");
    let section = show(&["--section", "2"]);
    assert!(section.stdout.starts_with("### Detail 1\n\nThe pipeline"), "{}", section.stdout);
    assert_eq!(section.stderr, "");
    let part = show(&["--chars", "100"]);
    assert!(part.stdout.starts_with("## Part 1\n\nSection 1 tells"), "{}", part.stdout);
    assert!(part.stdout.chars().count() <= 101, "{}", part.stdout);
    assert!(part.stderr.contains("the text goes on at `--offset "), "{}", part.stderr);
    let object = |args: &[&str]| -> Value {
        serde_json::from_str(&show(&[args, &["--json"]].concat()).stdout).unwrap()
    };
    let rows = object(&["--outline"]);
    let third = &rows["sections"][2];
    assert_eq!((&third["heading"], &third["level"]), (&json!("Part 2"), &json!(1)));
    let offset = third["offset"].to_string();
    let part = object(&["--offset", &offset, "--chars", "30"]);
    assert!(part["text"].as_str().unwrap().starts_with("## Part 2"), "{part}");
    assert!(part["next_offset"].as_u64() > third["offset"].as_u64(), "{part}");
    let whole = object(&["--chars", "1000000"]);
    assert_eq!(whole["next_offset"], Value::Null);
    let beyond = collection.run(&["show", LONG, "--offset", "1000000"]);
    assert_eq!((beyond.code, beyond.stdout.as_str()), (1, ""));
    assert!(beyond.stderr.contains("nothing at that place: the text has "), "{}", beyond.stderr);
    // The end of a heading's line is a place in the text.
    let end_of_line = collection.ok(&["show", LONG, "--offset", "9", "--chars", "1"]);
    assert!(end_of_line.stderr.contains("goes on at"), "{}", end_of_line.stderr);
    for args in [
        ["--cite", "markdown", "--section", "1"],
        ["--diff", "--json", "--section", "1"],
        ["--around", "--json", "--offset", "1"],
        ["--json", "--offset", "0", "--chars=0"],
    ] {
        let refused = collection.run(&[&["show", LONG], args.as_slice()].concat());
        assert_eq!(refused.code, 2, "{args:?}: {}", refused.stdout);
    }
    let missing = collection.run(&["show", LONG, "--section", "99"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("has no section 99"), "{}", missing.stderr);
    assert!(missing.stderr.contains(&format!("show {LONG} --outline`")), "{}", missing.stderr);
}

#[test]
fn an_article_is_cited_with_its_passage() {
    let (_web, collection) = shelf();
    let cite = |form: &str| collection.ok(&["show", LONG, "marmots", "--cite", form]).stdout;
    let markdown = cite("markdown");
    let link = "[Marmots in production](<https://long.example/marmots#:~:text=marmots";
    assert!(markdown.starts_with(link), "{markdown}");
    assert!(markdown.contains(">), Ada Writer, long.example, 2024-03-02\n"), "{markdown}");
    let bibtex = cite("bibtex");
    assert!(bibtex.starts_with("@misc{writer2024marmots,\n"), "{bibtex}");
    assert!(bibtex.contains("  title = {{Marmots in production}},\n"), "{bibtex}");
    assert!(bibtex.contains("  author = {Ada Writer},\n"), "{bibtex}");
}
