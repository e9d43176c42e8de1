//! What no Python 3 reads, of a module that a command starts or that a package is imported by: brackets and strings that
//! don't end, a block without its colon or its lines, Python 2's `print`. There is no parser here: what isn't certain in
//! every version is passed over.

/// A fault, with its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) line: u64,
    pub(super) says: String,
}

/// Longest module that is looked at.
const LONGEST: usize = 512 << 10;
/// Brackets within brackets, and texts within texts.
const DEEPEST: usize = 200;
/// With one of these a statement begins that has a colon behind it.
const HEADS: [&str; 13] = [
    "def", "class", "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "async",
    "lambda",
];
/// Words that may stand behind a name.
const INFIX: [&str; 8] = ["in", "is", "and", "or", "not", "if", "else", "for"];

/// Whether a module may be one that Python can't read, by a look that costs next to nothing: brackets, or the quotes of long
/// texts, that don't go by twos, Python 2's `print`, the marks of a merge.
pub(super) fn is_odd(bytes: &[u8]) -> bool {
    const SIGNS: [&[u8]; 3] = [b"print \"", b"print '", b"\n<<<<<<< "];
    let count = |sign: u8| memchr::memchr_iter(sign, bytes).count();
    let is_even = |[open, close]: [u8; 2]| count(open) == count(close);
    let has_open_text = || {
        [&b"\"\"\""[..], b"'''"]
            .iter()
            .any(|quotes| memchr::memmem::find_iter(bytes, quotes).count() % 2 == 1)
    };
    // a late one stands behind other imports, or what they are for
    let has_late = || {
        let at = memchr::memmem::rfind(bytes, b"\nfrom __future__ ");
        let before = at.and_then(|at| bytes.get(..at)).unwrap_or_default();
        before.starts_with(b"import ")
            || [&b"\nimport "[..], b"\ndef ", b"\nclass "]
                .iter()
                .any(|word| memchr::memmem::find(before, word).is_some())
    };
    ![*b"()", *b"[]", *b"{}"].into_iter().all(is_even)
        || has_open_text()
        || has_late()
        || SIGNS.iter().any(|sign| memchr::memmem::find(bytes, sign).is_some())
}

/// The first fault; `None` if there is none for sure.
pub(super) fn fault(bytes: &[u8]) -> Option<Fault> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= LONGEST)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let has_odd_lines = || text.replace("\r\n", "\n").contains(['\r', '\0', '\u{c}']);
    if text.contains(['\r', '\0', '\u{c}']) && has_odd_lines() {
        return None;
    }
    let mut reader = Reader { bytes: text.as_bytes(), at: 0, line: 1, unsure: false, head: [None; 2] };
    let found = reader.module().err();
    found.filter(|_| !reader.unsure)
}

/// A part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Number(&'a str),
    Text,
    Sign(u8),
    /// `<>`, which Python 3 has no more.
    Unequal,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    /// Whether something was met that is read in more than one way.
    unsure: bool,
    /// What the line begins with that was read last.
    head: [Option<Token<'a>>; 2],
}

