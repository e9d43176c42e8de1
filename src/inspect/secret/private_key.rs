//! Private keys in PEM, in all its forms and escapes, PGP's, OpenSSH's and SSH2's among them, and PuTTY's format. A key has a
//! body and an END line; the words alone are in every parser, and so are bodies that decode to no key.

use super::key::Key;
use super::plausible::entropy;
use super::{Found, der, digits, whole};
use crate::decode::plain;

/// Bytes of text that a key has at most (a 16,384-bit RSA key with escapes has half of it).
const LONGEST: usize = 24 << 10;
const BEGIN: &[u8] = b"-----BEGIN ";

/// The private key whose keyword is at `at`.
pub(super) fn find(text: &[u8], at: usize, rule: usize) -> Option<Found> {
    let window = text.get(at..)?;
    let (start, end, key) = if window.starts_with(b"PuTTY") {
        putty(text, at)?
    } else if window.starts_with(b"SSH2 ") {
        ssh2(text, at)?
    } else {
        pem_around(text, at)?
    };
    let rule = key.rule(rule, text, start)?;
    Some(Found { rule, span: start..end, token: start..end, prefix: 0 })
}

/// Whether this is one whole private key in PEM, not encrypted.
pub(super) fn is_pem(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"PRIVATE KEY-----")
        .and_then(|at| pem_around(text, at))
        .is_some_and(|(_, _, key)| key == Key::Open)
}

/// The PEM block whose BEGIN line holds the keyword at `at`.
fn pem_around(text: &[u8], at: usize) -> Option<(usize, usize, Key)> {
    let line = text.get(at.saturating_sub(40)..at)?;
    let begin = memchr::memmem::rfind(line, BEGIN)?;
    let start = at - line.len() + begin;
    let label = line.get(begin + BEGIN.len()..)?;
    if !label.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ') {
        return None;
    }
    let body_start = at + memchr::memmem::find(text.get(at..)?, b"-----")? + 5;
    let rest = text.get(body_start..(body_start + LONGEST).min(text.len()))?;
    let end_line = memchr::memmem::find(rest, b"-----END ")?;
    if memchr::memmem::find(rest.get(..end_line)?, BEGIN).is_some() {
        return None;
    }
    let tail = rest.get(end_line + 9..)?;
    let close = memchr::memmem::find(tail.get(..tail.len().min(48))?, b"-----")?;
    memchr::memmem::find(tail.get(..close)?, b"PRIVATE KEY")?;
    let end = body_start + end_line + 9 + close + 5;
    Some((start, end, body(rest.get(..end_line)?, label)?))
}

/// SSH2's own armour, with four dashes and a blank.
fn ssh2(text: &[u8], at: usize) -> Option<(usize, usize, Key)> {
    const BEGIN: &[u8] = b"---- BEGIN ";
    let start = at.checked_sub(BEGIN.len()).filter(|start| text.get(*start..at) == Some(BEGIN))?;
    let body_start = at + memchr::memmem::find(text.get(at..at + 64)?, b" ----")? + 5;
    let rest = text.get(body_start..(body_start + LONGEST).min(text.len()))?;
    let end = memchr::memmem::find(rest, b"---- END SSH2 ")?;
    Some((start, body_start + end, body(rest.get(..end)?, b"SSH2")?))
}

/// The key that the text between the lines of dashes holds, read in each way in which such a text is written.
fn body(raw: &[u8], label: &[u8]) -> Option<Key> {
    let lines = Lines::of(raw);
    let is_encrypted = label.starts_with(b"ENCRYPTED") || lines.name_encryption();
    let readings = [lines.without_prefix(), lines.last_words(), lines.all_words()];
    let keys: Vec<Vec<u8>> = readings.iter().filter_map(|reading| digits::base64(reading)).collect();
    keys.iter().find_map(|bytes| key(bytes, label, is_encrypted))
}

/// The key that these bytes are.
fn key(bytes: &[u8], label: &[u8], is_encrypted: bool) -> Option<Key> {
    /// What SSH2's tools begin a key with.
    const SSH2: &[u8] = b"\x3F\x6F\xF9\xEB";
    if label.starts_with(b"PGP") {
        return (bytes.len() >= 100 && entropy(bytes) > 5.0).then_some(Key::Open);
    }
    if bytes.starts_with(SSH2) {
        return (bytes.len() >= 100).then_some(Key::Encrypted);
    }
    if bytes.starts_with(b"openssh-key-v1\0") {
        return whole::openssh(bytes);
    }
    if let Some(key) = der::key(bytes) {
        return Some(key);
    }
    // Encrypted bytes have no structure, and neither have those of formats that are not known here. What begins
    // like DER and isn't is cut off, or no key at all.
    let is_der = matches!(bytes, [0x30, 0x81..=0x83, ..]);
    let is_random = if is_encrypted {
        bytes.len() >= 40 && entropy(bytes) > 4.5
    } else {
        bytes.len() >= 96 && entropy(bytes) > 5.5
    };
    (is_random && (is_encrypted || !is_der)).then_some(if is_encrypted { Key::Encrypted } else { Key::Open })
}

/// The lines of a key, without what string literals and other formats put around them.
struct Lines {
    lines: Vec<Vec<u8>>,
}

