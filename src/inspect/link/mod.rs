//! Links from generated text to its source map, and maps that a text carries inline.
//!
//! A link is a comment (ECMA-426): `//# sourceMappingURL=...`, in CSS `/*# sourceMappingURL=... */`. Many
//! bundlers only speak of such comments, in strings, templates, regular expressions and documentation;
//! those are no links. A `data:` URL that holds a map is another thing: its text can be read wherever it
//! is.

mod candidate;
mod comment;
mod eval;
mod header;
mod inline;
mod literal;
mod markup;
mod quoted;
mod wrapped;

use std::borrow::Cow;
use std::ops::Range;

use crate::decode;
use crate::inventory::{Link, LinkTarget, MapForm, SourceMap};

use super::coding::Coding;
use super::{FactSink, Hit, Inner, InnerText, Inspector, Sample, Scanner, TOO_MANY_INNER};

use comment::{Comment, comments};
use eval::Module;
pub(super) use literal::doubled;

/// Finds link comments, inline maps, and modules that a bundler left in `eval`.
pub(super) const INSPECTOR: Inspector = Inspector { name: "links", needles: |_| needles(), inspect };

/// What a decoded text is called that was in a `data:` URL of a comment.
pub(super) const INLINE: &str = "inline source map";
/// The same anywhere else, where without text it is only an example.
pub(super) const QUOTED: &str = "source map in a string";
/// The same in the string of an `eval`.
pub(super) const IN_EVAL: &str = "source map in eval";
/// The string of an `eval` itself.
pub(super) const EVALUATED: &str = "text in eval";
/// A string that holds a map in plain text, or an `eval` of its own.
pub(super) const LITERAL: &str = "text in a string";

/// Links kept per entry.
const MOST_LINKS: usize = 10_000;

const COMMENT: &[u8] = b"sourceMappingURL=";
const NAMED: &[u8] = b"sourceURL=";
const KEY: &[u8] = b"sourcesContent";

/// What a needle finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needle {
    /// A link to a map.
    Link,
    /// The name of a module in an `eval`.
    Name,
    /// A call of `eval`.
    Eval,
    /// The key of a map's texts. After [`escaped_only`], only where its quotes are escaped.
    Key,
    /// A piece of a map in base64, and where in a group of four it begins.
    Base64 { phase: usize },
}

/// All needles, in the order in which hits number them.
fn all_needles() -> impl Iterator<Item = (Needle, &'static [u8])> {
    let words: [(Needle, &[u8]); 5] = [
        (Needle::Link, COMMENT),
        (Needle::Name, NAMED),
        (Needle::Eval, b"eval("),
        (Needle::Eval, b"eval)("),
        (Needle::Key, KEY),
    ];
    let base64 = inline::needles().map(|(word, phase)| (Needle::Base64 { phase: *phase }, *word));
    words.into_iter().chain(base64)
}

fn needles() -> Vec<Vec<u8>> {
    all_needles().map(|(_, word)| word.to_vec()).collect()
}

impl Needle {
    fn of(hit: &Hit) -> Option<Self> {
        all_needles().nth(hit.needle).map(|(needle, _)| needle)
    }

    /// Whether it is the one that hit.
    fn is(self, hit: &Hit) -> bool {
        Self::of(hit) == Some(self)
    }
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    // Encoded maps are decoded where they are found, with more care for what may be none.
    if sample.is_container() || sample.is_layer() {
        // But for those of a script that is encoded as a whole, as bundlers inline a worker: it is encoded twice.
        if sample.decoded == Some(decode::BASE64) {
            carry_maps(sample, hits, sink);
        }
        return;
    }
    sink.entry.links.extend(header::links(sample));
    let carried = find(sample, hits, scanner.options.recovered);
    for comment in carried.comments {
        if sink.entry.links.len() < MOST_LINKS || comment.in_force {
            let at = sample.at(comment.start);
            let target = comment.target(sample.bytes);
            sink.entry.links.push(Link { at, target, in_force: comment.in_force });
        }
    }
    if carried.too_many {
        sink.entry.unexamined.push(TOO_MANY_INNER);
    }
    if let Some(first) = carried.modules.first() {
        let (map, at) = (sink.entry.maps.len(), sample.at(first.start));
        let mut sources = Vec::with_capacity(carried.modules.len());
        for (source, module) in carried.modules.into_iter().enumerate() {
            sink.entry.recovered.extend(module.text.map(|text| (map, source, text)));
            sources.push(module.facts);
        }
        sink.entry.maps.push(SourceMap {
            form: MapForm::Eval,
            at,
            file: None,
            source_root: None,
            debug_id: None,
            section_urls: Vec::new(),
            sources,
            maker: Some("webpack"),
            damage: None,
        });
    }
    sink.told.extend(carried.told);
    sink.inner.extend(carried.inner);
}