fn wrong<T>(line: u64, says: &str) -> Result<T, Fault> {
    Err(Fault { line, says: says.to_owned() })
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn module(&mut self) -> Result<(), Fault> {
        let mut indents: Vec<usize> = vec![0];
        let (mut opens, mut has_begun) = (false, false);
        // tabs count otherwise in each version
        let has_tabs = self
            .bytes
            .split(|byte| *byte == b'\n')
            .any(|line| line.iter().take_while(|byte| byte.is_ascii_whitespace()).any(|byte| *byte == b'\t'));
        while self.at < self.bytes.len() {
            let indent = self.bytes.get(self.at..).unwrap_or_default();
            let indent = indent.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            self.at += indent;
            let begins = self.line;
            match self.peek(0) {
                b'#' => {
                    self.comment();
                    continue;
                }
                b'\n' | b'\r' => {
                    self.end_of_line();
                    continue;
                }
                // a line of nothing but a continuation may be indented as it likes
                b'\\' => self.unsure = true,
                0 if self.at >= self.bytes.len() => break,
                _ => {}
            }
            if !has_tabs {
                let last = indents.last().copied().unwrap_or(0);
                match (opens, indent.cmp(&last)) {
                    (true, std::cmp::Ordering::Greater) => indents.push(indent),
                    (true, _) => return wrong(begins, "no line of a block is indented"),
                    (false, std::cmp::Ordering::Greater) => {
                        return wrong(begins, "a line is indented that belongs to no block");
                    }
                    (false, _) => {
                        while indents.last().is_some_and(|last| *last > indent) {
                            indents.pop();
                        }
                        if indents.last() != Some(&indent) {
                            return wrong(begins, "a line is indented as no block around it");
                        }
                    }
                }
            }
            opens = self.statement(begins)?;
            match self.head {
                [Some(Token::Name("from")), Some(Token::Name("__future__"))] if has_begun && indent == 0 => {
                    return wrong(begins, "`from __future__` behind other statements");
                }
                [Some(Token::Name("from")), Some(Token::Name("__future__"))]
                | [Some(Token::Text) | None, _] => {}
                _ => has_begun = true,
            }
        }
        match opens && !has_tabs {
            true => wrong(self.line, "no line of a block is indented"),
            false => Ok(()),
        }
    }

    /// A line with all that belongs to it; whether it opens a block.
    fn statement(&mut self, begins: u64) -> Result<bool, Fault> {
        let mut tokens: [Option<Token<'a>>; 2] = [None, None];
        let (mut count, mut read) = (0_usize, 0_usize);
        self.head = [None; 2];
        let mut open: Vec<(u8, u64)> = Vec::new();
        let (mut has_colon, mut ends_in_colon, mut has_comma) = (false, false, false);
        let mut before: Option<Token<'a>> = None;
        loop {
            match self.peek(0) {
                b' ' | b'\t' => {
                    self.at += 1;
                    continue;
                }
                b'#' => {
                    self.comment();
                    if open.is_empty() {
                        break;
                    }
                    continue;
                }
                b'\n' | b'\r' => {
                    self.end_of_line();
                    if open.is_empty() {
                        break;
                    }
                    continue;
                }
                b'\\' if matches!(self.peek(1), b'\n' | b'\r') => {
                    self.at += 1;
                    self.end_of_line();
                    continue;
                }
                0 => {
                    self.at = self.bytes.len();
                    break;
                }
                _ => {}
            }
            let line = self.line;
            let token = self.token()?;
            let at_top = open.is_empty();
            match token {
                Token::Sign(sign @ (b'(' | b'[' | b'{')) => {
                    self.unsure |= open.len() > DEEPEST;
                    open.push((sign, line));
                }
                Token::Sign(sign @ (b')' | b']' | b'}')) => {
                    let wanted = match sign {
                        b')' => b'(',
                        b']' => b'[',
                        _ => b'{',
                    };
                    if open.pop().is_none_or(|(opened, _)| opened != wanted) {
                        return wrong(line, &format!("`{}` closes nothing", char::from(sign)));
                    }
                }
                Token::Sign(b'`') => return wrong(line, "a backtick, which Python 3 has no more"),
                Token::Unequal => return wrong(line, "`<>`, which Python 3 has no more"),
                Token::Number(number) if is_old_number(number) => {
                    return wrong(line, &format!("`{number}`, which Python 3 takes for no number"));
                }
                _ => {}
            }
            has_colon |= at_top && token == Token::Sign(b':');
            has_comma |= at_top && token == Token::Sign(b',');
            ends_in_colon = at_top && token == Token::Sign(b':');
            if at_top && token == Token::Sign(b';') {
                // the next one on the line is another statement
                (tokens, count, has_comma, before) = ([None, None], 0, false, None);
                continue;
            }
            if let Some(slot) = tokens.get_mut(count) {
                *slot = Some(token);
            }
            if let Some(slot) = self.head.get_mut(read) {
                *slot = Some(token);
            }
            (count, read) = (count + 1, read + 1);
            if count == 2
                && let (Some(Token::Name("print" | "exec")), Some(second)) = (before, Some(token))
                && is_operand(second)
            {
                return wrong(line, "`print` or `exec` without brackets, as in Python 2");
            }
            before = Some(token);
        }
        if let Some((sign, line)) = open.first() {
            return wrong(*line, &format!("`{}` is never closed", char::from(*sign)));
        }
        match tokens {
            [Some(Token::Name("raise")), _] if has_comma => {
                wrong(begins, "`raise` with a comma, as in Python 2")
            }
            [Some(Token::Name(head)), second] if HEADS.contains(&head) && !has_colon => {
                // soft where it is a name: nothing else of these is one
                let is_lambda = head == "lambda" || head == "async" && second.is_none();
                if is_lambda {
                    return Ok(ends_in_colon);
                }
                wrong(begins, &format!("`{head}` without its colon"))
            }
            _ => Ok(ends_in_colon),
        }
    }

    fn comment(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    }

    fn end_of_line(&mut self) {
        if self.peek(0) == b'\r' {
            self.at += 1;
        }
        if self.peek(0) == b'\n' {
            self.at += 1;
        }
        self.line += 1;
    }

    fn token(&mut self) -> Result<Token<'a>, Fault> {
        let first = self.peek(0);
        let start = self.at;
        let is_in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        if first.is_ascii_digit() || first == b'.' && self.peek(1).is_ascii_digit() {
            let is_hex = matches!(self.peek(1), b'x' | b'X');
            while is_in_name(self.peek(0)) || self.peek(0) == b'.' {
                let is_exponent = matches!(self.peek(0), b'e' | b'E') && matches!(self.peek(1), b'+' | b'-');
                self.at += if is_exponent && !is_hex { 2 } else { 1 };
            }
            return Ok(Token::Number(self.slice(start)));
        }
        if is_in_name(first) {
            while is_in_name(self.peek(0)) {
                self.at += 1;
            }
            let name = self.slice(start);
            let is_prefix = name.len() <= 2
                && name.chars().all(|c| matches!(c.to_ascii_lowercase(), 'r' | 'b' | 'u' | 'f' | 't'));
            if is_prefix && matches!(self.peek(0), b'"' | b'\'') {
                let has_values = name.contains(['f', 'F', 't', 'T']);
                let is_raw = name.contains(['r', 'R']);
                self.string(has_values, is_raw, 0)?;
                return Ok(Token::Text);
            }
            return Ok(Token::Name(name));
        }
        if matches!(first, b'"' | b'\'') {
            self.string(false, false, 0)?;
            return Ok(Token::Text);
        }
        if first == b'<' && self.peek(1) == b'>' {
            self.at += 2;
            return Ok(Token::Unequal);
        }
        self.at += 1;
        // these belong together, and the colon of the first opens nothing
        if first == b':' && self.peek(0) == b'=' {
            self.at += 1;
            return Ok(Token::Sign(b'='));
        }
        Ok(Token::Sign(first))
    }

    fn slice(&self, start: usize) -> &'a str {
        let name = self.bytes.get(start..self.at).unwrap_or_default();
        std::str::from_utf8(name).unwrap_or_default()
    }

    /// A text from its quote on; one with values has expressions in it.
    fn string(&mut self, has_values: bool, is_raw: bool, depth: usize) -> Result<(), Fault> {
        let (begins, quote) = (self.line, self.peek(0));
        let is_long = self.peek(1) == quote && self.peek(2) == quote;
        self.at += if is_long { 3 } else { 1 };
        let never_ends = |reader: &mut Self| {
            // nested texts and lines within them are new in 3.12
            reader.unsure |= has_values || depth > 0;
            wrong(begins, "a text never ends")
        };
        loop {
            match self.peek(0) {
                0 => return never_ends(self),
                b'\\' => {
                    self.at += 1;
                    match self.peek(0) {
                        b'\n' | b'\r' => self.end_of_line(),
                        // a name of a character is no value
                        b'N' if has_values && !is_raw && self.peek(1) == b'{' => self.at += 2,
                        // where it is, what stands behind it counts
                        b'{' | b'}' if has_values => {}
                        _ => self.at += 1,
                    }
                }
                b'\n' | b'\r' if !is_long => return never_ends(self),
                b'\n' | b'\r' => self.end_of_line(),
                sign if sign == quote && !is_long => {
                    self.at += 1;
                    return Ok(());
                }
                sign if sign == quote && self.peek(1) == quote && self.peek(2) == quote => {
                    self.at += 3;
                    return Ok(());
                }
                b'{' if has_values && self.peek(1) == b'{' => self.at += 2,
                b'{' if has_values => {
                    self.at += 1;
                    self.value(quote, is_long, depth + 1)?;
                }
                _ => self.at += 1,
            }
        }
    }

    /// An expression in a text, up to its bracket. Old Pythons end the text at its quote wherever that stands.
    fn value(&mut self, quote: u8, is_long: bool, depth: usize) -> Result<(), Fault> {
        if depth > DEEPEST {
            // no further: each value takes a part of the stack
            self.unsure = true;
            return wrong(self.line, "values within values without end");
        }
        let mut open = 0_usize;
        loop {
            match self.peek(0) {
                0 => {
                    self.unsure = true;
                    return Ok(());
                }
                b'\n' | b'\r' => {
                    self.unsure |= !is_long;
                    self.end_of_line();
                }
                b'#' => {
                    self.unsure = true;
                    self.at += 1;
                }
                b'"' | b'\'' if self.peek(0) == quote && !is_long => {
                    self.unsure = true;
                    self.string(false, false, depth)?;
                }
                b'"' | b'\'' => self.string(false, false, depth)?,
                b'(' | b'[' | b'{' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' if open == 0 => {
                    self.at += 1;
                    return Ok(());
                }
                b')' | b']' | b'}' => {
                    open = open.saturating_sub(1);
                    self.at += 1;
                }
                // from here on it is written how the value is shown
                b':' if open == 0 => return self.form(quote, is_long, depth),
                _ => self.at += 1,
            }
        }
    }

    /// How a value is shown, up to its bracket: a text with values of its own.
    fn form(&mut self, quote: u8, is_long: bool, depth: usize) -> Result<(), Fault> {
        loop {
            match self.peek(0) {
                0 => {
                    self.unsure = true;
                    return Ok(());
                }
                b'\n' | b'\r' => {
                    self.unsure |= !is_long;
                    self.end_of_line();
                }
                b'{' => {
                    self.at += 1;
                    self.value(quote, is_long, depth + 1)?;
                }
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                sign if sign == quote && !is_long => {
                    self.unsure = true;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }
}

/// What can't stand behind a name that begins a statement, unless that is a statement itself.
fn is_operand(token: Token<'_>) -> bool {
    match token {
        Token::Name(name) => !INFIX.contains(&name),
        Token::Number(_) | Token::Text => true,
        Token::Sign(_) | Token::Unequal => false,
    }
}

/// `0777` and `10L`.
fn is_old_number(number: &str) -> bool {
    let is_octal = number.len() > 1
        && number.starts_with('0')
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && number.bytes().any(|byte| byte != b'0');
    let is_long = number
        .strip_suffix(['L', 'l'])
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    is_octal || is_long
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::fresh_seed;

    #[test]
    fn what_python_reads() {
        for text in [
            "",
            "def a():\n    pass\n",
            "class A: pass\nif a: b\nelse: c\n",
            "#!a\n'''a\n'''\n\nfrom __future__ import (a,\n  b)\nfrom __future__ import c;\nfrom __future__ import d\nimport e\n",
            "import a\n'''\nfrom __future__ import b\n'''\n",
            "x = [\n 1,\n   2 # (\n]\ny = 1\n",
            "try:\n    a\nexcept (B, C) as d:\n    pass\nfinally:\n  pass\n",
            "print('a')\nprint\nprint = 1\nprint.a\nprint if a else b\nprint >> f, 'a'\nprint in a\n",
            "def f(a, /, *, b=1): return lambda *c: (yield)\n",
            "a = f'{b!r:>{10}} {{}} {c['d']}' f\"{'x'}\" rb'\\''\n",
            "a = f\"{b:'>10}\" f'{c:%H:%M}' f'{lambda: 1}'\n",
            "a = f'''{\n b\n}'''\n",
            "'''a\n  b(\n'''\n\"\"\"'\"\"\"\n",
            "a = 'b\\\nc'\nd = 1 + \\\n  2\n",
            "match a:\n  case [b, *c]:\n    pass\n",
            "async def a():\n  async with b as c, d: pass\n  async for e in f:\n    pass\n",
            "if (n := 10) > 5: pass\na[1:2]; b: int = {1: 2}\n",
            "if a:\n\tb\n        c\n",
            "a = 0o777 + 00 + 0.5 + 0777.0 + 1e-05 + 1E+07 + 0xe-5 + 0b1\n",
            "\u{feff}# a\r\nif b:\r\n    c\r\n",
            "if a:\n    b\n# c\n  # d\n    e\n",
            "raise A(b, c)\nraise A from b\n",
            "except_ = 1\ndefine = 2\n",
            "a = f'{b}\\N{DASH}' rf'\\{c}'\n",
        ] {
            assert_eq!(fault(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn values_within_values_without_end() {
        for text in ["{a:", "{", "{'", "{(", "{a!r:{"] {
            let deep = format!("a = f\"{}\n", text.repeat(LONGEST / 2 / text.len()));
            assert_eq!(fault(deep.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_it_does_not() {
        for (text, line) in [
            ("def a()\n    pass\n", 1),
            ("'''a'''\nimport a\nfrom __future__ import b\n", 3),
            ("from __future__ import b\na = 1\nfrom __future__ import (\n  c)\n", 3),
            ("a = 1\nif a\n    b\n", 2),
            ("def a():\npass\n", 2),
            ("a = 1\n  b = 2\n", 2),
            ("if a:\n    b\n  c\n", 3),
            ("a = (1, 2\n\ndef b():\n    pass\n", 1),
            ("a = 1)\n", 1),
            ("a = (1]\n", 1),
            ("a = 'b\nc = 1\n", 1),
            ("a\n\"\"\"b\n", 2),
            ("def f():\n    '''b \"\"\"c\"\"\"\n    return \"\"\n", 2),
            ("def a():\n    print 'b'\n", 2),
            ("print a\n", 1),
            ("exec \"a\"\n", 1),
            ("raise A, 'b'\n", 1),
            ("if a <> b: pass\n", 1),
            ("a = `b`\n", 1),
            ("os.chmod(a, 0755)\n", 1),
            ("a = 10L\n", 1),
            ("class A:\n", 2),
            ("a; print 'b'\n", 1),
        ] {
            assert_eq!(fault(text.as_bytes()).map(|fault| fault.line), Some(line), "{text}");
        }
    }

    /// Real modules of Python's own library, damaged at a place that chance chooses: Python is asked what it makes of them.
    #[test]
    fn nothing_is_told_of_what_python_reads() {
        const ASK: &str = r#"
import json, os, random, sys, sysconfig, warnings
warnings.simplefilter('ignore')
dice = random.Random(sys.argv[1]); folder = sysconfig.get_paths()['stdlib']; names = []
for top in ['', 'json', 'email', 'http', 'asyncio', 'unittest', 'lib2to3', 'xml/sax', 'concurrent/futures']:
    if os.path.isdir(os.path.join(folder, top)):
        names += sorted(os.path.join(folder, top, name) for name in os.listdir(os.path.join(folder, top)) if name.endswith('.py'))
found = []
for name in dice.choices(names, k=150):
    text = open(name, 'rb').read().decode('utf-8', 'replace')[:40_000]
    at = dice.choice([at for at, sign in enumerate(text) if sign in ':()[]{}\'"\\#,=f \n'] or [0])
    damage = dice.randrange(6)
    if damage < 2: text = text[:at] + text[at + 1:]
    elif damage < 4: text = text[:at] + dice.choice(':()[]{}\'"\\#` \nf') + text[at:]
    elif damage == 4: text = text[:at]
    try: compile(text, name, 'exec', dont_inherit=True); reads = True
    except Exception: reads = False
    found.append([text, reads])
json.dump(found, sys.stdout)
"#;
        let seed = fresh_seed();
        let python = std::process::Command::new("python3").args(["-c", ASK, &seed.to_string()]).output();
        let Ok(python) = python else { return eprintln!("no Python to ask") };
        let texts: Vec<(String, bool)> = serde_json::from_slice(&python.stdout).unwrap();
        let accused = |(text, reads): &&(String, bool)| !reads && fault(text.as_bytes()).is_some();
        for (text, _) in texts.iter().filter(|(_, reads)| *reads) {
            let fault = fault(text.as_bytes());
            assert_eq!(fault, None, "seed {seed}, of what Python reads:\n{text}");
        }
        // of what it can't read, much is found
        let refused = texts.iter().filter(|(_, reads)| !reads).count();
        assert!(texts.iter().filter(accused).count() * 4 > refused, "seed {seed}, of {refused}");
    }

    #[test]
    fn what_is_odd_at_first_sight() {
        for odd in [
            "f(",
            "a = [1}]",
            "print 'a'\n",
            "a\n<<<<<<< b\n",
            "import a\nfrom __future__ import b\n",
            "def f():\n    \"\"\"What it does.\n    return 1\n",
            "a = '''b\n\"\"\"c\"\"\"\n",
        ] {
            assert!(is_odd(odd.as_bytes()), "{odd}");
        }
        for even in ["", "def f(a):\n    return {'b': [a]}\n", "\"\"\"a\n\"\"\"\nb = '''c''' + '' + \"\"\n"] {
            assert!(!is_odd(even.as_bytes()), "{even}");
        }
    }
}
