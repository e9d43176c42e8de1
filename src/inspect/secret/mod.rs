//! Credentials: literals start the search, a regex in a window around each tells the form, and checksums,
//! randomness and context tell real ones from examples. The secret itself never leaves this module: a fact
//! holds a redacted form and a digest.

mod assigned;
mod bounds;
mod commands;
mod continued;
mod cookies;
mod decode;
mod der;
mod digits;
mod effort;
mod glance;
mod installed;
mod key;
mod login_file;
mod named;
mod plausible;
mod private_key;
mod settings;
mod shown;
mod solana;
mod spelling;
mod structure;
mod table;
mod unit_tests;
mod url;
mod vapid;
mod whole;
mod word;
mod written;

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use sha2::{Digest, Sha256};

use super::map::Settings;
use super::{FactSink, Hit, Inner, InnerText, Inspector, Sample, ScanOptions, Scanner};
use crate::inventory::{Media, Secret};

use continued::Continued;
#[cfg(test)]
pub(crate) use settings::SETTINGS_FILES;
use table::{Check, INDEX, Search};
pub(crate) use table::{SecretRule, TABLE};
use word::Word;

/// Finds credentials.
pub(super) const INSPECTOR: Inspector = Inspector { name: "secret", needles, inspect };

/// Facts kept per entry: a file with more than these is no better known by more.
const MOST_FACTS: usize = 1000;
/// Matches compared with one another per entry.
const MOST_FOUND: usize = 4000;

/// Bytes from which on a secret may be of parts that could be decoded.
const LONG: usize = 100;

/// A match that passed all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    /// Index in [`TABLE`].
    rule: usize,
    /// The match with its context.
    span: Range<usize>,
    /// The secret in it.
    token: Range<usize>,
    /// How many of its first characters are the same in every such secret.
    prefix: usize,
}

impl Found {
    /// The same in a text that has so many bytes before.
    fn behind(self, before: usize) -> Self {
        let shift = |range: Range<usize>| range.start + before..range.end + before;
        Self { span: shift(self.span), token: shift(self.token), ..self }
    }
}

/// Whether a value that is where a credential belongs could be one: not a word, not a placeholder.
pub(super) fn looks_secret(value: &[u8]) -> bool {
    // the hashes of .htpasswd begin with what a shell would take for a variable
    let is_hash = value.starts_with(b"$apr1$") || value.starts_with(b"$2") || value.starts_with(b"{SHA}");
    is_hash || plausible::is_password(value) || plausible::is_opaque(value)
}

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    INDEX.needles.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// Those of them that are looked for only where many characters of base64 are in a row.
pub(super) fn in_runs() -> Vec<&'static [u8]> {
    let patterns = TABLE.iter().flat_map(|rule| rule.patterns).filter(|pattern| pattern.in_run);
    patterns.flat_map(|pattern| pattern.keywords).map(|word| word.as_bytes()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    let mut found = at_hits(sample, hits, sink);
    found.extend(in_settings(sample));
    found.extend(whole::find(sample));
    let found = without_overlaps(found);
    let mut originals = sample.settings.take();
    originals.retain(|file| are_settings(&file.path, &file.text));
    in_named(sample, (&originals, "a source map"), &found, sink);
    if sample.decoded.is_none() && sample.media.is_text() && !is_map(sample) {
        in_named(sample, (&named::find(sample.bytes), "a file in it"), &found, sink);
    }
    if found.is_empty() {
        return;
    }
    let shown = shown::Shown::new(sample);
    for found in found {
        let found = for_show(sample, &shown, found);
        if let Some(text) = decode::header_text(sample.bytes, &found) {
            let what = "encoded credentials";
            sink.inner.push(Inner { what, offset: found.span.start, text: InnerText::Clear(text) });
        }
        // A key in PEM would be found again as what its base64 stands for. What a signed token says is another matter.
        if found.token.len() >= LONG && !sample.bytes.get(found.token.clone()).is_some_and(is_signed_token) {
            sink.told.push(found.span.clone());
        }
        if sink.entry.secrets.len() < MOST_FACTS {
            sink.entry.secrets.extend(fact(sample, &found));
        }
    }
}

