//! PDF objects, read from bytes without recursion.

/// Arrays and dictionaries within each other; deeper ones are no objects.
const MAX_DEPTH: usize = 64;
/// Values within one object, a value being 32 bytes in memory; longer ones are no objects.
const MAX_VALUES: usize = 200_000;

/// A value, or an operator of a content stream.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Object {
    Null,
    Number(f64),
    Text(Vec<u8>),
    Name(String),
    Array(Vec<Object>),
    Dict(Dict),
    /// The number of another object.
    Ref(u32),
    /// `true`, `obj`, `Tj` and the like.
    Word(String),
}

impl Object {
    pub(crate) fn number(&self) -> Option<f64> {
        if let Object::Number(number) = self { Some(*number) } else { None }
    }

    /// A number that counts something.
    pub(crate) fn count(&self) -> Option<usize> {
        self.number().filter(|n| (0.0..=1e9).contains(n)).map(|n| n as usize)
    }

    pub(crate) fn name(&self) -> Option<&str> {
        if let Object::Name(name) = self { Some(name) } else { None }
    }

    pub(crate) fn array(&self) -> Option<&[Object]> {
        if let Object::Array(array) = self { Some(array) } else { None }
    }

    pub(crate) fn dict(&self) -> Option<&Dict> {
        if let Object::Dict(dict) = self { Some(dict) } else { None }
    }
}

/// A dictionary; of equal keys the first one counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dict(pub(crate) Vec<(String, Object)>);

impl Dict {
    /// The value of a key as it stands, not followed if it is a reference.
    pub(crate) fn raw(&self, key: &str) -> Option<&Object> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

/// Reads objects one after another.
pub(crate) struct Lexer<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

enum Container {
    Array,
    Dict,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Lexer<'a> {
        Lexer { bytes, at }
    }

    /// The next object as files have it, where `5 0 R` is a reference.
    pub(crate) fn object(&mut self) -> Option<Object> {
        let object = self.operand()?;
        let Some(number) = whole(&object) else { return Some(object) };
        let after = self.at;
        let generation = self.token();
        if generation
            .as_ref()
            .and_then(|token| token.as_object())
            .is_some_and(|g| whole(g).is_some())
            && matches!(self.token(), Some(Token::Object(Object::Word(word))) if word == "R")
        {
            return Some(Object::Ref(number));
        }
        self.at = after;
        Some(object)
    }

    /// The next object as content streams have it, operators included; none at the end.
    pub(crate) fn operand(&mut self) -> Option<Object> {
        let mut open: Vec<(Container, Vec<Object>)> = Vec::new();
        let mut values = 0;
        loop {
            let object = match self.token()? {
                Token::Begin(kind) => {
                    if open.len() >= MAX_DEPTH {
                        return None;
                    }
                    open.push((kind, Vec::new()));
                    continue;
                }
                Token::End => match open.pop() {
                    Some((Container::Array, values)) => Object::Array(values),
                    Some((Container::Dict, values)) => Object::Dict(pairs(values)),
                    // A stray bracket.
                    None => continue,
                },
                Token::Object(object) => object,
            };
            let Some((_, inner)) = open.last_mut() else { return Some(object) };
            values += 1;
            if values > MAX_VALUES {
                return None;
            }
            if object == Object::Word("R".into())
                && let [.., number, generation] = inner.as_slice()
                && let (Some(number), Some(_)) = (whole(number), whole(generation))
            {
                inner.truncate(inner.len() - 2);
                inner.push(Object::Ref(number));
            } else {
                inner.push(object);
            }
        }
    }

