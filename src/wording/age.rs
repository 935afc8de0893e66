//! How long ago something was.

use crate::counted::counted;

/// An age in seconds, in the largest unit that fits.
pub fn age(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..-60 => return "ahead of the clock".into(),
        -60..60 => return "just now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{} ago", counted(count, unit))
}

#[cfg(test)]
mod tests {
    use crate::wording::age;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        assert_eq!(age(5), "just now");
        assert_eq!(age(-3 * 86_400), "ahead of the clock");
        assert_eq!(age(90), "1 minute ago");
        assert_eq!(age(9 * 86_400 + 5), "9 days ago");
    }
}
