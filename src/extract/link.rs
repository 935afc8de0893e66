//! Links: the page that a link leads to.

use url::Url;

use crate::{
    canonical,
    extract::dom::{Dom, Id},
    html::local_name,
};

/// The absolute address of a link to another page; none for one that asks not to be followed.
pub(crate) fn target(dom: &Dom<'_>, link: Id, base: &Url) -> Option<Url> {
    let href = dom.attr(link, &local_name!("href"))?.trim();
    if href.is_empty()
        || href.starts_with('#')
        || dom.attr_has(link, &local_name!("rel"), "nofollow")
    {
        return None;
    }
    let mut url = base.join(href).ok()?;
    url.set_fragment(None);
    canonical::cut_userinfo(&mut url);
    let mut here = base.clone();
    here.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.has_host() && url != here).then_some(url)
}
