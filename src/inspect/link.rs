//! Links from generated text to its source map, and maps that a text carries inline.
//!
//! A link is a comment (ECMA-426): `//# sourceMappingURL=...`, in CSS `/*# sourceMappingURL=... */`. Many
//! bundlers only speak of such comments, in strings, templates, regular expressions and documentation;
//! those are no links. A `data:` URL that holds a map is another thing: its text can be read wherever it
//! stands.

use std::ops::Range;

use crate::inventory::{Link, LinkTarget, MapForm, Media, SourceFacts, SourceMap};

use super::map::{
    Cursor, base64, base64_run, begins_comment, data_url, is_separator, is_third_party, line_length,
};
use super::text::{UTF16, text_facts};
use super::{Hit, Inner, Inspector, Lookout, Sample, Seen};

/// Finds link comments, inline maps, and modules that a bundler left in `eval`.
pub(super) const INSPECTOR: Inspector = Inspector { name: "links", needles: |_| needles(), inspect };

/// What a decoded text is called that stood in a `data:` URL.
pub(super) const INLINE: &str = "inline source map";
/// The same in the string of an `eval`.
pub(super) const IN_EVAL: &str = "source map in eval";
/// The string of an `eval` itself.
pub(super) const EVALUATED: &str = "text in eval";

/// Links kept per entry.
const MOST_LINKS: usize = 10_000;

const COMMENT: &[u8] = b"sourceMappingURL=";
const NAMED: &[u8] = b"sourceURL=";
const LINK: usize = 0;
const NAME: usize = 1;
const FIRST_EVAL: usize = 2;
const FIRST_BASE64: usize = 4;

fn needles() -> Vec<Vec<u8>> {
    let words: [&[u8]; 6] = [
        COMMENT,
        NAMED,
        b"eval(",
        b"eval)(",
        // base64 of {"version":3 without and with a space.
        b"eyJ2ZXJzaW9uIjoz",
        b"eyJ2ZXJzaW9uIjogM",
    ];
    words.iter().map(|word| word.to_vec()).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], lookout: &Lookout, seen: &mut Seen<'_>) {
    if sample.is_container() {
        return;
    }
    let carried = find(sample, hits);
    for comment in carried.comments {
        if seen.entry.links.len() < MOST_LINKS {
            let at = sample.at(comment.start);
            seen.entry.links.push(Link { at, target: comment.target, in_force: comment.in_force });
        }
    }
    if let Some(first) = carried.modules.first() {
        seen.entry.maps.push(SourceMap {
            form: MapForm::Eval,
            at: sample.at(first.start),
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources: carried.modules.iter().map(Module::facts).collect(),
            maker: Some("webpack"),
            damage: None,
        });
    }
    if lookout.wanted.recovered && !carried.modules.is_empty() {
        let map = seen.entry.maps.len() - 1;
        let texts =
            carried.modules.into_iter().enumerate().map(|(source, module)| (map, source, module.text));
        seen.entry.recovered.extend(texts);
    }
    seen.inner.extend(carried.inner);
}

/// What a text links to and carries.
#[derive(Debug, Default)]
struct Carried {
    comments: Vec<Comment>,
    /// Decoded maps and texts, to be looked at in their turn.
    inner: Vec<Inner>,
    /// Modules whose text stands in an `eval` in clear.
    modules: Vec<Module>,
}

#[derive(Debug)]
struct Comment {
    start: usize,
    target: LinkTarget,
    in_force: bool,
}

/// A module that a bundler left in `eval`.
#[derive(Debug)]
struct Module {
    /// Offset of the `eval`.
    start: usize,
    /// Its name as the bundler writes it.
    path: String,
    /// Its text.
    text: Vec<u8>,
}

impl Module {
    fn facts(&self) -> SourceFacts {
        SourceFacts {
            path: self.path.clone(),
            third_party: is_third_party(&self.path),
            text: Some(text_facts(&self.text)),
        }
    }
}

