//! Texts of which only the words matter.

use crate::analysis::{fold::fold, forms::Former, raw_word::Role, words::scan};

/// A text reduced to its folded words with one space between them: equal for titles that differ in
/// case, accents and punctuation only.
pub(crate) fn normalize(text: &str) -> String {
    let (mut folded, mut last_end) = (String::new(), 0);
    let mut normal = String::with_capacity(text.len());
    scan(Former::default().form(text).text, |raw| {
        if raw.role.is_extra() {
            return;
        }
        fold(raw.text, raw.joints, &mut folded);
        // The parts of a word in camel case are one word: case does not count.
        let is_part = raw.role == Role::Part && raw.start == last_end;
        if !normal.is_empty() && !folded.is_empty() && !is_part {
            normal.push(' ');
        }
        normal.push_str(&folded);
        last_end = raw.end;
    });
    normal
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};
    use unicode_normalization::UnicodeNormalization;

    use crate::analysis::normalize::normalize;

    #[test]
    fn titles_are_equal_without_punctuation() {
        assert_eq!(normalize("  SOON (Spark)! – Part 1"), normalize("soon: spark part 1"));
        assert_eq!(normalize("RandomForest"), normalize("randomforest"));
        assert_eq!(normalize("post_save 3.11.2"), normalize("post save 3.11.2"));
        assert_eq!(normalize("real-time"), "real time");
    }

    proptest! {
        #[test]
        fn forms_of_one_text_are_equal(text in "(\\PC|[ a-zA-Z'.+_-]|[ÀéßİǅÆ’\u{AD}\u{200D}\u{301}ﾞ]){0,24}") {
            prop_assert_eq!(normalize(&text.nfd().to_string()), normalize(&text));
        }
    }
}
