//! Environments that a bundler wrote into its output: an object of `MODE`, `DEV`, `PROD` and `BASE_URL` is Vite's,
//! one of `NODE_ENV` and other names in capitals is webpack's, one with `production: true` is Angular's, and one of
//! `PATH`, `HOME` and `PWD`, or lines of these, the whole environment of the machine that built the package.

use std::cell::Cell;
use std::ops::Range;

use super::table::Format;
use super::{names, values, wrapped};
use crate::inspect::secret::{Found, table};
use crate::plain::Plain;

/// Bytes before the keyword in which its object may begin.
const BEFORE: usize = 64 << 10;
/// Bytes that an environment has at most.
const LONGEST: usize = 256 << 10;
/// Bytes before and behind the keyword that are read of one in a string literal.
const LONGEST_ESCAPED: usize = 32 << 10;
/// Variables that any session has; a few of them beside `PATH` are no chance.
const OF_A_SESSION: &[&str] = &[
    "HOME",
    "PWD",
    "OLDPWD",
    "SHELL",
    "USER",
    "USERNAME",
    "LOGNAME",
    "SHLVL",
    "LANG",
    "TERM",
    "HOSTNAME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "COMSPEC",
    "SYSTEMROOT",
    "WINDIR",
    "COMPUTERNAME",
    "NODE",
    "INIT_CWD",
    "EDITOR",
    "CI",
    "MAIL",
    "SSH_AUTH_SOCK",
    "DISPLAY",
    "XDG_RUNTIME_DIR",
    "NVM_DIR",
    "JAVA_HOME",
    "LC_ALL",
    "COLORTERM",
    "_",
];

/// What the environment that holds the keyword at `at` gives away. What is read for it is taken from the effort.
pub(in crate::inspect::secret) fn find(
    text: &[u8],
    at: usize,
    rule: usize,
    effort: &Cell<usize>,
) -> Vec<Found> {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(b"PATH=") {
        return printed(text, at, effort).map_or_else(Vec::new, |lines| given_away(text, &lines, rule));
    }
    if ["env", "__env", "__ENV", "_env_", "untimeConfig"].iter().any(|name| rest.starts_with(name.as_bytes()))
    {
        let object = object_behind(text, at, effort);
        return object.map_or_else(Vec::new, |object| credentials(text, &object, rule));
    }
    let Some(quotes) = name_at(text, at) else { return Vec::new() };
    if !quotes.starts_with(b"\\") {
        return object_around(text, at, effort)
            .map_or_else(Vec::new, |object| given_away(text, &object, rule));
    }
    // JSON in a string literal
    let window = at.saturating_sub(LONGEST_ESCAPED)..(at + LONGEST_ESCAPED).min(text.len());
    effort.set(effort.get().saturating_sub(window.len()));
    let mut levels: Vec<Plain> = Vec::new();
    for _ in 0..quotes.len().ilog2() {
        let escaped = levels.last().map_or_else(|| text.get(window.clone()), |level| Some(&level.bytes));
        levels.push(Plain::undone(escaped.unwrap_or_default()));
    }
    let Some(clear) = levels.last().map(|level| level.bytes.as_slice()) else { return Vec::new() };
    let at = levels.iter().fold(at - window.start, |at, level| level.offset(at));
    let Some(object) = object_around(clear, at, effort) else { return Vec::new() };
    let place = |at: usize| window.start + levels.iter().rev().fold(at, |at, level| level.place(at));
    let shift = |range: Range<usize>| place(range.start)..place(range.end);
    let found = given_away(clear, &object, rule).into_iter();
    found.map(|found| Found { span: shift(found.span), token: shift(found.token), ..found }).collect()
}

