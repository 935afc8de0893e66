//! Opening the index that a command needs, built first when there is none.

use std::io::{self, IsTerminal};

use mlsearch::{
    Error,
    collection::Collection,
    counted::counted,
    engine::choice::Engine,
    list::{self, List},
    search::Searcher,
};

use crate::cli::{context::Context, failure::Failure, list::from_file, update};

impl Context {
    /// The published index; when the collection has none yet, it is built first, by visiting pages.
    pub(crate) fn searcher(&mut self) -> Result<Searcher, Failure> {
        self.searcher_with(false)
    }

    /// The published index; when the collection has none yet, it is built first, and with `offline`
    /// without a request.
    pub(crate) fn searcher_with(&mut self, offline: bool) -> Result<Searcher, Failure> {
        let dir = self.dir()?;
        let engine = Engine::of(&dir, self.cluster()?.as_ref())?;
        if !engine.is_published()? {
            if self.index.is_some() && !Collection::exists(&dir) {
                return Err(Error::NoIndex(dir).into());
            }
            let collection = self.collection()?;
            let missing = format!("no index in `{}` yet", dir.display());
            if offline {
                self.note(&format!("{missing}: building it now, without a request"));
            } else if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
                self.note(&format!("{missing}: building it now"));
            } else if !agrees(&format!("mlsearch: {missing}; {}", to_visit(&collection)))
                .map_err(|e| Error::io("standard input", e))?
            {
                return Err(Failure::Usage {
                    message: format!("{missing}, and none was built"),
                    hint: format!(
                        "run `{}` to build it from the lists alone, without a request",
                        self.command("update --offline")
                    ),
                });
            }
            update::build_first(&collection, offline, self)?;
        }
        if let Some(refusal) = engine.refusal(Context::now())? {
            self.note(&refusal);
        }
        Ok(Searcher::of(engine)?)
    }
}

/// What a first update would do on the web, as a question.
fn to_visit(collection: &Collection) -> String {
    let (on_web, files): (Vec<_>, Vec<_>) =
        collection.settings.lists.iter().partition(|list| list.as_url().is_some());
    let parsed = files.into_iter().filter_map(|source| -> Option<List> {
        let path = collection.dir.join(&source.source);
        // The update itself reports what cannot be read.
        let bytes = from_file(path.to_str()?, list::MAX_BYTES as u64).ok()?;
        let (name, base) = (source.name(), source.base.clone());
        list::parse(&bytes, &list::ListOptions { name, base, labels: source.labels }).ok()
    });
    let pages = counted(list::merge(parsed.collect()).len(), "page");
    match on_web.len() {
        0 => format!("visit {pages} to build it?"),
        lists => {
            format!(
                "visit {pages}, and those of {} on the web, to build it?",
                counted(lists, "list")
            )
        }
    }
}

/// Asks on the terminal; Enter is yes, the end of the input is no.
fn agrees(question: &str) -> io::Result<bool> {
    loop {
        anstream::eprint!("{} [Y/n] ", crate::cli::text::sanitize(question));
        let mut answer = String::new();
        let bytes = io::stdin().read_line(&mut answer)?;
        match answer.trim().to_lowercase().as_str() {
            "" if bytes == 0 => return Ok(false),
            "" | "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ => {}
        }
    }
}
