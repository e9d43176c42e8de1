//! From text to words. Forgiving: text that is no valid program still gives its words, and a slip (a quote
//! in JSX text, a regular expression taken for a division) ends with the line.

use super::erase;
use super::lexicon::{self, Syntax};
use crate::plain::Plain;

/// A word that counts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    /// What tells it from other words.
    pub hash: u64,
    /// Whether it is long enough to mean something.
    pub has_meaning: bool,
    /// Whether a minifier leaves it as it is: the name of a property, a word in a string.
    pub is_kept: bool,
    /// Whether it is such a one, and not in half of all programs.
    pub is_telling: bool,
    /// Whether it comes after the last one that is kept in the alphabet: so do the names in a list of what everybody knows.
    pub ascends: bool,
    /// Where it is in the text.
    pub offset: usize,
}

/// Open brackets that are kept track of.
const MOST_BRACKETS: usize = 1 << 16;
/// Strings of this length with escaped line ends are texts within the text.
const LEAST_TEXT: usize = 80;
/// How deep such texts are followed.
const MOST_DEPTH: u32 = 3;

/// Calls `each` with the words of a text, in order.
pub(super) fn words(text: &[u8], syntax: Syntax, each: &mut dyn FnMut(Word)) {
    Lexer::new(text, syntax, 0, each).run();
}

/// What was before, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A name, number, string or closing bracket: a value.
    Value,
    /// A dot: a name that follows is a property.
    Dot,
    /// A keyword of a declaration (`const`, `private`): a name that follows may have a type.
    Declaring,
    /// Anything else.
    Operator,
}

struct Bracket {
    open: u8,
    /// Question marks still without their colon.
    questions: u32,
    /// Whether it has statements in it, and no names of properties.
    is_block: bool,
}

struct Lexer<'a, 'e> {
    text: &'a [u8],
    at: usize,
    syntax: Syntax,
    depth: u32,
    before: Before,
    /// The last byte of what was before, `w` for a word that is a value.
    last: u8,
    brackets: Vec<Bracket>,
    /// Bytes that may still be looked at for nothing in the search for types.
    effort: usize,
    /// The last word that is kept.
    last_kept: &'a [u8],
    each: &'e mut dyn FnMut(Word),
}

impl<'a, 'e> Lexer<'a, 'e> {
    fn new(text: &'a [u8], syntax: Syntax, depth: u32, each: &'e mut dyn FnMut(Word)) -> Self {
        let effort = (1 << 20) + 4 * text.len();
        Self {
            text,
            at: 0,
            syntax,
            depth,
            before: Before::Operator,
            last: b';',
            brackets: Vec::new(),
            effort,
            last_kept: b"",
            each,
        }
    }