/// Looks for all of it.
fn find(sample: &Sample<'_>, hits: &[Hit]) -> Carried {
    let mut carried = Carried::default();
    if !hits.iter().any(|hit| !(FIRST_EVAL..FIRST_BASE64).contains(&hit.needle)) {
        return carried;
    }
    let bytes = sample.bytes;
    let evals = eval_strings(bytes, hits);
    carry_maps(bytes, hits, &evals, &mut carried);
    carry_modules(bytes, hits, &evals, &mut carried);
    let links = hits.iter().filter(|hit| hit.needle == LINK).map(|hit| hit.offset);
    let links: Vec<usize> = links.filter(|at| range_with(&evals, *at).is_none()).collect();
    if !links.is_empty() {
        carried.comments = comments(sample, &links);
    }
    carried
}

/// Hands on every map in a `data:` URL, and base64 that begins like a map without one.
fn carry_maps(bytes: &[u8], hits: &[Hit], evals: &[Range<usize>], carried: &mut Carried) {
    let mut done = 0;
    for hit in hits.iter().filter(|hit| hit.needle == LINK || hit.needle >= FIRST_BASE64) {
        if hit.offset < done {
            continue;
        }
        let (start, decoded) = if hit.needle == LINK {
            let start = hit.offset + COMMENT.len();
            let rest = bytes.get(start..).unwrap_or_default();
            if !is_data(rest) {
                continue;
            }
            (start, data_url(rest))
        } else {
            let run = base64_run(bytes.get(hit.offset..).unwrap_or_default());
            (hit.offset, Some((base64(run), run.len())))
        };
        let Some((decoded, length)) = decoded else { continue };
        done = start + length;
        let is_clear =
            decoded.starts_with(b"{") && bytes.get(..done).is_some_and(|text| text.ends_with(&decoded));
        if is_clear {
            // The reader of maps finds it where it stands.
            continue;
        }
        if matches!(decoded.trim_ascii_start().first(), Some(b'{' | b')' | 0xEF)) {
            let what = if range_with(evals, hit.offset).is_some() { IN_EVAL } else { INLINE };
            carried.inner.push(Inner {
                what: what.to_owned(),
                offset: hit.offset,
                path: None,
                bytes: decoded,
            });
        }
    }
}

/// Keeps the modules that stand in `eval` strings without a map that would hold their text.
fn carry_modules(bytes: &[u8], hits: &[Hit], evals: &[Range<usize>], carried: &mut Carried) {
    let (mut text, mut texts) = (Vec::new(), Vec::new());
    let mut names = hits.iter().filter(|hit| hit.needle == NAME).map(|hit| hit.offset).peekable();
    for range in evals {
        while names.next_if(|name| *name < range.start).is_some() {}
        let named = names.peek().is_some_and(|name| *name < range.end);
        let after = carried.inner.partition_point(|inner| inner.offset < range.start);
        let map = carried.inner.get(after).filter(|inner| range.contains(&inner.offset));
        let has_text =
            map.is_some_and(|map| memchr::memmem::find(&map.bytes, b"\"sourcesContent\":[\"").is_some());
        if !named || has_text {
            continue;
        }
        text.clear();
        Cursor::new(bytes, range.start).string(&mut text);
        if memchr::memmem::find(&text, b"sourcesContent").is_some() {
            let what = EVALUATED.to_owned();
            texts.push(Inner { what, offset: range.start, path: None, bytes: text.clone() });
        }
        if let Some(module) = module(range.start, &text) {
            carried.modules.push(module);
        }
    }
    carried.inner.append(&mut texts);
}

/// Splits a module's text from the comments at its end that name it.
fn module(start: usize, text: &[u8]) -> Option<Module> {
    let comment = memchr::memmem::rfind(text, NAMED)?;
    let name = text.get(comment + NAMED.len()..)?;
    let name = name.get(..line_length(name))?.trim_ascii();
    let name = name.split(|byte| *byte == b'?').next().unwrap_or(name);
    let mut body = text.get(..comment)?;
    while let Some(line) = memchr::memrchr(b'\n', body).and_then(|end| body.get(end + 1..)) {
        let is_comment = line.starts_with(b"//#") || line.starts_with(b"//@") || line.is_empty();
        if !is_comment {
            break;
        }
        body = body.get(..body.len() - line.len() - 1).unwrap_or_default();
    }
    let is_module = !body.is_empty() && !body.starts_with(b"//#");
    is_module.then(|| Module {
        start,
        path: String::from_utf8_lossy(name.get(..2000).unwrap_or(name)).into_owned(),
        text: body.to_vec(),
    })
}

