//! Which lines are source code, whatever a report puts before them.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

/// What a line of source code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Line {
    /// Gives something a name: a function, a class, a type.
    Definition,
    /// Does something.
    Statement,
    /// Explains.
    Comment,
}

/// Longer lines are not written by hand.
const LONGEST: usize = 300;
/// Columns before the code that a report may have.
const MOST_COLUMNS: usize = 4;

/// What a line is, if it is source code.
pub(super) fn of(line: &[u8]) -> Option<Line> {
    let mut rest = without_continuation(line.get(..line.len().min(LONGEST * 2))?.trim_ascii_end());
    // the right border of a box that is drawn around code
    rest = rest.strip_suffix("\u{2502}".as_bytes()).map_or(rest, <[u8]>::trim_ascii_end);
    for _ in 0..MOST_COLUMNS {
        rest = without_gutter(rest);
        if rest.len() > LONGEST || rest.len() < 4 {
            return None;
        }
        if let Some(line) = classified(rest).or_else(|| classified(before_comment(rest)?)) {
            return Some(line);
        }
        rest = behind_column(rest)?;
    }
    None
}

/// A line without the line end that is written out where the line goes on in the next one.
fn without_continuation(line: &[u8]) -> &[u8] {
    let joined = line.strip_suffix(b"\\").map(|line| line.strip_suffix(b"\\n").unwrap_or(line));
    joined.map_or(line, <[u8]>::trim_ascii_end)
}

/// A line without its number, indentation, the marks of comparisons, and the line drawn between number and code.
fn without_gutter(mut line: &[u8]) -> &[u8] {
    loop {
        let start = line.iter().position(|byte| {
            !(byte.is_ascii_digit() || byte.is_ascii_whitespace() || b"|+->:,\"'".contains(byte))
        });
        let rest = line.get(start.unwrap_or(line.len())..).unwrap_or_default();
        match rest.strip_prefix("\u{2502}".as_bytes()) {
            Some(behind) => line = behind,
            None => return rest,
        }
    }
}

/// What stands behind the next separator of columns.
fn behind_column(line: &[u8]) -> Option<&[u8]> {
    let at = line.windows(2).position(|pair| matches!(pair, b"  " | b": " | b"| " | [b'\t', _]))?;
    line.get(at + 1..)
}

/// The code before a comment at the end of its line.
fn before_comment(line: &[u8]) -> Option<&[u8]> {
    let mut before = line;
    loop {
        // most lines have no slash at all
        let (start, behind) = line.split_at(memchr::memrchr(b'/', before)?);
        match start.strip_suffix(b" /") {
            Some(code) if behind.starts_with(b"/ ") => return Some(code.trim_ascii_end()),
            _ => before = start,
        }
    }
}

fn classified(code: &[u8]) -> Option<Line> {
    let is = |regex: &LazyLock<Option<Regex>>| regex.as_ref().is_some_and(|regex| regex.is_match(code));
    match code.first()? {
        b'/' | b'#' | b'*' if is(&COMMENT) => Some(Line::Comment),
        b'a'..=b'z' | b'}' | b'#' | b'@' if is(&DEFINITION) => Some(Line::Definition),
        b'a'..=b'z' | b'}' | b'#' | b'@' | b'A'..=b'Z' if is(&STATEMENT) => Some(Line::Statement),
        _ => None,
    }
}

fn regex(source: &str) -> Option<Regex> {
    RegexBuilder::new(source).unicode(false).ignore_whitespace(true).build().ok()
}

