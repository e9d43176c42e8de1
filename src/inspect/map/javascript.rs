//! Just enough of JavaScript's grammar to tell a comment from a string, a template or a regular expression.

/// For each offset, in rising order, whether a comment begins exactly there. Reads `text` once, up to the
/// last offset.
pub(crate) fn begins_comment(text: &[u8], offsets: &[usize]) -> Vec<bool> {
    let mut lexer = Lexer {
        text,
        at: 0,
        read_to: 0,
        value_before: false,
        templates: Vec::new(),
        backtick: None,
        no_regex_before: 0,
    };
    let mut judge = |offset: usize| {
        while lexer.at < offset && lexer.step() {}
        lexer.at == offset && lexer.starts_comment()
    };
    offsets.iter().map(|offset| judge(*offset)).collect()
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the last token ends that was read as one; what follows it was leapt over.
    read_to: usize,
    /// Whether that token is the end of a value, so that a slash after it divides.
    value_before: bool,
    /// For each `${` that is open, how many braces are open inside it.
    templates: Vec<usize>,
    /// The next backtick, if it was looked for; the end of the text where there is none.
    backtick: Option<usize>,
    /// A slash before this offset begins no regular expression: the line was read to its end in vain.
    no_regex_before: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn starts_comment(&self) -> bool {
        self.rest().starts_with(b"//") || self.rest().starts_with(b"/*")
    }

    /// Steps over one token, comment, or stretch of what is neither string, template nor comment. `false` at
    /// the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.peek(0) else { return false };
        match byte {
            _ if self.templates.is_empty() && !matches!(byte, b'"' | b'\'' | b'`' | b'/') => self.leap(),
            b' ' | b'\t' | b'\r' | b'\n' => self.skip_space(),
            b'/' => self.slash(),
            b'"' | b'\'' => self.string(byte),
            b'`' => {
                self.at += 1;
                self.template();
            }
            b'{' => {
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
                self.punctuation(false);
            }
            b'}' => self.closing_brace(),
            b')' | b']' => self.punctuation(true),
            _ if is_word(byte) => self.word(),
            _ => self.punctuation(false),
        }
        true
    }

    /// Goes to the next quote or slash.
    fn leap(&mut self) {
        let backtick = match self.backtick.filter(|backtick| *backtick >= self.at) {
            Some(backtick) => backtick,
            None => memchr::memchr(b'`', self.rest()).map_or(self.text.len(), |found| self.at + found),
        };
        self.backtick = Some(backtick);
        let before = self.text.get(self.at..backtick).unwrap_or_default();
        self.at = memchr::memchr3(b'"', b'\'', b'/', before).map_or(backtick, |found| self.at + found);
    }

    /// Whether a value ends here, so that a slash divides.
    fn ends_value(&self) -> bool {
        let leapt_over = self.text.get(self.read_to..self.at).unwrap_or_default().trim_ascii_end();
        match leapt_over.last() {
            None => self.value_before,
            Some(b')' | b']' | b'}') => true,
            Some(byte) if is_word(*byte) => {
                let length = leapt_over.iter().rev().take_while(|byte| is_word(**byte)).count();
                let (before, word) = leapt_over.split_at(leapt_over.len() - length);
                before.last() == Some(&b'.') || !is_before_a_value(word)
            }
            Some(_) => false,
        }
    }

    /// A token ends here.
    fn read(&mut self, is_value: bool) {
        (self.read_to, self.value_before) = (self.at, is_value);
    }

    fn skip_space(&mut self) {
        let is_code = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += self.rest().iter().position(is_code).unwrap_or(self.rest().len());
    }

    fn punctuation(&mut self, is_value: bool) {
        self.at += 1;
        self.read(is_value);
    }

    fn closing_brace(&mut self) {
        match self.templates.last_mut() {
            Some(0) => {
                self.templates.pop();
                self.at += 1;
                self.template();
            }
            Some(open) => {
                *open -= 1;
                self.punctuation(true);
            }
            None => self.punctuation(true),
        }
    }

    fn slash(&mut self) {
        match self.peek(1) {
            Some(b'/') => {
                let value_before = self.ends_value();
                self.at += line_length(self.rest());
                self.read(value_before);
            }
            Some(b'*') => {
                let value_before = self.ends_value();
                let end = memchr::memmem::find(self.rest().get(2..).unwrap_or_default(), b"*/");
                self.at = end.map_or(self.text.len(), |end| self.at + end + 4);
                self.read(value_before);
            }
            _ if self.at < self.no_regex_before || self.ends_value() => self.punctuation(false),
            _ => self.regex(),
        }
    }

    fn string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(run) = memchr::memchr3(quote, b'\\', b'\n', self.rest()) {
            self.at += run;
            match self.peek(0) {
                Some(b'\\') if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') => self.at += 3,
                Some(b'\\') => self.at += 2,
                _ => {
                    // A line end means that this was no string after all.
                    self.at += 1;
                    self.read(true);
                    return;
                }
            }
        }
        self.at = self.text.len();
    }

    /// Steps over the text of a template, to its end or to its next `${`.
    fn template(&mut self) {
        while let Some(run) = memchr::memchr3(b'`', b'\\', b'$', self.rest()) {
            self.at += run;
            match (self.peek(0), self.peek(1)) {
                (Some(b'`'), _) => {
                    self.at += 1;
                    self.read(true);
                    return;
                }
                (Some(b'$'), Some(b'{')) => {
                    self.at += 2;
                    self.templates.push(0);
                    self.read(false);
                    return;
                }
                (Some(b'$'), _) => self.at += 1,
                _ => self.at += 2,
            }
        }
        self.at = self.text.len();
    }

    fn regex(&mut self) {
        let from = self.at;
        let mut class = false;
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'\n' => {
                    self.no_regex_before = self.at;
                    self.at = from;
                    return self.punctuation(false);
                }
                b'/' if !class => {
                    self.at += 1;
                    self.read(true);
                    return;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.no_regex_before = self.text.len();
        self.at = from;
        self.punctuation(false);
    }

    fn word(&mut self) {
        let length = self.rest().iter().position(|byte| !is_word(*byte)).unwrap_or(self.rest().len());
        let is_property = self.at > 0 && self.text.get(self.at - 1) == Some(&b'.');
        let is_value = is_property || !is_before_a_value(self.rest().get(..length).unwrap_or_default());
        self.at += length;
        self.read(is_value);
    }
}

