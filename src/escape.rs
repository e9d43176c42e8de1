//! The only way for text from an archive into a report.
//!
//! Names and excerpts come from whoever made the artifact. Printed raw they can move the cursor, recolour or hide
//! what follows, read in a different order than stored, or command the CI that shows the log. [`shown`] makes all of
//! that visible as `\u{202e}`, and leaves ordinary text of any language as it is.

use std::fmt::{self, Display, Formatter, Write};
use std::io;

use serde_json::ser::{CompactFormatter, Formatter as JsonLayout, PrettyFormatter};

/// The text, safe to print on one line: line breaks become `\n`, hidden and control characters `\u{...}`.
pub fn shown(text: &str) -> impl Display + '_ {
    Shown { text, keep_line_ends: false }
}

/// Like [`shown`], for text of our own that has several lines.
pub fn shown_lines(text: &str) -> impl Display + '_ {
    Shown { text, keep_line_ends: true }
}

/// Text of our own that has several lines, on one line.
pub fn joined_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    shown(&lines.join(" ")).to_string()
}

struct Shown<'a> {
    text: &'a str,
    keep_line_ends: bool,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for piece in pieces(self.text) {
            match piece {
                Piece::Plain(text) => f.write_str(text)?,
                Piece::Hazard('\n') if self.keep_line_ends => f.write_char('\n')?,
                Piece::Hazard('\n') => f.write_str("\\n")?,
                Piece::Hazard('\r') => f.write_str("\\r")?,
                Piece::Hazard('\t') => f.write_str("\\t")?,
                Piece::Hazard(hazard) => write!(f, "\\u{{{:x}}}", u32::from(hazard))?,
            }
        }
        Ok(())
    }
}

/// A stretch of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Safe to show as it is.
    Plain(&'a str),
    /// Not safe to show as it is.
    Hazard(char),
}

/// Cuts a text at the characters that must not be printed as they are.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    let mut at_word_start = true;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        if is_hazard(first) || commands(rest, at_word_start) {
            rest = rest.get(first.len_utf8()..).unwrap_or("");
            at_word_start = true;
            return Some(Piece::Hazard(first));
        }
        let mut end = 0;
        for (at, c) in rest.char_indices() {
            let here = rest.get(at..).unwrap_or("");
            if at > 0 && (is_hazard(c) || commands(here, at_word_start)) {
                break;
            }
            at_word_start = c == ' ';
            end = at + c.len_utf8();
        }
        let (plain, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Plain(plain))
    })
}

/// Whether a command to a CI begins here: `::error` at the beginning of a word (GitHub takes it at the
/// beginning of a line, and lines get wrapped), `##[...]`, `##vso[...]`, `##teamcity[...]` anywhere.
fn commands(text: &str, at_word_start: bool) -> bool {
    if let Some(word) = text.strip_prefix("##") {
        return word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).starts_with('[');
    }
    at_word_start && text.starts_with("::")
}

/// Characters that are invisible, change the order of others, or control a terminal.
pub(crate) fn is_hazard(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control() || c.is_whitespace() || HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// Unicode's format characters (general category Cf) and those that are ignored by default when drawn
/// (`Default_Ignorable_Code_Point` in `DerivedCoreProperties.txt`, Unicode 17), interlinear marks and tags.
const HIDDEN: &[(char, char)] = &[
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// The text for HTML and XML, in text and in quoted attributes.
pub(crate) fn html(text: &str) -> impl Display + '_ {
    struct Html<'a>(&'a str);
    impl Display for Html<'_> {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            write!(HtmlSink(f), "{}", shown_lines(self.0))
        }
    }
    Html(text)
}

struct HtmlSink<'a, 'f>(&'a mut Formatter<'f>);

impl fmt::Write for HtmlSink<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => self.0.write_str("&amp;")?,
                '<' => self.0.write_str("&lt;")?,
                '>' => self.0.write_str("&gt;")?,
                '"' => self.0.write_str("&quot;")?,
                '\'' => self.0.write_str("&#39;")?,
                c => self.0.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Writes a value as indented JSON with hidden and control characters as `\uXXXX`, exact for programs and harmless on
/// a terminal.
pub(crate) fn write_json(value: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write_safely(value, PrettyFormatter::default(), out)
}

/// The same on one line.
pub(crate) fn write_json_line(value: &impl serde::Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    write_safely(value, CompactFormatter, out)
}

fn write_safely(
    value: &impl serde::Serialize,
    layout: impl JsonLayout,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, SafeJson(layout));
    value.serialize(&mut serializer).map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// A layout of JSON with harmless strings.
struct SafeJson<Layout>(Layout);

impl<Layout: JsonLayout> JsonLayout for SafeJson<Layout> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        for piece in pieces(text) {
            match piece {
                Piece::Plain(text) => out.write_all(text.as_bytes())?,
                Piece::Hazard(hazard) => {
                    for unit in hazard.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_deceive_is_made_visible() {
        for (raw, safe) in [
            ("package/index.js", "package/index.js"),
            ("日本語/été.js", "日本語/été.js"),
            ("a\u{1b}[31mred", "a\\u{1b}[31mred"),
            ("a\rb\nc\td", "a\\rb\\nc\\td"),
            ("evil\u{202e}sj.exe", "evil\\u{202e}sj.exe"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("no\u{a0}break", "no\\u{a0}break"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
            ("::error::now", "\\u{3a}:error::now"),
            (" ::error::now", " \\u{3a}:error::now"),
            ("a\n::error::now", "a\\n\\u{3a}:error::now"),
            ("std::fs", "std::fs"),
            ("x ##[add-path]y", "x \\u{23}#[add-path]y"),
            ("###[group]", "#\\u{23}#[group]"),
            ("##vso[task]", "\\u{23}#vso[task]"),
            ("## Heading", "## Heading"),
            ("", ""),
        ] {
            assert_eq!(shown(raw).to_string(), safe, "{raw:?}");
        }
    }

    #[test]
    fn own_text_keeps_its_lines() {
        assert_eq!(shown_lines("one\n::two\u{7}").to_string(), "one\n\\u{3a}:two\\u{7}");
    }

    #[test]
    fn html_is_text_only() {
        assert_eq!(
            html("<a b='c' d=\"e\">&\u{202e}").to_string(),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\\u{202e}"
        );
    }

    #[test]
    fn json_is_exact_and_harmless() {
        let raw = "a\u{1b}\u{7f}\u{202e}\u{e0041}\"\\é ::error ##[x]\n";
        let mut out = Vec::new();
        write_json(&[raw], &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(serde_json::from_str::<[String; 1]>(&text).unwrap()[0], raw);
        assert!(
            text.contains("\\u001b\\u007f\\u202e\\udb40\\udc41\\\"\\\\é \\u003a:error \\u0023#[x]\\n"),
            "{text}"
        );
    }
}
