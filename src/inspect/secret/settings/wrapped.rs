//! Settings that stand in a wrapping, whatever the file around it is called: an environment file or a manifest of
//! Kubernetes in base64, or a whole file in a literal of several lines. They are told by how they look.

use std::ops::Range;

use super::lines::lines;
use super::table::Format;
use super::{SETTINGS, credentials, pairs, values};
use crate::inspect::secret::{Found, table};

/// Credentials that a text out of a wrapping holds because it is such a file. What was a text of its own before may be
/// any; what a program has are many.
pub(in crate::inspect::secret) fn find(text: &[u8], was_text: bool) -> Vec<Found> {
    let Some(rule) = table::rule(SETTINGS) else { return Vec::new() };
    let mut found = Vec::new();
    let mut add = |part: Range<usize>, format: Format| {
        let inner = text.get(part.clone()).unwrap_or_default();
        let tokens = credentials(inner, &pairs(inner, format), format).into_iter();
        found.extend(
            tokens.map(|token| Found { rule, span: token.clone(), token, prefix: 0 }.behind(part.start)),
        );
    };
    if memchr::memmem::find(text, b"kind: Secret").is_some() {
        add(0..text.len(), Format::Kubernetes);
    }
    for part in environments(text) {
        add(part, Format::Lines);
    }
    if found.is_empty() && was_text {
        found = in_part(text, 0, rule);
    }
    found
}

/// Credentials in literals of several lines that are settings as a whole, as programs hold those that they write.
pub(in crate::inspect::secret) fn in_literals(path: &str, text: &[u8]) -> Vec<Found> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if is_page(name) {
        return in_pages(text);
    }
    let delimiters: &[&[u8]] = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("go" | "js" | "mjs" | "cjs" | "ts" | "mts" | "cts") => &[b"`"],
        Some("java" | "kt" | "kts" | "scala" | "swift" | "cs" | "groovy") => &[b"\"\"\""],
        Some("py") => &[b"\"\"\"", b"'''"],
        _ => &[],
    };
    let Some(rule) = table::rule(SETTINGS).filter(|_| !delimiters.is_empty()) else { return Vec::new() };
    let mut found = Vec::new();
    for delimiter in delimiters {
        let mut open = None;
        for at in memchr::memmem::find_iter(text, delimiter) {
            let Some(start) = open.take() else {
                open = Some(at + delimiter.len());
                continue;
            };
            let inner = text.get(start..at).unwrap_or_default();
            found.extend(in_part(inner, start, rule));
        }
    }
    found
}

/// Credentials in a part of a file that begins at `start`, if that is settings as a whole.
fn in_part(part: &[u8], start: usize, rule: usize) -> Vec<Found> {
    let format = match part.trim_ascii_start() {
        [b'{', ..] => Some(Format::Json),
        [b'<', b'?' | b'c', ..] => Some(Format::Xml),
        _ => format_of(part),
    };
    let Some(format) = format else { return Vec::new() };
    let mut tokens = credentials(part, &pairs(part, format), format);
    tokens.retain(|token| values::is_no_word(&super::clear(part, token.clone())));
    let in_file = |token: Range<usize>| Found { rule, span: token.clone(), token, prefix: 0 }.behind(start);
    tokens.into_iter().map(in_file).collect()
}

fn is_page(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "html" | "htm" | "xhtml")))
}

/// Credentials in what a page shows as it is written, if that is settings as a whole.
fn in_pages(text: &[u8]) -> Vec<Found> {
    const LONGEST_TAG: usize = 200;
    let Some(rule) = table::rule(SETTINGS) else { return Vec::new() };
    let mut found = Vec::new();
    let mut end = 0;
    for at in memchr::memmem::find_iter(text, b"<pre") {
        if at < end {
            continue;
        }
        let near = text.get(at..(at + LONGEST_TAG).min(text.len())).unwrap_or_default();
        let Some(tag) = memchr::memchr(b'>', near).map(|tag| at + tag + 1) else { continue };
        let Some(length) = memchr::memmem::find(text.get(tag..).unwrap_or_default(), b"</pre") else { break };
        end = tag + length;
        // some mark what is in it as code
        let mut start = tag;
        let mut inner = text.get(start..end).unwrap_or_default();
        if inner.starts_with(b"<code")
            && let Some(code) = memchr::memchr(b'>', inner)
        {
            start += code + 1;
            inner = inner.get(code + 1..).unwrap_or_default();
            inner = inner.strip_suffix(b"</code>").unwrap_or(inner);
        }
        if memchr::memmem::find(inner, b"<span").is_none() {
            found.extend(in_part(inner, start, rule));
            continue;
        }
        // what is coloured stands between tags
        let clear = without_tags(inner);
        found.extend(in_part(&clear, 0, rule).into_iter().filter_map(|part| {
            let token = clear.get(part.token.clone())?;
            let at = start + memchr::memmem::find(inner, token)?;
            let token = at..at + token.len();
            Some(Found { span: token.clone(), token, ..part })
        }));
    }
    found
}