/// The quotes, escaped or not, and the colon behind a name that the keyword at `at` is in; `None` where it is no name.
fn name_at(text: &[u8], at: usize) -> Option<&[u8]> {
    const LONGEST: usize = 24;
    let rest = text.get(at..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let name = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
    let rest = rest.get(name..)?;
    let quotes = rest.iter().position(|byte| !matches!(byte, b'\\' | b'"' | b'\''))?;
    let colon = rest.get(quotes..)?.trim_ascii_start();
    colon.starts_with(b":").then(|| rest.get(..quotes)).flatten()
}

/// The flat object that the name at `at` is a field of.
fn object_around(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Vec<Field>> {
    /// Braces that may stand in the values before the keyword.
    const MOST_BRACES: usize = 6;
    let from = at.saturating_sub(BEFORE);
    let before = text.get(from..at)?;
    let mut starts = memchr::memrchr_iter(b'{', before).take(MOST_BRACES).map(|start| from + start + 1);
    starts.find_map(|start| {
        let object = flat_object(text, start, effort)?;
        let is_it = object.iter().any(|(name, _)| (at.saturating_sub(2)..at + 12).contains(&name.start));
        is_it.then_some(object)
    })
}

/// The object that is given to the name which the keyword at `at` is in.
fn object_behind(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Vec<Field>> {
    const LONGEST_NAME: usize = 40;
    let rest = text.get(at..(at + LONGEST_NAME).min(text.len()))?;
    let brace = memchr::memchr(b'{', rest)?;
    let between = rest.get(..brace)?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_\"'` ]".contains(byte);
    let sign = between.iter().position(|byte| !is_name(byte))?;
    let is_given =
        matches!(between.get(sign)?, b':' | b'=') && between.get(sign + 1..)?.trim_ascii().is_empty();
    is_given.then(|| flat_object(text, at + brace + 1, effort)).flatten()
}

/// The lines of `NAME=value` around a place, as `env` prints them.
fn printed(text: &[u8], at: usize, effort: &Cell<usize>) -> Option<Vec<Field>> {
    /// A crontab has three or four of them, too.
    const FEWEST: usize = 6;
    let window = at.saturating_sub(LONGEST_ESCAPED)..(at + LONGEST_ESCAPED).min(text.len());
    effort.set(effort.get().saturating_sub(window.len()));
    let near = text.get(window.clone())?;
    let lines = wrapped::environments(near).into_iter().find(|lines| lines.contains(&(at - window.start)))?;
    let pairs = super::lines::lines(near.get(lines.clone())?);
    let fields: Vec<Field> = pairs
        .filter_map(|line| {
            let line = window.start + lines.start + line.start..window.start + lines.start + line.end;
            let sign = line.start + memchr::memchr(b'=', text.get(line.clone())?)?;
            Some((line.start..sign, sign + 1..line.end))
        })
        .collect();
    (fields.len() >= FEWEST).then_some(fields)
}

/// What an object gives away, if it is an environment.
fn given_away(text: &[u8], object: &[Field], rule: usize) -> Vec<Found> {
    let name = |range: &Range<usize>| {
        std::str::from_utf8(text.get(range.clone()).unwrap_or_default()).unwrap_or_default()
    };
    let has = |wanted: &str| object.iter().any(|(range, _)| name(range) == wanted);
    let of_a_session = object.iter().filter(|(range, _)| {
        let name = name(range);
        OF_A_SESSION.contains(&name.to_ascii_uppercase().as_str())
            || ["npm_", "GITHUB_", "RUNNER_", "XDG_", "VSCODE_"].iter().any(|start| name.starts_with(start))
    });
    let is_path = |value: &Range<usize>| name(value).contains(['/', '\\']);
    let path = object.iter().find(|(range, value)| {
        matches!(name(range), "PATH" | "Path") && (value.is_empty() || is_path(value))
    });
    let is_whole = path.is_some() && of_a_session.count() >= 3;
    let is_vite = has("MODE") && has("BASE_URL") && (has("DEV") || has("PROD"));
    let is_webpack = has("NODE_ENV") && object.iter().all(|(range, _)| is_variable(name(range)));
    let is_angular = object.iter().any(|(range, value)| {
        name(range) == "production" && matches!(text.get(value.clone()), Some(b"true" | b"!0"))
    });
    if !is_whole && !is_vite && !is_webpack && !is_angular {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some((_, value)) = path.filter(|(_, value)| is_whole && !value.is_empty()) {
        found.extend(table::rule("secret-environment-dump").map(|rule| Found {
            rule,
            span: value.clone(),
            token: value.clone(),
            prefix: 0,
        }));
    }
    found.extend(credentials(text, object, rule));
    found
}

/// Those of an object's fields that hold credentials.
fn credentials(text: &[u8], object: &[Field], rule: usize) -> Vec<Found> {
    let tokens = object.iter().filter_map(|(name, value)| {
        let name = std::str::from_utf8(text.get(name.clone())?).ok()?;
        let content = text.get(value.clone())?;
        match kind(name) {
            Some(kind) if values::is_secret(content, kind, Format::Code) => Some(value.clone()),
            _ => values::login_inside(content).map(|part| value.start + part.start..value.start + part.end),
        }
    });
    tokens.map(|token| Found { rule, span: token.clone(), token, prefix: 0 }).collect()
}

/// What the name of a variable says of its value. Names in which frameworks have `PUBLIC` are no different where they
/// end in what nobody would make public.
fn kind(name: &str) -> Option<names::Kind> {
    let is_meant = ["SECRET", "SECRET_KEY", "PASSWORD"].iter().any(|end| name.ends_with(end));
    let own = name.find("PUBLIC_").filter(|_| is_meant).and_then(|at| name.get(at + 7..));
    names::kind("", own.unwrap_or(name))
}

/// Whether this is how variables are called.
fn is_variable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

type Field = (Range<usize>, Range<usize>);

/// Names and values of an object of nothing but strings, numbers, truth values and such objects, whose brace is before
/// `start`.
fn flat_object(text: &[u8], start: usize, effort: &Cell<usize>) -> Option<Vec<Field>> {
    /// What a look costs however soon it ends, in bytes.
    const LEAST: usize = 64;
    let end = (start + LONGEST.min(effort.get())).min(text.len());
    let mut at = start;
    let fields = fields(text, &mut at, end);
    effort.set(effort.get().saturating_sub(at - start + LEAST));
    fields
}

fn fields(text: &[u8], place: &mut usize, end: usize) -> Option<Vec<Field>> {
    const MOST: usize = 2000;
    let mut at = *place;
    let mut fields = Vec::new();
    let mut depth = 0_usize;
    let peek = |at: usize| text.get(at).copied().filter(|_| at < end);
    let blanks = |mut at: usize| {
        while peek(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
            at += 1;
        }
        at
    };
    while fields.len() < MOST {
        at = blanks(at);
        *place = at;
        let name = match peek(at)? {
            b'}' if depth > 0 => {
                (depth, at) = (depth - 1, blanks(at + 1));
                at += usize::from(peek(at) == Some(b','));
                continue;
            }
            b'}' => return (!fields.is_empty()).then_some(fields),
            b'"' | b'\'' => quoted(text, at, end)?,
            _ => at..word_end(text, at, end),
        };
        if name.is_empty() {
            return None;
        }
        let is_quoted = matches!(peek(at), Some(b'"' | b'\''));
        at = blanks(name.end + usize::from(is_quoted));
        if peek(at)? != b':' {
            return None;
        }
        at = blanks(at + 1);
        let value = match peek(at)? {
            b'{' => {
                (depth, at) = (depth + 1, at + 1);
                continue;
            }
            b'"' | b'\'' | b'`' => {
                let value = quoted(text, at, end)?;
                at = value.end + 1;
                value
            }
            _ => {
                let start = at;
                while peek(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"!.+- ".contains(&byte)) {
                    at += 1;
                }
                if at == start {
                    return None;
                }
                start..at
            }
        };
        fields.push((name, value));
        at = blanks(at);
        match peek(at)? {
            b',' => at += 1,
            b'}' if depth > 0 => {}
            b'}' => return Some(fields),
            _ => return None,
        }
    }
    Some(fields)
}

/// What is in the quotes that begin at `at`.
fn quoted(text: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let quote = *text.get(at)?;
    let mut place = at + 1;
    while place < end {
        let byte = *text.get(place)?;
        if byte == b'\\' {
            place += 1;
        } else if byte == quote {
            return Some(at + 1..place);
        }
        place += 1;
    }
    None
}

fn word_end(text: &[u8], mut at: usize, end: usize) -> usize {
    while at < end
        && text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
    {
        at += 1;
    }
    at
}
