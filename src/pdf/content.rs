//! What a page shows: its content streams, run as far as text goes.

use std::{collections::HashMap, rc::Rc};

use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

use crate::pdf::{
    file::{COST_OF_READ, File},
    font::Font,
    glyph,
    object::{Dict, Lexer, Object, is_space},
    strings,
};

/// Forms within forms.
const MAX_FORMS: usize = 12;
/// Graphics states that are kept.
const MAX_STATES: usize = 256;
/// Runs of text on a page.
const MAX_SPANS: usize = 60_000;
/// Operands before an operator; more are junk.
const MAX_OPERANDS: usize = 1_000;
/// What it costs to place a glyph, in the units of the file's budget.
const COST_OF_GLYPH: u64 = 150;
/// What it costs to begin a form.
const COST_OF_FORM: u64 = 20_000;
/// A gap of this many ems is a space: words of justified lines stand at least 0.2 apart, and
/// letters are moved by less than 0.1.
const SPACE_GAP: f32 = 0.15;
/// A gap of this many ems ends a run: what follows may be another column.
const COLUMN_GAP: f32 = 0.85;

/// A run of text on one line, in a frame in which it goes from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) left: f32,
    pub(crate) right: f32,
    /// The height of its base line; upwards is positive.
    pub(crate) base: f32,
    /// The height of an em.
    pub(crate) size: f32,
    pub(crate) is_bold: bool,
    /// Quarter turns from the upright.
    pub(crate) turn: u8,
    pub(crate) text: String,
}

/// What a page shows.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) spans: Vec<Span>,
    /// Glyphs of which the file does not say what they mean.
    pub(crate) unknown: usize,
    /// Pictures.
    pub(crate) pictures: usize,
}

/// Fonts that were read already, by the numbers of their objects.
pub(crate) type Fonts = HashMap<u32, Rc<Font>>;

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
struct GraphicsState {
    matrix: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

/// A content stream in the middle of being run.
struct Frame {
    data: Vec<u8>,
    at: usize,
    resources: Dict,
    fonts: HashMap<String, Option<Rc<Font>>>,
    /// How many states were kept when it began; it cannot go back beyond them.
    states: usize,
}

struct Runner<'a, 'f> {
    file: &'a File<'f>,
    fonts: &'a mut Fonts,
    state: GraphicsState,
    states: Vec<GraphicsState>,
    text: Matrix,
    line: Matrix,
    /// For each marked content that is open, whether it is no part of the text.
    marks: Vec<bool>,
    /// The text that stands for the glyphs of a marked content, and how deep that one is.
    actual: Option<(usize, String)>,
    shown: Shown,
}

/// Runs the contents of a page.
pub(crate) fn run(file: &File<'_>, data: Vec<u8>, resources: Dict, fonts: &mut Fonts) -> Shown {
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
        file,
        fonts,
        state,
        states: Vec::new(),
        text: IDENTITY,
        line: IDENTITY,
        marks: Vec::new(),
        actual: None,
        shown: Shown::default(),
    };
    let mut frames = vec![Frame::new(data, resources, 0)];
    let mut operands: Vec<Object> = Vec::new();
    while let Some(frame) = frames.last_mut() {
        let mut lexer = Lexer::new(&frame.data, frame.at);
        let object = lexer.operand();
        let read = lexer.at - frame.at;
        frame.at = lexer.at;
        if !file.spend(read as u64 * COST_OF_READ) || runner.shown.spans.len() > MAX_SPANS {
            break;
        }
        match object {
            None => {
                runner.states.truncate(frame.states);
                frames.pop();
                // A form leaves the state as it found it.
                if let Some(state) = runner.states.pop().filter(|_| !frames.is_empty()) {
                    runner.state = state;
                }
                operands.clear();
            }
            Some(Object::Word(operator)) => {
                if operator == "ID" {
                    frame.skip_picture();
                    runner.shown.pictures += 1;
                } else if operator == "Do" {
                    let depth = frames.len();
                    let form = operands.last().and_then(Object::name);
                    let form = form.and_then(|name| runner.form(&frames[depth - 1], name));
                    frames.extend(form.filter(|_| depth < MAX_FORMS));
                } else {
                    runner.operate(&operator, &operands, frame);
                }
                operands.clear();
            }
            Some(operand) if operands.len() < MAX_OPERANDS => operands.push(operand),
            Some(_) => operands.clear(),
        }
    }
    runner.shown
}

