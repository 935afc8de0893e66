//! The filters of PDF streams that hold text, each with a limit on what comes out.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use crate::pdf::object::{Dict, Object, is_space, unhex};

/// Filters of one stream.
const MAX_FILTERS: usize = 4;

/// The bytes that a stream stands for, as many as `limit` lets out; none for pictures and for
/// unknown filters.
pub(crate) fn decode(raw: &[u8], filters: &[(String, Dict)], limit: usize) -> Option<Vec<u8>> {
    if filters.len() > MAX_FILTERS {
        return None;
    }
    let mut data = raw[..raw.len().min(limit)].to_vec();
    for (name, parameters) in filters {
        data = match name.as_str() {
            "FlateDecode" | "Fl" => unpredict(inflate(&data, limit), parameters),
            "LZWDecode" | "LZW" => unpredict(lzw(&data, parameters, limit), parameters),
            "ASCII85Decode" | "A85" => ascii85(&data),
            "ASCIIHexDecode" | "AHx" => unhex(data.split(|b| *b == b'>').next()?),
            "RunLengthDecode" | "RL" => run_length(&data, limit),
            _ => return None,
        };
    }
    Some(data)
}

/// What can be inflated; a broken end costs only the end.
fn inflate(data: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    // Either error leaves in `out` what came before it.
    let _ = ZlibDecoder::new(data).take(limit as u64).read_to_end(&mut out);
    if out.is_empty() {
        let _ = DeflateDecoder::new(data).take(limit as u64).read_to_end(&mut out);
    }
    out
}

/// Undoes the predictors of PNG; the one of TIFF is used for pictures only.
fn unpredict(data: Vec<u8>, parameters: &Dict) -> Vec<u8> {
    let number = |key, default| parameters.raw(key).and_then(Object::count).unwrap_or(default);
    if number("Predictor", 1) < 10 {
        return data;
    }
    let bits = number("Colors", 1).clamp(1, 32) * number("BitsPerComponent", 8).clamp(1, 16);
    let pixel = bits.div_ceil(8);
    let row = (bits * number("Columns", 1).clamp(1, 1 << 20)).div_ceil(8);
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks(row + 1) {
        let (kind, line) = (line[0], &line[1..]);
        let start = out.len();
        for (at, byte) in line.iter().enumerate() {
            let left = if at >= pixel { out[start + at - pixel] } else { 0 };
            let up = if start >= row { out[start + at - row] } else { 0 };
            let corner =
                if at >= pixel && start >= row { out[start + at - row - pixel] } else { 0 };
            out.push(byte.wrapping_add(match kind {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => 0,
            }));
        }
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, up, corner].map(i16::from);
    let guess = a + b - c;
    let [da, db, dc] = [a, b, c].map(|value| (guess - value).abs());
    if da <= db && da <= dc {
        left
    } else if db <= dc {
        up
    } else {
        corner
    }
}

fn lzw(data: &[u8], parameters: &Dict, limit: usize) -> Vec<u8> {
    let early = parameters.raw("EarlyChange").and_then(Object::count).unwrap_or(1).min(1);
    let mut out = Vec::new();
    // Each entry is a range of `out`.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut previous: Option<(usize, usize)> = None;
    let (mut bits, mut held, mut width) = (0_u32, 0, 9);
    for byte in data {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < width {
            continue;
        }
        held -= width;
        let code = (bits >> held & ((1 << width) - 1)) as usize;
        bits &= (1 << held) - 1;
        match code {
            256 => {
                table.clear();
                previous = None;
                width = 9;
                continue;
            }
            257 => break,
            _ => {}
        }
        let start = out.len();
        let range = match code {
            0..=255 => None,
            _ => match table.get(code - 258).copied() {
                Some(range) => Some(range),
                // The entry that is about to be made: the one before and its own first byte.
                None => match previous {
                    Some((from, to)) if code - 258 == table.len() => Some((from, to + 1)),
                    _ => break,
                },
            },
        };
        match range {
            None => out.push(code as u8),
            Some((from, to)) => {
                for at in from..to.min(from + limit) {
                    let byte = out[at];
                    out.push(byte);
                }
            }
        }
        if let Some((from, to)) = previous
            && table.len() < 4096 - 258
        {
            table.push((from, to + 1));
        }
        previous = Some((start, out.len()));
        width = match table.len() + 258 + early {
            0..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
        if out.len() >= limit {
            out.truncate(limit);
            break;
        }
    }
    out
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let data = data.trim_ascii_start();
    let data = data.strip_prefix(b"<~").unwrap_or(data);
    let mut out = Vec::with_capacity(data.len() * 4 / 5);
    let mut group = [84_u8; 5];
    let mut held = 0;
    let mut flush = |group: &[u8; 5], bytes: usize| {
        let value = group.iter().fold(0_u32, |v, d| v.wrapping_mul(85).wrapping_add(u32::from(*d)));
        out.extend_from_slice(&value.to_be_bytes()[..bytes]);
    };
    for byte in data.iter().filter(|b| !is_space(**b)) {
        match byte {
            b'z' if held == 0 => flush(&[0; 5], 4),
            b'!'..=b'u' => {
                group[held] = byte - b'!';
                held += 1;
                if held == 5 {
                    flush(&group, 4);
                    (group, held) = ([84; 5], 0);
                }
            }
            _ => break,
        }
    }
    if held > 1 {
        flush(&group, held - 1);
    }
    out
}

fn run_length(data: &[u8], limit: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(length) = data.get(at).copied().filter(|l| *l != 128 && out.len() < limit) {
        let length = usize::from(length);
        if length < 128 {
            let end = (at + 2 + length).min(data.len());
            out.extend_from_slice(&data[at + 1..end]);
            at = end;
        } else {
            let Some(byte) = data.get(at + 1) else { break };
            out.resize(out.len() + 257 - length, *byte);
            at += 2;
        }
    }
    out
}
