//! Private keys: PEM in all its forms and escapes, PGP, PuTTY, and PEM in base64 once more (kubeconfig).
//! A key has a body and an END line; the words alone stand in every parser.

use super::Found;
use super::decode;
use super::plausible::entropy;
use super::table;

/// Bytes of text that a key has at most (a 16,384-bit RSA key with escapes has half of it).
const LONGEST: usize = 24 << 10;
const BEGIN: &[u8] = b"-----BEGIN ";

/// The private key whose keyword stands at `at`.
pub(super) fn find(text: &[u8], at: usize, rule: usize) -> Option<Found> {
    let window = text.get(at..)?;
    let (start, end, key) = if window.starts_with(b"PuTTY") {
        putty(text, at)?
    } else if window.starts_with(b"LS0t") {
        encoded(text, at)?
    } else {
        pem_around(text, at)?
    };
    let rule = match key {
        _ if is_unit_test(text, start) || is_documentation(text, start) => table::rule("secret-in-tests")?,
        Key::Open => rule,
        Key::Encrypted => table::rule("secret-private-key-encrypted")?,
    };
    Some(Found { rule, span: start..end, token: start..end, prefix: 0 })
}

/// Whether a place in Rust source stands in the module of unit tests that ends the file.
fn is_unit_test(text: &[u8], at: usize) -> bool {
    const FARTHEST: usize = 1 << 20;
    text.get(at.saturating_sub(FARTHEST)..at).is_some_and(|before| {
        memchr::memmem::find(before, b"#[cfg(test)]").is_some()
            || memchr::memmem::find(before, b"#[cfg(all(test").is_some()
    })
}

/// Whether the key's lines are documentation comments of Rust source: an example, compiled as a test.
fn is_documentation(text: &[u8], start: usize) -> bool {
    const LONGEST_LINE: usize = 200;
    let window = text.get(start..(start + LONGEST_LINE).min(text.len())).unwrap_or_default();
    let second_line = window.split(|byte| *byte == b'\n').nth(1).unwrap_or_default().trim_ascii_start();
    second_line.starts_with(b"///") || second_line.starts_with(b"//!")
}

/// Whether this is one whole private key in PEM, not encrypted.
pub(super) fn is_pem(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"PRIVATE KEY-----")
        .and_then(|at| pem_around(text, at))
        .is_some_and(|(_, _, key)| key == Key::Open)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Open,
    Encrypted,
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
    let tail = rest.get(end_line + 9..)?;
    let close = memchr::memmem::find(tail.get(..tail.len().min(48))?, b"-----")?;
    memchr::memmem::find(tail.get(..close)?, b"PRIVATE KEY")?;
    let end = body_start + end_line + 9 + close + 5;
    let key = body(rest.get(..end_line)?, label)?;
    Some((start, end, key))
}

fn body(raw: &[u8], label: &[u8]) -> Option<Key> {
    let lines = unescape(raw);
    let armoured_encryption =
        memchr::memmem::find(&lines, b"ENCRYPTED").is_some() || label.starts_with(b"ENCRYPTED");
    // headers (`Proc-Type: 4,ENCRYPTED`, `Version: ...`) and PGP's checksum line are no base64
    let base64: Vec<u8> = lines
        .split(|&byte| byte == b'\n')
        .filter(|line| !(line.contains(&b':') || line.starts_with(b"=") && line.len() <= 6))
        .flatten()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let bytes = decode::base64(&base64)?;
    if label.starts_with(b"PGP") {
        return (bytes.len() >= 100 && entropy(&bytes) > 5.0).then_some(Key::Open);
    }
    if bytes.starts_with(b"openssh-key-v1\0") {
        let cipher = bytes.get(15..)?;
        let open = cipher.starts_with(b"\0\0\0\x04none");
        return (bytes.len() >= 120).then_some(if open { Key::Open } else { Key::Encrypted });
    }
    // an ASN.1 sequence as long as the body says; else at least what no placeholder has: many random bytes
    let plausible =
        (bytes.len() >= 40 && is_sequence(&bytes)) || (bytes.len() >= 96 && entropy(&bytes) > 5.5);
    let varied = entropy(&bytes) > 3.5;
    (plausible && varied).then_some(if armoured_encryption { Key::Encrypted } else { Key::Open })
}

/// Whether the bytes are one DER sequence and nothing else.
fn is_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, length @ 0..=0x7F, rest @ ..] => rest.len() == usize::from(*length),
        [0x30, 0x81, length, rest @ ..] => rest.len() == usize::from(*length),
        [0x30, 0x82, high, low, rest @ ..] => rest.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

/// The text of a key that stands in a string literal, or in several joined by `+`.
fn unescape(raw: &[u8]) -> Vec<u8> {
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
                [b'n' | b'\n', ..] => {
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
            b'"' | b'\'' | b'`' | b',' | b';' | b'\r' => {}
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

/// PEM that was encoded in base64 as a whole, as kubeconfig files have it.
fn encoded(text: &[u8], at: usize) -> Option<(usize, usize, Key)> {
    let window = text.get(at..(at + LONGEST).min(text.len()))?;
    let length = window
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')))
        .unwrap_or(window.len());
    let pem = decode::base64(window.get(..length)?)?;
    let keyword = memchr::memmem::find(&pem, b"PRIVATE KEY-----")?;
    let (_, _, key) = pem_around(&pem, keyword)?;
    Some((at, at + length, key))
}

/// PuTTY's own format: `Encryption: none`, `Private-Lines: N`, and a `Private-MAC` at the end.
fn putty(text: &[u8], at: usize) -> Option<(usize, usize, Key)> {
    let window = text.get(at..(at + LONGEST).min(text.len()))?;
    let private = memchr::memmem::find(window, b"Private-Lines: ")?;
    let end = private + memchr::memmem::find(window.get(private..)?, b"Private-MAC: ")?;
    let open = memchr::memmem::find(window.get(..private)?, b"Encryption: none").is_some();
    (end > private + 60).then_some((at, at + end, if open { Key::Open } else { Key::Encrypted }))
}
