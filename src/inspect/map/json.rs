//! A lenient, iterative reader of JSON and of object literals that look like it.
//!
//! Leaked maps are also found in files that no JSON parser accepts: cut off, with a control character in
//! a string, or as a literal in a bundle with unquoted keys. So nothing here fails; a [`Cursor`] that
//! meets something it can't read says where.

/// A position in a text that is read as JSON.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    /// Offset of the next byte.
    pub at: usize,
}

/// What follows the piece of a string that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// More of the string.
    More,
    /// What follows the string.
    Last,
    /// Nothing: the text ends before the string does.
    Open,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte after white space.
    pub(crate) fn next_token(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !byte.is_ascii_whitespace() {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    /// Steps over `byte` if it comes next after white space.
    pub(crate) fn take(&mut self, byte: u8) -> bool {
        let found = self.next_token() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Reads the string that begins here into `out`, unescaped. Returns whether it has an end; without
    /// one, everything to the end of the text is taken.
    pub(crate) fn string(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(quote) = self.peek() else { return false };
        self.at += 1;
        self.piece(quote, out, usize::MAX) == Piece::Last
    }

    /// Reads on inside a string that `quote` ends, until `out` has taken `most` bytes (or a character more).
    pub(crate) fn piece(&mut self, quote: u8, out: &mut Vec<u8>, most: usize) -> Piece {
        let most = most.saturating_add(out.len());
        loop {
            let whole = self.rest();
            let rest = whole.get(..most.saturating_sub(out.len())).unwrap_or(whole);
            let Some(run) = memchr::memchr2(quote, b'\\', rest) else {
                out.extend_from_slice(rest);
                self.at += rest.len();
                return if rest.len() < whole.len() { Piece::More } else { Piece::Open };
            };
            out.extend_from_slice(rest.get(..run).unwrap_or_default());
            self.at += run + 1;
            if rest.get(run) == Some(&quote) {
                return Piece::Last;
            }
            self.escape(out);
        }
    }

    /// Steps over the string that begins here. Returns whether it has an end.
    pub(crate) fn skip_string(&mut self) -> bool {
        let Some(quote) = self.peek() else { return false };
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(run) = memchr::memchr2(quote, b'\\', rest) else {
                self.at = self.bytes.len();
                return false;
            };
            if rest.get(run) == Some(&quote) {
                self.at += run + 1;
                return true;
            }
            self.at = (self.at + run + 2).min(self.bytes.len());
        }
    }

    /// Reads what follows a backslash.
    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(kind) = self.peek() else { return };
        self.at += 1;
        match kind {
            b'n' => out.push(b'\n'),
            b't' => out.push(b'\t'),
            b'r' => out.push(b'\r'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'v' => out.push(11),
            b'0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => out.push(0),
            b'\n' => {}
            b'x' => match self.hex(2) {
                Some(code) => push_char(out, code),
                None => out.push(b'x'),
            },
            b'u' => self.unicode_escape(out),
            other => out.push(other),
        }
    }

    fn unicode_escape(&mut self, out: &mut Vec<u8>) {
        if self.peek() == Some(b'{') {
            let digits = self.rest().iter().skip(1).take_while(|byte| byte.is_ascii_hexdigit()).count();
            self.at += 1;
            let code = if digits <= 8 { self.hex(digits) } else { None };
            self.at += usize::from(self.peek() == Some(b'}'));
            return push_char(out, code.unwrap_or(0xFFFD));
        }
        let Some(first) = self.hex(4) else { return out.push(b'u') };
        if (0xD800..0xDC00).contains(&first) && self.rest().starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            match self.hex(4) {
                Some(second) if (0xDC00..0xE000).contains(&second) => {
                    return push_char(out, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
                }
                _ => self.at = back,
            }
        }
        push_char(out, first);
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text = std::str::from_utf8(self.rest().get(..digits)?).ok()?;
        let code = text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then(|| u32::from_str_radix(text, 16).ok())??;
        self.at += digits;
        Some(code)
    }

    /// Reads a key, quoted or bare. `None` if none begins here.
    pub(crate) fn key(&mut self, out: &mut Vec<u8>) -> Option<()> {
        out.clear();
        match self.next_token()? {
            b'"' | b'\'' => {
                self.string(out);
            }
            first if is_word(first) => {
                let length = self.rest().iter().take_while(|byte| is_word(**byte)).count();
                out.extend_from_slice(self.rest().get(..length)?);
                self.at += length;
            }
            _ => return None,
        }
        Some(())
    }

    /// Steps over a number, `true`, `null` or whatever else is before the next delimiter, and returns it.
    pub(crate) fn scalar(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let ends = |byte: &u8| {
            matches!(byte, b',' | b']' | b'}' | b'{' | b'[' | b'"' | b':') || byte.is_ascii_whitespace()
        };
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Steps over one value of any depth. Returns whether its end was found.
    pub(crate) fn skip_value(&mut self) -> bool {
        let mut depth = 0u32;
        loop {
            match self.next_token() {
                None => return false,
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') => {
                    let Some(outer) = depth.checked_sub(1) else { return true };
                    depth = outer;
                    self.at += 1;
                }
                Some(b'"' | b'\'' | b'`') => {
                    if !self.skip_string() {
                        return false;
                    }
                }
                Some(b',' | b':') => self.at += 1,
                Some(_) => {
                    self.scalar();
                }
            }
            if depth == 0 {
                return true;
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// A half of a surrogate pair alone is no character: it becomes the replacement character, which is what
/// a stranger's tools would write too.
fn push_char(out: &mut Vec<u8>, code: u32) {
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, bool) {
        let mut out = Vec::new();
        let closed = Cursor::new(text.as_bytes(), 0).string(&mut out);
        (String::from_utf8(out).unwrap(), closed)
    }

    #[test]
    fn unescapes() {
        for (text, wanted) in [
            (r#""a\nb\t\"c\"\\""#, "a\nb\t\"c\"\\"),
            (r#""\u00e4\u20ac""#, "ä€"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""\ud83dx""#, "\u{FFFD}x"),
            (r#""\ud83d\u0041""#, "\u{FFFD}A"),
            (r#""\ude00""#, "\u{FFFD}"),
            (r#""\/\b""#, "/\u{8}"),
            (r"'it\'s \x41 \u{1F600}'", "it's A 😀"),
            (r#""\uZZ""#, "uZZ"),
        ] {
            assert_eq!(read(text), (wanted.to_owned(), true), "{text}");
        }
        assert_eq!(read("\"cut o"), ("cut o".to_owned(), false));
        assert_eq!(read("\"cut\\"), ("cut".to_owned(), false));
        assert_eq!(read("\"cut\\u00"), ("cutu00".to_owned(), false));
    }

    #[test]
    fn reads_long_strings_piece_by_piece() {
        let text = br#""one\u00e4\ud83d\ude00two\"three"rest"#;
        for most in 1..20 {
            let (mut cursor, mut whole, mut piece) = (Cursor::new(text, 1), Vec::new(), Vec::new());
            while cursor.piece(b'"', &mut piece, most) == Piece::More {
                assert!(piece.len() < most + 4);
                whole.append(&mut piece);
            }
            whole.append(&mut piece);
            assert_eq!(whole, "oneä😀two\"three".as_bytes(), "{most}");
            assert_eq!(cursor.rest(), b"rest");
        }
        assert_eq!(Cursor::new(b"\"open", 1).piece(b'"', &mut Vec::new(), 100), Piece::Open);
    }

    #[test]
    fn steps_over_values() {
        for text in
            ["{\"a\":[1,2,{\"b\":\"]}\"}]},9", "[],9", "\"x\\\"\",9", "-1.5e3,9", "null,9", "[[[[]]]] ,9"]
        {
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            assert!(cursor.skip_value(), "{text}");
            assert!(cursor.take(b','), "{text} stopped at {}", cursor.at);
        }
        assert!(!Cursor::new(b"[1,2", 0).skip_value());
        assert!(!Cursor::new(b"{\"a\":\"b", 0).skip_value());
        let deep = "[".repeat(1_000_000);
        assert!(!Cursor::new(deep.as_bytes(), 0).skip_value());
    }

    #[test]
    fn reads_bare_and_quoted_keys() {
        let mut key = Vec::new();
        for text in ["  sources:1", "'sources':1", "\"sources\" :1"] {
            let mut cursor = Cursor::new(text.as_bytes(), 0);
            assert!(cursor.key(&mut key).is_some());
            assert_eq!(key, b"sources");
            assert!(cursor.take(b':'));
        }
        assert!(Cursor::new(b"}", 0).key(&mut key).is_none());
    }
}