impl Frame {
    fn new(data: Vec<u8>, resources: Dict, states: usize) -> Frame {
        Frame { data, at: 0, resources, fonts: HashMap::new(), states }
    }

    /// Goes behind the `EI` of a picture within the content.
    fn skip_picture(&mut self) {
        let mut from = self.at;
        while let Some(found) = memmem::find(&self.data[from..], b"EI").map(|found| from + found) {
            from = found + 2;
            let before = found.checked_sub(1).map(|at| self.data[at]);
            if before.is_none_or(is_space) && self.data.get(from).copied().is_none_or(is_space) {
                break;
            }
        }
        self.at = if from > self.at { from } else { self.data.len() };
    }
}

impl Runner<'_, '_> {
    fn operate(&mut self, operator: &str, operands: &[Object], frame: &mut Frame) {
        let number = |at: usize| operands.get(at).and_then(Object::number).unwrap_or(0.0);
        let matrix = || [number(0), number(1), number(2), number(3), number(4), number(5)];
        match operator {
            "q" if self.states.len() < MAX_STATES => self.states.push(self.state.clone()),
            "Q" if self.states.len() > frame.states => {
                if let Some(state) = self.states.pop() {
                    self.state = state;
                }
            }
            "cm" => self.state.matrix = multiply(matrix(), self.state.matrix),
            "BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            "Tc" => self.state.char_space = number(0),
            "Tw" => self.state.word_space = number(0),
            "Tz" => self.state.stretch = number(0) / 100.0,
            "TL" => self.state.leading = number(0),
            "Ts" => self.state.rise = number(0),
            "Tf" => {
                self.state.size = number(1);
                self.state.font =
                    operands.first().and_then(Object::name).and_then(|name| self.font(frame, name));
            }
            "Td" => self.next_line(number(0), number(1)),
            "TD" => {
                self.state.leading = -number(1);
                self.next_line(number(0), number(1));
            }
            "Tm" => (self.text, self.line) = (matrix(), matrix()),
            "T*" => self.next_line(0.0, -self.state.leading),
            "Tj" => self.show(operands.first()),
            "'" => {
                self.next_line(0.0, -self.state.leading);
                self.show(operands.first());
            }
            "\"" => {
                (self.state.word_space, self.state.char_space) = (number(0), number(1));
                self.next_line(0.0, -self.state.leading);
                self.show(operands.get(2));
            }
            "TJ" => {
                for object in operands.first().and_then(Object::array).unwrap_or_default() {
                    match object.number() {
                        Some(back) => self.advance(-back / 1000.0 * self.state.size),
                        None => self.show(Some(object)),
                    }
                }
            }
            "BMC" | "BDC" => self.begin_mark(operands, frame),
            "EMC" => {
                self.marks.pop();
                if self.actual.as_ref().is_some_and(|(depth, _)| *depth > self.marks.len()) {
                    self.actual = None;
                }
            }
            _ => {}
        }
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = multiply([1.0, 0.0, 0.0, 1.0, x, y], self.line);
        self.text = self.line;
    }

    fn advance(&mut self, x: f64) {
        let x = x * self.state.stretch;
        self.text = multiply([1.0, 0.0, 0.0, 1.0, x, 0.0], self.text);
    }

    fn font(&mut self, frame: &mut Frame, name: &str) -> Option<Rc<Font>> {
        if let Some(font) = frame.fonts.get(name) {
            return font.clone();
        }
        let file = self.file;
        let font = file.dict(&frame.resources, "Font").and_then(|fonts| {
            let number = match fonts.raw(name)? {
                Object::Ref(number) => Some(*number),
                _ => None,
            };
            if let Some(font) = number.and_then(|number| self.fonts.get(&number)) {
                return Some(Rc::clone(font));
            }
            let font = Rc::new(Font::new(file, &*file.dict(&fonts, name)?));
            self.fonts.extend(number.map(|number| (number, Rc::clone(&font))));
            Some(font)
        });
        frame.fonts.insert(name.to_owned(), font.clone());
        font
    }

