//! Header fields as they are written down: `name: value`, a line each, up to an empty line.

/// Where the first empty line of a message stands: the length of what is before it, and where the
/// body begins. A message without one has no body.
pub(crate) fn head(message: &[u8]) -> Option<(usize, usize)> {
    memchr::memchr_iter(b'\n', message).find_map(|end| match &message[end + 1..] {
        [b'\n', ..] => Some((end + 1, end + 2)),
        [b'\r', b'\n', ..] => Some((end + 1, end + 3)),
        _ => None,
    })
}

/// The fields of a head, in their order, without the blanks around names and values. A line that
/// begins with a blank continues the one before it; one without a colon is passed over.
pub(crate) fn fields(head: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
    for line in head.split(|byte| *byte == b'\n') {
        let continues = line.starts_with(b" ") || line.starts_with(b"\t");
        match (continues, fields.last_mut()) {
            (true, Some((_, value))) => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            _ => {
                let Some(colon) = memchr::memchr(b':', line) else { continue };
                let name = String::from_utf8_lossy(line[..colon].trim_ascii()).into_owned();
                fields.push((name, line[colon + 1..].trim_ascii().to_vec()));
            }
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use crate::http::fields::{fields, head};

    #[test]
    fn the_head_ends_at_the_first_empty_line() {
        for (message, expected) in [
            ("A: b\r\n\r\nbody", Some((6, 8))),
            ("A: b\n\nbody", Some((5, 6))),
            ("A: b\n\r\nbody", Some((5, 7))),
            ("A: b\r\n\r\n", Some((6, 8))),
            ("A: b\r\n", None),
            ("", None),
        ] {
            assert_eq!(head(message.as_bytes()), expected, "{message:?}");
        }
    }

    #[test]
    fn odd_fields_are_forgiven() {
        let odd = "A : b \r\n\tmore\r\nno field\r\nC:\nd:e:f\r\n";
        let read: Vec<_> = fields(odd.as_bytes())
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8(value).unwrap()))
            .collect();
        let expected = [("A", "b more"), ("C", ""), ("d", "e:f")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
