//! What was put on a page afterwards and is text: notes written on it, and fields that were filled in.

use hayro_syntax::{
    object::{Array, Dict, Name, Rect, Stream, String as PdfString, dict::keys},
    page::Page,
};

use crate::pdf::{span::Span, strings};

/// Annotations of a page.
const MAX_ANNOTATIONS: usize = 10_000;
/// Fields above a field.
const MAX_PARENTS: usize = 8;
/// The flags that keep an annotation from being seen.
const UNSEEN: u32 = 1 << 1 | 1 << 5;
/// The height of text that is given without its looks.
const SIZE: f32 = 11.0;

/// Text on a page.
pub(crate) struct Annotation<'a> {
    pub(crate) dict: Dict<'a>,
    place: Rect,
    text: String,
}

/// The annotations of a page that are text and can be seen.
pub(crate) fn of<'a>(page: &Page<'a>) -> impl Iterator<Item = Annotation<'a>> + use<'a> {
    let all = page.raw().get::<Array<'a>>(keys::ANNOTS);
    let dicts = all.into_iter().flat_map(|all| all.iter::<Dict<'a>>()).take(MAX_ANNOTATIONS);
    dicts.filter_map(|dict| {
        let place = dict.get::<Rect>(keys::RECT)?;
        if dict.get::<u32>(keys::F).is_some_and(|flags| flags & UNSEEN != 0) {
            return None;
        }
        let text = match &*dict.get::<Name<'_>>(keys::SUBTYPE)? {
            b"FreeText" => {
                dict.get::<PdfString<'_>>(keys::CONTENTS).map(|text| strings::text(&text))
            }
            b"Widget" => value(&dict),
            _ => return None,
        };
        Some(Annotation { place, text: text.unwrap_or_default(), dict })
    })
}

/// What was filled into a field of text or choice; fields may stand below one that has it.
fn value(field: &Dict<'_>) -> Option<String> {
    let above =
        std::iter::successors(Some(field.clone()), |field| field.get::<Dict<'_>>(keys::PARENT));
    let mut value = None;
    for field in above.take(MAX_PARENTS) {
        value =
            value.or_else(|| field.get::<PdfString<'_>>(keys::V).map(|text| strings::text(&text)));
        if let Some(kind) = field.get::<Name<'_>>(keys::FT) {
            return value.filter(|_| matches!(&*kind, b"Tx" | b"Ch"));
        }
    }
    None
}

impl<'a> Annotation<'a> {
    /// What it looks like, and where that stands on the page.
    pub(crate) fn appearance(&self) -> Option<(Stream<'a>, [f64; 6])> {
        if self.text.is_empty() {
            return None;
        }
        let form = self.dict.get::<Dict<'_>>(keys::AP)?.get::<Stream<'_>>(keys::N)?;
        let bounds = form.dict().get::<Rect>(keys::BBOX)?;
        let [a, b, c, d, e, f] =
            form.dict().get::<[f64; 6]>(keys::MATRIX).unwrap_or([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        let corners = [
            (bounds.x0, bounds.y0),
            (bounds.x1, bounds.y0),
            (bounds.x0, bounds.y1),
            (bounds.x1, bounds.y1),
        ];
        let corners = corners.map(|(x, y)| (a * x + c * y + e, b * x + d * y + f));
        let ends = |values: [f64; 4]| {
            (
                values.into_iter().fold(f64::MAX, f64::min),
                values.into_iter().fold(f64::MIN, f64::max),
            )
        };
        let (left, right) = ends(corners.map(|(x, _)| x));
        let (bottom, top) = ends(corners.map(|(_, y)| y));
        let scale = |length: f64, place: f64| if length > 0.0 { place / length } else { 1.0 };
        let (x, y) =
            (scale(right - left, self.place.width()), scale(top - bottom, self.place.height()));
        Some((form, [x, 0.0, 0.0, y, self.place.x0 - left * x, self.place.y0 - bottom * y]))
    }

    /// Its lines, for one that has no looks.
    pub(crate) fn lines(&self) -> Vec<Span> {
        let left = self.place.x0 as f32;
        let lines = self.text.split(['\n', '\r']).filter(|line| !line.trim().is_empty());
        lines
            .enumerate()
            .map(|(at, line)| Span {
                left,
                right: left + 0.5 * SIZE * line.chars().count() as f32,
                base: self.place.y1 as f32 - SIZE * (at + 1) as f32,
                size: SIZE,
                is_bold: false,
                turn: 0,
                text: line.to_owned(),
                letters: None,
            })
            .collect()
    }
}