/// The strings given to `eval` that hold a needle, by their opening quotes, in the order of the text.
fn eval_strings(bytes: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
    let mut strings: Vec<Range<usize>> = Vec::new();
    let mut wanted = hits.iter().filter(|hit| hit.needle == LINK || hit.needle == NAME).peekable();
    let mut done = 0;
    for hit in hits.iter().filter(|hit| (FIRST_EVAL..FIRST_BASE64).contains(&hit.needle)) {
        let call = bytes.get(hit.offset..).unwrap_or_default();
        let Some(open) = memchr::memchr(b'(', call).map(|open| hit.offset + open + 1) else { break };
        if hit.offset < done {
            continue;
        }
        let Some(quote) = quote_after(bytes, open) else { continue };
        let mut cursor = Cursor::new(bytes, quote);
        cursor.skip_string();
        done = cursor.at;
        while wanted.next_if(|hit| hit.offset < quote).is_some() {}
        if wanted.peek().is_some_and(|hit| hit.offset < done) {
            strings.push(quote..done);
        }
    }
    strings
}

/// The quote that opens the argument of a call, or of the call that is its argument:
/// `eval("`, `eval(__webpack_require__.ts("`.
fn quote_after(bytes: &[u8], open: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    let argument = bytes.get(open..)?;
    let argument = argument.get(..LONGEST).unwrap_or(argument);
    let before = argument.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let wrapper = argument.get(..before)?.trim_ascii();
    let is_call = wrapper.strip_suffix(b"(").is_some_and(|name| {
        name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'.'))
    });
    (wrapper.is_empty() || is_call).then_some(open + before)
}

fn range_with(ranges: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let after = ranges.partition_point(|range| range.start <= at);
    ranges.get(after.checked_sub(1)?).filter(|range| range.contains(&at))
}

/// How a text writes comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// JavaScript and what is compiled to it.
    Script,
    /// CSS and its relatives.
    Style,
    /// HTML and components: scripts and styles between tags.
    Markup,
    /// No name says what it is: only a comment at the very end counts.
    Unknown,
    /// Text that has no such comments.
    None,
}

fn language(sample: &Sample<'_>) -> Language {
    const SCRIPT: [&str; 16] = [
        "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "es", "es6", "jsm", "bundle", "jsbundle",
        "js_", "gs", "ejs",
    ];
    const STYLE: [&str; 6] = ["css", "scss", "sass", "less", "styl", "pcss"];
    const MARKUP: [&str; 8] = ["html", "htm", "xhtml", "vue", "svelte", "astro", "svg", "hbs"];
    const NONE: [&str; 18] = [
        "md", "mdx", "markdown", "rst", "adoc", "json", "map", "yml", "yaml", "toml", "xml", "py", "rs",
        "go", "java", "rb", "c", "h",
    ];
    let decoded = sample.decoded.as_ref().is_some_and(|(what, _)| *what != UTF16);
    if decoded {
        return Language::None;
    }
    let name = sample.path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let is = |list: &[&str]| list.contains(&extension.as_str());
    // A script may hold control characters; a program has no comments.
    let is_text = sample.media.is_text() || sample.decoded.is_some();
    if !is_text && !(sample.media == Media::Binary && (is(&SCRIPT) || is(&STYLE))) {
        Language::None
    } else if is(&SCRIPT) {
        Language::Script
    } else if is(&STYLE) {
        Language::Style
    } else if is(&MARKUP) {
        Language::Markup
    } else if is(&NONE) {
        Language::None
    } else {
        match sample.bytes.trim_ascii_start().first() {
            Some(b'<') => Language::Markup,
            Some(b'{' | b'[') => Language::None,
            _ => Language::Unknown,
        }
    }
}