    /// The form of that name, ready to be run; what is a picture is only counted.
    fn form(&mut self, frame: &Frame, name: &str) -> Option<Frame> {
        let file = self.file;
        let objects = file.dict(&frame.resources, "XObject")?;
        let object = objects.raw(name)?;
        if file
            .follow(object)
            .dict()
            .map(|dict| file.get(dict, "Subtype").name() == Some("Image"))?
        {
            self.shown.pictures += 1;
            return None;
        }
        let (dict, data) = file.stream_of(object)?;
        let states = self.states.len();
        if states >= MAX_STATES || !file.spend(COST_OF_FORM) {
            return None;
        }
        self.states.push(self.state.clone());
        let matrix = file.get(&dict, "Matrix");
        if let Some([a, b, c, d, e, f]) = matrix.array() {
            let matrix = [a, b, c, d, e, f].map(|value| value.number().unwrap_or(0.0));
            self.state.matrix = multiply(matrix, self.state.matrix);
        }
        let resources = file.dict(&dict, "Resources").map(|own| own.into_owned());
        let resources = resources.unwrap_or_else(|| frame.resources.clone());
        Some(Frame::new(data, resources, states + 1))
    }

    fn begin_mark(&mut self, operands: &[Object], frame: &Frame) {
        // What belongs to the page and not to the text, such as running heads.
        let is_artifact = operands.first().and_then(Object::name) == Some("Artifact");
        if self.marks.len() >= MAX_STATES {
            return;
        }
        self.marks.push(is_artifact);
        let properties = match operands.get(1) {
            Some(Object::Dict(dict)) => Some(dict.clone()),
            Some(Object::Name(name)) => self
                .file
                .dict(&frame.resources, "Properties")
                .and_then(|all| self.file.dict(&all, name).map(|dict| dict.into_owned())),
            _ => None,
        };
        if let (Some(properties), None) = (properties, &self.actual)
            && let Object::Text(text) = &*self.file.get(&properties, "ActualText")
        {
            self.actual = Some((self.marks.len(), strings::text(text)));
        }
    }

    fn show(&mut self, text: Option<&Object>) {
        let Some(Object::Text(text)) = text else { return };
        let Some(font) = self.state.font.clone() else { return };
        let mut rest = text.as_slice();
        while !rest.is_empty() && self.file.spend(COST_OF_GLYPH) {
            let glyph = font.glyph(rest);
            rest = &rest[glyph.length..];
            let mut width = glyph.width * self.state.size + self.state.char_space;
            if glyph.is_space {
                width += self.state.word_space;
            }
            let says = match &mut self.actual {
                Some((_, actual)) => Some(std::mem::take(actual)),
                None => glyph.text,
            };
            match says {
                Some(says) if !self.marks.contains(&true) => {
                    self.place(&says, glyph.width * self.state.size, font.is_bold);
                }
                None => self.shown.unknown += 1,
                Some(_) => {}
            }
            self.advance(width);
        }
    }

    /// Puts a glyph where it stands, which is mostly at the end of the last run.
    fn place(&mut self, says: &str, width: f64, is_bold: bool) {
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
        let (left, base) = point(0.0, self.state.rise);
        let (right, _) = point(width * self.state.stretch, self.state.rise);
        let size = (c.hypot(d) * self.state.size).abs() as f32;
        if !(left.is_finite() && right.is_finite() && base.is_finite() && size > 0.1) {
            return;
        }
        if let Some(last) = self.shown.spans.last_mut().filter(|last| {
            last.turn == turn
                && last.is_bold == is_bold
                && (last.base - base).abs() < 0.1 * size
                && (last.size - size).abs() < 0.1 * size
        }) {
            let gap = (left - last.right) / size;
            if (-0.5..COLUMN_GAP).contains(&gap) {
                last.append(says, gap);
                last.right = last.right.max(right);
                return;
            }
        }
        if !says.trim().is_empty() {
            let text = says.to_owned();
            self.shown.spans.push(Span { left, right, base, size, is_bold, turn, text });
        }
    }
}

impl Span {
    fn append(&mut self, says: &str, gap: f32) {
        let last = self.text.chars().next_back();
        if gap > SPACE_GAP && last != Some(' ') && !says.starts_with(' ') {
            self.text.push(' ');
        } else if gap < -0.1
            && let Some(accent) = last
            && let Some(mark) = glyph::combining(accent)
            && says.chars().all(char::is_alphabetic)
        {
            // An accent that was set before and above its letter.
            self.text.truncate(self.text.len() - accent.len_utf8());
            let mut letters = says.chars();
            let letter = letters.next().map(|letter| match letter {
                'ı' => 'i',
                'ȷ' => 'j',
                other => other,
            });
            self.text.extend(letter.into_iter().chain([mark]).nfc());
            self.text.extend(letters);
            return;
        }
        self.text.push_str(says);
    }
}
