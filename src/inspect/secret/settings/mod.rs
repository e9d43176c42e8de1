//! Files in which an application keeps its credentials (`policies/settings_files.toml`). The place says that
//! `password: ...` is one, so that forms can be believed that are noise in any other text: each format has a
//! reader that gives names with their values, and what counts among those is one decision for all of them.

mod beside;
mod code;
mod columns;
mod compiled;
mod counted;
mod digests;
mod directives;
mod environment;
mod json;
mod lines;
mod logins;
mod names;
mod notebook;
mod plist;
mod quoted;
mod table;
mod values;
mod wrapped;
mod xml;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{Found, Sample};
use crate::plain::Plain;
use digests::Digests;
use table::Format;

pub(super) use beside::find as beside;
pub(super) use environment::find as environment;
pub(super) use quoted::find as quoted;
#[cfg(test)]
pub(crate) use table::TABLE as SETTINGS_FILES;
pub(super) use wrapped::{find as wrapped, in_literals};

/// A name, and where the value is that a file gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair<'a> {
    /// What the name is in: a section, an object, an element.
    parent: Cow<'a, str>,
    name: Cow<'a, str>,
    value: Range<usize>,
    /// Whether the file says by itself that the value is a secret, whatever its name.
    secret: bool,
}

impl<'a> Pair<'a> {
    fn new(parent: impl Into<Cow<'a, str>>, name: impl Into<Cow<'a, str>>, value: Range<usize>) -> Self {
        Self { parent: parent.into(), name: name.into(), value, secret: false }
    }
}

/// What stands at a place, without the escapes of its file.
fn clear(text: &[u8], place: Range<usize>) -> Cow<'_, [u8]> {
    let value = text.get(place).unwrap_or_default();
    if memchr::memmem::find(value, b"\\\n").is_some() || memchr::memmem::find(value, b"\\\r").is_some() {
        return Cow::Owned(joined(value));
    }
    // a key of bytes is judged by its digits
    if value.len() >= 4 * 16 && code::are_bytes(value) {
        return Cow::Owned(value.chunks(4).filter_map(|byte| byte.get(2..)).flatten().copied().collect());
    }
    if value.starts_with(b"0x")
        && let Some(digits) = code::listed_bytes(value)
    {
        return Cow::Owned(digits);
    }
    match memchr::memchr2(b'\\', b'&', value) {
        Some(_) => Cow::Owned(crate::decode::plain(&Plain::undone(value).bytes)),
        None => Cow::Borrowed(value),
    }
}

/// What goes on in the next line behind a backslash, without the line's end and the blanks behind it.
fn joined(value: &[u8]) -> Vec<u8> {
    let mut lines = value.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
    let mut whole = lines.next().unwrap_or_default().to_vec();
    for line in lines {
        whole.pop_if(|last| *last == b'\\');
        whole.extend_from_slice(line.trim_ascii_start());
    }
    whole
}

/// Whether a value is its own name in another space of names, as in the contexts of JSON-LD (`sec:privateKeyBase58`), or
/// is a place below it, as in those of .NET's settings (`SecretKey:Value`).
fn is_term(name: &str, value: &[u8]) -> bool {
    value.strip_suffix(name.as_bytes()).is_some_and(|space| space.ends_with(b":") || space.ends_with(b"#"))
        || value.strip_prefix(name.as_bytes()).is_some_and(|below| below.starts_with(b":"))
}