/// Whether a secret begins as the head of a JWT does.
fn is_signed_token(token: &[u8]) -> bool {
    token.starts_with(b"eyJ")
}

/// Whether a file of this path, one of those that a map or another file names, is settings with credentials. Not what
/// tests and dependencies have.
fn are_settings(path: &str, text: &[u8]) -> bool {
    const LARGEST: usize = 1 << 20;
    let path = path.split('?').next().unwrap_or(path);
    text.len() <= LARGEST
        && (settings::is_named(path) || login_file::is_named(path))
        && !is_of_others(path)
        && !in_settings(&Sample::new(path, text, Media::Text)).is_empty()
}

/// Whether a part of a path says in one of its words that a dependency or a test is there: `latest/` does not.
fn is_of_others(path: &str) -> bool {
    const OTHERS: &[&str] = &["test", "spec", "example", "fixture", "mock", "demo"];
    let is_other = |word: &str| {
        let word = word.to_ascii_lowercase();
        let one = word.strip_suffix('s').unwrap_or(&word);
        OTHERS.contains(&one) || matches!(&*word, "stories" | "testdata" | "testing" | "testcases")
    };
    path.split(['/', '\\']).any(|part| {
        part == "node_modules" || part.split(|letter: char| !letter.is_ascii_alphanumeric()).any(is_other)
    })
}

