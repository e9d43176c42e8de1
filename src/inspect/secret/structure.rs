//! Keys that a text holds as an object or in lines of their own: JSON Web Keys, .NET's RSA parameters, OpenVPN's, minisign's
//! and signify's keys, Ethereum's key stores, Solana's and VAPID's pairs.

use std::cell::Cell;
use std::ops::Range;

use super::effort::spend;
use super::key::Key;
use super::plausible::{entropy, looks_random};
use super::{Found, digits};

/// Bytes that such a key has at most.
const LONGEST: usize = 16 << 10;

/// The key whose keyword is at `at`. What is read for it is taken from the effort, where that may be much.
pub(super) fn find(text: &[u8], at: usize, rule: usize, effort: &Cell<usize>) -> Option<Found> {
    let window = text.get(at..(at + LONGEST).min(text.len()))?;
    let (token, key) = if window.starts_with(b"kty") {
        let private = web_key(text, at, effort)
            .filter(|range| !text.get(range.clone()).is_some_and(super::plausible::is_known))?;
        (private, Key::Open)
    } else if window.starts_with(b"RSA") {
        (shift(rsa_parameters(window, effort)?, at), Key::Open)
    } else if window.starts_with(b"InverseQ") {
        (rsa_members(text, at, effort)?, Key::Open)
    } else if window.starts_with(b"fromSecretKey") || window.starts_with(b"Uint8Array") {
        (shift(super::solana::in_code(window, effort)?, at), Key::Open)
    } else if window.get(1..5) == Some(b"apid") || window.get(1..5) == Some(b"APID") {
        (super::vapid::private_half(text, at, effort)?, Key::Open)
    } else if window.starts_with(b"OpenVPN ") {
        (shift(openvpn(window, effort)?, at), Key::Open)
    } else if window.starts_with(b"untrusted comment:") {
        let (range, key) = minisign(window)?;
        (shift(range, at), key)
    } else if window.starts_with(b"\"kdf") {
        (ethereum(text, at, effort)?, Key::Encrypted)
    } else {
        return None;
    };
    let rule = key.rule(rule, text, token.start)?;
    Some(Found { rule, span: token.clone(), token, prefix: 0 })
}

fn shift(range: Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

/// The private member of the JSON Web Key whose type is at `at`, or the whole key where its characters are escaped.
fn web_key(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Range<usize>> {
    let object = object_around(text, at).unwrap_or_else(|| block_around(text, at));
    spend(effort, object.len());
    let body = text.get(object.clone())?;
    if let Some(value) = private_member(body) {
        return Some(shift(value, object.start));
    }
    let is_escaped = memchr::memchr2(b'\\', b'&', body).is_some();
    is_escaped.then(|| private_member(&crate::decode::plain(body))).flatten()?;
    Some(object)
}

fn private_member(object: &[u8]) -> Option<Range<usize>> {
    let kind = object.get(member(object, b"kty")?.start..)?;
    let symmetric = kind.starts_with(b"oct");
    let value = member(object, if symmetric { b"k" } else { b"d" })?;
    let written = object.get(value.clone())?;
    let bytes = digits::base64_url(written)?;
    let shortest = if symmetric { 16 } else { 32 };
    (bytes.len() >= shortest && looks_random(written)).then_some(value)
}

/// The lines around a place that are indented as deep, as YAML has the fields of an object.
fn block_around(text: &[u8], at: usize) -> Range<usize> {
    const MOST_LINES: usize = 24;
    let (floor, ceiling) = (at.saturating_sub(LONGEST), (at + LONGEST).min(text.len()));
    let line_start = |at: usize| {
        let before = text.get(floor..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(floor, |end| floor + end + 1)
    };
    let line_end = |at: usize| {
        let behind = text.get(at..ceiling).unwrap_or_default();
        memchr::memchr(b'\n', behind).map_or(ceiling, |length| at + length)
    };
    let begins_item =
        |at: usize| text.get(at..).is_some_and(|line| line.trim_ascii_start().starts_with(b"- "));
    // the dash of an item is as good as a blank
    let indentation = |at: usize| {
        let line = text.get(at..).unwrap_or_default();
        line.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'-')).count()
    };
    let (mut start, mut end) = (line_start(at), line_end(at));
    let depth = indentation(start);
    for _ in 0..MOST_LINES {
        let before = start.checked_sub(1).filter(|_| !begins_item(start)).map(line_start);
        let Some(before) = before.filter(|line| indentation(*line) == depth) else { break };
        start = before;
    }
    for _ in 0..MOST_LINES {
        let next = end + 1;
        if next >= ceiling || indentation(next) != depth || begins_item(next) {
            break;
        }
        end = line_end(next);
    }
    start..end
}

/// What is between the braces around a place, if that is one flat object.
fn object_around(text: &[u8], at: usize) -> Option<Range<usize>> {
    let floor = at.saturating_sub(LONGEST);
    let before = text.get(floor..at)?;
    let open = memchr::memrchr2(b'{', b'}', before).filter(|open| before.get(*open) == Some(&b'{'))?;
    let behind = text.get(at..(at + LONGEST).min(text.len()))?;
    let close = memchr::memchr2(b'{', b'}', behind)?;
    Some(floor + open + 1..at + close)
}

/// Where the text of an object's member is, its name in quotes or not, its quotes escaped or not.
fn member(object: &[u8], name: &[u8]) -> Option<Range<usize>> {
    memchr::memmem::find_iter(object, name).find_map(|at| {
        let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'_' && *byte != b'$';
        let begins = at.checked_sub(1).and_then(|before| object.get(before)).is_none_or(is_sign);
        let rest = object.get(at + name.len()..)?;
        let skip = |rest: &[u8]| {
            rest.iter()
                .take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\'))
                .count()
        };
        let colon = skip(rest);
        let value = colon + 1 + skip(rest.get(colon + 1..)?);
        let length = rest
            .get(value..)?
            .iter()
            .take_while(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=')
            })
            .count();
        let start = at + name.len() + value;
        // what is called, or has members, is a name in code
        let is_name = matches!(object.get(start + length), Some(b'(' | b'.' | b'['));
        let is_member = begins && rest.get(colon) == Some(&b':') && length > 0 && !is_name;
        is_member.then_some(start..start + length)
    })
}

