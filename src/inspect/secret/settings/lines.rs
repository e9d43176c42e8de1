//! `name=value` and `name: value`, a line each: properties, INI files, environments, most of TOML.

use std::borrow::Cow;
use std::ops::Range;

use super::Pair;
use super::names::{self, Kind};

/// Bytes of a line that goes on behind its end.
const LONGEST_LINE: usize = 4 << 10;

/// The pairs of all lines that are no comments.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let mut pairs = Vec::new();
    let mut section = Cow::default();
    let mut all = lines(text).peekable();
    while let Some(mut line) = all.next() {
        while text.get(line.clone()).is_some_and(goes_on) && line.len() < LONGEST_LINE {
            // between CR and LF there is an empty line
            all.next_if(|next| next.is_empty() && text.get(next.start) == Some(&b'\n'));
            let Some(next) = all.next() else { break };
            line.end = next.end;
        }
        let Some(here) = text.get(line.clone()) else { continue };
        if let Some(name) = here.trim_ascii().strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")) {
            section = String::from_utf8_lossy(name);
        } else if let Some((name, value)) = split(here) {
            if is_made_of(&name, here.get(value.clone()).unwrap_or_default()) {
                continue;
            }
            // Shiro has roles behind a user's password
            if &*section == "users"
                && let Some(length) = memchr::memchr(b',', here.get(value.clone()).unwrap_or_default())
            {
                let value = line.start + value.start..line.start + value.start + length;
                pairs.push(Pair::new("", "password", value));
                continue;
            }
            let further = further(here, value.start);
            for (name, value) in std::iter::once((name, value)).chain(further) {
                for value in parts(here, &name, value) {
                    let value = line.start + value.start..line.start + value.end;
                    pairs.push(Pair::new(section.clone(), name.clone(), value));
                }
            }
        }
    }
    pairs
}

/// Whether a line of a name and a value goes on in the next one, as in files of properties. In a shell's, what is behind
/// a blank and a backslash is another word.
fn goes_on(line: &[u8]) -> bool {
    let Some(head) = line.strip_suffix(b"\\") else { return false };
    let Some((name, value)) =
        end_of_name(head).and_then(|sign| Some((head.get(..sign)?, head.get(sign + 1..)?)))
    else {
        return false;
    };
    let has_blank = |text: &[u8]| text.iter().any(u8::is_ascii_whitespace);
    !has_blank(name.trim_ascii()) && (value.trim_ascii().is_empty() || !has_blank(value.trim_ascii_start()))
}

/// What a value is made of whose name says that there are several: `API_TOKENS=one,two`.
fn parts(line: &[u8], name: &str, value: Range<usize>) -> Vec<Range<usize>> {
    let text = line.get(value.clone()).unwrap_or_default();
    if !name.ends_with(['s', 'S']) || !text.contains(&b',') {
        return vec![value];
    }
    let mut at = value.start;
    let parts = text.split(|byte| *byte == b',').map(|part| {
        let start = at + part.len() - part.trim_ascii_start().len();
        at += part.len() + 1;
        start..start + part.trim_ascii().len()
    });
    parts.collect()
}

/// Where each line is, without its end.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let line = start..start + length;
        start += length + 1;
        Some(line)
    })
}

/// The name in a line, and where its value is.
fn split(line: &[u8]) -> Option<(Cow<'_, str>, Range<usize>)> {
    const LONGEST_NAME: usize = 120;
    let first = line.iter().find(|byte| !byte.is_ascii_whitespace())?;
    if b"#;!".contains(first) || is_comment(line.trim_ascii_start()) {
        return None;
    }
    let mut sign = end_of_name(line).or_else(|| blank_behind_name(line))?;
    // units of systemd, uWSGI and a Dockerfile set variables by `Environment="NAME=value"`, `env = NAME=value` and
    // `ENV NAME value`
    let is_unit = matches!(line.get(..sign)?.trim_ascii(), b"Environment" | b"environment" | b"env");
    let again = line.get(sign + 1..).and_then(end_of_name).filter(|_| is_unit);
    let mut begin = 0;
    if let Some(again) = again {
        (begin, sign) = (sign + 1, sign + 1 + again);
    }
    // Makefiles have `:=` and `?=`, Asterisk has `=>`
    let has_two_signs = matches!(line.get(sign..), Some([b':', b'=', ..] | [b'=', b'>', ..]));
    let names = line.get(begin..sign)?.trim_ascii();
    let names = names.strip_suffix(b"?").unwrap_or(names).trim_ascii_end();
    let own_name = names.rsplit(u8::is_ascii_whitespace).next()?;
    let name = own_name.strip_prefix(b"$env:").unwrap_or(own_name);
    let name = without(name, b"\"'@${}");
    if name.is_empty() || name.len() > LONGEST_NAME {
        return None;
    }
    let mut value = value(line, sign + 1 + usize::from(has_two_signs));
    // among the words of a line, it is one: `cache_peer proxy parent 8080 0 login=user:password default`
    let is_word = own_name.len() < names.len() && line.get(sign) == Some(&b'=') && value.start == sign + 1;
    if is_word || !matches!(line.get(sign), Some(b'=' | b':')) {
        // switches say by a digit how the word behind it is written
        let digit = |range: &Range<usize>| matches!(line.get(range.clone()), Some([b'0'..=b'9', b' ', ..]));
        value.start += if digit(&value) { 2 } else { 0 };
        let inner = line.get(value.clone()).unwrap_or_default();
        value.end = value.start + inner.iter().position(u8::is_ascii_whitespace).unwrap_or(inner.len());
    }
    Some((name, value))
}