/// Whether a word is one after which a value begins, so that a slash after it begins a regular expression.
fn is_before_a_value(word: &[u8]) -> bool {
    match word {
        [b'i' | b'o' | b'd', _] => matches!(word, b"in" | b"of" | b"do"),
        [b'c' | b'd' | b'e' | b'i' | b'n' | b'r' | b't' | b'v' | b'y' | b'a', _, _, ..] => matches!(
            word,
            b"case"
                | b"delete"
                | b"else"
                | b"instanceof"
                | b"new"
                | b"return"
                | b"throw"
                | b"typeof"
                | b"void"
                | b"yield"
                | b"await"
        ),
        _ => false,
    }
}

fn is_word(byte: u8) -> bool {
    WORD.get(usize::from(byte)).copied().unwrap_or(false)
}

/// Whether each byte belongs to a word.
#[expect(clippy::indexing_slicing, reason = "a bad index in a constant does not compile")]
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut number = 0;
    while number < table.len() {
        let byte = number as u8;
        table[number] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'\\' | 0x80..);
        number += 1;
    }
    table
};

/// Bytes up to the line end of JavaScript: LF, CR, U+2028 or U+2029.
pub(crate) fn line_length(text: &[u8]) -> usize {
    let mut from = 0;
    while let Some(found) = text.get(from..).and_then(|rest| memchr::memchr3(b'\n', b'\r', 0xE2, rest)) {
        let at = from + found;
        if text.get(at) != Some(&0xE2) || is_separator(text.get(at..).unwrap_or_default()) {
            return at;
        }
        from = at + 1;
    }
    text.len()
}

/// Whether U+2028 or U+2029 is here.
pub(crate) fn is_separator(text: &[u8]) -> bool {
    matches!(text, [0xE2, 0x80, 0xA8 | 0xA9, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_comments_from_all_else() {
        for (text, is_comment) in [
            ("a = 1; //#HERE", true),
            ("a = 1\n//#HERE", true),
            ("/* //#HERE */", false),
            ("// see //#HERE", false),
            ("x = \"//#HERE\"", false),
            ("x = '//#HERE'", false),
            ("x = `a\n//#HERE\n`", false),
            ("x = `a ${ b //#HERE\n} c`", true),
            ("x = `a ${ {a: `${1}`} } //#HERE`", false),
            ("x = /[/]\"/; //#HERE", true),
            ("x = a / b; '/'; //#HERE", true),
            ("return /\"/ //#HERE", true),
            ("x = \"http://a\"; //#HERE", true),
            ("x = /a\\/\\//; //#HERE", true),
            ("it = don't\n//#HERE", true),
            ("a.return / 2; \"/\"; //#HERE", true),
            ("'a\\\n//#HERE'", false),
            ("<p>a / b</p>\n//#HERE", true),
        ] {
            let at = text.find("//#HERE").unwrap();
            assert_eq!(begins_comment(text.as_bytes(), &[at]), [is_comment], "{text}");
        }
    }

    #[test]
    fn judges_several_places_in_one_go() {
        let text = b"//#1\n'//#2'\n/* //#3 */ //#4";
        let places: Vec<usize> = memchr::memmem::find_iter(text, b"//#").collect();
        assert_eq!(begins_comment(text, &places), [true, false, false, true]);
    }
}