/// The private exponent of `<RSAKeyValue>` or `<RSAParameters>`, or the whole key where its brackets are escaped.
fn rsa_parameters(window: &[u8], effort: &Cell<usize>) -> Option<Range<usize>> {
    let end = memchr::memmem::find(window, b"/RSA");
    spend(effort, end.unwrap_or(window.len()));
    let end = end?;
    let object = window.get(..end)?;
    if object.contains(&b'<') {
        return private_exponent(object);
    }
    private_exponent(&crate::decode::plain(object))?;
    Some(0..end)
}

fn private_exponent(object: &[u8]) -> Option<Range<usize>> {
    let start = memchr::memmem::find(object, b"<D>")? + 3;
    let length = memchr::memmem::find(object.get(start..)?, b"</D>")?;
    is_large_number(object.get(start..start + length)?).then_some(start..start + length)
}

/// The private exponent among the members of .NET's RSA parameters in JSON.
fn rsa_members(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Range<usize>> {
    let object = object_around(text, at)?;
    spend(effort, object.len());
    let body = text.get(object.clone())?;
    member(body, b"Modulus")?;
    let exponent = member(body, b"D")?;
    is_large_number(body.get(exponent.clone())?).then(|| shift(exponent, object.start))
}

/// Whether base64 is that of a number as a key has it.
fn is_large_number(base64: &[u8]) -> bool {
    let digits: Vec<u8> = base64.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    digits::base64(&digits).is_some_and(|bytes| bytes.len() >= 32 && entropy(&bytes) > 4.0)
}

/// `OpenVPN Static key V1`: 256 bytes in hex; `OpenVPN tls-crypt-v2 client key` and `server key` in base64.
fn openvpn(window: &[u8], effort: &Cell<usize>) -> Option<Range<usize>> {
    let head = window.get(..64)?;
    let start = memchr::memmem::find(head, b"-----")? + 5;
    let length = memchr::memmem::find(window.get(start..)?, b"-----END OpenVPN ");
    spend(effort, length.unwrap_or(window.len()));
    let end = start + length?;
    let lines = crate::decode::plain(window.get(start..end)?);
    // `\n` leaves an n behind, which is no digit of hex
    let text: Vec<u8> = lines
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .copied()
        .collect();
    let hex: Vec<u8> = text.iter().filter(|byte| byte.is_ascii_hexdigit()).copied().collect();
    let is_static = head.starts_with(b"OpenVPN Static") && hex.len() >= 512 && entropy(&hex) > 3.5;
    let is_wrapped = !head.starts_with(b"OpenVPN Static") && text.len() >= 160 && entropy(&text) > 5.0;
    (is_static || is_wrapped).then_some(start..end)
}

/// Keys of minisign, rsign (Tauri) and signify: a comment, and a line that holds more than a public key or a signature has.
fn minisign(window: &[u8]) -> Option<(Range<usize>, Key)> {
    let line_end = memchr::memchr2(b'\n', b'\\', window.get(..1024).unwrap_or(window))?;
    let rest = window.get(line_end..)?;
    let start = line_end + memchr::memmem::find(rest.get(..8).unwrap_or(rest), b"RW")?;
    let digits = window.get(start..)?;
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        .count();
    let bytes = digits::base64(digits.get(..length)?)?;
    let key = match (bytes.len(), bytes.get(..4)?) {
        (104, b"EdBK") => {
            // no rounds, no passphrase
            if bytes.get(4..8)? == [0; 4] { Key::Open } else { Key::Encrypted }
        }
        (158, b"EdSc") => Key::Encrypted,
        (158, b"Ed\0\0") => Key::Open,
        _ => return None,
    };
    // before and behind the key there may be nothing but zeros
    let own = if bytes.len() == 158 { bytes.get(62..126)? } else { bytes.get(40..)? };
    (entropy(own) > 4.0).then_some((start..start + length, key))
}

/// A key store of Ethereum: what it was made of, and how. That of a validator has a `message` for each step.
fn ethereum(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Range<usize>> {
    const NEAR: usize = 2 << 10;
    let floor = at.saturating_sub(NEAR);
    let near = text.get(floor..(at + NEAR).min(text.len()))?;
    spend(effort, near.len());
    let hex = |from: usize, name: &[u8]| {
        let value = shift(member(near.get(from..)?, name)?, from);
        let digits = near.get(value.clone())?;
        let is_hex = digits.len() == 64 && digits.iter().all(u8::is_ascii_hexdigit);
        (is_hex && looks_random(digits)).then_some(value)
    };
    let sealed = match hex(0, b"mac") {
        Some(_) => hex(0, b"ciphertext")?,
        None => hex(memchr::memmem::find(near, b"aes-128-ctr")?, b"message")?,
    };
    Some(shift(sealed, floor))
}
