//! An article put together from what a service says of it, as an HTML page.

use jiff::civil::Date;

use crate::html;

/// An article put together from the fields of a service.
#[derive(Debug, Default)]
pub(crate) struct ServiceArticle {
    pub(crate) title: String,
    pub(crate) authors: Vec<String>,
    pub(crate) published: Option<Date>,
    pub(crate) site: &'static str,
    /// Headings (empty before the first one) with the text below them.
    pub(crate) sections: Vec<(String, String)>,
}

impl ServiceArticle {
    /// The article as a page, in the marks that every extractor knows.
    pub(crate) fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta property=\"og:title\" content=\"{title}\">\
             <meta property=\"og:site_name\" content=\"{site}\">",
            title = html::escape(&self.title),
            site = self.site,
        );
        for author in &self.authors {
            html.push_str(&format!("<meta name=\"author\" content=\"{}\">", html::escape(author)));
        }
        if let Some(date) = self.published {
            html.push_str(&format!(
                "<meta property=\"article:published_time\" content=\"{date}\">"
            ));
        }
        html.push_str(&format!("</head><body><article><h1>{}</h1>", html::escape(&self.title)));
        for (heading, text) in &self.sections {
            if !heading.is_empty() {
                html.push_str(&format!("<h2>{}</h2>", html::escape(heading)));
            }
            for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
                html.push_str(&format!("<p>{}</p>", html::escape(paragraph)));
            }
        }
        html.push_str("</article></body></html>");
        html
    }
}
