//! Where a text's comments and strings are.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::language::{Kin, Language, Quote};

/// What a stretch of a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A comment that no tool keeps on purpose.
    Plain,
    /// Documentation.
    Doc,
    /// A string over several lines, which a build takes along as it is.
    Text,
    /// A comment with a licence, which a build must keep, or one of a generator.
    Kept,
}

/// A stretch of a text that is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub range: Range<usize>,
    pub kind: Kind,
}

/// The comments and the strings of several lines of a text, in order.
pub(super) fn spans(text: &[u8], language: &Language) -> Vec<Span> {
    let mut scanner =
        Scanner { text, language, at: 0, last: b'\n', templates: Vec::new(), spans: Vec::new() };
    let begins = scanner.beginnings();
    while let Some(byte) = text.get(scanner.at).copied() {
        if begins.get(usize::from(byte)).copied().unwrap_or(false) && scanner.step(byte) {
            continue;
        }
        if !byte.is_ascii_whitespace() || byte == b'\n' && scanner.last == b'/' {
            scanner.last = byte;
        }
        scanner.at += 1;
    }
    scanner.spans
}

struct Scanner<'a> {
    text: &'a [u8],
    language: &'a Language,
    at: usize,
    /// The last character of code that was no blank.
    last: u8,
    /// For each template literal whose `${` is open, the braces open in it.
    templates: Vec<u32>,
    spans: Vec<Span>,
}

