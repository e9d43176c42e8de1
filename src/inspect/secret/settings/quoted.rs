//! Settings as a whole in a literal of one line, as bundlers write files that a program imports: `"user: a\npassword: b\n"`,
//! `JSON.parse('{"password": "b"}')`.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;

use super::table::Format;
use super::{SETTINGS, clear, credentials, pairs, values, wrapped};
use crate::inspect::Coding;
use crate::inspect::secret::{Found, table};

/// Credentials in such literals.
pub(in crate::inspect::secret) fn find(text: &[u8]) -> Vec<Found> {
    let Some(rule) = table::rule(SETTINGS) else { return Vec::new() };
    let mut found = Vec::new();
    for literal in of_lines(text).into_iter().chain(of_json(text)) {
        let raw = text.get(literal.clone()).unwrap_or_default();
        let quoted = text.get(literal.start - 1..=literal.end).unwrap_or_default();
        let inner = Coding::Literal.decoded(quoted);
        let format = if inner.starts_with(b"{") { Some(Format::Json) } else { wrapped::format_of(&inner) };
        let Some(format) = format else { continue };
        let mut tokens = credentials(&inner, &pairs(&inner, format), format);
        tokens.retain(|token| values::is_no_word(&clear(&inner, token.clone())));
        // with escapes in it, it is somewhere in the literal
        let places = tokens.into_iter().filter_map(|token| {
            let token = inner.get(token)?;
            Some(
                memmem::find(raw, token)
                    .map_or(literal.clone(), |at| literal.start + at..literal.start + at + token.len()),
            )
        });
        found.extend(places.map(|token| Found { rule, span: token.clone(), token, prefix: 0 }));
    }
    found
}

/// Literals of several lines whose first one gives something a name.
fn of_lines(text: &[u8]) -> Vec<Range<usize>> {
    let mut literals: Vec<Range<usize>> = Vec::new();
    let mut done = 0;
    static ENDS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("\\n"));
    for at in ENDS.find_iter(text) {
        if at < done {
            continue;
        }
        let literal = opening(text, at).and_then(|open| body(text, open));
        if let Some(literal) = literal {
            done = literal.end;
            literals.push(literal);
        }
    }
    literals
}

/// What a program reads as JSON out of itself, but for environments, which have a rule of their own.
fn of_json(text: &[u8]) -> Vec<Range<usize>> {
    const CALL: &str = "JSON.parse(";
    static CALLS: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new(CALL));
    const ENVIRONMENTS: [&[u8]; 3] = [b"NODE_ENV", b"BASE_URL", b"PATH"];
    let opened = |at: usize| body(text, at + CALL.len());
    let is_other = |literal: &Range<usize>| {
        let literal = text.get(literal.clone()).unwrap_or_default();
        ENVIRONMENTS.iter().all(|name| memmem::find(literal, name).is_none())
    };
    CALLS.find_iter(text).filter_map(opened).filter(is_other).collect()
}

/// The quote that a literal opens with whose first line ends at `end`.
fn opening(text: &[u8], end: usize) -> Option<usize> {
    const LONGEST_LINE: usize = 200;
    /// Quotes around the value of the first line, and the one before them.
    const MOST_QUOTES: usize = 3;
    let from = end.saturating_sub(LONGEST_LINE);
    let before = text.get(from..end)?;
    let quotes = memchr::memrchr3_iter(b'"', b'\'', b'`', before).take(MOST_QUOTES);
    let opens = |at: &usize| before.get(at + 1..).is_some_and(begins_settings);
    quotes.into_iter().find(opens).map(|at| from + at)
}

/// Whether a line gives something a name, begins a section or a document, or is a comment.
fn begins_settings(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    let name = line.iter().take_while(|byte| is_of_name(byte)).count();
    matches!(line.get(name..), Some([b'=' | b':', ..] | [b' ', b'=', ..])) && name > 0
        || matches!(line, [b'#', ..] | [b'[', .., b']'] | b"---")
}

/// What is in the quotes that open at `open`.
fn body(text: &[u8], open: usize) -> Option<Range<usize>> {
    const LONGEST: usize = 64 << 10;
    let quote = *text.get(open).filter(|byte| b"\"'`".contains(byte))?;
    let inside = text.get(open + 1..text.len().min(open + 1 + LONGEST))?;
    let mut at = 0;
    loop {
        at += memchr::memchr3(quote, b'\\', b'\n', inside.get(at..)?)?;
        match inside.get(at)? {
            b'\\' => at += 2,
            b'\n' if quote != b'`' => return None,
            b'\n' => at += 1,
            _ => return Some(open + 1..open + 1 + at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;

    #[test]
    fn settings_in_a_literal_of_one_line_are_told_from_other_texts() {
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..20 {
            let password = instance(&mut dice, "{base62:9}7x9{base62:5}");
            for text in [
                r#"e.exports="db:\n  user: svc\n  password: @\n""#,
                r##"e.exports='# env\r\nA_URL=b\r\nDB_PASSWORD="@"\r\n'"##,
                r#"const a=`b`,c='[db]\nuser = svc\npassword = @\n';"#,
                r#"var a={"b.env":"export A_URL=\"c\"\nexport DB_PASSWORD=\"@\"\n"}"#,
                r#"e.exports=JSON.parse('{"db":{"password":"@"}}')"#,
                r#"e.exports=JSON.parse("{\"db\":{\"password\":\"@\"}}")"#,
            ] {
                let text = text.replace('@', &password);
                let found = find(text.as_bytes());
                let mut found: Vec<&str> = found.into_iter().map(|found| &text[found.token]).collect();
                found.dedup();
                assert_eq!(found, [password.as_str()], "{text}");
            }
            for text in [
                r#"throw Error("password: @ is wrong\nuser: none\n")"#,
                r#"log("Usage:\n  password: " + a + "@")"#,
                r#"a="db:\n  password: ${@}\n""#,
                r#"a="user: svc\npassword: Kennwort\n""#,
                "a=\"user: svc\\nb\npassword: @\\n\"",
                r#"e.exports=JSON.parse('{"login":{"password":"Kennwort"}}')"#,
                r#"JSON.parse(password), a = "@""#,
            ] {
                let text = text.replace('@', &password);
                assert!(find(text.as_bytes()).is_empty(), "{text}");
            }
        }
    }
}
