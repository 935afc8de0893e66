//! Titles of pages, compared by their words.

/// The words of a title, without case.
#[derive(Debug)]
pub(crate) struct Title(Vec<String>);

impl Title {
    /// Takes a title apart.
    pub(crate) fn new(title: &str) -> Title {
        Title(words(title))
    }

    /// Whether one title is a part of the other; a page without a title says nothing against it.
    pub(crate) fn agrees_with(&self, other: &Title) -> bool {
        let (short, long) = match self.0.len() <= other.0.len() {
            true => (&self.0, &other.0),
            false => (&other.0, &self.0),
        };
        short.is_empty() || long.windows(short.len()).any(|words| words == short)
    }
}

/// The words of a title, without case.
pub(crate) fn words(title: &str) -> Vec<String> {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::duplicates::title::Title;

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let (one, other) = (Title::new(one), Title::new(other));
        assert_eq!(one.agrees_with(&other), expected);
        assert_eq!(other.agrees_with(&one), expected);
    }

    #[test]
    fn titles_agree_when_one_is_a_part_of_the_other() {
        check("On Drift: why it happens", "on drift, why it happens", true);
        check("On drift", "Example Engineering - On drift | by A. Writer", true);
        check("On drift", "", true);
        check("Article 1", "Article 12", false);
        check("On drift", "On skew", false);
    }
}
