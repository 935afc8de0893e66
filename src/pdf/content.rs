//! What a page shows: its content streams, run as far as text goes.

use std::{collections::HashMap, rc::Rc};

use hayro_syntax::{
    content::UntypedIter,
    object::{Array, Dict, Name, Object, Stream, String as PdfString, dict::keys},
    page::{Page, Resources},
};

use crate::pdf::{
    annotations, bidi,
    drawn::Drawn,
    font::{Font, Fonts},
    layers::Layers,
    span::{Letters, Span},
    strings,
};

/// Forms within forms.
const MAX_FORMS: usize = 12;
/// Graphics states that are kept.
const MAX_STATES: usize = 256;
/// Runs of text on a page.
const MAX_SPANS: usize = 60_000;
/// Bytes of text on a page.
const MAX_TEXT: usize = 6 << 20;
/// Bytes of one page's contents.
const MAX_CONTENTS: usize = 16 << 20;
/// Operators and glyphs of a file; what follows is left out.
const MAX_WORK: u64 = 6_000_000;
/// What it costs to begin a form, in operators.
const COST_OF_FORM: u64 = 200;

/// What a page shows.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) spans: Vec<Span>,
    /// Bytes of their text.
    pub(crate) bytes: usize,
    /// Glyphs of which the file does not say what they mean.
    pub(crate) unknown: usize,
    /// Pictures.
    pub(crate) pictures: usize,
}

/// What is known of a file when one page after the other is read.
pub(crate) struct PdfReader<'a> {
    fonts: Fonts<'a>,
    layers: Layers,
    work_left: u64,
}

impl<'a> PdfReader<'a> {
    pub(crate) fn new(layers: Layers) -> PdfReader<'a> {
        PdfReader { fonts: Fonts::new(), layers, work_left: MAX_WORK }
    }

    /// Whether the file has had all the work that it may have.
    pub(crate) fn is_spent(&self) -> bool {
        self.work_left == 0
    }

    fn spend(&mut self, work: u64) -> bool {
        self.work_left = self.work_left.saturating_sub(work);
        self.work_left > 0
    }
}

type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

fn multiply(a: Matrix, b: Matrix) -> Matrix {
    [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    ]
}

#[derive(Clone)]
struct GraphicsState<'a> {
    matrix: Matrix,
    font: Option<Rc<Font<'a>>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// What the names in a content stream stand for.
struct Names<'a, 's> {
    resources: &'s Resources<'a>,
    fonts: HashMap<Vec<u8>, Option<Rc<Font<'a>>>>,
}

struct Runner<'a, 'r> {
    reader: &'r mut PdfReader<'a>,
    state: GraphicsState<'a>,
    states: Vec<GraphicsState<'a>>,
    text: Matrix,
    line: Matrix,
    /// For each marked content that is open, whether it is no part of the text.
    marks: Vec<bool>,
    /// The text that stands for the glyphs of a marked content, and how deep that one is.
    actual: Option<(usize, String)>,
    drawn: Drawn,
    shown: Shown,
}

/// Runs the contents of a page and what was put on it.
pub(crate) fn run<'a>(page: &Page<'a>, reader: &mut PdfReader<'a>) -> Shown {
    let state = GraphicsState {
        matrix: IDENTITY,
        font: None,
        size: 0.0,
        char_space: 0.0,
        word_space: 0.0,
        stretch: 1.0,
        leading: 0.0,
        rise: 0.0,
    };
    let mut runner = Runner {
        reader,
        state: state.clone(),
        states: Vec::new(),
        text: IDENTITY,
        line: IDENTITY,
        marks: Vec::new(),
        actual: None,
        drawn: Drawn::default(),
        shown: Shown::default(),
    };
    runner.stream(&contents(page), page.resources(), 0);
    for annotation in annotations::of(page) {
        if runner.reader.layers.hides(&annotation.dict, keys::OC) {
            continue;
        }
        runner.state = state.clone();
        match annotation.appearance() {
            Some((form, matrix)) => {
                runner.state.matrix = matrix;
                runner.form(&form, page.resources(), 0);
            }
            None => annotation.lines().into_iter().for_each(|line| runner.put(line)),
        }
    }
    runner.shown
}

fn contents(page: &Page<'_>) -> Vec<u8> {
    let dict = page.raw();
    let decoded = |stream: Stream<'_>| stream.decoded_data().unwrap_or_default().into_owned();
    if let Some(stream) = dict.get::<Stream<'_>>(keys::CONTENTS) {
        return decoded(stream);
    }
    let mut all = Vec::new();
    let parts = dict.get::<Array<'_>>(keys::CONTENTS);
    for part in parts.iter().flat_map(|parts| parts.iter::<Stream<'_>>()) {
        let part = decoded(part);
        if all.len() + part.len() > MAX_CONTENTS {
            break;
        }
        all.extend_from_slice(&part);
        all.push(b'\n');
    }
    all
}

