//! A setting as it is explained, and a table of some.

/// A table of a file of settings.
pub(crate) struct SettingTable {
    /// Its name as it is written, or the name of the file.
    pub(crate) heading: &'static str,
    /// What is to be known before its settings.
    pub(crate) before: &'static str,
    /// What is to be known behind them.
    pub(crate) after: &'static str,
    /// Whether its page says in which units and ranges values are.
    pub(crate) has_ranges: bool,
    /// In the order in which they are told.
    pub(crate) settings: &'static [Setting],
}

/// A setting.
pub(crate) struct Setting {
    /// Its name.
    pub(crate) key: &'static str,
    /// What holds without it.
    pub(crate) default: SettingDefault,
    /// Its unit and range, if they need words.
    pub(crate) range: &'static str,
    /// What it sets, in words that follow `it sets`.
    pub(crate) what: &'static str,
}

/// What holds where a setting is left out.
pub(crate) enum SettingDefault {
    /// A value, as it would be written.
    Value(&'static str),
    /// Something that is no value, in words, and an example of a value; the example is empty for a
    /// table, which is explained by itself.
    Words(&'static str, &'static str),
}
