//! WARC: files of recorded answers (ISO 28500, versions 1.0 and 1.1), and lists of such files.

mod file_bytes;
mod listing;
mod members;
mod reader;
mod record;
mod surt;
mod writer;

pub(crate) use crate::warc::{
    listing::parse_line,
    members::{Members, RECORD},
    reader::{BadRecord, Fault, Item, WarcReader},
    record::{FORM, RecordKind, WarcRecord},
    surt::surt,
    writer::{NewRecord, PackedRecord, answer_head},
};