/// The comments among the places where one might stand. The last one is in force.
fn comments(sample: &Sample<'_>, places: &[usize]) -> Vec<Comment> {
    let bytes = sample.bytes;
    let mut read_to = 0;
    let mut candidate = |place: &usize| {
        let is_new = *place >= read_to;
        is_new.then(|| Candidate::at(bytes, *place, &mut read_to)).flatten()
    };
    let candidates: Vec<Candidate> = places.iter().filter_map(&mut candidate).collect();
    let accepted = match language(sample) {
        Language::None => Vec::new(),
        Language::Style => candidates.into_iter().filter(|candidate| candidate.block).collect(),
        Language::Script => in_script(bytes, candidates, true),
        Language::Unknown => in_script(bytes, candidates, false),
        Language::Markup => in_markup(bytes, candidates),
    };
    let last = accepted.len().saturating_sub(1);
    let comment = |(index, found): (usize, Candidate)| Comment {
        start: found.start,
        target: target(bytes.get(found.url.clone()).unwrap_or_default(), found.url.len()),
        in_force: index == last,
    };
    accepted.into_iter().enumerate().map(comment).collect()
}

/// Something that reads like a link comment, taken by itself.
#[derive(Debug)]
struct Candidate {
    /// Offset of `//` or `/*`.
    start: usize,
    url: Range<usize>,
    /// Behind the comment.
    end: usize,
    block: bool,
}

impl Candidate {
    /// Reads what stands around a needle. What it had to read of a long URL ends at `read_to`.
    fn at(bytes: &[u8], needle: usize, read_to: &mut usize) -> Option<Self> {
        const MOST_SPACE: usize = 16;
        const LONGEST_LINE: usize = 4096;
        let before = bytes.get(needle.saturating_sub(MOST_SPACE)..needle)?.trim_ascii_end();
        let head = before.strip_suffix(b"#").or_else(|| before.strip_suffix(b"@"))?;
        let block = head.ends_with(b"/*");
        if !block && !head.ends_with(b"//") {
            return None;
        }
        let spaces = bytes.get(..needle)?.len() - bytes.get(..needle)?.trim_ascii_end().len();
        let start = needle - spaces - 3;

        let from = needle + COMMENT.len();
        let rest = bytes.get(from..)?;
        if is_data(rest) {
            let (length, end) = data_length(rest, block, |length| *read_to = from + length)?;
            return Some(Self { start, url: from..from + length, end: from + end, block });
        }
        let line = rest.get(..LONGEST_LINE).unwrap_or(rest);
        let line = line.get(..line_length(line))?;
        let comment = match block {
            true => line.get(..memchr::memmem::find(line, b"*/")?)?,
            false => line,
        };
        // A script's end tag ends the comment too.
        let comment = comment.get(..memchr::memmem::find(comment, b"</").unwrap_or(comment.len()))?;
        let url = comment.trim_ascii();
        let is_url = !url.is_empty()
            && !url.iter().any(|byte| {
                byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>')
            })
            && memchr::memmem::find(url, b"${").is_none();
        let skipped = comment.len() - comment.trim_ascii_start().len();
        let end = from + comment.len() + if block { 2 } else { 0 };
        is_url.then(|| Self { start, url: from + skipped..from + skipped + url.len(), end, block })
    }
}

/// Length of the `data:` URL that begins here, and where its comment ends. `None` if what follows it shows
/// that it stands in a string.
fn data_length(rest: &[u8], block: bool, read: impl FnOnce(usize)) -> Option<(usize, usize)> {
    const MOST_SPACE: usize = 64;
    let quoted =
        |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'*');
    let length = rest.iter().position(quoted).unwrap_or(rest.len());
    read(length);
    if is_separator(rest.get(length..)?) {
        return Some((length, length));
    }
    match rest.get(length) {
        Some(b'*') if block => Some((length, length + 2)),
        Some(b'"') if rest.get(..length)?.ends_with(b"{") => {
            let line = line_length(rest);
            Some((line, line))
        }
        Some(b'"' | b'\'' | b'`' | b'\\') => None,
        _ if block => {
            let space = rest.get(length..)?;
            let space = space.get(..MOST_SPACE).unwrap_or(space);
            Some((length, length + memchr::memmem::find(space, b"*/")? + 2))
        }
        _ => Some((length, length)),
    }
}