/// Whether what is called the key of a licence is that of one in a list of licences, and not what somebody paid for.
fn lists_licences(text: &[u8], pairs: &[Pair<'_>]) -> bool {
    let keys = pairs.iter().filter(|pair| names::is_key_of_licence(&pair.name));
    let is_name = |pair: &Pair<'_>| text.get(pair.value.clone()).is_some_and(values::is_name_of_licence);
    let (named, others): (Vec<&Pair<'_>>, Vec<&Pair<'_>>) = keys.partition(|pair| is_name(pair));
    named.len() > others.len()
}

/// Whether a path is one of settings of any kind.
pub(super) fn is_named(path: &str) -> bool {
    !table::formats(path, b"#!").is_empty()
}

/// Credentials that an application's settings hold.
pub(super) fn find(sample: &Sample<'_>, rule: usize) -> Vec<Found> {
    /// Rows that fit one path: few do, and the first that finds something has said it.
    const MOST_ROWS: usize = 4;
    table::formats(sample.path, sample.bytes)
        .into_iter()
        .take(MOST_ROWS)
        .map(|(format, anywhere)| match anywhere {
            false => in_format(sample.bytes, format, rule),
            true if !names::may_name(sample.bytes) => Vec::new(),
            true => {
                let mut found = in_format(sample.bytes, format, rule);
                found.retain(|found| {
                    let value = clear(sample.bytes, found.token.clone());
                    values::is_no_word(&value)
                        || values::is_words(&value)
                            && !is_of_a_language(sample.path)
                            && is_beside_host(sample.bytes, found.token.start)
                        || values::is_random_uuid(&value) && is_called_secret(sample.bytes, found.token.start)
                });
                found
            }
        })
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Whether a file's name ends in that of a language: `login_de.properties`, `texts-pt_BR.json`.
fn is_of_a_language(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or_default();
    let is_two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    stem.split(['_', '-']).skip(1).last().is_some_and(is_two)
}

/// Whether a host is given near a place, as translations have none: `url=https://a.b`, `host: a.b`.
fn is_beside_host(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 300;
    static HOST: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let host = r#"(?:host|hostname|server|endpoint|addr|address|ur[il]s?)["']?\s{0,3}[:=>]\s{0,3}["']?(?:[a-z+]{2,20}:)*(?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+"#;
        RegexBuilder::new(host).unicode(false).case_insensitive(true).build().ok()
    });
    let near = text.get(at.saturating_sub(NEAR)..(at + NEAR).min(text.len())).unwrap_or_default();
    HOST.as_ref().is_some_and(|host| host.is_match(near))
}

/// Whether the name of the value at a place says by itself that it is one that nobody may know. What numbers things is
/// called a token or a key, too.
fn is_called_secret(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 40;
    let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let name = before.rsplit(|byte| b"\n,{".contains(byte)).next().unwrap_or_default().to_ascii_lowercase();
    [&b"secret"[..], b"passw"].iter().any(|word| memchr::memmem::find(&name, word).is_some())
}

/// Credentials that Python's compiled settings hold.
pub(super) fn in_compiled(sample: &Sample<'_>, rule: usize) -> Vec<Found> {
    let Some(anywhere) = compiled::is_of_settings(sample.path) else { return Vec::new() };
    let mut tokens = credentials(sample.bytes, &compiled::pairs(sample.bytes), Format::Code);
    tokens.retain(|token| !anywhere || values::is_no_word(&clear(sample.bytes, token.clone())));
    tokens.into_iter().map(|token| Found { rule, span: token.clone(), token, prefix: 0 }).collect()
}

/// The rule for what only the place tells.
const SETTINGS: &str = "secret-settings-file";

fn in_format(text: &[u8], format: Format, rule: usize) -> Vec<Found> {
    let found = |token: Range<usize>| Found { rule, span: token.clone(), token, prefix: 0 };
    match format {
        Format::Http => {
            let all = credentials(text, &lines::pairs(text), Format::Lines).into_iter().map(found);
            // JSON that is sent
            let sent = credentials(text, &code::pairs(text), Format::Json).into_iter().map(found);
            all.chain(super::commands::find(text, SETTINGS)).chain(sent).collect()
        }
        Format::Scripts => {
            // a manifest has addresses of badges and the like beside its commands
            if !text.trim_ascii_start().starts_with(b"{") {
                return super::commands::find(text, SETTINGS);
            }
            let places = json::scripts(text).unwrap_or_default();
            let in_commands = places.into_iter().flat_map(|place| {
                let commands = super::commands::find(text.get(place.clone()).unwrap_or_default(), SETTINGS);
                commands.into_iter().map(move |found| found.behind(place.start))
            });
            in_commands.collect()
        }
        // Visual Studio starts programs with them
        Format::Json if memchr::memmem::find(text, b"\"commandLineArgs\"").is_some() => {
            let own = credentials(text, &pairs(text, format), format).into_iter().map(found);
            own.chain(super::commands::find(text, SETTINGS)).collect()
        }
        Format::Key => values::key_alone(text).map(found).into_iter().collect(),
        Format::Password => values::password_alone(text).map(found).into_iter().collect(),
        _ => credentials(text, &pairs(text, format), format).into_iter().map(found).collect(),
    }
}

