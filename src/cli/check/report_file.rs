//! Where a report goes, and in which format.

use std::{io::Write, path::PathBuf, str::FromStr};

use mlsearch::{Error, canonical::discreet, files, json};

use crate::cli::{
    check::{markdown, report::CheckReport},
    context::Context,
    failure::Failure,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReportFormat {
    Markdown,
    Json,
}

/// A report to be made, and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct ReportFile {
    format: ReportFormat,
    /// Standard output, if there is none.
    file: Option<PathBuf>,
}

impl ReportFile {
    /// Writes the report.
    pub(crate) fn write(&self, report: &CheckReport, context: &mut Context) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        match self.format {
            ReportFormat::Json => json::write_line(&mut bytes, report)?,
            ReportFormat::Markdown => {
                bytes = discreet(&markdown::write(report)).into_owned().into_bytes();
            }
        }
        match &self.file {
            Some(file) => files::replace(file, &bytes).map_err(|e| Error::io(file, e))?,
            None => context.out.write_all(&bytes)?,
        }
        Ok(())
    }
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<ReportFile, String> {
        let (format, file) = match text.split_once('=') {
            Some((_, "")) => return Err("no file behind `=`".into()),
            Some((format, file)) => (format, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = match format {
            "markdown" => ReportFormat::Markdown,
            "json" => ReportFormat::Json,
            _ => return Err("not `markdown` or `json`".into()),
        };
        Ok(ReportFile { format, file })
    }
}