/// Writes down what files hold that are named in this one, but for what was found there by its form.
fn in_named(
    sample: &Sample<'_>,
    (files, what): (&[Settings], &'static str),
    known: &[Found],
    sink: &mut FactSink<'_>,
) {
    let known: BTreeSet<&[u8]> =
        known.iter().filter_map(|found| sample.bytes.get(found.token.clone())).collect();
    for file in files {
        let path = file.path.split('?').next().unwrap_or_default();
        let inner = Sample::decoded(path, &file.text, Media::Text, what, sample.at(file.at));
        let found = without_overlaps(in_settings(&inner)).into_iter();
        let is_new =
            |found: &Found| inner.bytes.get(found.token.clone()).is_some_and(|token| !known.contains(token));
        for found in found.filter(is_new) {
            if sink.entry.secrets.len() < MOST_FACTS {
                sink.entry.secrets.extend(fact(&inner, &found));
            }
        }
    }
}

/// Credentials that are recognised by the file they are in.
fn in_settings(sample: &Sample<'_>) -> Vec<Found> {
    /// Settings are small; anything larger is something else.
    const LARGEST: usize = 4 << 20;
    if sample.media == Media::Pyc {
        let rule = table::rule("secret-settings-file");
        return rule.map(|rule| settings::in_compiled(sample, rule)).unwrap_or_default();
    }
    let is_read = sample.decoded.is_some() || sample.media.is_text();
    if sample.bytes.len() > LARGEST || !is_read && !settings::is_binary_list(sample.bytes) {
        return Vec::new();
    }
    let in_wrapping =
        || settings::wrapped(sample.bytes, sample.decoded.is_some_and(|what| what == crate::decode::BASE64));
    // the lines of an editor's copy are the file
    if sample.is_layer() && sample.decoded != Some(crate::decode::VIM_SWAP) {
        return in_wrapping();
    }
    let mut cookies = cookies::find(sample);
    let found = login_file::find(sample);
    let found = match table::rule("secret-settings-file") {
        Some(rule) if found.is_empty() => settings::find(sample, rule),
        _ => found,
    };
    let wrapped = found.is_empty() && sample.decoded.is_some();
    cookies.extend(if wrapped { in_wrapping() } else { found });
    cookies.extend(settings::in_literals(sample.path, sample.bytes));
    if !is_map(sample) {
        cookies.extend(settings::quoted(sample.bytes));
    }
    cookies
}

/// Whether it is a source map, whose reader has named the files in it.
fn is_map(sample: &Sample<'_>) -> bool {
    sample.path.ends_with(".map")
}

/// What stands at the keywords, as far as there is effort left for them.
fn at_hits(sample: &Sample<'_>, hits: &[Hit], sink: &mut FactSink<'_>) -> Vec<Found> {
    let (mut found, mut word) = (Vec::new(), Word::default());
    let mut continued = sample.media.is_text().then(|| Continued::new(sample.bytes));
    for hit in hits {
        let numbers = INDEX.by_needle.get(hit.needle).map(Vec::as_slice).unwrap_or_default();
        let keyword = INDEX.needles.get(hit.needle).copied().unwrap_or_default();
        for search in numbers.iter().filter_map(|&number| INDEX.searches.get(number)) {
            let word = sample.media.is_text().then_some(&mut word);
            let may_stand = |word| search.pattern.may_stand(sample.bytes, hit.offset, keyword, word);
            let in_message = || bounds::is_amid_controls(sample.bytes, hit.offset) && may_stand(None);
            if !may_stand(word) && !in_message() {
                found.extend(continued.as_mut().and_then(|all| all.find(hit.offset, keyword, search)));
                continue;
            }
            let Some(left) = sink.effort.get().checked_sub(effort(search)) else {
                sink.entry
                    .unexamined
                    .push("it has more places that may be credentials than packgate looks at in one file");
                return found;
            };
            sink.effort.set(left);
            found.extend(at_hit(sample, hit.offset, keyword, search, sink.effort));
        }
    }
    found
}

/// Bytes that are looked at because of a keyword.
fn effort(search: &Search) -> usize {
    match search.pattern.check {
        // mostly these end after a few
        Check::Url | Check::Beside => 16,
        Check::PrivateKey | Check::Structure | Check::Environment => 64,
        _ => search.pattern.before + search.pattern.longest,
    }
}

fn at_hit(
    sample: &Sample<'_>,
    at: usize,
    keyword: &str,
    search: &Search,
    effort: &Cell<usize>,
) -> Vec<Found> {
    match search.pattern.check {
        Check::Environment => settings::environment(sample.bytes, at, search.rule, effort),
        Check::PrivateKey => {
            let found = private_key::find(sample.bytes, at, search.rule);
            let text = |found: &Found| sample.bytes.get(found.token.clone()).unwrap_or_default();
            found.into_iter().filter(|found| !plausible::is_known(text(found))).collect()
        }
        Check::Structure => structure::find(sample.bytes, at, search.rule, effort).into_iter().collect(),
        Check::Beside => settings::beside(sample, at, search.rule, effort).into_iter().collect(),
        Check::Url => url::find(sample.bytes, at, search.rule).into_iter().collect(),
        Check::Sas if !decode::is_signed(sample.bytes, at + keyword.len()) => Vec::new(),
        _ if decode::names_signer(sample.bytes, at) => Vec::new(),
        _ => by_regex(sample, at, keyword, search).into_iter().collect(),
    }
}

/// Matches the pattern in a window around its keyword.
fn by_regex(sample: &Sample<'_>, at: usize, keyword: &str, search: &Search) -> Option<Found> {
    let pattern = search.pattern;
    let window = at.saturating_sub(pattern.before)..(at + pattern.longest + 1).min(sample.bytes.len());
    let found = match_in(sample.bytes, window.clone(), at, keyword, search)
        .or_else(|| without_escapes(sample.bytes, window, at, keyword, search))
        .filter(|found| match sample.media.is_text() {
            true => !is_list(sample.bytes, found, search),
            false => is_no_word(sample.bytes, found) && !is_in_list(sample.bytes, found, search),
        });
    if found.is_none() && (!sample.media.is_text() || bounds::is_amid_controls(sample.bytes, at)) {
        // in a binary, or a message that is too small to look like one, the neighbours may be the string's length and the
        // next string
        let counted = bounds::counted_strings(sample.bytes, at).find_map(|(start, end)| {
            let string = sample.bytes.get(start..end)?;
            let found = match_in(string, 0..string.len(), at - start, keyword, search)?;
            let shift = |range: Range<usize>| range.start + start..range.end + start;
            Some(Found { span: shift(found.span), token: shift(found.token), ..found })
        });
        let packed = || packed(sample.bytes, at, keyword, search);
        let found = counted.or_else(|| if sample.media.is_text() { None } else { packed() });
        return found
            .filter(|found| is_no_word(sample.bytes, found) && !is_in_list(sample.bytes, found, search));
    }
    found
}

/// Whether what looks like a token is a list of the beginnings of tokens, as a program that looks for tokens holds them:
/// linked end to end, the next ones are as long as the rest of a token.
fn is_in_list(bytes: &[u8], found: &Found, search: &Search) -> bool {
    const AROUND: usize = 32;
    const FEW: usize = 2;
    let Range { start, end } = found.token;
    let around = bytes.get(start.saturating_sub(AROUND)..(end + AROUND).min(bytes.len())).unwrap_or_default();
    let all = beginnings(around).collect::<BTreeSet<_>>();
    search.pattern.check != Check::Crc && all.len() > FEW
}

/// Whether the rest of what looks like a token is such a list: `glpat-glrt-ghp_gho_npm_`. In a text the neighbours may be
/// other tokens.
fn is_list(text: &[u8], found: &Found, search: &Search) -> bool {
    let rest = text.get(found.token.start + found.prefix..found.token.end).unwrap_or_default();
    search.pattern.check != Check::Crc && 2 * beginnings(rest).map(<[u8]>::len).sum::<usize>() > rest.len()
}

fn beginnings(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    BEGINNINGS.iter().flat_map(|beginnings| beginnings.find_iter(text)).map(|found| found.as_bytes())
}

/// What tokens begin with, if that is long enough to tell.
static BEGINNINGS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    const SHORTEST: usize = 4;
    let long = table::beginnings().filter(|beginning| beginning.len() >= SHORTEST);
    let any = long.map(regex::escape).collect::<Vec<_>>().join("|");
    RegexBuilder::new(&any).unicode(false).build().ok()
});

