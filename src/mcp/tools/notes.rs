//! What there is to say of a search, in the words of agents.

use crate::{
    mcp::{
        answer::CallContext,
        fence::{clean_line, names},
    },
    search::{Note, Request, Results},
    wording::note::notes,
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
    // Who only visits can make no vectors.
    let is_public = asked.options.is_public;
    let is_for_owner = |note: &Note| {
        matches!(
            note,
            Note::NoVectors
                | Note::NoModel
                | Note::OtherModel
                | Note::DamagedVectors
                | Note::ModelFailed { .. }
        )
    };
    let by_words = is_public && results.notes.iter().any(is_for_owner);
    results.notes.retain(|note| !is_public || !is_for_owner(note));
    let notes = notes(request, &results, asked.options.named());
    let notes = notes.iter().map(|note| note.replace("--exact to insist", "`exact` to insist"));
    let notes = notes.map(|note| clean_line(&note, NOTE_CHARS));
    notes.chain(by_words.then(|| "searched by words alone".to_owned())).collect()
}