    fn run(mut self) {
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => self.word(),
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_ascii_digit() && self.before != Before::Value => self.number(),
                b'"' | b'\'' => self.quote(byte),
                b'`' if self.syntax == Syntax::Script => {
                    self.at += 1;
                    self.template();
                }
                b'/' if self.syntax != Syntax::Hash => self.slash(),
                b'#' => self.hash_sign(),
                b'<' if self.syntax == Syntax::Script => self.less_than(),
                _ => self.punctuation(byte),
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// Goes after the next `end`, or to the end of the text.
    fn skip_past(&mut self, end: &[u8]) {
        self.at = match memchr::memmem::find(self.rest(), end) {
            Some(found) => self.at + found + end.len(),
            None => self.text.len(),
        };
    }

    fn skip_line(&mut self) {
        self.at = memchr::memchr(b'\n', self.rest()).map_or(self.text.len(), |found| self.at + found);
    }

    fn slash(&mut self) {
        match self.peek(1) {
            b'/' if self.at.checked_sub(1).and_then(|at| self.text.get(at)) != Some(&b':') => {
                self.skip_line()
            }
            b'*' => {
                self.at += 2;
                self.skip_past(b"*/");
            }
            _ if self.takes_regex() && self.erase(regex_length(self.rest())) => self.before = Before::Value,
            _ => self.punctuation(b'/'),
        }
    }

    /// Goes after what is to be passed over; true if anything was.
    fn erase(&mut self, length: Option<usize>) -> bool {
        if length.is_none() {
            self.effort = self.effort.saturating_sub(erase::FARTHEST);
        }
        let length = length.unwrap_or(0);
        self.at += length;
        length > 0
    }

    fn takes_regex(&self) -> bool {
        self.syntax == Syntax::Script && self.before != Before::Value && self.effort > 0
    }

    fn hash_sign(&mut self) {
        let includes = self.rest().starts_with(b"#include") || self.rest().starts_with(b"#import");
        if self.syntax == Syntax::Hash || includes {
            self.skip_line();
        } else {
            // Private members of JavaScript classes are their names.
            self.at += 1;
        }
    }

    /// HTML comments and closing tags.
    fn less_than(&mut self) {
        if self.rest().starts_with(b"<!--") {
            self.skip_past(b"-->");
            return;
        }
        if self.peek(1) == b'/' {
            let name = self.rest().iter().skip(2).take(100).take_while(|byte| is_tag(**byte)).count();
            if self.peek(2 + name) == b'>' {
                self.at += name + 3;
                return;
            }
        }
        self.punctuation(b'<');
    }

    fn punctuation(&mut self, byte: u8) {
        self.at += 1;
        self.before = Before::Operator;
        let last = std::mem::replace(&mut self.last, byte);
        match byte {
            b'(' | b'[' => self.open(byte, false),
            // Behind `)`, `=>`, a name or another statement stands a block; else an object or a pattern.
            b'{' => self.open(byte, matches!(last, b')' | b'>' | b'w' | b';' | b'{' | b'}')),
            b')' | b']' => {
                self.brackets.pop();
                self.before = Before::Value;
                if byte == b')' && self.syntax == Syntax::Script && self.questions() == 0 {
                    self.at += erase::return_type(self.rest());
                }
            }
            b'}' => {
                self.before = Before::Value;
                if self.brackets.pop().is_some_and(|bracket| bracket.open == b'$') {
                    self.template();
                }
            }
            b'?' if matches!(self.peek(0), b'.' | b'?' | b':') => {
                self.at += usize::from(self.peek(0) != b':')
            }
            b'?' => {
                if let Some(bracket) = self.brackets.last_mut() {
                    bracket.questions = bracket.questions.saturating_add(1);
                }
            }
            b':' => {
                if let Some(bracket) = self.brackets.last_mut() {
                    bracket.questions = bracket.questions.saturating_sub(1);
                }
            }
            b'.' => self.before = Before::Dot,
            _ => {}
        }
    }

    fn open(&mut self, open: u8, is_block: bool) {
        if self.brackets.len() < MOST_BRACKETS {
            self.brackets.push(Bracket { open, questions: 0, is_block });
        }
    }

    fn questions(&self) -> u32 {
        self.brackets.last().map_or(0, |bracket| bracket.questions)
    }

    fn quote(&mut self, quote: u8) {
        let rest = self.rest();
        if self.syntax == Syntax::Hash && rest.starts_with(&[quote; 3]) {
            self.at += 3;
            let inner = self.rest();
            let end = memchr::memmem::find(inner, &[quote; 3]).unwrap_or(inner.len());
            self.words_in(inner.get(..end).unwrap_or_default(), self.at);
            self.at += end + 3;
            return;
        }
        // A character literal is short; an apostrophe is none.
        let is_character = quote == b'\'' && self.syntax == Syntax::Slash;
        let near = if is_character { rest.get(..rest.len().min(14)).unwrap_or_default() } else { rest };
        let (length, closed) = string_length(near, quote);
        if is_character && !closed {
            self.at += 1;
            return;
        }
        let inner = rest.get(1..length - usize::from(closed)).unwrap_or_default();
        self.string(inner, self.at + 1);
        self.at += length;
        self.before = Before::Value;
        self.last = quote;
    }

    fn string(&mut self, inner: &'a [u8], offset: usize) {
        let is_text = inner.len() >= LEAST_TEXT && memchr::memmem::find(inner, b"\\n").is_some();
        match Plain::of(inner).filter(|_| is_text && self.depth < MOST_DEPTH) {
            Some(plain) => {
                let each = &mut *self.each;
                let mut place = |word: Word| each(Word { offset: offset + plain.place(word.offset), ..word });
                Lexer::new(&plain.bytes, Syntax::Script, self.depth + 1, &mut place).run();
            }
            None => self.words_in(inner, offset),
        }
    }

    /// The words of a string or of a template's text, escapes and what isn't ASCII parting them.
    fn words_in(&mut self, inner: &'a [u8], offset: usize) {
        let mut at = 0;
        while let Some(&byte) = inner.get(at) {
            if byte == b'\\' {
                at += escape_length(inner.get(at..).unwrap_or_default());
            } else if is_word(byte) {
                let word = inner.get(at..).unwrap_or_default();
                let length = word.iter().take_while(|byte| is_word(**byte)).count();
                self.emit(word.get(..length).unwrap_or_default(), offset + at, true);
                at += length;
            } else {
                at += 1;
            }
        }
    }

    /// The text of a template up to its end or to the next `${`.
    fn template(&mut self) {
        let rest = self.rest();
        let mut length = 0;
        loop {
            match rest.get(length) {
                None => break,
                Some(b'`') => break,
                Some(b'\\') => length += 2,
                Some(b'$') if rest.get(length + 1) == Some(&b'{') => break,
                Some(_) => length += 1,
            }
        }
        let length = length.min(rest.len());
        self.words_in(rest.get(..length).unwrap_or_default(), self.at);
        self.at += length;
        if self.peek(0) == b'$' {
            self.at += 2;
            self.open(b'$', false);
            self.before = Before::Operator;
            self.last = b'(';
        } else {
            self.at += 1;
            self.before = Before::Value;
            self.last = b'`';
        }
    }

    fn number(&mut self) {
        let rest = self.rest();
        let is_hex = rest.len() > 1 && rest.get(1).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'x'));
        let mut length = 0;
        while let Some(&byte) = rest.get(length) {
            let is_sign = matches!(byte, b'+' | b'-')
                && !is_hex
                && length > 0
                && rest.get(length - 1).is_some_and(|before| before.eq_ignore_ascii_case(&b'e'));
            if !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_') || is_sign) {
                break;
            }
            length += 1;
        }
        if let Some(hash) = rest.get(..length).and_then(lexicon::number) {
            // Minifiers fold numbers, and write them before what they are multiplied with.
            (self.each)(Word { hash, offset: self.at, ..Word::default() });
        }
        self.at += length.max(1);
        self.before = Before::Value;
        self.last = b'0';
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_word(**byte)).count();
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        let is_property = self.before == Before::Dot;
        let was = std::mem::replace(&mut self.before, Before::Value);
        let last = std::mem::replace(&mut self.last, b'w');
        if !is_property && self.statement(word, start, was) {
            let opens_block = matches!(word, b"else" | b"do");
            self.last = if self.before == Before::Value || opens_block { b'w' } else { b'=' };
            return;
        }
        let is_kept = is_property || (self.syntax == Syntax::Script && self.is_key(last));
        self.emit(word, start, is_kept);
        if self.syntax == Syntax::Script {
            self.at += erase::type_arguments(self.rest());
            let in_parameters =
                self.brackets.last().is_some_and(|bracket| bracket.open == b'(' && bracket.questions == 0);
            if (in_parameters || was == Before::Declaring) && self.effort > 0 {
                self.erase(erase::annotation(self.rest()));
            }
        }
    }

    /// Whether a word behind `last` names a property of an object or a pattern, alone or with its value.
    fn is_key(&self, last: u8) -> bool {
        let in_object =
            |bracket: &Bracket| bracket.open == b'{' && !bracket.is_block && bracket.questions == 0;
        let rest = self.rest().trim_ascii_start();
        matches!(last, b'{' | b',')
            && self.brackets.last().is_some_and(in_object)
            && match rest.first() {
                Some(b':' | b',' | b'}') => true,
                Some(b'=') => !matches!(rest.get(1), Some(b'=' | b'>')),
                _ => false,
            }
    }

    /// Handles keywords; true if the word and perhaps more is passed over.
    fn statement(&mut self, word: &[u8], start: usize, was: Before) -> bool {
        match (self.syntax, word) {
            (Syntax::Script, b"import" | b"export") if self.effort > 0 => {
                self.erase(erase::module_statement(word, self.rest()));
                self.before = Before::Operator;
            }
            (Syntax::Script, b"interface" | b"type" | b"implements") if self.effort > 0 => {
                if self.erase(erase::type_statement(word, self.rest())) {
                    self.before = Before::Operator;
                }
            }
            (Syntax::Script, b"as" | b"satisfies") if was == Before::Value && self.effort > 0 => {
                self.erase(erase::assertion(self.rest()));
            }
            (
                Syntax::Script,
                b"const" | b"let" | b"var" | b"private" | b"public" | b"protected" | b"readonly" | b"static"
                | b"override",
            ) => self.before = Before::Declaring,
            (
                _,
                b"return" | b"typeof" | b"case" | b"in" | b"of" | b"delete" | b"void" | b"throw" | b"new"
                | b"else" | b"do" | b"await" | b"yield" | b"instanceof",
            ) => self.before = Before::Operator,
            (Syntax::Slash, b"import" | b"use" | b"package" | b"using") if self.begins_line(start) => {
                let line = memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
                let end = memchr::memchr(b';', self.rest()).filter(|_| word == b"use").unwrap_or(line);
                self.at += end;
            }
            (Syntax::Hash, b"import" | b"from") if self.begins_line(start) => self.skip_line(),
            _ => return false,
        }
        true
    }

    fn begins_line(&self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default();
        before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
    }

    fn emit(&mut self, word: &'a [u8], offset: usize, is_kept: bool) {
        let Some(hash) = lexicon::word(word) else { return };
        let has_meaning = lexicon::has_meaning(word);
        // Names as short as this may be a minifier's own.
        let is_kept = is_kept && has_meaning && self.syntax == Syntax::Script;
        let is_telling = is_kept && !lexicon::is_common(hash);
        let ascends = is_kept && self.last_kept < word;
        if is_kept {
            self.last_kept = word;
        }
        (self.each)(Word { hash, has_meaning, is_kept, is_telling, ascends, offset });
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

fn is_tag(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'.' | b'-' | b':')
}