/// Whether a token has a digit, or capitals as no name in a program has them: there, words and the beginnings of other
/// tokens are side by side.
fn is_no_word(text: &[u8], found: &Found) -> bool {
    let random = text.get(found.token.start + found.prefix..found.token.end).unwrap_or_default();
    let has = |is: fn(&u8) -> bool| random.iter().any(is);
    has(u8::is_ascii_digit)
        || has(u8::is_ascii_uppercase) && (!has(u8::is_ascii_lowercase) || plausible::mixes(random))
}

/// Matches the pattern where the quotes around a value are escaped, and what is between it and its name.
fn without_escapes(
    text: &[u8],
    window: Range<usize>,
    at: usize,
    keyword: &str,
    search: &Search,
) -> Option<Found> {
    let raw = text.get(window.clone())?;
    let is_escaped =
        || memchr::memchr2(b'\\', b'&', raw).is_some() || memchr::memmem::find(raw, b"\"\"").is_some();
    if !search.pattern.names_value || !is_escaped() {
        return None;
    }
    let plain = |text: &[u8]| {
        let mut text = crate::decode::plain(text);
        // C#, Visual Basic and CSV write a quote twice
        text.dedup_by(|next, last| *next == b'"' && *last == b'"');
        text.retain(|byte| *byte != b'\\');
        text
    };
    let (clear, before) = (plain(raw), plain(text.get(window.start..at)?));
    let found = match_in(&clear, 0..clear.len(), before.len(), keyword, search)?;
    let token = clear.get(found.token)?;
    let start = window.start + memchr::memmem::find(raw, token)?;
    let token = start..start + token.len();
    Some(Found { span: token.clone(), token, ..found })
}

