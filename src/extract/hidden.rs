//! What a page does not show, and what it shows once a reader opens it.

use std::collections::HashSet;

use crate::{
    extract::{
        cut::Cut,
        dom::{Dom, Id, Tag},
    },
    html::{LocalName, local_name},
};

/// Nodes of a panel that are looked at to tell a menu from text.
const MAX_PANEL_NODES: usize = 2_000;

/// The panels that buttons, tabs and headings of a page open.
pub(crate) struct Panels<'a>(HashSet<&'a str>);

impl<'a> Panels<'a> {
    /// Reads which elements are opened by others (WAI-ARIA 1.2, `aria-controls`; Bootstrap's
    /// `data-target`).
    pub(crate) fn new(dom: &Dom<'a>) -> Panels<'a> {
        let targets = [LocalName::from("data-target"), LocalName::from("data-bs-target")];
        let mut opened = HashSet::new();
        for id in 1..dom.nodes.len() {
            let Some(element) = dom.nodes[id].element.filter(|e| !e.attrs.is_empty()) else {
                continue;
            };
            for (name, value) in &element.attrs {
                if name.local == local_name!("aria-controls") {
                    opened.extend(value.split_ascii_whitespace());
                } else if targets.contains(&name.local) {
                    opened.extend(value.strip_prefix('#'));
                }
            }
        }
        Panels(opened)
    }

    /// The rule by which an element is not shown to the reader, however they click.
    pub(crate) fn hidden(&self, dom: &Dom<'_>, id: Id) -> Option<Cut> {
        let rule = if dom.attr(id, &local_name!("hidden")).is_some_and(|v| v != "until-found") {
            // Streamed parts that a script moves into place once they have come.
            let streamed = dom.attr(id, &local_name!("id")).is_some_and(|v| v.starts_with("S:"));
            (!streamed).then_some("hidden")
        } else if dom.attr(id, &local_name!("aria-hidden")) == Some("true") {
            Some("aria-hidden")
        } else {
            by_style(dom.attr(id, &local_name!("style"))?)
        };
        rule.filter(|_| !self.opens(dom, id) && !is_formula(dom, id)).map(Cut::Hidden)
    }

    /// Tabs, accordions and folded answers: hidden until the reader opens them.
    fn opens(&self, dom: &Dom<'_>, id: Id) -> bool {
        let by_class = |class: &str| {
            ["accordion", "collapse", "tab-pane", "tabpanel"].iter().any(|w| class.contains(w))
        };
        dom.attr(id, &local_name!("role")).is_some_and(|v| v == "tabpanel" || v == "region")
            || dom.attr(id, &local_name!("class")).is_some_and(by_class)
            || dom.attr(id, &local_name!("id")).is_some_and(|v| self.0.contains(v))
                && !is_menu(dom, id)
    }
}

/// The rule by which a `style` hides an element: from all, or from those who see.
fn by_style(style: &str) -> Option<&'static str> {
    let (mut is_clipped, mut is_absolute) = (false, false);
    for (name, value) in style.split(';').filter_map(|d| d.split_once(':')) {
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        match &*name {
            "display" if value.starts_with("none") => return Some("display: none"),
            "visibility" if value.starts_with("hidden") => return Some("display: none"),
            "clip" => is_clipped |= value.starts_with("rect(0") || value.starts_with("rect(1px"),
            "clip-path" => is_clipped |= value.starts_with("inset(50%"),
            "position" => is_absolute |= value.starts_with("absolute"),
            _ => {}
        }
    }
    (is_clipped && is_absolute).then_some("clipped")
}

/// Whether it holds a formula as text, in place of which a picture is shown.
fn is_formula(dom: &Dom<'_>, id: Id) -> bool {
    let first = dom.nodes.get(id + 1).filter(|node| node.parent == id);
    first.and_then(|node| node.element).is_some_and(|element| element.name() == "math")
}

/// Whether most of its text are links.
fn is_menu(dom: &Dom<'_>, id: Id) -> bool {
    let (mut chars, mut linked, mut link_end) = (0, 0, 0);
    let end = dom.nodes[id].end.min(id + MAX_PANEL_NODES);
    for at in id..end {
        let node = &dom.nodes[at];
        if node.tag == Tag::Anchor {
            link_end = link_end.max(node.end);
        }
        let len = node.text.trim().len();
        chars += len;
        linked += if at < link_end { len } else { 0 };
    }
    linked * 2 > chars
}
