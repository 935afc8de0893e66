//! What a model is worth: whether it tells what belongs together from what does not, and how fast.

use std::{thread, time::Instant};

use serde::{Deserialize, Serialize};

use crate::{
    embedding::{
        known::{KnownModel, LEAST_COSINE},
        model::Model,
        vector::Vector,
    },
    error::Error,
};

/// Texts, each with one that says the same in other words, and with one about something else.
const TEXTS: [[&str; 3]; 4] = [
    [
        "How do I notice that my model got worse?",
        "Detecting when the predictions of a model degrade",
        "The garden is full of roses in June",
    ],
    [
        "Teams use each other's inputs for machine learning",
        "A shared store of features for training models",
        "The museum is closed on Mondays",
    ],
    [
        "The service was down for three hours",
        "Postmortem of an outage",
        "Knitting a scarf for beginners",
    ],
    [
        "Baking bread at home",
        "A recipe for loaves from flour, water and yeast",
        "The company sells software to banks",
    ],
];

/// Passages that each thread embeds to measure its speed, and how many of them at once.
const MEASURED: usize = 16;
/// Passages that are embedded at once: with 4 to 32 of them the speed is within a twentieth.
pub(crate) const BATCH: usize = 8;

/// That a model works, and how well it tells texts apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelTrial {
    /// The dimensions of its vectors.
    pub dimensions: usize,
    /// The smallest cosine of a text with one that says the same.
    pub nearest: f32,
    /// The largest one with a text that says something else.
    pub farthest: f32,
}

/// What is known of a model that works.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ModelCheck {
    /// What its vectors are filed under: the SHA-256 of the network and of the vocabulary.
    pub id: String,
    /// The SHA-256 of the network.
    pub sha256: String,
    /// The dimensions of its vectors.
    pub dimensions: usize,
    /// The tokens of its vocabulary.
    pub vocabulary: usize,
    /// The smallest cosine of a built-in text with one that says the same.
    pub near: f32,
    /// The largest cosine of a built-in text with one that says something else.
    pub far: f32,
    /// The name of the file, when it is known.
    pub known_as: Option<String>,
    /// The smallest cosine with the vectors that are known of this file.
    pub known_cosine: Option<f32>,
    /// Passages embedded at the same time.
    pub threads: usize,
    /// Tokens of passages embedded in a second.
    pub tokens_per_second: f64,
    /// Passages of the most tokens embedded in a second.
    pub passages_per_second: f64,
}

impl ModelTrial {
    /// Tries a model on the built-in texts.
    ///
    /// # Errors
    /// [`Error::Model`] when the network does not bear them, or cannot tell them apart.
    pub fn of(model: &Model) -> Result<ModelTrial, Error> {
        // A network that knows fewer tokens than the vocabulary fails at the last one.
        let vocabulary = model.vocabulary();
        let last = [vocabulary.begin, vocabulary.largest, vocabulary.end].to_vec();
        let short = model.embed_tokens(&[last])?;
        // Nor may it know fewer places than a passage has tokens.
        let long = model.embed(&[&TEXTS.concat().join(". ").repeat(2), TEXTS[0][0]])?;
        let vectors = vectors(model)?;
        let dimensions = short.first().map_or(0, Vector::dimensions);
        for other in long.iter().chain(vectors.iter().flatten()).map(Vector::dimensions) {
            if other != dimensions {
                let why = format!("gives vectors of {dimensions} and of {other} numbers");
                return Err(model.error(&why));
            }
        }
        let (mut nearest, mut farthest) = (1.0_f32, -1.0_f32);
        for (vectors, texts) in vectors.iter().zip(TEXTS) {
            let (near, far) = (vectors[0].cosine(&vectors[1]), vectors[0].cosine(&vectors[2]));
            if near <= far {
                return Err(model.error(&format!(
                    "takes “{}” to be nearer to “{}” ({far:.2}) than to “{}” ({near:.2})",
                    texts[0], texts[2], texts[1]
                )));
            }
            nearest = nearest.min(near);
            farthest = farthest.max(far);
        }
        if nearest <= farthest {
            return Err(model.error(&format!(
                "takes texts that say something else to be as near ({farthest:.2}) as some that say \
                 the same ({nearest:.2})"
            )));
        }
        Ok(ModelTrial { dimensions, nearest, farthest })
    }
}

/// Tries a model on the built-in texts, holds it against what is known of its file, and measures
/// its speed with some threads.
///
/// # Errors
/// As [`ModelTrial::of`], and when the vectors are not those that are known of the file.
pub fn check(model: &Model, sha256: &str, threads: usize) -> Result<ModelCheck, Error> {
    let trial = ModelTrial::of(model)?;
    let known = KnownModel::of(sha256);
    let known_cosine = match known {
        Some(known) => {
            let found = vectors(model)?;
            let pairs = found.iter().map(|group| &group[0]).zip(known.vectors());
            let cosine = pairs.map(|(found, known)| found.cosine(&known)).fold(1.0, f32::min);
            if cosine < LEAST_COSINE {
                let (name, why) = (known.name, "its vectors are others");
                return Err(model.error(&format!("is {name}, but {why} (cosine {cosine:.3})")));
            }
            Some(cosine)
        }
        None => None,
    };
    let threads = threads.max(1);
    let passage = TEXTS.concat().join(". ").repeat(2);
    let tokens = model.tokens(&passage);
    let began = Instant::now();
    let embed = || {
        let batch = vec![tokens.clone(); BATCH];
        (0..MEASURED / BATCH).try_for_each(|_| model.embed_tokens(&batch).map(drop))
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(embed)).collect();
        // A thread that panics has not measured anything.
        running.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(model.error("cannot be run")))
        })
    })?;
    let passages = (threads * MEASURED) as f64 / began.elapsed().as_secs_f64();
    Ok(ModelCheck {
        id: model.id().to_owned(),
        sha256: sha256.to_owned(),
        dimensions: trial.dimensions,
        vocabulary: model.vocabulary().len(),
        near: trial.nearest,
        far: trial.farthest,
        known_as: known.map(|known| known.name.to_owned()),
        known_cosine,
        threads,
        tokens_per_second: passages * tokens.len() as f64,
        passages_per_second: passages,
    })
}

/// The vectors of the built-in texts, by group.
fn vectors(model: &Model) -> Result<Vec<Vec<Vector>>, Error> {
    TEXTS.iter().map(|texts| model.embed(texts)).collect()
}