/// Hands on the encoded maps of a text that was itself encoded.
fn carry_maps(sample: &Sample<'_>, hits: &[Hit], sink: &mut FactSink<'_>) {
    for map in inline::maps(sample.bytes, hits) {
        sink.inner.push(Inner { what: QUOTED, offset: map.hit, text: map.text });
        sink.told.push(map.range);
    }
}

/// What a text links to and carries.
#[derive(Debug, Default)]
struct Carried {
    comments: Vec<Comment>,
    /// Maps and texts to be decoded and looked at in their turn.
    inner: Vec<Inner>,
    /// Where the encoded ones are.
    told: Vec<Range<usize>>,
    /// Modules whose text is in an `eval` in plain text.
    modules: Vec<Module>,
    /// Whether there are more of them than are kept.
    too_many: bool,
}

/// Finds comments, inline maps and eval modules.
fn find(sample: &Sample<'_>, hits: &[Hit], keep_texts: bool) -> Carried {
    let mut carried = Carried::default();
    let bytes = sample.bytes;
    let keys = || hits.iter().filter(|hit| Needle::Key.is(hit)).map(|hit| hit.offset);
    let quoted = if sample.is_documentation() { Vec::new() } else { quoted::texts(sample, keys()) };
    let quoted = quoted.into_iter().map(|(range, text)| Inner {
        what: LITERAL,
        offset: range.start,
        text: InnerText::Clear(text),
    });
    let hits = &*escaped_only(bytes, hits);
    if hits.iter().all(|hit| Needle::Eval.is(hit)) {
        carried.inner.extend(quoted);
        return carried;
    }
    let evals = eval::strings(bytes, hits);
    let literals = literal::strings(bytes, hits, &evals);
    let hits = outside(hits, &literals);
    let links = hits.iter().filter(|hit| Needle::Link.is(hit)).map(|hit| hit.offset);
    let links: Vec<usize> = links.filter(|at| range_with(&evals, *at).is_none()).collect();
    if !links.is_empty() {
        carried.comments = comments(sample, &links);
    }
    for map in inline::maps(bytes, &hits) {
        let in_comment = || carried.comments.binary_search_by_key(&map.hit, |comment| comment.needle).is_ok();
        let what = if range_with(&evals, map.hit).is_some() {
            IN_EVAL
        } else if in_comment() {
            INLINE
        } else {
            QUOTED
        };
        carried.inner.push(Inner { what, offset: map.hit, text: map.text });
        carried.told.push(map.range);
    }
    eval::carry_modules(bytes, &hits, &evals, keep_texts, &mut carried);
    carried.inner.extend(literals.into_iter().map(|range| Inner {
        what: LITERAL,
        offset: range.start,
        text: InnerText::Coded(range, Coding::Literal),
    }));
    carried.inner.extend(quoted);
    carried
}

/// The hits without keys whose quotes are not escaped.
fn escaped_only<'a>(bytes: &[u8], hits: &'a [Hit]) -> Cow<'a, [Hit]> {
    let is_escaped = |at: usize| {
        let before = bytes.get(..at).unwrap_or_default();
        let quoted = [&b"\""[..], b"'", b"\\x22", b"\\u0022"].iter().any(|quote| before.ends_with(quote));
        quoted && bytes.get(at + KEY.len()) == Some(&b'\\')
    };
    let is_plain = |hit: &Hit| Needle::Key.is(hit) && !is_escaped(hit.offset);
    match hits.iter().any(is_plain) {
        false => Cow::Borrowed(hits),
        true => Cow::Owned(hits.iter().filter(|hit| !is_plain(hit)).copied().collect()),
    }
}

