//! Sentence embeddings: from a text to a vector that lies near those of texts which say the same in
//! other words, by a model that the user has put into a folder.
//!
//! A folder is read within bounds ([`ModelFiles`]) and becomes a [`Model`], which turns texts into
//! vectors. A model is a program that its file brings along: what it may ask for is bounded only
//! where it runs in a process of its own, so that a file is tried there first (`worker`).

mod files;
mod known;
mod model;
mod network;
mod tokenizer;
mod trial;
mod vector;
mod vocabulary;

pub use crate::embedding::{
    files::ModelFiles,
    model::{MAX_TOKENS, Model},
    trial::{ModelCheck, ModelTrial, check},
    vector::Vector,
};
