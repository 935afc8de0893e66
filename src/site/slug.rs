//! Names of files for whatever a list says.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// Characters of a text that are kept in a name.
const KEPT: usize = 40;

/// A name of a file for a text: the text itself where it is a plain word in lower case, else what is
/// left of it with a hash, so that two texts never have one name, on no system.
pub(crate) fn slug(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    // A number behind a hyphen is that of a page.
    if !text.is_empty() && text.len() <= KEPT && text != "index" && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.to_lowercase().chars().take(KEPT) {
        match is_plain(c) {
            true => kept.push(c),
            false if !kept.is_empty() && !kept.ends_with('-') => kept.push('-'),
            false => {}
        }
    }
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    let hash = hasher.finish();
    format!("{}-{hash:016x}", if kept.is_empty() { "x" } else { kept.trim_end_matches('-') })
}

#[cfg(test)]
mod tests {
    use crate::site::slug::slug;

    #[test]
    fn a_name_is_plain_and_nobody_elses() {
        assert_eq!(slug("hy9jb3nt"), "hy9jb3nt");
        assert_eq!(slug("2022"), "2022");
        for (text, begin) in [
            ("Feature Store", "feature-store-"),
            ("../x", "x-"),
            ("機械学習", "x-"),
            ("", "x-"),
            ("index", "index-"),
        ] {
            let name = slug(text);
            assert!(name.starts_with(begin) && name.len() == begin.len() + 16, "{text}: {name}");
        }
        assert_ne!(slug("C++"), slug("C#"));
        assert_ne!(slug("a"), slug("A"));
        assert!(slug(&"ü".repeat(500)).len() < 60);
        // Half of these bits were not enough for the names of a large list.
        assert_ne!(slug("機械学習")[2..10], slug("機械学習")[10..]);
    }
}