/// The hits that are in none of these ranges.
fn outside<'a>(hits: &'a [Hit], ranges: &[Range<usize>]) -> Cow<'a, [Hit]> {
    if ranges.is_empty() {
        return Cow::Borrowed(hits);
    }
    Cow::Owned(hits.iter().filter(|hit| range_with(ranges, hit.offset).is_none()).copied().collect())
}

fn range_with(ranges: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let after = ranges.partition_point(|range| range.start <= at);
    ranges.get(after.checked_sub(1)?).filter(|range| range.contains(&at))
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
    use super::super::{Scanner, inspect};
    use super::*;
    use crate::inspect::text_facts::text_facts;
    use crate::inventory::{Entry, Media};

    fn facts(path: &str, text: &str) -> Entry {
        let mut entry = Entry { path: path.to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
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
            ("a.astro", "---\nx()\n//# sourceMappingURL=a.map\n---\n<p>x</p>", "a.map"),
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
        let text = "//# sourceMappingURL=https://m.example/a.map\nx()\n//# sourceMappingURL=b.map\n";
        let links = facts("a.js", text).links;
        let in_force: Vec<bool> = links.iter().map(|link| link.in_force).collect();
        assert_eq!(in_force, [false, true]);
        assert_eq!((links[1].at.line, links[1].at.column), (Some(3), Some(1)));
    }

    #[test]
    fn an_overruled_link_to_a_file_says_nothing() {
        let last_but_text = "//# sourceMappingURL=a.map\nx(`\n//# sourceMappingURL=b.map\n`)";
        for (text, url) in [
            ("//# sourceMappingURL=a.map\nx()\n//# sourceMappingURL=b.map\n", "b.map"),
            (last_but_text, "a.map"),
        ] {
            assert_eq!(urls("a.js", text), [url], "{text:?}");
        }
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
    fn the_link_in_force_is_kept_however_many_there_are() {
        let text = "/*# sourceMappingURL=a.map */\n".repeat(MOST_LINKS) + "/*# sourceMappingURL=b.map */\n";
        let links = facts("a.css", &text).links;
        assert_eq!(links.len(), MOST_LINKS + 1);
        assert_eq!(links.iter().filter(|link| link.in_force).count(), 1);
        assert!(links.last().is_some_and(|link| link.in_force));
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
            "//# sourceMappingURL=data:,".repeat(30_000),
            "sourceMappingURL=data:;base64,eyJ2ZXJzaW9uIjoz".repeat(15_000),
            "eval(\"//# sourceURL=".repeat(15_000),
            "/[".repeat(150_000) + "\n//# sourceMappingURL=a.map\nx()",
            "`${".repeat(90_000) + "\n//# sourceMappingURL=a.map\nx()",
            "<script>//# sourceMappingURL=a.map\nx".repeat(6_000),
            "\"sourcesContent\":[\"a\",".repeat(15_000),
            "\"sourcesContent\\\":[".repeat(15_000),
            ";sourcesContent&".repeat(15_000),
            "\"\"sourcesContent\"\"".repeat(15_000),
            "sourcesContent:\n- a\n".repeat(15_000),
            "<p a=\"&quot;sourcesContent&quot;".repeat(15_000),
            format!("// {}\n", "c291cmNlc0NvbnRlbnQi".repeat(4)).repeat(6_000),
            format!("// {}\n", "eyJ2ZXJzaW9uIjoz".repeat(4)).repeat(6_000),
            "eyJ2ZXJzaW9uIjoz+\n".repeat(15_000),
            "NvdXJjZXNDb250ZW50aB3dE5gH7jK9mN1pQ3sT5vW7xY9z ".repeat(15_000),
            "{\"version\":3,\"mappings\":[".repeat(15_000),
        ] {
            let begin = std::time::Instant::now();
            for path in ["a.js", "a.html"] {
                facts(path, &text);
            }
            assert!(begin.elapsed().as_secs() < 30, "{}", &text[..60]);
        }
    }
}
