//! Text as Markdown has it, with nothing in it that could be taken for syntax.

/// A link to an address, encoded as [`link_target`](crate::canonical::link_target) does.
pub fn link(text: &str, target: &str) -> String {
    format!("[{}](<{}>)", escaped(text), destination(target))
}

/// Markdown and HTML syntax taken literally.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The target of a link as it stands between angle brackets, where backslashes and entities count.
fn destination(target: &str) -> String {
    let target = target.replace('\\', r"\\");
    if target.contains(';') { target.replace('&', "&amp;") } else { target }
}