/// Those candidates that are comments of a script.
fn in_script(bytes: &[u8], candidates: Vec<Candidate>, read_all: bool) -> Vec<Candidate> {
    let Some(last) = candidates.last() else { return candidates };
    let tail_is_bare = only_comments(bytes.get(last.end..).unwrap_or_default());
    let certain = tail_is_bare && begins_certainly(bytes, last.start, read_all);
    if certain && candidates.len() == 1 {
        return candidates;
    }
    if !read_all {
        return candidates.into_iter().rev().take(usize::from(certain)).collect();
    }
    let starts: Vec<usize> = candidates.iter().map(|candidate| candidate.start).collect();
    let mut verdicts = begins_comment(bytes, &starts);
    if let Some(verdict) = verdicts.last_mut() {
        *verdict |= certain;
    }
    candidates
        .into_iter()
        .zip(verdicts)
        .filter_map(|(candidate, is_comment)| is_comment.then_some(candidate))
        .collect()
}

/// Whether nothing on the comment's own line can hold it as text, given that only comments follow it:
/// an open string, template or block comment would have to end after it.
fn begins_certainly(bytes: &[u8], start: usize, after_code: bool) -> bool {
    let before = bytes.get(..start).unwrap_or_default();
    let line = memchr::memrchr2(b'\n', b'\r', before)
        .map_or(before, |end| before.get(end + 1..).unwrap_or_default());
    let line = line.rsplit_at_separator();
    line.trim_ascii().is_empty() || (after_code && memchr::memmem::find(line, b"//").is_none())
}

trait AfterSeparator {
    fn rsplit_at_separator(&self) -> &Self;
}

impl AfterSeparator for [u8] {
    /// What follows the last U+2028 or U+2029.
    fn rsplit_at_separator(&self) -> &Self {
        let last = [b"\xE2\x80\xA8", b"\xE2\x80\xA9"]
            .iter()
            .filter_map(|mark| memchr::memmem::rfind(self, *mark))
            .max();
        last.and_then(|at| self.get(at + 3..)).unwrap_or(self)
    }
}

/// Whether a text holds nothing but white space and whole comments.
fn only_comments(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_ascii_start();
        if is_separator(rest) {
            rest = rest.get(3..).unwrap_or_default();
        } else if rest.starts_with(b"//") {
            rest = rest.get(line_length(rest)..).unwrap_or_default();
        } else if let Some(comment) = rest.strip_prefix(b"/*") {
            match memchr::memmem::find(comment, b"*/") {
                Some(end) => rest = comment.get(end + 2..).unwrap_or_default(),
                None => return false,
            }
        } else {
            return rest.is_empty();
        }
    }
}

/// Those candidates that stand in a script or style element, and are comments there.
fn in_markup(bytes: &[u8], candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut accepted = Vec::new();
    let mut candidates = candidates.into_iter().peekable();
    let mut from = 0;
    while let Some(element) = next_element(bytes, from) {
        from = element.text.end.max(from + 1);
        while candidates.next_if(|candidate| candidate.start < element.text.start).is_some() {}
        let mut own = Vec::new();
        while let Some(candidate) = candidates.next_if(|candidate| candidate.start < element.text.end) {
            own.push(candidate);
        }
        if element.style {
            accepted.extend(own.into_iter().filter(|candidate| candidate.block));
            continue;
        }
        let base = element.text.start;
        let text = bytes.get(element.text).unwrap_or_default();
        let local = own.into_iter().map(|candidate| candidate.moved(|at| at.saturating_sub(base))).collect();
        accepted.extend(
            in_script(text, local, true).into_iter().map(|candidate| candidate.moved(|at| at + base)),
        );
    }
    accepted
}

