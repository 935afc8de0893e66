//! How things look: in the sixteen colours of the terminal, or without any.

use ratatui::style::{Color, Modifier, Style};

/// The styles.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    has_colours: bool,
}

impl Look {
    /// With colours or without.
    pub fn new(has_colours: bool) -> Look {
        Look { has_colours }
    }

    fn coloured(self, style: Style, colour: Color) -> Style {
        if self.has_colours { style.fg(colour) } else { style }
    }

    /// Words that matched.
    pub(crate) fn mark(self) -> Style {
        let style = Style::new().add_modifier(Modifier::BOLD);
        let plain = style.add_modifier(Modifier::UNDERLINED);
        if self.has_colours { self.coloured(style, Color::Yellow) } else { plain }
    }

    /// The mark to which n and N have gone.
    pub(crate) fn current_mark(self) -> Style {
        self.mark().add_modifier(Modifier::REVERSED)
    }

    /// Titles and headings.
    pub(crate) fn title(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is selected in the pane that has the keys, or in another.
    pub(crate) fn selected(self, has_keys: bool) -> Style {
        match has_keys {
            true => self.title().add_modifier(Modifier::REVERSED),
            false => self.coloured(self.title(), Color::Cyan),
        }
    }

    /// What is beside the point.
    pub(crate) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// The name of a pane.
    pub(crate) fn pane(self, has_keys: bool) -> Style {
        if has_keys { self.coloured(self.title(), Color::Cyan) } else { self.dim() }
    }

    /// A filter that is on.
    pub(crate) fn chip(self) -> Style {
        self.coloured(Style::new(), Color::Green)
    }

    /// An error.
    pub(crate) fn error(self) -> Style {
        self.coloured(self.title(), Color::Red)
    }
}
