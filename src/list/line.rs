//! Lines: texts without line breaks.

/// Text on one line, without white space around it and without control characters.
pub(crate) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

/// Adds to a text, after a space.
pub(crate) fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

/// Whether a text is nothing but white space, bullets, emoji and `:shortcodes:`.
pub(crate) fn is_ornament(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        is_shortcode(word)
            || !word.contains(|c: char| c.is_alphanumeric() || "[]()\"'“‘".contains(c))
    })
}

/// Whether a word is the name of an emoji, such as `:yen:`, or one whose end was forgotten.
pub(crate) fn is_shortcode(word: &str) -> bool {
    let name = word.strip_prefix(':').map(|name| name.strip_suffix(':').unwrap_or(name));
    name.is_some_and(|name| {
        name.len() > 1 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b))
    })
}