impl Candidate {
    fn moved(self, by: impl Fn(usize) -> usize) -> Self {
        Self {
            start: by(self.start),
            url: by(self.url.start)..by(self.url.end),
            end: by(self.end),
            block: self.block,
        }
    }
}

struct Element {
    text: Range<usize>,
    style: bool,
}

/// The next `<script>` or `<style>` and the range of its text.
fn next_element(bytes: &[u8], from: usize) -> Option<Element> {
    let mut at = from;
    loop {
        at += memchr::memchr(b'<', bytes.get(at..)?)? + 1;
        let name = bytes.get(at..)?;
        let starts = |tag: &[u8]| name.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        let style = starts(b"style");
        if style || starts(b"script") {
            let open = at + memchr::memchr(b'>', name)? + 1;
            let tag: &[u8] = if style { b"style" } else { b"script" };
            return Some(Element { text: open..end_tag(bytes, open, tag), style });
        }
    }
}

fn end_tag(bytes: &[u8], from: usize, tag: &[u8]) -> usize {
    let text = bytes.get(from..).unwrap_or_default();
    let closes =
        |at: &usize| text.get(at + 2..at + 2 + tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(tag));
    memchr::memmem::find_iter(text, b"</").find(closes).map_or(bytes.len(), |at| from + at)
}

fn is_data(url: &[u8]) -> bool {
    url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"data:"))
}

