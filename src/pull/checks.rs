//! Whether an archive is the one that was meant: its checksum, and its signature.

use std::{
    fs::File,
    io::{self, Read, Seek},
};

use minisign_verify::{PublicKey, Signature};
use ring::digest::{Context, SHA256};

use crate::error::{ArchiveFault, Error};

/// Bytes that are read at a time.
const PIECE: usize = 256 << 10;

/// A key with which an archive has to be signed, and its signature.
pub(crate) struct Signed<'a> {
    pub(crate) key: &'a PublicKey,
    pub(crate) signature: &'a str,
}

/// The SHA-256 of an archive, in small hexadecimal digits, once it is seen to have the signature, if one is
/// demanded.
///
/// # Errors
/// [`Error::Archive`] when the signature is not right, [`Error::Interrupted`] when it was to stop.
pub(crate) fn verified_digest(
    name: &str,
    file: &mut File,
    signed: Option<Signed<'_>>,
    is_stopped: &dyn Fn() -> bool,
) -> Result<String, Error> {
    let wrong = |message: String| {
        let name = name.to_owned();
        Error::Archive { name, message, fault: ArchiveFault::Signature }
    };
    let signed = match &signed {
        None => None,
        Some(signed) => {
            let signature = Signature::decode(signed.signature)
                .map_err(|e| wrong(format!("its signature cannot be read ({e})")))?;
            Some((signed.key, signature))
        }
    };
    let mut verifier = match &signed {
        None => None,
        Some((key, signature)) => Some(key.verify_stream(signature).map_err(|e| match e {
            minisign_verify::Error::UnsupportedLegacyMode => Error::Archive {
                name: name.to_owned(),
                message: "it is signed in the legacy mode of minisign, without a hash".into(),
                fault: ArchiveFault::LegacySignature,
            },
            e => wrong(format!("its signature is not of the public key ({e})")),
        })?),
    };
    let mut hash = Context::new(&SHA256);
    let mut piece = vec![0; PIECE];
    let failed = |e| Error::io(name, e);
    file.rewind().map_err(failed)?;
    loop {
        if is_stopped() {
            return Err(Error::Interrupted);
        }
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&piece[..read]);
                verifier.iter_mut().for_each(|verifier| verifier.update(&piece[..read]));
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(e)),
        }
    }
    if let Some(mut verifier) = verifier {
        verifier.finalize().map_err(|e| wrong(format!("its signature is not right ({e})")))?;
    }
    file.rewind().map_err(failed)?;
    Ok(hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A public key as minisign prints it: one line of base64, with or without the comment above.
///
/// # Errors
/// [`Error::Archive`] when it is none.
pub(crate) fn public_key(text: &str) -> Result<PublicKey, Error> {
    let line = text.trim().lines().last().unwrap_or_default().trim();
    PublicKey::from_base64(line).map_err(|e| Error::Archive {
        name: line.to_owned(),
        message: format!("it is no public key of minisign ({e})"),
        fault: ArchiveFault::Key,
    })
}

/// The SHA-256 that somebody has named.
pub(crate) fn given_sha256(text: &str) -> Result<String, Error> {
    sha256(text).ok_or_else(|| Error::Archive {
        name: text.to_owned(),
        message: "it is no SHA-256, which has 64 hexadecimal digits".into(),
        fault: ArchiveFault::Checksum,
    })
}

/// A SHA-256 in hexadecimal digits; none when the text is no such thing.
pub(crate) fn sha256(text: &str) -> Option<String> {
    let text = text.trim();
    let is_digest = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then(|| text.to_ascii_lowercase())
}

/// The checksum of a file in a list of checksums, as `sha256sum` and BSD's `sha256` write it; of a list of
/// one, whatever it is called there. None when it has none.
pub(crate) fn listed_sha256(text: &str, file: &str) -> Option<String> {
    let of_line = |line: &str| -> Option<(String, String)> {
        if let Some((name, digest)) = line.rsplit_once(" = ") {
            let name = name.trim().strip_prefix("SHA256 (")?.strip_suffix(')')?;
            return Some((sha256(digest)?, name.to_owned()));
        }
        let (digest, name) = line.trim().split_once(char::is_whitespace).unwrap_or((line, ""));
        Some((sha256(digest)?, name.trim_start().trim_start_matches('*').to_owned()))
    };
    let lines: Vec<_> = text.lines().filter_map(of_line).collect();
    let base = |name: &str| name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    match lines.as_slice() {
        [(digest, _)] => Some(digest.clone()),
        lines => {
            let own = lines.iter().find(|(_, name)| base(name) == file);
            own.map(|(digest, _)| digest.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pull::checks::{listed_sha256, public_key};

    #[track_caller]
    fn check(list: &str, expected: Option<char>) {
        let expected = expected.map(|digit| digit.to_string().repeat(64));
        assert_eq!(listed_sha256(list, "index.tar.zst"), expected, "{list}");
    }

    #[test]
    fn checksums_are_read_as_programs_write_them() {
        let [a, b] = ["a", "B"].map(|digit| digit.repeat(64));
        check(&a, Some('a'));
        check(&format!("{b}\n"), Some('b'));
        check(&format!("{a}  other.tar.zst\n"), Some('a'));
        check(&format!("{a}  other\n{b} *dist/index.tar.zst\r\n"), Some('b'));
        check(&format!("SHA256 (index.tar.zst) = {a}\n"), Some('a'));
        check(&format!("{a}  one\n{b}  two\n"), None);
        check("<!doctype html><title>Not found</title>", None);
        check(&a[1..], None);
        check("", None);
    }

    #[test]
    fn a_public_key_is_read_with_and_without_its_comment() {
        let key = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        assert!(public_key(key).is_ok());
        assert!(public_key(&format!("untrusted comment: mine\n{key}\n")).is_ok());
        for other in ["", "RWQ", "ssh-ed25519 AAAA", &key[..40]] {
            assert!(public_key(other).is_err(), "{other}");
        }
    }
}
