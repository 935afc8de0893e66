//! The `<meta>` elements of a page.

use crate::{
    extract::dom::{Dom, Tag},
    html::local_name,
};

/// The `<meta>` elements by name or property, in lower case.
pub(crate) struct Metas<'a>(Vec<(String, &'a str)>);

impl<'a> Metas<'a> {
    /// Reads the elements of a page.
    pub(crate) fn new(dom: &Dom<'a>) -> Metas<'a> {
        let mut metas = Vec::new();
        for id in dom.all(Tag::Meta) {
            let value = dom
                .attr(id, &local_name!("content"))
                .or_else(|| dom.attr(id, &local_name!("value")));
            let Some(content) = value.map(str::trim).filter(|v| !v.is_empty()) else {
                continue;
            };
            for key in [
                local_name!("property"),
                local_name!("name"),
                local_name!("itemprop"),
                local_name!("http-equiv"),
            ] {
                if let Some(name) = dom.attr(id, &key) {
                    metas.push((name.trim().to_ascii_lowercase(), content));
                }
            }
        }
        Metas(metas)
    }

    /// The first value under any of the names, tried in order.
    pub(crate) fn first(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.all(name).next())
    }

    /// Every value under a name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| *value)
    }
}