impl<'a> Runner<'a, '_> {
    fn stream(&mut self, data: &[u8], resources: &Resources<'a>, depth: usize) {
        let floor = self.states.len();
        let mut names = Names { resources, fonts: HashMap::new() };
        let mut instructions = UntypedIter::new(data);
        while let Some(instruction) = instructions.next() {
            if !self.reader.spend(1)
                || self.shown.spans.len() > MAX_SPANS
                || self.shown.bytes > MAX_TEXT
            {
                break;
            }
            let operands: Vec<Object<'_>> = instruction.operands().cloned().collect();
            match &**instruction.operator {
                b"Do" => {
                    if let Some(Object::Name(name)) = operands.last() {
                        self.draw(name, resources, depth);
                    }
                }
                b"BI" => self.shown.pictures += 1,
                operator => self.operate(operator, &operands, &mut names, floor),
            }
        }
        // A stream leaves the state as it found it.
        if let Some(state) = self.states.drain(floor..).next() {
            self.state = state;
        }
    }

    /// Shows the form of that name; what is a picture is only counted.
    fn draw(&mut self, name: &Name<'_>, resources: &Resources<'a>, depth: usize) {
        let Some(form) = resources.get_x_object(name) else { return };
        if form.dict().get::<Name<'_>>(keys::SUBTYPE).is_some_and(|kind| &*kind == b"Image") {
            self.shown.pictures += 1;
        } else if !self.reader.layers.hides(form.dict(), keys::OC) {
            self.form(&form, resources, depth);
        }
    }

    fn form(&mut self, form: &Stream<'a>, resources: &Resources<'a>, depth: usize) {
        if depth >= MAX_FORMS || !self.reader.spend(COST_OF_FORM) {
            return;
        }
        let Ok(data) = form.decoded_data() else { return };
        let state = self.state.clone();
        if let Some(matrix) = form.dict().get::<Matrix>(keys::MATRIX) {
            self.state.matrix = multiply(matrix, self.state.matrix);
        }
        let own = form.dict().get::<Dict<'_>>(keys::RESOURCES).map(Resources::new);
        self.stream(&data, own.as_ref().unwrap_or(resources), depth + 1);
        self.state = state;
    }

    fn operate(
        &mut self,
        operator: &[u8],
        operands: &[Object<'_>],
        names: &mut Names<'a, '_>,
        floor: usize,
    ) {
        let number = |at: usize| match operands.get(at) {
            Some(Object::Number(number)) => number.as_f64(),
            _ => 0.0,
        };
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operator {
            b"q" if self.states.len() < MAX_STATES => self.states.push(self.state.clone()),
            b"Q" if self.states.len() > floor => {
                if let Some(state) = self.states.pop() {
                    self.state = state;
                }
            }
            b"cm" => self.state.matrix = multiply(matrix(), self.state.matrix),
            b"BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            b"Tc" => self.state.char_space = number(0),
            b"Tw" => self.state.word_space = number(0),
            b"Tz" => self.state.stretch = number(0) / 100.0,
            b"TL" => self.state.leading = number(0),
            b"Ts" => self.state.rise = number(0),
            b"Tf" => {
                self.state.size = number(1);
                if let Some(Object::Name(name)) = operands.first() {
                    self.state.font = self.font(names, name);
                }
            }
            b"gs" => self.set_font(operands, names.resources),
            b"Td" => self.next_line(number(0), number(1)),
            b"TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            b"Tm" => (self.text, self.line) = (matrix(), matrix()),
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tj" => self.show(operands.first()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            b"\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            b"TJ" => {
                let Some(Object::Array(list)) = operands.first() else { return };
                for object in list.iter::<Object<'_>>() {
                    match &object {
                        Object::Number(back) => {
                            let moved = -back.as_f64() / 1000.0 * self.state.size;
                            self.advance((moved, moved), 0.0);
                        }
                        _ => self.show(Some(&object)),
                    }
                }
            }
            b"BMC" | b"BDC" => self.begin_mark(operands, names.resources),
            b"EMC" => {
                self.marks.pop();
                if self.actual.as_ref().is_some_and(|(depth, _)| *depth > self.marks.len()) {
                    self.actual = None;
                }
            }
            _ => {}
        }
    }

    fn font(&mut self, names: &mut Names<'a, '_>, name: &Name<'_>) -> Option<Rc<Font<'a>>> {
        if let Some(font) = names.fonts.get(&**name) {
            return font.clone();
        }
        let dict = names.resources.get_font(name);
        let font = dict.and_then(|dict| self.reader.fonts.get(&dict));
        names.fonts.insert(name.to_vec(), font.clone());
        font
    }

    /// A graphics state of a file may hold a font, too.
    fn set_font(&mut self, operands: &[Object<'_>], resources: &Resources<'a>) {
        let Some(Object::Name(name)) = operands.first() else { return };
        let Some(state) = resources.get_ext_g_state(name) else { return };
        let Some(font) = state.get::<Array<'_>>(keys::FONT) else { return };
        let Some(dict) = font.iter::<Object<'_>>().next().and_then(Object::into_dict) else {
            return;
        };
        self.state.font = self.reader.fonts.get(&dict);
        let size = font.iter::<Object<'_>>().nth(1).and_then(Object::into_number);
        self.state.size = size.map_or(self.state.size, |size| size.as_f64());
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = multiply([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    /// Moves on along the line: to the right, or downwards where that is how a font is written.
    fn advance(&mut self, (x, y): (f64, f64), extra: f64) {
        let is_upright = self.state.font.as_ref().is_none_or(|font| font.is_horizontal);
        let moved =
            if is_upright { ((x + extra) * self.state.stretch, 0.0) } else { (0.0, y + extra) };
        self.text = multiply([1.0, 0.0, 0.0, 1.0, moved.0, moved.1], self.text);
    }

    fn begin_mark(&mut self, operands: &[Object<'_>], resources: &Resources<'a>) {
        if self.marks.len() >= MAX_STATES {
            return;
        }
        let tag: &[u8] = match operands.first() {
            Some(Object::Name(name)) => name,
            _ => b"",
        };
        let named = match operands.get(1) {
            Some(Object::Name(name)) => Some(name),
            _ => None,
        };
        let is_hidden = tag == b"OC"
            && named.is_some_and(|name| self.reader.layers.hides(&resources.properties, name));
        // What belongs to the page and not to the text, such as running heads.
        self.marks.push(tag == b"Artifact" || is_hidden);
        let properties = match operands.get(1) {
            Some(Object::Dict(dict)) => Some(dict.clone()),
            _ => named.and_then(|name| resources.properties.get::<Dict<'_>>(&**name)),
        };
        let actual = properties
            .and_then(|dict| Some(strings::text(&dict.get::<PdfString<'_>>(keys::ACTUAL_TEXT)?)));
        if let (Some(text), None) = (actual, &self.actual) {
            // Pages hold text as it is seen.
            self.actual = Some((self.marks.len(), bidi::reordered(&text)));
        }
    }

    fn show(&mut self, text: Option<&Object<'_>>) {
        let Some(Object::String(text)) = text else { return };
        let Some(font) = self.state.font.clone() else {
            self.shown.unknown += text.len();
            return;
        };
        let is_hidden = self.marks.contains(&true);
        let mut at = 0;
        while at < text.len() && self.reader.spend(1) {
            let (glyph, length) = font.glyph(text, at);
            at += length.max(1);
            let (x, y) = glyph.advance;
            let advance = (x * self.state.size, y * self.state.size);
            let actual = self.actual.as_mut().map(|(_, actual)| std::mem::take(actual));
            if !is_hidden {
                match (actual, &glyph.text) {
                    (Some(says), _) => self.place(&says, advance, &font),
                    (None, Some(says)) => self.place(says, advance, &font),
                    (None, None) => self.shown.unknown += 1,
                }
            }
            let word_space = if glyph.is_space { self.state.word_space } else { 0.0 };
            self.advance(advance, self.state.char_space + word_space);
        }
    }

    /// Puts a glyph where it stands, which is mostly at the end of the last run.
    fn place(&mut self, says: &str, (width, height): (f64, f64), font: &Font<'a>) {
        let matrix = multiply(self.text, self.state.matrix);
        let [a, b, c, d, ..] = matrix;
        let turn = match (a.abs() > 8.0 * b.abs(), b.abs() > 8.0 * a.abs()) {
            (true, _) => {
                if a > 0.0 {
                    0
                } else {
                    2
                }
            }
            (_, true) => {
                if b > 0.0 {
                    1
                } else {
                    3
                }
            }
            // Neither along nor across the page: a stamp over it.
            _ => return,
        };
        // What is written downwards is text that was turned by a quarter.
        let turn = if font.is_horizontal { turn } else { (turn + 3) % 4 };
        let point = |x: f64, y: f64| {
            let (x, y) = (a * x + c * y + matrix[4], b * x + d * y + matrix[5]);
            let (x, y) = match turn {
                0 => (x, y),
                1 => (y, -x),
                2 => (-x, -y),
                _ => (-y, x),
            };
            (x as f32, y as f32)
        };
        let (start, end) = if font.is_horizontal {
            ((0.0, self.state.rise), (width * self.state.stretch, self.state.rise))
        } else {
            // Columns stand in the middle of their characters, base lines below.
            let base = -0.38 * self.state.size;
            ((base, 0.0), (base, height))
        };
        let ((left, base), (right, _)) = (point(start.0, start.1), point(end.0, end.1));
        let size = (c.hypot(d) * self.state.size * font.em).abs() as f32;
        if !(left.is_finite() && right.is_finite() && base.is_finite() && size > 0.1) {
            return;
        }
        let letters = Letters::of(says, right);
        let text = says.to_owned();
        self.put(Span { left, right, base, size, is_bold: font.is_bold, turn, text, letters });
    }

    fn put(&mut self, glyph: Span) {
        if self.drawn.is_again(&glyph, &mut self.reader.work_left) {
            return;
        }
        self.shown.bytes += glyph.text.len();
        let goes_on = self.shown.spans.last_mut().is_some_and(|last| last.goes_on_with(&glyph));
        if !goes_on && !glyph.text.trim().is_empty() {
            self.shown.spans.push(glyph);
        }
    }
}
