//! Reasons: what an answer comes to, in words for people.

use crate::canonical;

/// Text from the network made fit for a reason: one line, no controls, no invisible direction marks,
/// no credentials.
pub(crate) fn clean(text: &str) -> String {
    let hidden = |c: &char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let text: String = text.chars().filter(|c| !hidden(c)).collect();
    canonical::discreet(&text).chars().take(200).collect()
}

/// The reason of an outcome `unsupported type`.
pub(crate) fn unsupported(what: &str, label: &str) -> String {
    match label {
        "" => what.to_owned(),
        label => format!("{what} (labelled `{}`)", clean(label)),
    }
}
