//! The tokens of a model by number: `vocab.txt`, one a line, or Hugging Face's `tokenizer.json`.

use std::collections::HashMap;

use serde::Deserialize;

/// The most tokens of a vocabulary. BERT's has 30,522, those of many languages 120,000 and more.
const MOST_TOKENS: usize = 1_000_000;

/// Which number each token has.
#[derive(Debug)]
pub(crate) struct WordPieces {
    ids: HashMap<String, u32>,
    /// The token before each text.
    pub(crate) begin: u32,
    /// The token behind each text.
    pub(crate) end: u32,
    /// What stands for a word that has no tokens.
    pub(crate) unknown: u32,
    /// The largest number of a token.
    pub(crate) largest: u32,
}

impl WordPieces {
    /// Reads a vocabulary, or says what is wrong with it.
    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<WordPieces, String> {
        let ids = match name.ends_with(".json") {
            true => of_json(bytes)?,
            false => of_lines(bytes)?,
        };
        if ids.len() > MOST_TOKENS {
            return Err(format!("has more than {MOST_TOKENS} tokens"));
        }
        let largest = ids.values().copied().max().unwrap_or(0);
        if i32::try_from(largest).is_err() {
            return Err(format!("has the number {largest}, which is too large"));
        }
        let is_cased = |token: &String| {
            !token.starts_with('[') && token.chars().any(|c| c.is_ascii_uppercase())
        };
        if let Some(token) = ids.keys().find(|token| is_cased(token)) {
            return Err(format!("has `{token}`; only models without capital letters are read"));
        }
        let special = |token: &str| {
            ids.get(token).copied().ok_or_else(|| {
                format!("has no token `{token}`; only the vocabularies of BERT are read")
            })
        };
        let (begin, end, unknown) = (special("[CLS]")?, special("[SEP]")?, special("[UNK]")?);
        Ok(WordPieces { begin, end, unknown, largest, ids })
    }

    /// How many tokens there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The number of a token.
    pub(crate) fn id(&self, token: &str) -> Option<u32> {
        self.ids.get(token).copied()
    }
}

/// One token a line; its number is that of the line, from 0.
fn of_lines(bytes: &[u8]) -> Result<HashMap<String, u32>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is not in UTF-8".to_owned())?;
    Ok(text.lines().zip(0..).map(|(token, id)| (token.to_owned(), id)).collect())
}

/// What is read of a `tokenizer.json`.
#[derive(Deserialize)]
struct TokenizerFile {
    model: TokenizerModel,
    normalizer: Option<Normalizer>,
}

#[derive(Deserialize)]
struct TokenizerModel {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    vocab: serde_json::Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Normalizer {
    lowercase: Option<bool>,
    strip_accents: Option<bool>,
    /// Those that are applied one after the other.
    normalizers: Vec<Normalizer>,
}

impl Normalizer {
    /// What it keeps that texts are read without.
    fn keeps(&self) -> Option<&'static str> {
        match self {
            Normalizer { lowercase: Some(false), .. } => Some("capital letters"),
            Normalizer { strip_accents: Some(false), .. } => Some("accents"),
            Normalizer { normalizers, .. } => normalizers.iter().find_map(Normalizer::keeps),
        }
    }
}

fn of_json(bytes: &[u8]) -> Result<HashMap<String, u32>, String> {
    let file: TokenizerFile =
        serde_json::from_slice(bytes).map_err(|error| format!("is no tokenizer ({error})"))?;
    // Early files of WordPiece name no type.
    let kind = file.model.kind.unwrap_or_else(|| "WordPiece".into());
    if kind != "WordPiece" {
        return Err(format!("is of the type `{kind}`; only WordPiece is read"));
    }
    if let Some(kept) = file.normalizer.as_ref().and_then(Normalizer::keeps) {
        return Err(format!("keeps {kept}; only models without them are read"));
    }
    serde_json::from_value(file.model.vocab).map_err(|error| format!("has no vocabulary ({error})"))
}

#[cfg(test)]
mod tests {
    use crate::embedding::vocabulary::WordPieces;

    #[track_caller]
    fn check(name: &str, bytes: &[u8], expected: &str) {
        let told = match WordPieces::parse(name, bytes) {
            Ok(found) => format!("{} {} {}", found.len(), found.begin, found.unknown),
            Err(problem) => problem,
        };
        assert!(told.starts_with(expected), "{told}");
    }

    #[test]
    fn a_vocabulary_is_lines_or_json() {
        check("vocab.txt", b"[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\n", "6 2 1");
        check("vocab.txt", b"[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n", "4 2 1");
        let json = |kind: &str, tokens: &str| {
            format!(r#"{{"model":{{"type":"{kind}","vocab":{{{tokens}}}}}}}"#).into_bytes()
        };
        let tokens = r#""[UNK]":100,"[CLS]":101,"[SEP]":102,"a":7"#;
        check("tokenizer.json", &json("WordPiece", tokens), "4 101 100");
        check("tokenizer.json", &json("BPE", tokens), "is of the type `BPE`");
        let normalized = |normalizer: &str| {
            let model = String::from_utf8(json("WordPiece", tokens)).unwrap();
            model.replacen('{', &format!(r#"{{"normalizer":{normalizer},"#), 1).into_bytes()
        };
        let kept = r#"{"type":"Sequence","normalizers":[{"type":"NFC"},{"lowercase":false}]}"#;
        check("tokenizer.json", &normalized(kept), "keeps capital letters");
        check("tokenizer.json", &normalized(r#"{"strip_accents":false}"#), "keeps accents");
        check("tokenizer.json", &normalized(r#"{"strip_accents":null}"#), "4 101 100");
        check("tokenizer.json", &json("WordPiece", r#""a":-1"#), "has no vocabulary");
        check("tokenizer.json", &json("WordPiece", r#""[UNK]":3000000000"#), "has the number");
        check("tokenizer.json", &b"["[..], "is no tokenizer");
        check("tokenizer.json", &b"[".repeat(100_000), "is no tokenizer");
        check("vocab.txt", b"[UNK]\n[SEP]\na", "has no token `[CLS]`");
        check("vocab.txt", b"[UNK]\n[CLS]\n[SEP]\nThe", "has `The`");
        check("vocab.txt", b"\xff\xfe", "is not in UTF-8");
    }
}
