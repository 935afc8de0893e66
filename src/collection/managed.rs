//! The settings of a pulled collection, which have two parts: what each pull writes, and below a line what
//! is the user's own.

use toml::{Table, Value};

/// The line between the two.
pub(crate) const OWN_LINE: &str = "# Below this line everything is yours: no pull changes it.";

/// What stands above the line, and what below it; none when there is no such line.
pub(crate) fn parts(text: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == OWN_LINE {
            return Some((&text[..at], &text[at + line.len()..]));
        }
        at += line.len();
    }
    None
}

/// The parts of a text of settings, each with its lines where they are in the whole.
pub(crate) fn parts_in_place(text: &str) -> Vec<String> {
    match parts(text) {
        None => vec![text.to_owned()],
        Some((above, below)) => {
            let lines = above.matches('\n').count() + 1;
            vec![above.to_owned(), "\n".repeat(lines) + below]
        }
    }
}

/// Adds the user's own settings to others. Tables are taken key by key, and so are tables in them; the own
/// `[[list]]`s come behind the others; any other key that is there twice has the own value.
pub(crate) fn add_own(all: &mut Table, own: Table) {
    for (key, value) in own {
        match (all.get_mut(&key), value) {
            (Some(Value::Table(known)), Value::Table(own)) => add_own(known, own),
            (Some(Value::Array(known)), Value::Array(own)) if key == "list" => known.extend(own),
            (_, value) => drop(all.insert(key, value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::collection::{managed::OWN_LINE, parse_settings};

    /// The settings of two parts, or what is wrong with them.
    fn read(above: &str, below: &str, end: &str) -> Result<crate::collection::Settings, String> {
        let text = format!("{above}\n{OWN_LINE}\n{below}\n").replace('\n', end);
        parse_settings(Path::new("x"), &text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_own_part_wins_key_by_key_wherever_it_was_written() {
        let above = "exclude = ['a.example']\n[crawl]\ndelay = 2\nbooks = false\n\
                     host_delays = { 'a.example' = 3, 'b.example' = 4 }\n\
                     [[list]]\nsource = 'lists/a.md'";
        let below = "contact = 'me@a.example'\n[crawl]\ndelay = 5\nproxy = 'http://p.example'\n\
                     host_delays = { 'b.example' = 6 }\n[[list]]\nsource = 'own.md'\n[pull]";
        for end in ["\n", "\r\n"] {
            let settings = read(above, below, end).unwrap();
            assert_eq!(settings.crawl.delay.as_secs(), 5);
            assert_eq!(settings.crawl.proxy.as_deref(), Some("http://p.example"));
            assert!(!settings.crawl.books && settings.pull.is_some());
            let delays: Vec<u64> =
                settings.crawl.host_delays.values().map(|delay| delay.as_secs()).collect();
            assert_eq!(delays, [3, 6]);
            let sources: Vec<&str> =
                settings.lists.iter().map(|list| list.source.as_str()).collect();
            assert_eq!(sources, ["lists/a.md", "own.md"]);
            assert_eq!(settings.exclude.len(), 1);
            assert_eq!(settings.contact(), Some("me@a.example"));
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_in_either_part() {
        let wrong = |above: &str, below: &str| read(above, below, "\n").unwrap_err();
        assert!(
            wrong("[crawl]\ndelay = -1", "").contains("line 2: "),
            "{}",
            wrong("[crawl]\ndelay = -1", "")
        );
        let below = wrong("[crawl]\ndelay = 1", "[crawl]\n\ndelay = -1");
        assert!(below.contains("line 6: "), "{below}");
        let twice = wrong("[crawl]\ndelay = 1", "[crawl]\ndelay = 1\n[crawl]");
        assert!(twice.contains("line 6: "), "{twice}");
        let contact = wrong("", "\ncontact = 'me'");
        assert!(contact.contains("line 4: `contact` leads nowhere"), "{contact}");
    }
}
