//! Writing records of WARC 1.1, each as a gzip member of its own.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

/// A record that is to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewRecord<'a> {
    /// The value of `WARC-Type`.
    pub(crate) kind: &'a str,
    /// The address of what it holds.
    pub(crate) url: Option<&'a str>,
    pub(crate) date: Timestamp,
    /// The type of the block.
    pub(crate) content_type: &'a str,
    /// Further fields.
    pub(crate) fields: &'a [(&'a str, &'a str)],
    /// What stands before the payload: the header of an answer, or nothing.
    pub(crate) head: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// A record as it stands in a file.
#[derive(Debug)]
pub(crate) struct PackedRecord {
    /// The gzip member.
    pub(crate) bytes: Vec<u8>,
    /// Its name, the same whenever the record is.
    pub(crate) id: String,
    /// The digest of the payload in base 32.
    pub(crate) digest: String,
}

impl NewRecord<'_> {
    /// Writes the record.
    pub(crate) fn pack(&self) -> PackedRecord {
        let block = [self.head, self.payload].concat();
        let (block_digest, payload_digest) = (sha1(&block), sha1(self.payload));
        let url = self.url.map(one_line).unwrap_or_default();
        let named = format!("{} {} {url} {}", self.kind, self.date, base32(&block_digest));
        let id = format!("<urn:uuid:{}>", uuid(&sha1(named.as_bytes())));
        let date = self.date.strftime("%Y-%m-%dT%H:%M:%S%.fZ");
        let mut header = format!(
            "WARC/1.1\r\nWARC-Type: {}\r\nWARC-Record-ID: {id}\r\nWARC-Date: {date}\r\n",
            self.kind
        );
        let target = self.url.map(|_| ("WARC-Target-URI", url.as_str()));
        for (name, value) in target.iter().chain(self.fields) {
            header.push_str(&format!("{name}: {}\r\n", one_line(value)));
        }
        header.push_str(&format!(
            "WARC-Block-Digest: sha1:{}\r\nWARC-Payload-Digest: sha1:{}\r\n\
             Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
            base32(&block_digest),
            base32(&payload_digest),
            one_line(self.content_type),
            block.len()
        ));
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        for part in [header.as_bytes(), &block, b"\r\n\r\n"] {
            encoder.write_all(part).expect("writing into memory cannot fail");
        }
        let bytes = encoder.finish().expect("writing into memory cannot fail");
        PackedRecord { bytes, id, digest: base32(&payload_digest) }
    }
}

/// The header of an answer whose body is `length` bytes in no coding; of the fields those are left
/// out that would say something else.
pub(crate) fn answer_head(status: &str, fields: &[(&str, &str)], length: usize) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\n");
    let is_other = |name: &str| {
        let said = ["content-length", "content-encoding", "transfer-encoding"];
        said.iter().all(|said| !name.eq_ignore_ascii_case(said))
    };
    for (name, value) in fields.iter().filter(|(name, _)| is_other(name)) {
        head.push_str(&format!("{}: {}\r\n", one_line(name), one_line(value)));
    }
    head.push_str(&format!("content-length: {length}\r\n\r\n"));
    head.into_bytes()
}

/// A text that cannot begin another field.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// SHA-1, which the tools for WARC files know; nothing here relies on its strength.
fn sha1(bytes: &[u8]) -> [u8; 20] {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().try_into().expect("SHA-1 gives 20 bytes")
}

/// Base 32 (RFC 4648, section 6) of 20 bytes, which needs no padding.
fn base32(bytes: &[u8; 20]) -> String {
    let group = |five: &[u8]| five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digit = |bits: u64| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[bits as usize & 31]);
    let digits = |bits: u64| (0..8).rev().map(move |at| digit(bits >> (5 * at)));
    bytes.chunks(5).flat_map(|five| digits(group(five))).collect()
}

/// A UUID made of a hash (RFC 9562, section 5.5).
fn uuid(hash: &[u8; 20]) -> String {
    let mut bytes: [u8; 16] = hash[..16].try_into().expect("16 bytes were taken");
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use jiff::Timestamp;

    use crate::warc::{
        members::Members,
        reader::{Item, WarcReader},
        writer::{NewRecord, answer_head, base32, sha1},
    };

    #[test]
    fn digests_are_as_other_tools_write_them() {
        assert_eq!(base32(&sha1(b"")), "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
        assert_eq!(base32(&sha1(b"abc")), "VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
    }

    #[test]
    fn what_is_written_is_read_and_nothing_of_a_page_becomes_a_field() {
        let fields = [
            ("content-type", "text/html"),
            ("Content-Encoding", "gzip"),
            ("etag", "\"a\"\r\nX-Own: b"),
        ];
        let head = answer_head("200 OK", &fields, 5);
        let expected = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\netag: \"a\"  X-Own: b\r\n\
                        content-length: 5\r\n\r\n";
        assert_eq!(String::from_utf8_lossy(&head), expected);
        let url = "http://a.example/\r\nWARC-Type: b";
        let record = NewRecord {
            kind: "response",
            url: Some(url),
            date: Timestamp::from_millisecond(1_700_000_000_250).unwrap(),
            content_type: "application/http;msgtype=response",
            fields: &[],
            head: &head,
            payload: b"hello",
        };
        let packed = record.pack();
        assert_eq!(packed.bytes, record.pack().bytes, "it is the same each time");
        let members = Members::new(Box::new(Cursor::new(&packed.bytes)), None).unwrap();
        let mut reader = WarcReader::new(members, 1000);
        let Ok(Some(Item::Record(read))) = reader.next() else { panic!("no record") };
        assert_eq!(read.url.as_deref(), Some("http://a.example/  WARC-Type: b"));
        assert_eq!(read.date, Some(record.date));
        assert_eq!(read.block, [&head[..], b"hello"].concat());
        assert_eq!(reader.next().unwrap(), None);
    }
}
