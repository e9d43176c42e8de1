//! Which parts of Rust source are compiled for tests alone: what stands below `#[test]` or `#[cfg(test)]`, or below a
//! condition that only tests and a feature for tests fulfil.

use memchr::memmem;

/// Where each such item begins and ends, in turn. The last one may be open: the text ends in it, or what stands in it
/// can't be told.
pub(super) fn spans(text: &[u8]) -> Vec<usize> {
    let mut spans: Vec<usize> = Vec::new();
    let sign = memmem::find_iter(text, b"test").filter_map(|word| attribute(text, word));
    for (at, behind) in sign {
        if spans.last().is_some_and(|end| at < *end) {
            continue;
        }
        if text.get(at + 1) == Some(&b'!') {
            // the file's own, or that of a module, whose end isn't looked for
            return if is_above_code(text.get(..at).unwrap_or_default()) { vec![at] } else { spans };
        }
        spans.push(at);
        match end_of_item(text, at + behind) {
            Some(end) => spans.push(end),
            None => break,
        }
    }
    spans
}

/// Whether the end of this text is in one.
pub(super) fn is_open_at_end(before: &[u8]) -> bool {
    spans(before).len() % 2 == 1
}

/// The attribute in which this word stands, if it leaves an item to tests: where it begins, and its length.
fn attribute(text: &[u8], word: usize) -> Option<(usize, usize)> {
    const LONGEST: usize = 300;
    let from = word.saturating_sub(LONGEST);
    let at = from + memchr::memrchr(b'#', text.get(from..word)?)?;
    let rest = text.get(at..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let open = if rest.starts_with(b"#![") { 3 } else { 2 };
    let inner = rest.strip_prefix(b"#![").or_else(|| rest.strip_prefix(b"#["))?;
    let end = memchr::memchr(b']', inner)?;
    is_for_tests(inner.get(..end)?).then_some((at, open + end + 1))
}

/// Whether this attribute leaves what is below it to tests: `test`, `tokio::test(...)`, `cfg(test)`, `cfg(all(test, ...))`,
/// `cfg(any(test, feature = "test-helpers"))`. With `any`, all the others must be for tests, too.
fn is_for_tests(inner: &[u8]) -> bool {
    let Some(inner) = inner.strip_prefix(b"cfg(") else {
        let name = inner.split(|byte| *byte == b'(').next().unwrap_or_default();
        return name == b"test" || name.ends_with(b"::test");
    };
    let inner = inner.strip_suffix(b")").unwrap_or(inner).trim_ascii();
    match inner.strip_prefix(b"any(") {
        Some(others) => {
            let others = others.strip_suffix(b")").unwrap_or(others).trim_ascii_end();
            let mut words = others.strip_suffix(b",").unwrap_or(others).split(|byte| *byte == b',');
            let is_test = |word: &[u8]| word.trim_ascii() == b"test";
            others.split(|byte| *byte == b',').any(is_test)
                && words.all(|word| is_test(word) || is_feature_for_tests(word.trim_ascii()))
        }
        None => inner == b"test" || inner.starts_with(b"all(test"),
    }
}

/// Whether nothing but comments and attributes of the whole file stand here.
fn is_above_code(before: &[u8]) -> bool {
    before.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start).all(|line| {
        line.is_empty() || [b"//".as_slice(), b"/*", b"*", b"#!["].iter().any(|sign| line.starts_with(sign))
    })
}

/// `feature = "test-utils"` and the like.
fn is_feature_for_tests(word: &[u8]) -> bool {
    const KINDS: &[&[u8]] = &[b"test", b"mock", b"fuzz", b"bench"];
    word.starts_with(b"feature") && KINDS.iter().any(|kind| memmem::find(word, kind).is_some())
        || word == b"doctest"
        || word == b"fuzzing"
}

/// Where the item ends whose attributes begin or go on here: behind its `;` or `,`, or the brace that closes its own.
fn end_of_item(text: &[u8], from: usize) -> Option<usize> {
    let (mut at, mut depth) = (from, 0_usize);
    let is_item = is_item(text.get(from..).unwrap_or_default());
    while let Some(byte) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        at += match byte {
            b'/' if rest.starts_with(b"//") => memchr::memchr(b'\n', rest)?,
            b'/' if rest.starts_with(b"/*") => memmem::find(rest, b"*/")? + 2,
            b'"' => string(rest)?,
            b'r' if is_raw(text, at) => raw_string(rest)?,
            b'\'' => character(rest),
            b'{' | b'(' | b'[' => {
                depth += 1;
                1
            }
            b'}' | b')' | b']' => {
                // a field or a variant without a comma ends with what it is in
                depth = match depth.checked_sub(1) {
                    Some(0) if *byte == b'}' => return Some(at + 1),
                    Some(depth) => depth,
                    None => return Some(at),
                };
                1
            }
            b';' if depth == 0 => return Some(at + 1),
            b',' if depth == 0 && !is_item => return Some(at + 1),
            _ => 1,
        };
    }
    None
}

/// Whether it is an item or a statement, where types may have commas, and no field, variant or arm, which ends with one.
fn is_item(text: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"fn",
        b"mod",
        b"impl",
        b"use",
        b"const",
        b"static",
        b"struct",
        b"enum",
        b"trait",
        b"type",
        b"unsafe",
        b"async",
        b"extern",
        b"union",
        b"macro_rules",
        b"let",
    ];
    const FAR: usize = 1 << 10;
    let text = text.get(..FAR).unwrap_or(text);
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
    let line = lines.find(|line| !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b"//"));
    let mut words = line.unwrap_or_default().split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    let is_for_whom = |word: &&[u8]| matches!(*word, b"pub" | b"crate" | b"super" | b"in" | b"");
    words.find(|word| !is_for_whom(word)).is_some_and(|word| WORDS.contains(&word))
}

