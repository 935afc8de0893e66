//! What there is to say of a search, in the words of agents.

use crate::{
    mcp::{
        answer::CallContext,
        fence::{clean_line, names},
    },
    search::{Note, Request, Results},
    wording::note::{for_visitors, notes},
};

/// Characters of a note.
pub(crate) const NOTE_CHARS: usize = 400;

/// The notes of a search in words, a line each.
pub(crate) fn said(request: &Request, results: &Results, asked: &CallContext) -> Vec<String> {
    let mut results = results.clone();
    for note in &mut results.notes {
        if let Note::UnknownValue { nearest, .. } = note {
            *nearest = names(nearest);
        }
    }
    if asked.options.is_public {
        results = for_visitors(results);
    }
    let notes = notes(request, &results, asked.options.named());
    let notes = notes.iter().map(|note| note.replace("--exact to insist", "`exact` to insist"));
    notes.map(|note| clean_line(&note, NOTE_CHARS)).collect()
}