/// A token among strings that are one after the other with nothing between, as the programs of Go, Rust and
/// Hermes have them. Only for tokens that are told from any neighbour, whose beginning may have a few characters before the
/// keyword.
fn packed(bytes: &[u8], at: usize, keyword: &str, search: &Search) -> Option<Found> {
    const MOST_BEFORE: usize = 4;
    let pattern = search.pattern;
    if !pattern.is_distinct(keyword) || pattern.before > MOST_BEFORE || pattern.names_value || pattern.context
    {
        return None;
    }
    let end = (at + pattern.longest).min(bytes.len());
    let found = (0..=pattern.before).find_map(|before| {
        let begin = at.checked_sub(before)?;
        let rest = bytes.get(begin..end)?;
        let found = match_in(rest, 0..rest.len(), before, keyword, search)
            // the next string begins where the token ends: cut there
            .or_else(|| {
                let whole = search.regex()?.find(rest)?;
                match_in(rest.get(..whole.end())?, 0..whole.end(), before, keyword, search)
            })
            .filter(|found| found.span.start == 0)?;
        let shift = |range: Range<usize>| range.start + begin..range.end + begin;
        Some(Found { span: shift(found.span), token: shift(found.token), ..found })
    })?;
    let random = bytes.get(found.token.start + found.prefix..found.token.end)?;
    let digits = random.iter().filter(|byte| byte.is_ascii_digit()).count();
    // chance leaves most digits out of one in five; the next string may be in what follows
    let first = random.get(..24).unwrap_or(random);
    let is_random = if pattern.has_long_beginning(keyword) {
        digits * 12 >= random.len()
            || digits > 0 && pattern.has_no_small_letters()
            || spelling::is_jumbled(first)
    } else {
        // names in a program have digits and capitals, too, but not in turn: `PKCS7UnpaddingContext`
        let letters: Vec<u8> = first.iter().copied().filter(|byte| !byte.is_ascii_digit()).collect();
        digits * 8 >= random.len()
            || plausible::changes_of_class(first) * 3 > first.len() && spelling::is_jumbled(&letters)
    };
    let is_own = || {
        let before = bytes.get(..at + keyword.len()).unwrap_or_default();
        !table::is_end_of_longer_beginning(before, keyword) && !is_in_symbol(bytes, found.token.start)
    };
    (pattern.check == Check::Crc || is_random && is_own()).then_some(found)
}

/// Whether a place is within the name of a symbol as the compilers of Rust and C++ write it, which has all that a token may
/// have: `_RINvXs_4acme5typessu_1__Nt...`
fn is_in_symbol(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 2_000;
    const BEGINNINGS: [&[u8]; 5] = [b"_R", b"_Z", b"__R", b"__Z", b"ZN"];
    let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$.".contains(byte);
    let name = before.iter().rposition(|byte| !is_own(byte)).and_then(|end| before.get(end + 1..));
    name.is_some_and(|name| BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)))
}

fn match_in(text: &[u8], window: Range<usize>, at: usize, keyword: &str, search: &Search) -> Option<Found> {
    let pattern = search.pattern;
    if pattern.begins_with(keyword) && !pattern.guard.begins(text, at) {
        return None;
    }
    let base = window.start;
    let fits = |whole: &Range<usize>| pattern.context || base + whole.start < at + keyword.len();
    let overlaps = |whole: &Range<usize>| pattern.context || base + whole.end > at;
    let (regex, searched) = (search.regex()?, text.get(window)?);
    // the group is the random part; characters of the keyword before it belong to the token all the same
    let (whole, random) = match search.before_group {
        Some(length) => {
            let mut matches = regex.find_iter(searched).map(|whole| whole.range()).take_while(fits);
            let whole = matches.find(overlaps)?;
            (whole.clone(), whole.start + length..whole.end)
        }
        None => {
            let with_group = regex.captures_iter(searched).filter_map(|captures| {
                let whole = captures.get(0)?;
                let random = captures.iter().skip(1).flatten().next().unwrap_or(whole);
                Some((whole.range(), random.range()))
            });
            with_group.take_while(|(whole, _)| fits(whole)).find(|(whole, _)| overlaps(whole))?
        }
    };
    let span = base + whole.start..base + whole.end;
    let random = base + random.start..base + random.end;
    let begin = if pattern.context { random.start } else { span.start };
    if !pattern.guard.begins(text, begin) || !pattern.guard.ends(text, span.end) {
        return None;
    }
    if pattern.in_run && bounds::is_line_of_base64(text, &span) {
        return None;
    }
    // what is before the group is the same in every token, unless it is the name that it is assigned to
    let before = text.get(span.start..random.start)?;
    let is_assignment = before.iter().any(|byte| byte.is_ascii_whitespace() || b"=:\"'`".contains(byte));
    let start = if is_assignment { random.start } else { span.start };
    let found = Found { rule: search.rule, span, token: start..random.end, prefix: random.start - start };
    decode::holds(pattern, text, &found, random).then_some(found)
}