/// What a URL points to.
pub(super) fn target(url: &[u8], length: usize) -> LinkTarget {
    const LONGEST: usize = 2000;
    if is_data(url) {
        return LinkTarget::Inline { bytes: length as u64 };
    }
    let text = String::from_utf8_lossy(url.get(..LONGEST).unwrap_or(url)).into_owned();
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'));
    if is_scheme || text.starts_with("//") {
        LinkTarget::Remote { url: text }
    } else {
        LinkTarget::Relative { url: text }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Lookout, Wanted, inspect};
    use super::*;
    use crate::inventory::Entry;

    fn facts(path: &str, text: &str) -> Entry {
        let mut entry = Entry { path: path.to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), &Lookout::new(Wanted::default()), &mut entry);
        entry
    }

    fn urls(path: &str, text: &str) -> Vec<String> {
        let url = |link: &Link| match &link.target {
            LinkTarget::Relative { url } | LinkTarget::Remote { url } => url.clone(),
            LinkTarget::Inline { bytes } => format!("{bytes} bytes"),
        };
        facts(path, text).links.iter().map(url).collect()
    }

    #[test]
    fn finds_comments() {
        for (path, text, url) in [
            ("a.js", "x()\n//# sourceMappingURL=a.js.map", "a.js.map"),
            ("a.js", "x()\n//@ sourceMappingURL=a.js.map\n", "a.js.map"),
            ("a.js", "x()//# sourceMappingURL=a.js.map\r\n", "a.js.map"),
            ("a.js", "x()\r//# sourceMappingURL=a.js.map\r", "a.js.map"),
            ("a.js", "x()\u{2028}//# sourceMappingURL=a.js.map\u{2029}", "a.js.map"),
            ("a.js", "x('http://a');//# sourceMappingURL=a.js.map", "a.js.map"),
            ("a.js", "//#\tsourceMappingURL=a.js.map  \t\nx()\n", "a.js.map"),
            ("a.js", "//#sourceMappingURL=a.js.map\n", "a.js.map"),
            ("a.js", "x()\n/*# sourceMappingURL=a.js.map */", "a.js.map"),
            (
                "a.mjs",
                "x()\n//# sourceMappingURL=https://m.example/a.map\n//# debugId=0",
                "https://m.example/a.map",
            ),
            ("bin/tool", "#!/usr/bin/env node\nx()\n//# sourceMappingURL=tool.map\n", "tool.map"),
            ("a.d.ts", "export {};\n//# sourceMappingURL=a.d.ts.map", "a.d.ts.map"),
            ("a.css", "a{}\n/*# sourceMappingURL=a.css.map */", "a.css.map"),
            ("a.css", "a{}/*@ sourceMappingURL=a.css.map*/\n", "a.css.map"),
            ("a.html", "<p>x</p><script>x()//# sourceMappingURL=a.map</script>", "a.map"),
            (
                "a.vue",
                "<template/>\n<script lang='ts'>\nx()\n//# sourceMappingURL=a.map\n</script>\n",
                "a.map",
            ),
            ("a.svelte", "<style>a{}\n/*# sourceMappingURL=a.css.map */</style>", "a.css.map"),
            ("a.js", "var t = `a\n`;\n//# sourceMappingURL=a.map\nvar u = 2", "a.map"),
        ] {
            assert_eq!(urls(path, text), [url], "{path} {text:?}");
        }
    }

    #[test]
    fn is_silent_where_a_text_only_speaks_of_comments() {
        for (path, text) in [
            ("a.js", "var m = \"//# sourceMappingURL=\" + name;"),
            ("a.js", "out += '//# sourceMappingURL=a.js.map';"),
            ("a.js", "out += '\\n//# sourceMappingURL=a.js.map\\n';"),
            ("a.js", "out = `\n//# sourceMappingURL=a.js.map\n`;"),
            ("a.js", "out = `\n//# sourceMappingURL=${name}.map\n`;"),
            ("a.js", "re = /\\/\\/# sourceMappingURL=(\\S+)/;"),
            ("a.js", "re = /^[@#]\\s*sourceMappingURL=(\\S*?)\\s*$/;"),
            ("a.js", "/**\n * Adds a\n//# sourceMappingURL=a.js.map\n line */ x()"),
            ("a.js", "// like //# sourceMappingURL=a.js.map"),
            ("a.js", "// sourceMappingURL=a.js.map"),
            ("a.js", "//# sourceMappingURL= and more words"),
            ("a.js", "//# sourceMappingURL="),
            ("a.js", "out = \"//# sourceMappingURL=data:application/json;base64,\" + btoa(map)"),
            ("a.js", "out = `//# sourceMappingURL=data:application/json;base64,${btoa(map)}`"),
            ("README.md", "Write\n\n//# sourceMappingURL=a.js.map\n"),
            ("a.css", "//# sourceMappingURL=a.css.map"),
            ("a.html", "<pre>\n//# sourceMappingURL=a.js.map\n</pre>"),
            ("a.json", "{\"a\":\"\\n//# sourceMappingURL=a.js.map\"}"),
            (
                "a.js.map",
                "{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"\",\"sourcesContent\":[\"x\\n//# sourceMappingURL=b.map\"]}",
            ),
        ] {
            let entry = facts(path, text);
            assert_eq!(entry.links, [], "{path} {text:?}");
            assert!(entry.maps.iter().all(|map| map.form == MapForm::File), "{path} {text:?}");
        }
    }

    #[test]
    fn the_last_one_is_in_force() {
        let text = "//# sourceMappingURL=a.map\nx()\n//# sourceMappingURL=b.map\n";
        let links = facts("a.js", text).links;
        let in_force: Vec<bool> = links.iter().map(|link| link.in_force).collect();
        assert_eq!(in_force, [false, true]);
        assert_eq!((links[1].at.line, links[1].at.column), (Some(3), Some(1)));
    }

    const MAP: &str =
        r#"{"version":3,"sources":["src/a.ts"],"sourcesContent":["let a = 1;\n"],"mappings":"AAAA"}"#;

    fn encoded() -> String {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD.encode(MAP)
    }

    #[test]
    fn carries_inline_maps_of_any_writing() {
        let encoded = encoded();
        let percent: String = MAP.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for (path, text) in [
            ("a.js", format!("x()\n//# sourceMappingURL=data:application/json;base64,{encoded}\n")),
            (
                "a.js",
                format!("//# sourceMappingURL=data:application/json;charset=utf-8;base64,{encoded}\nx()\n"),
            ),
            (
                "a.js",
                format!("x();//# sourceMappingURL=data:application/json;base64;charset=utf-8,{encoded}"),
            ),
            ("a.js", format!("x()\n//# sourceMappingURL=data:application/json,{percent}\n")),
            ("a.js", format!("x()\n//# sourceMappingURL=data:application/json;charset=utf-8,{MAP}\n")),
            ("a.css", format!("a{{}}\n/*# sourceMappingURL=data:application/json;base64,{encoded} */")),
            ("a.css", format!("a{{}}\n/*# sourceMappingURL=data:application/json;base64,{encoded}*/")),
            (
                "a.html",
                format!("<script>x()\n//# sourceMappingURL=data:application/json;base64,{encoded}</script>"),
            ),
            (
                "a.vue",
                format!("<style>\n/*# sourceMappingURL=data:application/json;base64,{encoded} */\n</style>"),
            ),
        ] {
            let entry = facts(path, &text);
            assert_eq!(entry.maps.len(), 1, "{path} {text}");
            assert_eq!(entry.maps[0].form, MapForm::Inline);
            assert_eq!(entry.maps[0].damage, None, "{text}");
            assert_eq!(entry.maps[0].sources[0].text.unwrap().lines, 1);
            assert!(
                matches!(entry.links[..], [Link { target: LinkTarget::Inline { .. }, .. }]),
                "{path} {text}"
            );
        }
    }

    #[test]
    fn carries_a_map_that_stands_in_a_string() {
        for text in [
            format!(
                "export const css = \"a{{}}\\n/*# sourceMappingURL=data:application/json;base64,{} */\";",
                encoded()
            ),
            format!("cache = {{\"map\": \"{}\"}};", encoded()),
        ] {
            let entry = facts("a.js", &text);
            assert_eq!(entry.maps.len(), 1, "{text}");
            assert_eq!(entry.maps[0].form, MapForm::Inline);
            assert_eq!(entry.links, []);
        }
    }

    #[test]
    fn finds_maps_and_modules_in_eval() {
        let text = format!(
            "var m = {{\n1: ()=>{{ eval(\"x()\\n//# sourceURL=[module]\\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,{}\\n//# sourceURL=webpack-internal:///1\\n\"); }},\n}}",
            encoded()
        );
        let entry = facts("main.js", &text);
        assert_eq!(entry.maps.len(), 1);
        assert_eq!(entry.maps[0].form, MapForm::EvalMap);
        assert_eq!(entry.maps[0].at.line, Some(2));

        let text = "a: ()=>{eval(\"const a = \\\"1\\\";\\nb();\\n\\n//# sourceURL=webpack://acme/./src/a.js?\");},\nb: ()=>{eval(__webpack_require__.ts('c();\\n\\n//# sourceURL=webpack-internal:///./node_modules/b.js?'))}";
        let entry = facts("main.js", text);
        assert_eq!(entry.maps.len(), 1);
        assert_eq!(entry.maps[0].form, MapForm::Eval);
        let sources = &entry.maps[0].sources;
        assert_eq!(sources[0].path, "webpack://acme/./src/a.js");
        assert_eq!(sources[0].text.unwrap(), text_facts(b"const a = \"1\";\nb();"));
        assert!(!sources[0].third_party && sources[1].third_party);
        assert_eq!(entry.links, []);
    }

    #[test]
    fn hostile_texts_cost_no_more_than_their_length() {
        for text in [
            "//# sourceMappingURL=data:,".repeat(100_000),
            "sourceMappingURL=data:;base64,eyJ2ZXJzaW9uIjoz".repeat(50_000),
            "eval(\"//# sourceURL=".repeat(50_000),
            "/[".repeat(500_000) + "\n//# sourceMappingURL=a.map\nx()",
            "`${".repeat(300_000) + "\n//# sourceMappingURL=a.map\nx()",
            "<script>//# sourceMappingURL=a.map\nx".repeat(20_000),
            "\"sourcesContent\":[\"a\",".repeat(50_000),
            "{\"version\":3,\"mappings\":[".repeat(50_000),
        ] {
            let begin = std::time::Instant::now();
            for path in ["a.js", "a.html"] {
                facts(path, &text);
            }
            assert!(begin.elapsed().as_secs() < 30, "{}", &text[..60]);
        }
    }
}