    pub(crate) fn skip_space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            if *byte == b'%' {
                let rest = &self.bytes[self.at..];
                self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
            } else if !is_space(*byte) {
                return;
            } else {
                self.at += 1;
            }
        }
    }

    fn token(&mut self) -> Option<Token> {
        self.skip_space();
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        let next = self.bytes.get(self.at).copied();
        Some(match byte {
            b'[' => Token::Begin(Container::Array),
            b'<' if next == Some(b'<') => {
                self.at += 1;
                Token::Begin(Container::Dict)
            }
            b'>' if next == Some(b'>') => {
                self.at += 1;
                Token::End
            }
            b']' => Token::End,
            b'<' => Token::Object(Object::Text(self.hex())),
            b'(' => Token::Object(Object::Text(self.literal())),
            b'/' => Token::Object(Object::Name(self.name())),
            // Braces of functions, brackets that nothing opened.
            b'{' | b'}' | b')' | b'>' => return self.stray(),
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                self.at -= 1;
                let word = self.word();
                let number = number(word);
                Token::Object(number.map_or_else(|| word_of(word), Object::Number))
            }
            _ => {
                self.at -= 1;
                let word = self.word();
                Token::Object(if word == b"null" { Object::Null } else { word_of(word) })
            }
        })
    }

    fn stray(&mut self) -> Option<Token> {
        Some(Token::Object(Object::Word(String::new())))
    }

    fn word(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|b| is_space(*b) || is_delimiter(*b)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn name(&mut self) -> String {
        let raw = self.word();
        let mut name = String::with_capacity(raw.len());
        let mut at = 0;
        while let Some(byte) = raw.get(at) {
            let code = raw.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
            let code = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            match code.filter(|_| *byte == b'#') {
                Some(code) => {
                    name.push(char::from(code));
                    at += 3;
                }
                None => {
                    name.push(char::from(*byte));
                    at += 1;
                }
            }
        }
        name
    }

    fn hex(&mut self) -> Vec<u8> {
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'>', rest).unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        unhex(&rest[..end])
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut depth = 1;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.bytes.get(self.at).copied() else { return };
        self.at += 1;
        text.push(match byte {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'b' => 8,
            b'f' => 12,
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at).copied() else { break };
                    code = code * 8 + u32::from(digit - b'0');
                    self.at += 1;
                }
                code as u8
            }
            // A line that goes on.
            b'\n' => return,
            b'\r' => {
                self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n'));
                return;
            }
            other => other,
        });
    }
}

enum Token {
    Begin(Container),
    End,
    Object(Object),
}

impl Token {
    fn as_object(&self) -> Option<&Object> {
        if let Token::Object(object) = self { Some(object) } else { None }
    }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// Hexadecimal digits as bytes; what is none is left out.
pub(crate) fn unhex(digits: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(digits.len() / 2 + 1);
    let mut high = None;
    for digit in digits.iter().filter_map(|b| char::from(*b).to_digit(16)) {
        let digit = digit as u8;
        match high.take() {
            Some(high) => bytes.push(high << 4 | digit),
            None => high = Some(digit),
        }
    }
    bytes.extend(high.map(|high| high << 4));
    bytes
}

fn word_of(word: &[u8]) -> Object {
    Object::Word(word.iter().map(|b| char::from(*b)).collect())
}

/// A number; writers of files are not strict about plus, minus and points.
fn number(word: &[u8]) -> Option<f64> {
    let mut value = 0.0;
    let mut scale = None;
    let mut negative = false;
    let mut digits = 0;
    for (at, byte) in word.iter().enumerate() {
        match byte {
            b'-' if digits == 0 => negative = true,
            // `12-34` is read as 12.
            b'-' => break,
            b'+' if at == 0 => {}
            b'.' if scale.is_none() => scale = Some(1.0),
            b'0'..=b'9' => {
                digits += 1;
                let digit = f64::from(byte - b'0');
                match &mut scale {
                    Some(scale) => {
                        *scale /= 10.0;
                        value += digit * *scale;
                    }
                    None => value = value * 10.0 + digit,
                }
            }
            _ => return None,
        }
    }
    (digits > 0 || scale.is_some()).then_some(if negative { -value } else { value })
}

fn whole(object: &Object) -> Option<u32> {
    let number = object.number()?;
    (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number))
        .then_some(number as u32)
}

fn pairs(values: Vec<Object>) -> Dict {
    let mut pairs = Vec::with_capacity(values.len() / 2);
    let mut values = values.into_iter();
    while let Some(key) = values.next() {
        if let Object::Name(key) = key
            && let Some(value) = values.next()
        {
            pairs.push((key, value));
        }
    }
    Dict(pairs)
}