impl Lines {
    fn of(raw: &[u8]) -> Self {
        let text = in_lines(&plain(raw));
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        Self { lines }
    }

    fn name_encryption(&self) -> bool {
        self.lines.iter().any(|line| memchr::memmem::find(line, b"ENCRYPTED").is_some())
    }

    /// The text of all lines after what they have in common with the END line, whatever that is: the beginning of a
    /// comment, of a quotation, a log's time stamp.
    fn without_prefix(&self) -> Vec<u8> {
        let prefix = self.lines.last().map(Vec::as_slice).unwrap_or_default();
        let mut text = Vec::new();
        for line in self.lines.get(..self.lines.len().saturating_sub(1)).unwrap_or_default() {
            let line = behind(prefix, line).unwrap_or(line);
            if !is_header(line) {
                text.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
            }
        }
        if self.lines.len() == 1 {
            text.extend(prefix.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
        text
    }

    /// The last word of each line.
    fn last_words(&self) -> Vec<u8> {
        let words = self.lines.iter().filter(|line| !is_header(line)).filter_map(|line| words(line).last());
        words.flatten().copied().collect()
    }

    /// All words, but for the headers of an encrypted key, where they are in the same line.
    fn all_words(&self) -> Vec<u8> {
        let text = self.lines.join(&b' ');
        let mut text = text.as_slice();
        if let Some(header) = memchr::memmem::find(text, b"DEK-Info:") {
            let value = text.get(header + 9..).unwrap_or_default().trim_ascii_start();
            let end = value.iter().position(u8::is_ascii_whitespace).unwrap_or(value.len());
            text = value.get(end..).unwrap_or_default();
        }
        words(text).flatten().copied().collect()
    }
}

/// Words of a line that may be base64.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| {
        word.iter().any(u8::is_ascii_alphanumeric) && !(word.starts_with(b"=") && word.len() <= 6)
    })
}

/// Headers (`Proc-Type: 4,ENCRYPTED`, `Version: ...`) and PGP's checksum are no base64.
fn is_header(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.contains(&b':') || (line.starts_with(b"=") && line.len() <= 6)
}

/// What follows the prefix in a line; any digit counts for any other.
fn behind<'a>(prefix: &[u8], line: &'a [u8]) -> Option<&'a [u8]> {
    let (begin, rest) = line.split_at_checked(prefix.len())?;
    let same = |(a, b): (&u8, &u8)| a == b || (a.is_ascii_digit() && b.is_ascii_digit());
    begin.iter().zip(prefix).all(same).then_some(rest)
}

/// The text of a key that is in a string literal, or in several joined by `+`, with one form of line end.
fn in_lines(raw: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some((&byte, rest)) = raw.get(at..).and_then(<[u8]>::split_first) {
        at += 1;
        match byte {
            b'\\' => match rest {
                // `\\n`: escaped twice
                [b'\\', b'n' | b'r', ..] => {
                    at += 2;
                    text.push(b'\n');
                }
                [b'n' | b'r' | b'\n', ..] => {
                    at += 1;
                    text.push(b'\n');
                }
                [b'/', ..] => {
                    at += 1;
                    text.push(b'/');
                }
                [_, ..] => at += 1,
                [] => {}
            },
            b'<' if matches!(rest, [b'b' | b'B', b'r' | b'R', ..]) => {
                at += memchr::memchr(b'>', rest).map_or(2, |end| end + 1);
                text.push(b'\n');
            }
            b'"' | b'\'' | b'`' | b',' | b';' => {}
            b'\r' => text.push(b'\n'),
            b'+' if joins_literals(raw.get(..at - 1).unwrap_or_default(), rest) => {}
            _ => text.push(byte),
        }
    }
    text
}

/// Whether a `+` between these joins two string literals. Everywhere else it is a digit of base64, at the ends of
/// lines too.
fn joins_literals(before: &[u8], behind: &[u8]) -> bool {
    let is_quote = |byte: Option<&u8>| matches!(byte, Some(b'"' | b'\'' | b'`'));
    is_quote(before.trim_ascii_end().last()) && is_quote(behind.trim_ascii_start().first())
}

/// PuTTY's own format: `Encryption: none`, `Private-Lines: N` and as many lines, and a `Private-MAC` at the end. Code
/// that writes it has all the words and no lines.
fn putty(text: &[u8], at: usize) -> Option<(usize, usize, Key)> {
    const LINES: &[u8] = b"Private-Lines: ";
    let window = text.get(at..(at + LONGEST).min(text.len()))?;
    let private = memchr::memmem::find(window, LINES)?;
    let end = private + memchr::memmem::find(window.get(private..)?, b"Private-MAC: ")?;
    let open = memchr::memmem::find(window.get(..private)?, b"Encryption: none").is_some();
    let lines = in_lines(&plain(window.get(private + LINES.len()..end)?));
    let mut lines =
        lines.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let count: usize = std::str::from_utf8(lines.next()?).ok()?.parse().ok()?;
    let body: Vec<u8> =
        lines.take(count).flat_map(|line| words(line).last().unwrap_or_default()).copied().collect();
    let is_key = digits::base64(&body).is_some_and(|key| key.len() >= 24 && entropy(&key) > 3.5);
    is_key.then_some((at, at + end, if open { Key::Open } else { Key::Encrypted }))
}