/// The text of a page without its tags, as a reader sees it.
fn without_tags(page: &[u8]) -> Vec<u8> {
    let mut clear = Vec::with_capacity(page.len());
    let mut rest = page;
    while let Some(tag) = memchr::memchr(b'<', rest) {
        let (text, behind) = rest.split_at(tag);
        clear.extend_from_slice(text);
        rest = memchr::memchr(b'>', behind).and_then(|end| behind.get(end + 1..)).unwrap_or_default();
    }
    clear.extend_from_slice(rest);
    crate::decode::plain(&clear)
}

/// What a text is written in that is nothing but settings: each of its lines gives something a name, or a section.
pub(super) fn format_of(text: &[u8]) -> Option<Format> {
    const FEWEST: usize = 2;
    const LARGEST: usize = 64 << 10;
    if text.len() > LARGEST || memchr::memchr(b'\n', text).is_none() {
        return None;
    }
    let (mut equals, mut colons) = (0, 0);
    for line in lines(text) {
        let line = text.get(line).unwrap_or_default().trim_ascii();
        if line.is_empty() || b"#;[-".contains(line.first()?) {
            continue;
        }
        let line = line.strip_prefix(b"export ").unwrap_or(line);
        let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
        let name = line.iter().take_while(|byte| is_of_name(byte)).count();
        match line.get(name..)?.trim_ascii_start() {
            [b'=', ..] if name > 0 => equals += 1,
            [b':'] | [b':', b' ', ..] if name > 0 => colons += 1,
            _ => return None,
        }
    }
    match (equals, colons) {
        (FEWEST.., 0) => Some(Format::Lines),
        (0, FEWEST..) => Some(Format::Yaml),
        _ => None,
    }
}

/// Where lines of `NAME=value` stand one behind the other, but for comments and empty ones.
pub(super) fn environments(text: &[u8]) -> Vec<Range<usize>> {
    /// Variables that make an environment.
    const FEWEST: usize = 2;
    let mut found = Vec::new();
    let mut open: Option<(Range<usize>, usize)> = None;
    let mut close = |open: &mut Option<(Range<usize>, usize)>| {
        found.extend(open.take().filter(|(_, count)| *count >= FEWEST).map(|(range, _)| range));
    };
    for line in lines(text) {
        let here = text.get(line.clone()).unwrap_or_default().trim_ascii();
        if is_variable(here) {
            let (range, count) = open.get_or_insert((line.clone(), 0));
            (range.end, *count) = (line.end, *count + 1);
        } else if !here.is_empty() && !here.starts_with(b"#") {
            close(&mut open);
        }
    }
    close(&mut open);
    found
}

fn is_variable(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let name = line.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
    name >= 2 && line.get(name) == Some(&b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;

    #[test]
    fn settings_in_literals_are_told_from_other_texts() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
            for (path, text) in [
                ("a.go", "const c = `\n[db]\nuser = svc\npassword = @\n`\n"),
                ("a.go", "var c = `db:\n  user: svc\n  password: @\n`"),
                ("a.ts", "write(`# env\nA_URL=b\nDB_PASSWORD=\"@\"\n`)"),
                ("a.html", "<pre class=\"x\">\nDB_USER=svc\nDB_PASSWORD=@\n</pre>"),
                ("a.html", "<pre>b</pre><pre><code>db:\n  user: svc\n  password: @\n</code></pre>"),
                (
                    "a.html",
                    "<pre><span></span><span class=\"na\">user</span> <span>=</span> svc\n<span>password</span><span>=</span><span>&quot;@&quot;</span>\n</pre>",
                ),
                ("a.py", "C = \"\"\"\nuser=svc\npassword=@\n\"\"\"\n"),
                ("A.java", "String c = \"\"\"\n  a.user=svc\n  a.password=@\n  \"\"\";"),
            ] {
                let text = text.replace('@', &password);
                let found = in_literals(path, text.as_bytes());
                let mut found: Vec<&str> = found.into_iter().map(|found| &text[found.token]).collect();
                found.dedup();
                assert_eq!(found, [password.as_str()], "{path}: {text}");
            }
            for (path, text) in [
                ("a.go", "const c = `user svc\npassword = @\n`"),
                ("a.go", "const c = `password=@`\n"),
                ("a.go", "a := `x`\npassword = @\nuser = b\nc := `y`\n"),
                ("a.ts", "write(`A_URL=b\nDB_PASSWORD=${@}\n`)"),
                ("a.html", "<pre>Set\nuser=svc\npassword=@</pre>"),
                ("a.html", "<p>user=svc\npassword=@\n</p>"),
                ("a.html", "<pre>user=svc\npassword=@\n"),
                ("a.md", "`\nuser=svc\npassword=@\n`"),
            ] {
                let text = text.replace('@', &password);
                assert!(in_literals(path, text.as_bytes()).is_empty(), "{path}: {text}");
            }
        }
    }

    #[test]
    fn environments_are_told_from_other_lines() {
        for (text, expected) in [
            ("A_B=1\n\n# x\nC_D=2\n", vec!["A_B=1\n\n# x\nC_D=2"]),
            ("text\nexport A_B=1\r\nC_D=2\r\ntext", vec!["export A_B=1\r\nC_D=2"]),
            ("A_B=1\ntext\nC_D=2\n", vec![]),
            ("a=1\nb=2\n", vec![]),
        ] {
            let found: Vec<&str> =
                environments(text.as_bytes()).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected);
        }
    }
}
