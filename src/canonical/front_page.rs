//! Front pages of sites, which are hardly ever what a link names.

use url::Url;

/// Whether a URL is that of a site's front page.
pub fn is_front_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.path() == "/" && url.query().is_none())
}

/// Whether a link leads to a site's front page instead of what it names, as many dead links do.
pub fn leads_to_front_page(link: &str, target: &str) -> bool {
    is_front_page(target) && !is_front_page(link)
}