/// The length of a string, its quotes included.
fn string(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(at)? {
            b'"' => return Some(at + 1),
            _ => at += 2,
        }
    }
}

/// Whether an `r` begins a raw string, and isn't the end of a name.
fn is_raw(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or(b' ');
    let is_word = (before.is_ascii_alphanumeric() || before == b'_') && before != b'b' && before != b'c';
    let hashes = text.get(at + 1..).unwrap_or_default().iter().take_while(|byte| **byte == b'#').count();
    !is_word && text.get(at + 1 + hashes) == Some(&b'"')
}

fn raw_string(text: &[u8]) -> Option<usize> {
    let hashes = text.get(1..)?.iter().take_while(|byte| **byte == b'#').count();
    let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let body = hashes + 2;
    Some(body + memmem::find(text.get(body..)?, &closing)? + closing.len())
}

/// The length of a character between quotes, or of the quote alone that begins the name of a lifetime.
fn character(text: &[u8]) -> usize {
    const LONGEST: usize = 12;
    match text.get(1) {
        Some(b'\\') => {
            let behind = text.get(3..).unwrap_or_default();
            let behind = behind.get(..LONGEST).unwrap_or(behind);
            memchr::memchr(b'\'', behind).map_or(1, |end| end + 4)
        }
        Some(first) => {
            let width = match first {
                0xC0..0xE0 => 2,
                0xE0..0xF0 => 3,
                0xF0.. => 4,
                _ => 1,
            };
            if text.get(1 + width) == Some(&b'\'') { width + 2 } else { 1 }
        }
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `HERE` stands among what is for tests.
    fn is_among_tests(text: &str) -> bool {
        let at = text.find("HERE").unwrap();
        let spans = spans(text.as_bytes());
        let is_in = spans.partition_point(|quote| *quote < at) % 2 == 1;
        assert_eq!(is_in, is_open_at_end(&text.as_bytes()[..at]), "{text}");
        is_in
    }

    #[test]
    fn what_only_tests_compile() {
        for text in [
            "#[cfg(test)]\nmod tests { fn a() { HERE } }",
            "#[cfg(all(test, unix))]\nmod tests { HERE }",
            "#[cfg(any(test, feature = \"backend-test-helper\"))]\npub fn a<T: B>(b: T) -> C { HERE }",
            "#[cfg(any(feature = \"mocks\", test))]\npub fn a() { HERE }",
            "#[cfg(any(\n    test,\n    feature = \"testing\",\n))]\npub fn a() { HERE }",
            "#[cfg(test)]\n#[allow(b)]\nconst A: [u8; 2] = [1, HERE];",
            "#[cfg(test)]\nmod tests { const A: char = '}'; const B: &str = \"}\"; const C: &str = r#\"\"}\"#; // }\n /* } */ HERE }",
            "#[cfg(test)]\nmod tests { fn a<'a>(b: &'a str) -> char { '\\'' } HERE }",
            "#[cfg(test)]\nmod tests { const A: char = 'é'; const B: char = '{'; } #[cfg(test)] fn a() { HERE }",
            "#[cfg(test)]\nimpl<A, B> C<A, B> for D where A: E, B: F { fn a() { HERE } }",
            "#[cfg(test)]\n#[allow(x)]\npub(crate) fn a<A, B>(b: A, c: B) { HERE }",
            "#[test]\nfn a() { HERE }",
            "use a;\n#[tokio::test(flavor = \"multi_thread\")]\nasync fn a() { HERE }",
            "// A\n#![cfg(test)]\nuse a;\nconst B: &str = HERE;",
            "cfg_if! { if #[cfg(test)] { HERE } else { a } }",
            "#[cfg(test)]\nmod tests { const UNFINISHED: &str = \"HERE",
        ] {
            assert!(is_among_tests(text), "{text}");
        }
    }

    #[test]
    fn what_others_compile_too() {
        for text in [
            "#[cfg(test)]\nmod tests;\nconst A: &str = HERE;",
            "#[cfg(test)]\nuse a::{b, c};\nconst A: &str = HERE;",
            "#[cfg(test)]\nmod tests { fn a() {} }\nconst A: &str = HERE;",
            "#[cfg(test)]\nmod tests { const A: char = '{'; const B: &str = \"\\\"{\"; }\nconst A: &str = HERE;",
            "struct A { #[cfg(test)] a: u8, b: B }\nconst A: &str = HERE;",
            "struct A { #[cfg(test)] a: u8 }\nconst A: &str = HERE;",
            "struct A { #[cfg(test)] pub a: B<C, D>, b: B }\nconst A: &str = HERE;",
            "#[test]\nfn a() {}\nconst A: &str = HERE;",
            "#[a_test]\nconst A: &str = HERE;",
            "mod a { #![cfg(test)] }\nconst A: &str = HERE;",
            "#[cfg(not(test))]\nconst A: &str = HERE;",
            "#[cfg(any(test, unix))]\nconst A: &str = HERE;",
            "#[cfg(any(test, feature = \"client\"))]\nconst A: &str = HERE;",
            "#[cfg(any(unix, feature = \"test\"))]\nconst A: &str = HERE;",
            "const A: &str = HERE;\n#[cfg(test)]\nmod tests {}",
        ] {
            assert!(!is_among_tests(text), "{text}");
        }
    }
}