static DEFINITION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r"^(?:(?:export|default|declare|public|private|protected|internal|static|final|abstract|sealed|async|pub|pub\([a-z]+\)|const|unsafe|override|open|inline|extern|virtual|readonly|partial|data)\x20)*
      (?: (?:class|interface|enum|trait|struct|record|object|namespace)\x20[A-Za-z_][\w$]*\b[^.]*[{:(;]$
        | (?:function|function\*|fn|fun|func|local\x20function)\x20[\w$]+(?:[.:]\w+)?\s?[(<].*[(,{=;)]$
        | func\x20\([a-z]\w*\x20\*?\w+\)\x20\w+\(.*\{$
        | def\x20[\w.?!]+(?:\(.*[:(,)])?$
        | impl(?:<.*>)?\x20.*\{$
      | module\x20[A-Z][\w:]*$ | sub\x20\w+\x20\{$ | [\w.]+\x20<-(?:\x20function\(.*)?$
        | type\x20\w+(?:<.*>)?\x20(?:=\x20.*|struct\x20\{|interface\x20\{)$ )
    | ^(?:(?:public|private|protected|internal|static|final|abstract|override|virtual|readonly|async|synchronized)\x20)+[\w<>\[\],?.:\x20]+(?:\(.*[{,();]|=.*;|;|\{)$
    | ^(?:(?:static|extern|inline|const)\x20)*(?:void|int|double|char|bool|float|long|unsigned|size_t|struct\x20\w+)[\x20*]+\w+\(.*[,){]$
    ",
    )
});

static STATEMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(
        r#"^(?: return(?:;|\x20[^\x20].*(?:[;)\]}({\[0-9"']|,)|\x20\w+)?$
      | (?:\}\x20)?(?:else\x20)?if\x20?\(.*[{;)]$ | (?:if|elif|for|while|with|async\x20for|async\x20with|except)\x20(?:[^.]|[.]\S)*:$ | (?:else|try|finally):$
      | local\x20\w+(?:,\x20\w+)*\x20=\x20.* | (?:if|elseif)\x20[^\[;]*[=~<>(][^\[;]*\x20then$ | for\x20[\w,\x20]+\x20(?:in|=)\x20.*\x20do$
      | (?:if|for|while|match|switch)\x20.*\{$ | (?:for|while|switch|foreach|using|lock)\x20?\(.*\x20.*[{;)]$ | \}\x20(?:else|catch|finally)\b.*\{$
      | (?:for|while|foreach)\x20?\(.*\)\x20\{\x20.*;\x20\}$
      | (?:double|int|long|bool|boolean|float|char|string|String|size_t|u?int\d\d?_t)\x20\w+\x20=\x20.*;$
      | (?:const|let|var|val)\x20[\w{\[(].*\x20=\x20.*
      | [a-z_]\w*(?:,\x20\w+)*\x20:=\x20.*
      | [\w.]+\x20<-\x20.* | @\w+\x20(?:\|\|)?=\x20.* | (?:my|our)\x20[(]?[$@%]\w.*;
      | (?:self|this)[.]\w+(?:[.]\w+)*\x20?[+-]?=\x20.*
      | [a-z_]\w*(?:[.]\w+)*\x20[+*/-]=\x20.*
      | (?:raise\x20\w+|throw\x20new\x20\w+).* | (?:await|yield)\x20[\w.]+.*[;)]$
      | import\x20.*\x20from\x20['"].* | from\x20[\w.]+\x20import\x20.* | import\x20[\w.]+(?:\x20as\x20\w+|;)?$ | import\x20\{.* | using\x20[\w.]+;$ | \#include\x20[<"].* | use\x20\w+(?:::.*)?;$ | package\x20[\w.]+;?$ | \#\[\w+.*\]$
      | [A-Za-z_$][\w$]*(?:[.:>-]+\w+)*\([^()]*(?:\(.*\))?.*\);$
      )"#,
    )
});

static COMMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"^(?:///?!?|\#|/\*\*?|\*)\x20\(?[A-Za-z0-9`']+[,:]?\x20.*[A-Za-z].*"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_many_languages() {
        for (kind, lines) in [
            (
                Line::Definition,
                &[
                    "export interface Quay {",
                    "export default async function assign(vessel: Vessel): Slot {",
                    "  private readonly taken: Map<string, Slot[]> = new Map();",
                    "type Slot = { vessel: Vessel };",
                    "def fare(passenger, day):",
                    "class Vehicle(Base):",
                    "pub(super) fn decode(bytes: &[u8]) -> Result<Frame, Error> {",
                    "impl fmt::Display for Frame {",
                    "func (g *Gate) Open(now time.Time) error {",
                    "public synchronized Optional<Booking> book(Booking wanted) {",
                    "static double width(const struct sluice *s, int years)",
                    "internal sealed class Pier : IPier {",
                    "module Orchard",
                    "sub fits {",
                    "settle <- function(volume, winters) {",
                    "settle <-",
                    "function M.wanted(ship)",
                    "local function needed(ship)",
                ][..],
            ),
            (
                Line::Statement,
                &[
                    "    return price * 20;",
                    "  return undefined",
                    "if (offset - start >= needed) return start;",
                    "} else if (open !== undefined) {",
                    "if vehicle.is_electric and vehicle.length < 6:",
                    "for (const quay of candidates) {",
                    "const found: [Date, Date][] = [];",
                    "diff := g.Inside - g.Outer",
                    "self.first = first",
                    "raise ValueError(\"the last boat leaves first\")",
                    "from .fares import season",
                    "import { BerthPlan } from './berths.js';",
                    "#include <stdio.h>",
                    "use std::fmt;",
                    "bookings.add(wanted);",
                    "left <- volume * 0.67",
                    "@trees = trees",
                    "my ($self, $berth) = @_;",
                    "double sum = 0;",
                    "foreach (var c in cells) { if (c > 0.02) sum += c; }",
                    "local n = math.ceil(ship.tons / 15000)",
                    "if ship.wind > 8 then",
                    "return 999 // a thousand would need a receipt",
                    "sum += perPost",
                    "b.level -= GAUGE * 2",
                    "for _, wind in ipairs(ship.winds) do",
                ],
            ),
            (
                Line::Comment,
                &[
                    "// Tankers keep their distance.",
                    "# Prices are rounded.",
                    " * Finds the first place.",
                    "/// One message.",
                ],
            ),
        ] {
            for line in lines {
                assert_eq!(of(line.as_bytes()), Some(kind), "{line}");
            }
        }
    }

    #[test]
    fn what_reports_put_before_a_line() {
        for before in [
            "   12  ",
            "+",
            "12: ",
            "src/a.ts:12:\t",
            "  12 |   ",
            "| 7 | ",
            "14:00:00 line     ",
            "\u{2502}   12  ",
            "  12   \u{2502} ",
            "      3×\t",
        ] {
            let line = format!("{before}return start + offset;");
            assert_eq!(of(line.as_bytes()), Some(Line::Statement), "{line}");
        }
    }

    #[test]
    fn a_line_in_a_drawn_box() {
        let line = "\u{2502}   12   return start + offset;         \u{2502}";
        assert_eq!(of(line.as_bytes()), Some(Line::Statement));
    }

    #[test]
    fn a_line_that_goes_on_in_the_next_one() {
        for line in ["    return start + offset;\\n\\", "return start + offset; \\"] {
            assert_eq!(of(line.as_bytes()), Some(Line::Statement), "{line}");
        }
    }

    #[test]
    fn prose_and_data_are_no_code() {
        for line in [
            "return the ticket at the counter",
            "If you return it, we pay for it.",
            "for example: all of them",
            "if you do this and then",
            "int one, two",
            "if [ -f a ]; then",
            "for all that we do",
            "while this is true, nobody knows why",
            "class of service",
            "import duties are due in March",
            "\"name\": \"return\",",
            "<p>return</p>",
            "name = \"left-pad\"",
            "int",
            "<- back to the index",
            "it came out of the box // or so they say",
            "A += B",
            "my (own) words",
            "- public holidays",
        ] {
            assert_eq!(of(line.as_bytes()), None, "{line}");
        }
    }
}