/// Length of a string literal with its quotes, and whether it is closed before the line ends.
fn string_length(text: &[u8], quote: u8) -> (usize, bool) {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return (at, false),
            _ if byte == quote => return (at + 1, true),
            _ => at += 1,
        }
    }
    (text.len(), false)
}

/// Length of an escape; `text` begins with a backslash.
fn escape_length(text: &[u8]) -> usize {
    match text.get(1) {
        Some(b'x') => 4,
        Some(b'u') if text.get(2) == Some(&b'{') => {
            text.iter().take(12).position(|byte| *byte == b'}').map_or(3, |end| end + 1)
        }
        Some(b'u') => 6,
        _ => 2,
    }
}

/// Length of the regular expression that the text begins with, flags included.
fn regex_length(text: &[u8]) -> Option<usize> {
    const LONGEST: usize = 4_000;
    let (mut at, mut in_class) = (1, false);
    loop {
        match text.get(at).filter(|_| at < LONGEST)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => break,
            _ => {}
        }
        at += 1;
    }
    let flags = text.get(at + 1..)?.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    Some(at + 1 + flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(text: &str, syntax: Syntax) -> Vec<u64> {
        let mut all = Vec::new();
        words(text.as_bytes(), syntax, &mut |word| all.push(word.hash));
        all
    }

    fn same(one: &str, two: &str) {
        let (a, b) = (hashes(one, Syntax::Script), hashes(two, Syntax::Script));
        assert_eq!(a.len(), b.len(), "{one}\n{two}");
        assert!(a == b, "{one}\n{two}");
    }

    #[test]
    fn formatting_quotes_and_comments_do_not_matter() {
        same("let a = foo('b c', 1000); // why\n", "var a=foo(\"b c\",1e3)");
        same("if (alpha) { return beta } else { return gamma }", "return alpha?beta:gamma;");
        same("/* x */ alpha['beta'](/['\"]/g, gamma)", "alpha.beta(/['\"]/g,gamma)");
        same(
            "const url = `https://a.example/${alpha.beta}/c`; gamma()",
            "url=`https://a.example/${ alpha.beta }/c`;gamma()",
        );
        same("'für alle'", "\"f\\xFCr alle\"");
        same("parse(text)", "parse$2(text)");
    }

    #[test]
    fn types_are_gone_after_compilation() {
        same(
            "import { x } from './x';\nexport function alpha(beta: Map<string, Foo>, gamma?: number): Promise<Foo[]> { return beta }",
            "function alpha(beta, gamma) { return beta }",
        );
        same(
            "const alpha: Record<string, Foo> = beta as unknown as Bar;\ndelta()",
            "const alpha = beta;\ndelta()",
        );
        same("interface Foo { a: { b: Bar } }\nalpha()", "alpha()");
        same("export type Foo<T> =\n  | { a: T }\n  | Bar;\nalpha()", "alpha()");
        same(
            "class Alpha implements Beta, Gamma { private delta: Foo | null = null; }",
            "class Alpha { delta = null }",
        );
        same("new Map<string, Foo>()", "new Map()");
        same("export { alpha, beta as gamma };\ndelta()", "delta()");
        same("alpha(beta ? gamma : delta, epsilon)", "alpha(beta?gamma:delta,epsilon)");
    }

    #[test]
    fn a_minifier_leaves_names_of_properties_and_words_in_strings() {
        let kept = |text: &str| {
            let mut all = Vec::new();
            words(text.as_bytes(), Syntax::Script, &mut |word| {
                if word.is_kept {
                    all.push(word.hash);
                }
            });
            all
        };
        for (written, minified, count) in [
            (
                "function total({ amount, rate = 20 }: Order): number { return amount.net * (1 + rate.share) }",
                "function t({amount:e,rate:r=20}){return e.net*(1+r.share)}",
                4,
            ),
            (
                "const found = { delta: value.gamma, epsilon };\nif (found) { first = second; log(`now ${found.zeta} then`) }",
                "const a={delta:b.gamma,epsilon:c};a&&(d=e,f(`now ${a.zeta} then`))",
                6,
            ),
            (
                "return state['open'] ? { kind: 'shut', at: here } : { kind: 'open', at: there }",
                "return s.open?{kind:\"shut\",at:h}:{kind:\"open\",at:t}",
                5,
            ),
            (
                "class Alpha { beta = 3; gamma() { outer: for (;;) break outer } }",
                "class A{beta=3;gamma(){a:for(;;)break a}}",
                0,
            ),
        ] {
            assert_eq!(kept(written), kept(minified), "{written}");
            assert_eq!(kept(written).len(), count, "{written}");
        }
    }

    #[test]
    fn plain_javascript_loses_nothing() {
        for text in [
            "alpha(beta ? gamma : delta)",
            "switch (alpha) { case beta(gamma): delta() }",
            "let alpha = { beta: gamma, delta: epsilon }",
            "alpha < beta; gamma > delta",
            "import('alpha').then(beta, gamma, delta)",
            "type = alpha; beta(gamma, delta)",
            "alpha / beta / gamma; delta",
        ] {
            let count = text
                .split(|c: char| !c.is_alphabetic())
                .filter(|word| lexicon::word(word.as_bytes()).is_some());
            assert_eq!(hashes(text, Syntax::Script).len(), count.count(), "{text}");
        }
    }

    #[test]
    fn texts_within_a_text() {
        let source = "// secret\nexport function alpha(beta) {\n  return gamma(\"delta\", 'epsilon', beta);\n}\nalpha(1)\n";
        let map = serde_json::json!({ "x": [source] }).to_string();
        assert_eq!(hashes(source, Syntax::Script)[..], hashes(&map, Syntax::Script)[1..]);
        let mut at = Vec::new();
        words(map.as_bytes(), Syntax::Script, &mut |word| at.push(word.offset));
        assert!(map[at[1]..].starts_with("alpha"));
    }

    #[test]
    fn other_languages() {
        let python = "import os\n# note\ndef alpha(beta): # why\n    \"\"\"It's gamma.\"\"\"\n    return beta // delta\n";
        assert_eq!(hashes(python, Syntax::Hash).len(), 8);
        let rust = "use std::fs;\nfn alpha<'a>(beta: &'a str) -> char { 'x' } // why\n";
        assert_eq!(hashes(rust, Syntax::Slash).len(), 8);
    }

    #[test]
    fn odd_text_ends() {
        for text in [
            "\\", "'\\", "`${", "`\\", "/", "/[", "<!--", "</", "\"\"\"", "a?", "import", "export {",
            "type a =", "(a:", "0x", ".", "}}}",
        ] {
            for syntax in [Syntax::Script, Syntax::Slash, Syntax::Hash] {
                words(text.as_bytes(), syntax, &mut |_| {});
            }
        }
    }
}
