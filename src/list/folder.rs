//! Folders of bookmark files: `dt` with a heading or a link, `dd` with a note.

use crate::{
    html::{Node, NodeRef},
    list::{
        inline::{collect, plain_text},
        item,
        line::{join, tidy},
        section,
        walk::Walk,
    },
};

impl Walk<'_> {
    /// A folder of a bookmark file: `dt` with a heading or a link, `dd` with a note.
    pub(crate) fn folder(&mut self, node: NodeRef<'_, Node>) {
        let mark = self.path.mark();
        for child in node.children() {
            let name = child.value().as_element().map_or("", |element| element.name());
            match name {
                "dl" => {
                    self.folder(child);
                    self.path.leave(mark);
                }
                "dt" => {
                    self.path.leave(mark);
                    self.bookmark(child, name);
                }
                "dd" => self.bookmark(child, name),
                "p" | "div" => self.folder(child),
                name if section::heading_level(name).is_some() => {
                    self.path.leave(mark);
                    self.open_folder(child);
                }
                _ => {}
            }
        }
        self.path.leave(mark);
    }

    fn bookmark(&mut self, node: NodeRef<'_, Node>, name: &str) {
        let mark = self.path.mark();
        let mut pieces = Vec::new();
        for child in node.children() {
            let element = child.value().as_element().map_or("", |element| element.name());
            if section::heading_level(element).is_some() {
                self.path.leave(mark);
                self.open_folder(child);
            } else if element == "dl" {
                self.folder(child);
                self.path.leave(mark);
            } else {
                collect(child, &mut pieces);
            }
        }
        if self.path.skipped() {
            return;
        }
        if name == "dt" {
            if let Some(mut draft) = item::read(&pieces, self.base) {
                self.path.place(&mut draft);
                self.drafts.kept.push(draft);
            }
        } else if let Some(last) = self.drafts.kept.last_mut() {
            join(&mut last.description, &tidy(&plain_text(&pieces)));
        }
    }

    fn open_folder(&mut self, node: NodeRef<'_, Node>) {
        let mut pieces = Vec::new();
        node.children().for_each(|inner| collect(inner, &mut pieces));
        self.path.enter(&plain_text(&pieces));
    }
}