impl Scanner<'_> {
    /// The bytes at which something may begin.
    fn beginnings(&self) -> [bool; 256] {
        let language = self.language;
        let marks = language.line.iter().chain(language.block.iter().map(|(open, _)| open));
        let marks = marks.copied().chain(language.strings.iter().map(|quote| quote.mark));
        let mut begins = [false; 256];
        let script: &[u8] = if self.is_script() { b"`{}/" } else { b"" };
        for byte in marks.filter_map(|mark| mark.bytes().next()).chain(script.iter().copied()) {
            if let Some(begins) = begins.get_mut(usize::from(byte)) {
                *begins = true;
            }
        }
        begins
    }

    fn is_script(&self) -> bool {
        matches!(self.language.kin, Kin::Script | Kin::Typed | Kin::Page)
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn begins(&self, mark: &str) -> bool {
        self.rest().starts_with(mark.as_bytes())
    }

    /// Goes over what begins here, if anything does.
    fn step(&mut self, byte: u8) -> bool {
        let language = self.language;
        if let Some((open, close)) = language.block.iter().find(|(open, _)| self.begins(open)) {
            let from = self.at + open.len();
            let inside = self.text.get(from..).unwrap_or_default();
            let end =
                memmem::find(inside, close.as_bytes()).map_or(self.text.len(), |at| from + at + close.len());
            self.comment(end);
            return true;
        }
        // `https://` is no comment, wherever it stands.
        let in_address = self.at > 0 && self.text.get(self.at - 1) == Some(&b':');
        if !in_address && language.line.iter().any(|open| self.begins(open)) {
            let end = memchr(b'\n', self.rest()).map_or(self.text.len(), |length| self.at + length);
            self.comment(end);
            return true;
        }
        if let Some(quote) = language.strings.iter().find(|quote| self.begins(quote.mark)) {
            self.string(quote);
            return true;
        }
        self.is_script() && self.script(byte)
    }

    fn comment(&mut self, end: usize) {
        let doc = self.language.doc.iter().any(|open| self.begins(open)) && !self.begins("/**/");
        let kind = if self.begins("/*!") && !doc {
            Kind::Kept
        } else if doc {
            Kind::Doc
        } else {
            Kind::Plain
        };
        self.spans.push(Span { range: self.at..end, kind });
        self.at = end;
    }

    fn string(&mut self, quote: &Quote) {
        let start = self.at;
        if quote.mark == "'" && !quote.lines && self.language.kin == Kin::Other && !self.is_character() {
            // A lifetime, or an apostrophe.
            self.at += 1;
            return;
        }
        let from = start + quote.mark.len();
        let end = self.end_of_string(quote, from);
        if memchr(b'\n', self.text.get(start..end).unwrap_or_default()).is_some() {
            let kind = if quote.doc && self.stands_alone(start) { Kind::Doc } else { Kind::Text };
            self.spans.push(Span { range: start..end, kind });
        } else if quote.doc && self.stands_alone(start) {
            self.spans.push(Span { range: start..end, kind: Kind::Doc });
        }
        self.last = b'"';
        self.at = end;
    }

    /// Whether the quote here encloses one character, or a short string, on this line.
    fn is_character(&self) -> bool {
        if self.language.line.contains(&"#") || self.language.line.contains(&"--") {
            return true;
        }
        const LONGEST: usize = 12;
        let after = self.rest().get(1..).unwrap_or_default();
        let after = after.get(..LONGEST).unwrap_or(after);
        match after.first() {
            Some(b'\\') => after.iter().skip(2).any(|byte| *byte == b'\''),
            Some(byte) if byte.is_ascii() => after.get(1) == Some(&b'\''),
            Some(_) => after.iter().take(5).any(|byte| *byte == b'\''),
            None => false,
        }
    }

    fn end_of_string(&self, quote: &Quote, from: usize) -> usize {
        let mark = quote.mark.as_bytes();
        let mut at = from;
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'\\' if quote.escapes => at += 1,
                b'\n' if !quote.lines => return at,
                byte if Some(byte) == mark.first()
                    && self.text.get(at..).unwrap_or_default().starts_with(mark) =>
                {
                    return at + mark.len();
                }
                _ => {}
            }
            at += 1;
        }
        self.text.len()
    }

    /// Whether only a string's prefix is before it on its line.
    fn stands_alone(&self, start: usize) -> bool {
        let before = self.text.get(..start).unwrap_or_default();
        let line =
            memchr::memrchr(b'\n', before).map_or(before, |end| before.get(end + 1..).unwrap_or_default());
        line.iter().all(|byte| byte.is_ascii_whitespace() || b"rRuUbBfF".contains(byte))
    }

    fn script(&mut self, byte: u8) -> bool {
        match byte {
            b'`' => self.template(self.at, self.at + 1),
            b'{' => {
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
                return false;
            }
            b'}' => match self.templates.last_mut() {
                Some(0) => {
                    self.templates.pop();
                    self.template(self.at, self.at + 1);
                }
                Some(open) => {
                    *open -= 1;
                    return false;
                }
                None => return false,
            },
            b'/' if b"(,=:[!&|?{};+\n>".contains(&self.last) => self.expression(),
            _ => return false,
        }
        true
    }

    /// A template literal from here to its end or to its next `${`.
    fn template(&mut self, start: usize, from: usize) {
        let mut at = from;
        let end = loop {
            match self.text.get(at) {
                None => break self.text.len(),
                Some(b'\\') => at += 1,
                Some(b'`') => break at + 1,
                Some(b'$') if self.text.get(at + 1) == Some(&b'{') => {
                    self.templates.push(0);
                    break at + 2;
                }
                Some(_) => {}
            }
            at += 1;
        };
        let end = end.min(self.text.len());
        if memchr(b'\n', self.text.get(start..end).unwrap_or_default()).is_some() {
            self.spans.push(Span { range: start..end, kind: Kind::Text });
        }
        self.last = b'"';
        self.at = end;
    }

    /// A regular expression, which ends on its line.
    fn expression(&mut self) {
        let mut at = self.at + 1;
        let mut in_class = false;
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'\n' => break,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => break,
                _ => {}
            }
            at += 1;
        }
        self.last = b'"';
        self.at = (at + 1).min(self.text.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(Kind, String)> {
        let language = Language::of(path).unwrap();
        let words = |span: &Span| (span.kind, text[span.range.clone()].to_owned());
        spans(text.as_bytes(), language).iter().map(words).collect()
    }

    fn kinds(path: &str, text: &str) -> Vec<Kind> {
        found(path, text).into_iter().map(|(kind, _)| kind).collect()
    }

    #[test]
    fn comments_of_each_kind() {
        use Kind::{Doc, Kept, Plain, Text};
        for (path, text, expected) in [
            (
                "a.ts",
                "// one\nlet a = 1; // two\n/* three */\n/** four */\n/*! five */",
                vec![Plain, Plain, Plain, Doc, Kept],
            ),
            ("a.rs", "/// one\n//! two\n// three\n/*! four */", vec![Doc, Doc, Plain, Doc]),
            ("a.py", "\"\"\"one\"\"\"\nx = \"\"\"\ntwo\"\"\"  # three\n#: four", vec![Doc, Text, Plain, Doc]),
            ("a.vue", "<!-- one -->\n<script>\n// two\n</script>", vec![Plain, Plain]),
            ("a.go", "x := `\n// no\n`\n// yes", vec![Text, Plain]),
            ("a.elm", "-- one\n{- two -}", vec![Plain, Plain]),
        ] {
            assert_eq!(kinds(path, text), expected, "{text}");
        }
    }

    #[test]
    fn what_looks_like_a_comment_and_is_none() {
        for (path, text) in [
            ("a.ts", "const a = 'x // y', b = \"/* z */\";"),
            ("a.ts", "const a = /[/]\\/\\/ x/.test(b);"),
            ("a.ts", "const a = `x // ${b + `/* ${c} */`} // y`;"),
            ("a.tsx", "<a href=https://a.example>"),
            ("a.rs", "fn a<'a>(b: &'a str) -> char { '\"' }"),
            ("a.java", "char a = '\\'', b = '\"';"),
            ("a.py", "a = 'x # y'"),
        ] {
            assert!(found(path, text).is_empty(), "{text}: {:?}", found(path, text));
        }
    }

    #[test]
    fn code_inside_a_template_literal_is_code() {
        let text = "a(`\n${b(() => { // yes\n})}\n// no\n`);\n// yes\n";
        let plain: Vec<_> =
            found("a.ts", text).into_iter().filter(|(kind, _)| *kind == Kind::Plain).collect();
        assert_eq!(plain.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["// yes", "// yes"]);
    }
}
