//! Layers: parts of a page that a file can hide.

use std::collections::HashSet;

use hayro_syntax::{
    Pdf,
    object::{Array, Dict, MaybeRef, Name, ObjRef, Object, dict::keys},
};

/// Conditions within conditions.
const MAX_DEPTH: usize = 8;
/// Layers that are looked at.
const MAX_LAYERS: usize = 10_000;

/// The layers that are hidden when the file is opened.
#[derive(Debug, Default)]
pub(crate) struct Layers {
    /// Whether the file has any.
    are_there: bool,
    hidden: HashSet<ObjRef>,
}

impl Layers {
    pub(crate) fn new(pdf: &Pdf) -> Layers {
        let xref = pdf.xref();
        let all = xref
            .get::<Dict<'_>>(xref.root_id())
            .and_then(|root| root.get::<Dict<'_>>(keys::OCPROPERTIES));
        let Some(all) = all else { return Layers::default() };
        let first = all.get::<Dict<'_>>(b"D".as_slice()).unwrap_or_default();
        let is_off = first.get::<Name<'_>>(keys::BASE_STATE).is_some_and(|state| &*state == b"OFF");
        let mut hidden: HashSet<ObjRef> =
            if is_off { refs(&all, keys::OCGS).collect() } else { HashSet::new() };
        if is_off {
            refs(&first, b"ON").for_each(|layer| {
                hidden.remove(&layer);
            });
        }
        hidden.extend(refs(&first, b"OFF"));
        Layers { are_there: true, hidden }
    }

    /// Whether the layer, or the condition on layers, under a key keeps content from being seen.
    pub(crate) fn hides(&self, dict: &Dict<'_>, key: &[u8]) -> bool {
        self.are_there && {
            let is_layer = dict.get_ref(key).is_some_and(|layer| self.hidden.contains(&layer));
            is_layer || dict.get::<Dict<'_>>(key).is_some_and(|condition| !self.is_met(&condition))
        }
    }

    /// Whether a condition on layers is met; layers themselves are none.
    fn is_met(&self, condition: &Dict<'_>) -> bool {
        if let Some(formula) = condition.get::<Array<'_>>(keys::VE) {
            return self.holds(&formula, 0);
        }
        let one = condition
            .get_ref(keys::OCGS)
            .filter(|_| condition.get::<Array<'_>>(keys::OCGS).is_none());
        let layers: Vec<ObjRef> = one.into_iter().chain(refs(condition, keys::OCGS)).collect();
        let seen = |layer: &ObjRef| !self.hidden.contains(layer);
        let policy = condition.get::<Name<'_>>(b"P".as_slice());
        layers.is_empty()
            || match policy.as_deref() {
                Some(b"AllOn") => layers.iter().all(seen),
                Some(b"AnyOff") => !layers.iter().all(seen),
                Some(b"AllOff") => !layers.iter().any(seen),
                _ => layers.iter().any(seen),
            }
    }

    /// Whether `[/And A [/Not B]]` and the like hold.
    fn holds(&self, formula: &Array<'_>, depth: usize) -> bool {
        let mut parts = formula.raw_iter().take(MAX_LAYERS);
        let Some(MaybeRef::NotRef(Object::Name(operator))) = parts.next() else { return true };
        let mut truths = parts.map(|part| match part {
            MaybeRef::Ref(layer) => !self.hidden.contains(&layer),
            MaybeRef::NotRef(Object::Array(inner)) if depth < MAX_DEPTH => {
                self.holds(&inner, depth + 1)
            }
            MaybeRef::NotRef(_) => true,
        });
        match &*operator {
            b"Or" => truths.any(|truth| truth),
            b"Not" => !truths.next().unwrap_or(false),
            _ => truths.all(|truth| truth),
        }
    }
}

/// The references in the array under a key.
fn refs<'a>(dict: &Dict<'a>, key: &[u8]) -> impl Iterator<Item = ObjRef> + use<'a> {
    let array = dict.get::<Array<'a>>(key);
    let parts = array.into_iter().flat_map(|array| array.raw_iter());
    parts.take(MAX_LAYERS).filter_map(|part| part.as_obj_ref())
}