fn pairs(text: &[u8], format: Format) -> Vec<Pair<'_>> {
    match format {
        Format::Lines => [lines::pairs(text), directives::pairs(text), code::pairs(text)].concat(),
        Format::Yaml => yaml::pairs(text),
        Format::Kubernetes if memchr::memmem::find(text, b"apiVersion").is_none() => Vec::new(),
        Format::Kubernetes => json::pairs(text).unwrap_or_else(|| yaml::pairs(text)),
        Format::Json => json::pairs(text).unwrap_or_else(|| code::pairs(text)),
        Format::Xml if is_binary_list(text) => plist::pairs(text),
        Format::Xml if is_markup(text) => xml::pairs(text).unwrap_or_else(|| code::pairs(text)),
        // Erlang's settings are called so, too
        Format::Xml => code::pairs(text),
        Format::Code => code::pairs(text),
        Format::Columns => columns::pairs(text),
        Format::Logins => logins::pairs(text),
        Format::Notebook => notebook::pairs(text),
        Format::Counted => counted::pairs(text),
        Format::Http | Format::Scripts | Format::Key | Format::Password => Vec::new(),
    }
}

fn is_markup(text: &[u8]) -> bool {
    text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text).trim_ascii_start().starts_with(b"<")
}

/// Whether it is a property list that is no text.
pub(super) fn is_binary_list(bytes: &[u8]) -> bool {
    bytes.starts_with(plist::BEGINNING)
}

/// Whether a text is JSON that holds credentials.
fn in_json(text: &[u8]) -> bool {
    json::pairs(text).is_some_and(|pairs| !credentials(text, &pairs, Format::Json).is_empty())
}

/// Whether a text is nothing but settings, credentials among them.
fn is_settings(text: &[u8]) -> bool {
    wrapped::format_of(text).is_some_and(|format| !credentials(text, &pairs(text, format), format).is_empty())
}

/// Whether most values of a list are words without a digit: a list of keys may be one of names (`OMITTED_KEYS`).
fn are_names(text: &[u8], list: &[Pair<'_>]) -> bool {
    /// Fewer are no list.
    const FEWEST: usize = 3;
    let is_name = |pair: &&Pair<'_>| text.get(pair.value.clone()).is_some_and(values::is_identifier);
    list.len() >= FEWEST && 2 * list.iter().filter(is_name).count() > list.len()
}

/// The values among these that are credentials.
fn credentials(text: &[u8], pairs: &[Pair<'_>], format: Format) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let digests = Digests::of(text);
    let has_licences = lists_licences(text, pairs);
    let is_of_licence = |pair: &Pair<'_>| has_licences && names::is_key_of_licence(&pair.name);
    let lists = pairs.chunk_by(|one, next| one.name == next.name && one.parent == next.parent);
    for pair in lists.filter(|list| !are_names(text, list)).flatten() {
        let value = clear(text, pair.value.clone());
        if let Some(default) = values::default_in(&value)
            && names::kind(&pair.parent, &pair.name)
                .is_some_and(|kind| values::is_secret_default(value.get(default.clone()), kind, format))
        {
            let start = pair.value.start + default.start;
            found.push(start..start + default.len());
            continue;
        }
        if let Some(part) = values::login_inside(&value) {
            // with escapes before it, it stands elsewhere
            let raw = text.get(pair.value.clone()).unwrap_or_default();
            let password = value.get(part).unwrap_or_default();
            let place = memchr::memmem::find(raw, password).map(|start| start..start + password.len());
            let place = place.unwrap_or(0..raw.len());
            found.push(pair.value.start + place.start..pair.value.start + place.end);
        } else if pair.secret
            || !is_term(&pair.name, &value)
                && !digests.has(&pair.name, &value)
                && !is_of_licence(pair)
                && names::kind(&pair.parent, &pair.name).is_some_and(|kind| {
                    values::is_secret(&value, kind, format)
                        // in code, words are a text sooner, but for those beside a host
                        || kind == names::Kind::Password
                            && format == Format::Code
                            && beside::is_of_words(text, &pair.value, &value)
                })
        {
            found.push(pair.value.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests;
