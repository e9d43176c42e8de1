//! YAML, read by lines: settings are templates as often as not, and a template is no YAML.

use std::borrow::Cow;

use super::lines::{lines, value, without};
use super::{Pair, code, values};
use crate::inspect::secret::plausible::is_placeholder;

/// All scalars with their names. What a Kubernetes secret holds counts whatever its name.
pub(super) fn pairs(text: &[u8]) -> Vec<Pair<'_>> {
    let mut pairs = Vec::new();
    // names that are open, with their indentation
    let mut open: Vec<(usize, Cow<'_, str>)> = Vec::new();
    // what `name: ...` says of the `value: ...` beside it
    let (mut named, mut named_at): (Cow<'_, str>, usize) = (Cow::default(), 0);
    let mut is_secret = false;
    let mut lines = lines(text).peekable();
    while let Some(line) = lines.next() {
        let Some(here) = text.get(line.clone()) else { continue };
        let trimmed = here.trim_ascii_start();
        if trimmed.is_empty() || trimmed.starts_with(b"#") {
            continue;
        }
        if here.starts_with(b"---") {
            (is_secret, open) = (false, Vec::new());
            continue;
        }
        let mut indent = here.len() - trimmed.len();
        let mut rest = trimmed;
        while let Some(item) = rest.strip_prefix(b"- ") {
            let item = item.trim_ascii_start();
            indent += rest.len() - item.len();
            rest = item;
            named = Cow::default();
        }
        open.retain(|(other, _)| *other < indent);
        // `- {name: a, value: b}`
        if rest.starts_with(b"{") && rest.len() < trimmed.len() {
            let start = line.start + here.len() - rest.len();
            pairs.extend(in_line(rest, start));
            continue;
        }
        let Some((name, sign)) = name_of(rest) else {
            // one of a list: `api_tokens:`, and in the next line `- value`
            if let Some((_, of)) = open.last().filter(|_| rest.len() < trimmed.len()) {
                let value = value(here, here.len() - rest.len());
                pairs.push(Pair::new("", of.clone(), line.start + value.start..line.start + value.end));
            }
            continue;
        };
        let scalar = value(here, behind_anchor(here, here.len() - rest.len() + sign));
        // `name: >-`, and the value in the next line
        let is_block = matches!(here.get(scalar.clone()), Some(b"|" | b"|-" | b"|+" | b">" | b">-" | b">+"));
        let (line, here, scalar) = match lines.peek().cloned().filter(|_| is_block) {
            Some(next) => {
                let inner = text.get(next.clone()).unwrap_or_default();
                (next, inner, value(inner, 0))
            }
            None => (line, here, scalar),
        };
        let parent = match &*name {
            "value" if !named.is_empty() && indent == named_at => named.clone(),
            _ => open.last().map(|(_, name)| name.clone()).unwrap_or_default(),
        };
        let content = here.get(scalar.clone()).unwrap_or_default();
        // each of a list is one of its own
        if name == "kind" && (indent == 0 || parent == "items") {
            is_secret = content == b"Secret";
        }
        if matches!(&*name, "name" | "key") {
            (named, named_at) = (String::from_utf8_lossy(content), indent);
        }
        let place = line.start + scalar.start..line.start + scalar.end;
        let is_flow = content.first() == Some(&b'{') || content.starts_with(b"[") && content.contains(&b'{');
        // objects, or code that a template runs
        if is_flow || memchr::memmem::find(content, b"<%").is_some() {
            pairs.extend(in_line(text.get(place.clone()).unwrap_or_default(), place.start));
        } else if let Some(inner) = content.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")) {
            let mut at = place.start + 1;
            for part in inner.split(|byte| *byte == b',') {
                let value = value(part, 0);
                pairs.push(Pair::new(parent.clone(), name.clone(), at + value.start..at + value.end));
                at += part.len() + 1;
            }
        } else if !content.is_empty() {
            let secret = is_secret && in_secret(&parent, content);
            pairs.push(Pair { secret, ..Pair::new(parent, name.clone(), place) });
        }
        // what is sealed has no name of its own: `password: !encrypted/pkcs1-oaep`, and a list behind it
        let is_sealed = content.starts_with(b"!");
        open.push((indent, if is_sealed { Cow::default() } else { name }));
    }
    pairs
}

/// What a template's code or objects in one line give names, with or without quotes. The line begins at `start`.
fn in_line(line: &[u8], start: usize) -> impl Iterator<Item = Pair<'_>> {
    let fields = if matches!(line, [b'{' | b'[', ..]) { flow(line) } else { Vec::new() };
    let all = code::pairs(line).into_iter().chain(fields);
    all.map(move |pair| Pair { value: pair.value.start + start..pair.value.end + start, ..pair })
}

/// What objects in one line give names without quotes: `{ name: a, password: b }`, `{name: PASSWORD, value: b}`.
fn flow(line: &[u8]) -> Vec<Pair<'_>> {
    let (mut at, mut named) = (0, Cow::default());
    let fields = line.split(|byte| b",{}[]".contains(byte)).filter_map(|part| {
        let start = at;
        at += part.len() + 1;
        if start > 0 && line.get(start - 1) == Some(&b'{') {
            named = Cow::default();
        }
        let (name, sign) = name_of(part.trim_ascii_start())?;
        let value = value(part, part.len() - part.trim_ascii_start().len() + sign);
        if matches!(&*name, "name" | "key") {
            named = String::from_utf8_lossy(part.get(value.clone()).unwrap_or_default());
        }
        let parent = if name == "value" { named.clone() } else { Cow::default() };
        let is_bare = !matches!(part.get(value.start.saturating_sub(1)), Some(b'"' | b'\''));
        is_bare.then(|| Pair::new(parent, name, start + value.start..start + value.end))
    });
    fields.collect()
}

/// Whether this is a value of a Kubernetes secret that is somebody's.
pub(super) fn in_secret(parent: &str, content: &[u8]) -> bool {
    match parent {
        "stringData" => values::is_secret(content, super::names::Kind::Password, super::table::Format::Yaml),
        "data" => !is_placeholder(content) && values::is_secret_in_base64(content),
        _ => false,
    }
}

/// Where the value is that begins at `from`, without the name that others refer to it by: `&name value`.
fn behind_anchor(line: &[u8], from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    let anchor = rest.trim_ascii_start();
    let blank = anchor.iter().position(u8::is_ascii_whitespace).filter(|_| anchor.starts_with(b"&"));
    from + blank.map_or(0, |blank| rest.len() - anchor.len() + blank)
}

/// The name that a line begins with, and where its sign ends: `name: `, `"name": `, or `NAME=` in a list.
fn name_of(line: &[u8]) -> Option<(Cow<'_, str>, usize)> {
    const LONGEST: usize = 120;
    let colon = line
        .windows(2)
        .position(|two| matches!(two, [b':', b' ' | b'\t']))
        .or_else(|| line.len().checked_sub(1).filter(|last| line.get(*last) == Some(&b':')));
    let equals = memchr::memchr(b'=', line);
    let sign = match (colon, equals) {
        (Some(colon), Some(equals)) => colon.min(equals),
        (colon, equals) => colon.or(equals)?,
    };
    let name = without(line.get(..sign)?, b"\"'");
    let name = match name {
        Cow::Borrowed(name) => Cow::Borrowed(name.trim_ascii()),
        Cow::Owned(name) => Cow::Owned(name.trim_ascii().to_owned()),
    };
    (!name.is_empty() && name.len() <= LONGEST && !name.contains(' ')).then_some((name, sign + 1))
}