/// Where the sign behind a name is. A colon in the second word of a line is one of what the first names, if a blank isn't
/// behind it: `allow user:password`.
fn end_of_name(line: &[u8]) -> Option<usize> {
    let begin = line.len() - line.trim_ascii_start().len();
    line.iter().enumerate().position(|(at, byte)| match byte {
        b'=' => true,
        b':' => {
            line.get(at + 1).is_none_or(|next| next.is_ascii_whitespace() || *next == b'=')
                || !line
                    .get(begin..at)
                    .unwrap_or_default()
                    .trim_ascii_end()
                    .iter()
                    .any(u8::is_ascii_whitespace)
        }
        _ => false,
    })
}

/// Whether a line says what a program is made of, as a Makefile does: `askpass: askpass.c`.
fn is_made_of(name: &str, value: &[u8]) -> bool {
    let first = value.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    let end = first.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"."));
    end.is_some_and(|end| (1..=4).contains(&end.len()) && end.iter().all(u8::is_ascii_alphabetic))
}

/// Whether a line is a comment as code has it, and not what is mounted in `fstab`: `//host/share /mnt cifs ...`.
fn is_comment(line: &[u8]) -> bool {
    let first_word = line.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    first_word.strip_prefix(b"//").is_some_and(|rest| !rest.contains(&b'/'))
}

/// A name without the signs that may stand around it.
pub(super) fn without<'a>(name: &'a [u8], signs: &[u8]) -> Cow<'a, str> {
    match name.iter().any(|byte| signs.contains(byte)) {
        true => {
            let name: Vec<u8> = name.iter().copied().filter(|byte| !signs.contains(byte)).collect();
            Cow::Owned(String::from_utf8_lossy(&name).into_owned())
        }
        false => String::from_utf8_lossy(name),
    }
}

/// What else a line gives behind its first value: `db1 ansible_user=root ansible_password=...`.
fn further(line: &[u8], from: usize) -> Vec<(Cow<'_, str>, Range<usize>)> {
    let mut at = from;
    let words = line.get(from..).unwrap_or_default().split(u8::is_ascii_whitespace).filter_map(|word| {
        let mut start = at;
        at += word.len() + 1;
        // the quotes of systemd are around both
        let word = match word.strip_prefix(b"\"") {
            Some(quoted) => {
                start += 1;
                quoted.strip_suffix(b"\"")?
            }
            None => word,
        };
        let sign = memchr::memchr(b'=', word).filter(|_| start > from)?;
        let name = word.get(..sign)?;
        let is_name = name.first().is_some_and(u8::is_ascii_alphabetic)
            && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte));
        is_name.then(|| {
            (
                String::from_utf8_lossy(name),
                value(line.get(..start + word.len()).unwrap_or(line), start + sign + 1),
            )
        })
    });
    words.collect()
}

/// The blank behind the word of a line that names a credential, or before its last word: `bindpw value`,
/// `cachemgr_passwd value all`, `ENV NAME value`, `user admin password value`.
fn blank_behind_name(line: &[u8]) -> Option<usize> {
    const MOST: usize = 5;
    let blanks: Vec<usize> = words(line).skip(1).map(|word| word.start - 1).take(MOST).collect();
    let last = blanks.last().copied().filter(|_| blanks.len() < MOST)?;
    let names = words(line).zip(&blanks).filter(|(word, _)| {
        let name = line.get(word.clone()).unwrap_or_default();
        names::kind("", &String::from_utf8_lossy(name)).is_some_and(|kind| kind != Kind::Login)
    });
    let blank = names.map(|(_, blank)| *blank).next().unwrap_or(last);
    // what a shell does with `'^PASS$' >>a.txt` is something else; Robot Framework has `${NAME}`
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-@/${} \t".contains(byte);
    line.get(..blank)?.iter().all(is_of_name).then_some(blank)
}

/// Where the words of a line are.
pub(super) fn words(line: &[u8]) -> impl Iterator<Item = Range<usize>> + Clone + '_ {
    let mut at = 0;
    line.split(u8::is_ascii_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len() + 1;
        (!word.is_empty()).then_some(start..start + word.len())
    })
}

/// Where the value is that begins behind `from`: what its quotes enclose, or all up to a comment.
pub(super) fn value(line: &[u8], from: usize) -> Range<usize> {
    let rest = line.get(from..).unwrap_or_default();
    let start = from + rest.len() - rest.trim_ascii_start().len();
    let rest = line.get(start..).unwrap_or_default();
    // texts of several lines in TOML, of which one is enough for a password
    for quotes in [&b"\"\"\""[..], b"'''"] {
        let inner = rest.strip_prefix(quotes).unwrap_or_default();
        if let Some(length) = memchr::memmem::find(inner, quotes).filter(|length| *length > 0) {
            return start + quotes.len()..start + quotes.len() + length;
        }
    }
    if let Some(quote @ (b'"' | b'\'')) = rest.first() {
        let inner = rest.get(1..).unwrap_or_default();
        let mut quotes = memchr::memchr_iter(*quote, inner);
        let is_end = |at: &usize| at.checked_sub(1).and_then(|before| inner.get(before)) != Some(&b'\\');
        if let Some(length) = quotes.find(is_end) {
            return start + 1..start + 1 + length;
        }
    }
    let comment =
        [&b" #"[..], b"\t#", b" ;"].iter().filter_map(|sign| memchr::memmem::find(rest, sign)).min();
    let rest = rest.get(..comment.unwrap_or(rest.len())).unwrap_or(rest).trim_ascii_end();
    // the quotes of `"NAME=value"` are around both
    let rest = rest.strip_suffix(b"\"").filter(|rest| !rest.contains(&b'"')).unwrap_or(rest);
    start..start + rest.len()
}
