//! The schema: which fields the index has and what each is for.

use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};

use crate::{
    analysis::text_field::TextField, engine::local::readings::WordOrder, query::facet::FACETS,
};

/// Name under which the splitter of analysed text is known to Tantivy.
pub(crate) const ANALYSED: &str = "analysed";

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// Everything there is to read, in one field: titles, description, tags, company, text.
    pub text: Field,
    /// Titles, tags and company.
    pub title: Field,
    /// Headings within the text.
    pub heading: Field,
    /// Stop words, which the fields above lack: see `analysis::analyzer`.
    pub stop_words: Field,
    /// The other words of all fields, folded as they were written, where the fields above have stems.
    pub words: Field,
    /// What a document can be asked for by, as `terms.rs` makes its terms.
    pub key: Field,
    /// Facet values, as `terms.rs` makes their terms.
    pub facet: Field,
    /// The key for breaking ties, as a column; missing where it is the id.
    pub order: Field,
    /// The id, as a column.
    pub id: Field,
    /// The columns of [`FACETS`], each of the facet's name.
    pub columns: [Field; FACETS.len()],
    /// The list's date as the number `yyyymmdd`, as a column.
    pub listed: Field,
    /// The article's date likewise.
    pub published: Field,
    /// The document without its sections, as JSON.
    pub document: Field,
    /// Its sections, as JSON; apart, since a hit without snippets needs none of them.
    pub sections: Field,
    /// Whether the words of the text have their positions, without which no text can be told from them.
    pub positions: Positions,
}

/// Whether an index holds where in a text its words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Phrases are found.
    Kept,
    /// Phrases are searched as their words, in any order.
    LeftOut,
}

/// The schema and its fields.
pub fn schema(positions: Positions) -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let option = match positions {
        Positions::Kept => IndexRecordOption::WithFreqsAndPositions,
        Positions::LeftOut => IndexRecordOption::WithFreqs,
    };
    let mut analysed = |name: &str| {
        let indexing =
            TextFieldIndexing::default().set_tokenizer(ANALYSED).set_index_option(option);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let (text, title, heading) = (analysed("text"), analysed("title"), analysed("heading"));
    let mut plain = |name: &str, tokenizer: &str| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(tokenizer)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    };
    let (stop_words, words) = (plain("small", ANALYSED), plain("words", ANALYSED));
    let (key, facet) = (plain("key", "raw"), plain("facet", "raw"));
    let mut column =
        |name: &str| builder.add_text_field(name, TextOptions::default().set_fast("raw"));
    let (order, id) = (column("order"), column("id"));
    let columns = FACETS.map(&mut column);
    let mut date = |name: &str| builder.add_i64_field(name, NumericOptions::default().set_fast());
    let (listed, published) = (date("listed"), date("published"));
    let document = builder.add_text_field("document", STORED);
    let sections = builder.add_text_field("sections", STORED);
    let fields = Fields {
        text,
        title,
        heading,
        stop_words,
        words,
        key,
        facet,
        order,
        id,
        columns,
        listed,
        published,
        document,
        sections,
        positions,
    };
    (builder.build(), fields)
}

impl Fields {
    /// A field of analysed text.
    pub(crate) fn of(&self, field: TextField) -> Field {
        match field {
            TextField::Text => self.text,
            TextField::Title => self.title,
            TextField::Heading => self.heading,
        }
    }

    /// How closely the words of a phrase have to stand, all of them together.
    pub(crate) fn order(&self, slop: u32) -> WordOrder {
        match self.positions {
            Positions::Kept => WordOrder::Within(slop),
            Positions::LeftOut => WordOrder::Any,
        }
    }

    /// The column of a facet.
    pub(crate) fn column(&self, facet: &str) -> Option<Field> {
        FACETS.iter().position(|name| *name == facet).map(|at| self.columns[at])
    }
}