/// What is in a unit test, a docstring or a comment about an example is made up, unless a checksum says that it
/// isn't.
fn for_show(sample: &Sample<'_>, shown: &shown::Shown, found: Found) -> Found {
    let at = found.token.start;
    let beginning = sample.bytes.get(at..at + found.prefix).unwrap_or_default();
    let Some(rule) = TABLE.get(found.rule).filter(|rule| !rule.has_checksum(beginning)) else { return found };
    // a whole private key is more than an example needs
    let is_key = rule.name.starts_with("secret-private-key");
    let is_shown = shown.has(at)
        || shown.is_fenced(sample.bytes, at)
        || shown::is_said_to_be_one(sample.bytes, at)
        || shown::is_example_of_field(sample.bytes, at)
        || shown::is_fenced_in_literal(sample.bytes, at)
        || match is_key {
            true => {
                shown.is_of_standard(sample.bytes, at) || shown::is_library_that_tests_itself(sample.path)
            }
            false => shown.is_example(sample.bytes, at),
        };
    match table::rule(IN_TESTS).filter(|_| is_shown) {
        Some(rule) => Found { rule, ..found },
        None => found,
    }
}

/// The same for what was found in the wrappings of a text.
pub(super) fn uncovered_for_show(sample: &Sample<'_>, secrets: &mut [Secret]) {
    if secrets.is_empty() || sample.decoded.is_some() {
        return;
    }
    let shown = shown::Shown::new(sample);
    let is_made_up =
        |text: &[u8], at| shown::is_testing_key(text, at) || shown::is_example_of_field(text, at);
    for secret in secrets {
        let beginning = secret.redacted.as_bytes();
        let has_checksum = TABLE.iter().any(|rule| rule.name == secret.rule && rule.has_checksum(beginning));
        let is_shown =
            usize::try_from(secret.at.offset).is_ok_and(|at| shown.has(at) || is_made_up(sample.bytes, at));
        if is_shown && !has_checksum {
            secret.rule = IN_TESTS;
        }
    }
}

/// The rule for what is made up.
const IN_TESTS: &str = "secret-in-tests";

/// The same bytes are one finding: that of the rule that is first in the table, and of its forms the one by which most
/// is known.
fn without_overlaps(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.rule, Reverse(found.prefix), found.span.start));
    let mut kept: Vec<Found> = Vec::new();
    for one in found.into_iter().take(MOST_FOUND) {
        let apart = |other: &Found| one.token.end <= other.span.start || other.span.end <= one.token.start;
        if kept.iter().all(apart) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|found| found.span.start);
    kept
}

fn fact(sample: &Sample<'_>, found: &Found) -> Option<Secret> {
    /// A digest of a short secret could be turned back by trying.
    const SHORT: usize = 20;
    let token = sample.bytes.get(found.token.clone())?;
    let rule = installed::rule(sample.bytes, found, TABLE.get(found.rule)?.name);
    let mut hash = Sha256::new();
    if token.len() < SHORT {
        hash.update(rule);
        hash.update(sample.bytes.get(found.span.start..found.token.start)?);
        hash.update(sample.bytes.get(found.token.end..found.span.end)?);
    } else {
        hash.update(token);
    }
    let digest = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let known = token.get(..found.prefix).map(String::from_utf8_lossy).unwrap_or_default();
    let redacted = format!("{known}\u{2026} ({} characters)", token.len());
    Some(Secret { rule, at: sample.at(found.token.start), redacted, digest })
}

#[cfg(test)]
mod floor;
#[cfg(test)]
mod recall;
#[cfg(test)]
pub(super) mod tests;
