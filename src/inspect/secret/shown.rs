//! Places in source text that are there for show: unit tests of Rust and C, comments and docstrings, where people write
//! what a credential looks like.

use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};

use super::{Sample, unit_tests};

/// What generators put behind the name of a file that they write.
const TEMPLATES: &[&str] = &[".template", ".tmpl", ".tpl", ".tt", ".ejs", ".hbs", ".mustache", ".j2"];

/// What is known about one text.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Where unit tests of Rust begin and end, in turn.
    tests: Vec<usize>,
    /// Where docstrings, comments that document Rust, pages of Perl, documents within Ruby, or functions that test C, begin
    /// and end, in turn.
    quotes: Vec<usize>,
    signs: &'static [&'static [u8]],
    /// Whether line ends are written `\n`, as in a source map.
    is_escaped: bool,
    /// Whether all of it is made up.
    is_all: bool,
}

impl Shown {
    pub(super) fn new(sample: &Sample<'_>) -> Self {
        let mut shown = Self::default();
        if sample.decoded.is_some() || !sample.media.is_text() {
            return shown;
        }
        shown.is_escaped = sample.path.ends_with(".map");
        let path = TEMPLATES.iter().find_map(|end| sample.path.strip_suffix(end)).unwrap_or(sample.path);
        let extension = path.rsplit('.').next().unwrap_or_default();
        if matches!(path.rsplit('/').next(), Some("METADATA" | "PKG-INFO")) {
            shown.quotes = description(sample.bytes);
        }
        match extension {
            "rs" => {
                shown.tests = unit_tests::spans(sample.bytes);
                shown.quotes = doc_lines(sample.bytes);
            }
            "py" | "pyi" => shown.quotes = docstrings(sample.bytes),
            "pl" | "pm" | "t" | "PL" => shown.quotes = pages(sample.bytes),
            "rb" => shown.quotes = here_documents(sample.bytes),
            "c" | "cc" | "cpp" => shown.quotes = test_functions(sample.bytes),
            "json" | "yaml" | "yml" => shown.is_all = describes_an_api(sample.bytes),
            _ => {}
        }
        shown.signs = match extension {
            "rs" | "js" | "mjs" | "cjs" | "ts" | "mts" | "cts" | "tsx" | "jsx" | "go" | "java" | "kt"
            | "scala" | "c" | "h" | "cc" | "cpp" | "hpp" | "cs" | "swift" | "php" | "dart" | "map" => {
                &[b"//", b"*", b"/*"]
            }
            "py" | "pyi" | "rb" | "pl" | "ex" | "exs" | "r" => &[b"#"],
            "lua" | "sql" | "hs" => &[b"--"],
            _ => &[],
        };
        shown
    }

    /// Whether this place is in a unit test, a docstring, or documentation.
    pub(super) fn has(&self, at: usize) -> bool {
        self.is_all
            || [&self.tests, &self.quotes].iter().any(|ends| ends.partition_point(|end| *end < at) % 2 == 1)
    }

    /// Whether it is in a comment that speaks of an example. Code that was commented out is as real as before.
    pub(super) fn is_example(&self, text: &[u8], at: usize) -> bool {
        const HINTS: &[&str] = &[
            "example",
            "e.g.",
            "something like",
            "looks like",
            "such as",
            "sample",
            "for instance",
            "format",
        ];
        self.is_in_comment_on(text, at, HINTS)
    }

    /// Whether it is in a comment that says what standard it is from: what such a document prints, everybody has.
    pub(super) fn is_of_standard(&self, text: &[u8], at: usize) -> bool {
        self.is_in_comment_on(text, at, &["specification", "appendix ", "test vector", "rfc "])
    }

    /// Whether it is in a comment, and one of some words stands shortly before it.
    fn is_in_comment_on(&self, text: &[u8], at: usize, words: &[&str]) -> bool {
        const NEAR: usize = 300;
        let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        let escaped = memchr::memmem::rfind(before, b"\\n").filter(|_| self.is_escaped);
        let start = escaped.map_or(start, |end| start.max(end + 2));
        let line = self.unindented(before.get(start..).unwrap_or_default());
        let lower = before.to_ascii_lowercase();
        self.signs.iter().any(|sign| line.starts_with(sign))
            && words.iter().any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
    }

    /// Whether it is in a block of code that a comment shows between lines of three backquotes, as documentation of what
    /// stands below it does. Nobody comments code out like that.
    pub(super) fn is_fenced(&self, text: &[u8], at: usize) -> bool {
        const FAR: usize = 8 << 10;
        const FENCE: &[u8] = b"```";
        let before = text.get(at.saturating_sub(FAR)..at).unwrap_or_default();
        let end: &[u8] = if self.is_escaped { b"\\n" } else { b"\n" };
        let (mut left, mut fences) = (before, 0);
        loop {
            let cut = memchr::memmem::rfind(left, end);
            let line = self.unindented(left.get(cut.map_or(0, |at| at + end.len())..).unwrap_or_default());
            let Some(sign) = self.signs.iter().find(|sign| line.starts_with(sign)) else { break };
            fences +=
                usize::from(line.get(sign.len()..).unwrap_or_default().trim_ascii_start().starts_with(FENCE));
            let Some(above) = cut.and_then(|at| left.get(..at)) else { break };
            left = above;
        }
        fences % 2 == 1
    }

    fn unindented<'t>(&self, line: &'t [u8]) -> &'t [u8] {
        let mut line = line.trim_ascii_start();
        while let Some(rest) = line.strip_prefix(b"\\t").filter(|_| self.is_escaped) {
            line = rest.trim_ascii_start();
        }
        line
    }
}

/// The description in a package's metadata, as Python's tools write it: all behind the first empty line, and in older
/// forms a field with folded lines. The other fields are no text that somebody writes to be read.
fn description(text: &[u8]) -> Vec<usize> {
    let find = |word: &[u8]| memchr::memmem::find(text, word);
    let end = [find(b"\n\n"), find(b"\r\n\r\n")].into_iter().flatten().min().unwrap_or(text.len());
    let folded = find(b"\nDescription: ").filter(|start| *start < end).map(|start| {
        let is_next = |at: &usize| text.get(at + 1).is_some_and(|byte| !b" \t|\r\n".contains(byte));
        let lines = memchr::memchr_iter(b'\n', text.get(..end).unwrap_or_default());
        [start, lines.filter(|at| *at > start).find(is_next).unwrap_or(end)]
    });
    folded.into_iter().flatten().chain([end, text.len() + 1]).collect()
}

/// Whether a document describes the requests and answers of a service, as OpenAPI and the models of AWS do: what it has of credentials are
/// examples of them.
fn describes_an_api(text: &[u8]) -> bool {
    static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let version = r#"(?m)(?:^|[{,])\s{0,40}"?(?:openapi|swagger)"?\s{0,3}:\s{0,3}["']?[23]\."#;
        RegexBuilder::new(version).unicode(false).build().ok()
    });
    let has = |key: &str| memchr::memmem::find(text, key.as_bytes()).is_some();
    // as the SDKs of AWS have them, and SDKs after these
    if has("\"endpointPrefix\"") && has("\"operations\"") {
        return true;
    }
    let names_paths =
        ["\"paths\"", "\npaths:"].iter().any(|key| memchr::memmem::find(text, key.as_bytes()).is_some());
    names_paths && VERSION.as_ref().is_some_and(|version| version.is_match(text))
}

/// Whether it is in a block of code that documentation in a template literal shows: Markdown's fence is escaped there, and
/// the one that opens a block says the language.
pub(super) fn is_fenced_in_literal(text: &[u8], at: usize) -> bool {
    const FAR: usize = 4 << 10;
    const FENCE: &[u8] = b"\n\\`\\`\\`";
    let before = text.get(at.saturating_sub(FAR)..at).unwrap_or_default();
    // that a text has none at all is seen faster
    let last = memchr::memrchr(b'`', before).and_then(|end| before.get(..=end));
    let fence = last.and_then(|last| memchr::memmem::rfind(last, FENCE));
    let language = fence.and_then(|fence| before.get(fence + FENCE.len()));
    language.is_some_and(u8::is_ascii_alphabetic)
}

/// Whether the words right before it, whatever quotes stand between, say that it is an example: `(e.g. '...')` in the help
/// of a field.
pub(super) fn is_said_to_be_one(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 60;
    // in the languages that help is translated to, too
    const WORDS: [&str; 14] = [
        "e.g.",
        "e.g",
        "i.e.",
        "ex.",
        "es.",
        "z.b.",
        "bijv.",
        "p. ej.",
        "for example",
        "for instance",
        "such as",
        "par exemple",
        "zum beispiel",
        "por ejemplo",
    ];
    let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    // a literal may go on in another one: `"... (e.g. " + u"'`
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`+(u,:".contains(byte);
    let end = before.iter().rposition(|byte| !is_between(byte)).map_or(0, |last| last + 1);
    let words = before.get(..end).unwrap_or_default();
    let is_whole = |rest: &[u8]| rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let is_said = |word: &&str| {
        let (rest, last) = words.split_at(words.len().saturating_sub(word.len()));
        last.eq_ignore_ascii_case(word.as_bytes()) && is_whole(rest)
    };
    end < before.len() && WORDS.iter().any(is_said)
}

/// Whether it is the value that a description of a field gives as its example, beside words on what the field is for:
/// `description: '...', example: '...'`.
pub(super) fn is_example_of_field(text: &[u8], at: usize) -> bool {
    const NEAR: usize = 600;
    const KEYS: [&[u8]; 2] = [b"example", b"examples"];
    let before = text.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
    let is_between = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`[:".contains(byte);
    let end = before.iter().rposition(|byte| !is_between(byte)).map_or(0, |last| last + 1);
    let (words, between) = before.split_at(end);
    let is_key = |key: &&[u8]| {
        words.strip_suffix(*key).is_some_and(|rest| {
            rest.last().is_none_or(|byte| !byte.is_ascii_alphanumeric() && !b"_-$.".contains(byte))
        })
    };
    let is_value = between.contains(&b':') && KEYS.iter().any(is_key);
    // what belongs to another field ends before
    let own = words.iter().rposition(|byte| b"{}".contains(byte)).and_then(|open| words.get(open..));
    is_value && own.is_some_and(|own| memchr::memmem::find(own, b"description").is_some())
        || is_example_in_yaml(before)
}

/// The same in YAML, going by what stands before the value: a line of its own, and above it, as far in, one that describes.
fn is_example_in_yaml(before: &[u8]) -> bool {
    let mut lines = before.rsplit(|byte| *byte == b'\n');
    let own = lines.next().unwrap_or_default();
    let depth = |line: &[u8]| line.iter().take_while(|byte| **byte == b' ').count();
    let at = depth(own);
    own.get(at..).is_some_and(|own| own.starts_with(b"example: "))
        && lines
            .take_while(|line| depth(line) >= at)
            .any(|line| line.get(at..).is_some_and(|line| line.starts_with(b"description: ")))
}

/// Whether a file is by its name a library for cryptography, which tests itself with keys that everybody has: wheels bring
/// that of the distribution that they are built on.
pub(super) fn is_library_that_tests_itself(path: &str) -> bool {
    const LIBRARIES: [&str; 7] =
        ["libgnutls", "libcrypto", "libmbedcrypto", "libmbedtls", "libsoftokn", "libfreebl", "libwolfssl"];
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    let is_library = [".so", ".dylib", ".dll"].iter().any(|end| name.contains(end));
    let is_whole = |rest: &str| !rest.starts_with(|sign: char| sign.is_alphanumeric() || sign == '_');
    is_library && LIBRARIES.iter().any(|own| name.strip_prefix(own).is_some_and(is_whole))
}

/// Whether the lines of base64 that begin there are a key that Go's own tests have, in every program that links them: its
/// mark says so.
pub(super) fn is_testing_key(bytes: &[u8], at: usize) -> bool {
    const MARK: &[u8] = b" TESTING KEY-----";
    let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
    before.ends_with(MARK)
}

/// Where the lines begin and end that document Rust: examples in them are compiled and run as tests.
fn doc_lines(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    for at in memchr::memmem::find_iter(text, b"//") {
        let line = memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |end| end + 1);
        let is_first = text.get(line..at).is_some_and(|before| before.iter().all(u8::is_ascii_whitespace));
        if is_first && matches!(text.get(at + 2), Some(b'/' | b'!')) {
            let rest = text.get(at..).unwrap_or_default();
            ends.extend([at, at + memchr::memchr(b'\n', rest).unwrap_or(rest.len())]);
        }
    }
    ends
}

/// Where functions of C begin and end whose names say that they are tests: they stand in the file that they test.
fn test_functions(text: &[u8]) -> Vec<usize> {
    let (mut ends, mut open, mut at) = (Vec::new(), None, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b"}") {
            ends.extend(open.take().map(|start| [start, at]).into_iter().flatten());
        } else if open.is_none() && is_test_function(line) {
            open = Some(at);
        }
        at += line.len();
    }
    ends
}

/// Whether a line begins the definition of a function that is called `ut_...`, or has a word for a test in its name.
fn is_test_function(line: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'(', line).filter(|_| line.first().is_some_and(u8::is_ascii_alphabetic))
    else {
        return false;
    };
    let head = line.get(..end).unwrap_or_default().trim_ascii_end();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let name = head.rsplit(|byte| !is_part(byte)).next().unwrap_or_default();
    let is_word = |word: &[u8]| matches!(word, b"test" | b"tests" | b"unittest" | b"unittests");
    !line.trim_ascii_end().ends_with(b";")
        && (name.starts_with(b"ut_") || name.split(|byte| *byte == b'_').any(is_word))
}

/// Where the documentation within a program of Perl begins and ends: from a line with a command of Pod up to `=cut`.
fn pages(text: &[u8]) -> Vec<usize> {
    let (mut ends, mut at) = (Vec::new(), 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let is_command = line.first() == Some(&b'=') && line.get(1).is_some_and(u8::is_ascii_alphabetic);
        let is_end = line.starts_with(b"=cut");
        if is_command && is_end == (ends.len() % 2 == 1) {
            ends.push(at);
        }
        at += line.len();
    }
    ends
}

/// Where texts of several lines begin and end that Ruby calls documentation or examples by their marks: `<<~DOC`.
fn here_documents(text: &[u8]) -> Vec<usize> {
    const LARGEST: usize = 64 << 10;
    const MARKS: [&[u8]; 12] = [
        b"DOC",
        b"DOCS",
        b"DESC",
        b"DESCRIPTION",
        b"EXAMPLE",
        b"EXAMPLES",
        b"HELP",
        b"USAGE",
        b"BANNER",
        b"MARKDOWN",
        b"MD",
        b"README",
    ];
    let mut ends = Vec::new();
    for at in memchr::memmem::find_iter(text, b"<<") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let quoted = rest.strip_prefix(b"~").or_else(|| rest.strip_prefix(b"-")).unwrap_or_default();
        let mark = quoted.strip_prefix(b"'").or_else(|| quoted.strip_prefix(b"\"")).unwrap_or(quoted);
        let length = mark.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let mark = mark.get(..length).unwrap_or_default();
        if !MARKS.contains(&mark) || ends.last().is_some_and(|end| *end > at) {
            continue;
        }
        let body = text.get(at..(at + LARGEST).min(text.len())).unwrap_or_default();
        let mut lines = body.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().map_or(0, <[u8]>::len);
        let inner: usize = lines.take_while(|line| line.trim_ascii() != mark).map(<[u8]>::len).sum();
        let words = body.get(first..first + inner).unwrap_or_default();
        if first + inner < body.len()
            && !words.trim_ascii_start().starts_with(b"-----BEGIN ")
            && !is_encoded(words)
        {
            ends.extend([at, at + first + inner]);
        }
    }
    ends
}

/// Where strings of three quotes begin and end, in turn, but for those that are a key as a whole.
fn docstrings(text: &[u8]) -> Vec<usize> {
    let find = |quotes: &[u8], kind: u8| -> Vec<(usize, u8)> {
        memchr::memmem::find_iter(text, quotes).map(|at| (at, kind)).collect()
    };
    let mut all = [find(b"\"\"\"", b'"'), find(b"'''", b'\'')].concat();
    all.sort_unstable();
    let mut open = None;
    all.retain(|(_, quote)| {
        let turns = open.is_none_or(|open| open == *quote);
        if turns {
            open = if open.is_none() { Some(*quote) } else { None };
        }
        turns
    });
    let ends: Vec<usize> = all.into_iter().map(|(at, _)| at).collect();
    let is_key = |start: usize| {
        let inner = text.get(start + 3..).unwrap_or_default();
        inner.strip_prefix(b"\\").unwrap_or(inner).trim_ascii_start().starts_with(b"-----BEGIN ")
    };
    // one word is a value, and so are lines of base64: nobody explains anything in them
    let is_word = |ends: &[usize]| match ends {
        [start, end] => text.get(start + 3..*end).is_some_and(|inner| is_word(inner) || is_encoded(inner)),
        _ => false,
    };
    let is_shown = |ends: &&[usize]| ends.first().is_none_or(|start| !is_key(*start)) && !is_word(ends);
    ends.chunks(2).filter(is_shown).flatten().copied().collect()
}

fn is_word(text: &[u8]) -> bool {
    !text.iter().any(u8::is_ascii_whitespace)
}

/// Whether a text is lines of base64, and nothing else.
fn is_encoded(text: &[u8]) -> bool {
    const SHORTEST: usize = 32;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.clone().all(|line| line.iter().all(is_digit)) && lines.any(|line| line.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Media;

    #[test]
    fn examples_of_described_fields() {
        for (text, expected) in [
            ("{ secret: { description: 'The key.',\n  example: 'KEY' } }", true),
            ("{\"description\": \"The key.\", \"examples\": [\"KEY\"]}", true),
            ("{ secret: { type: 'string', example: 'KEY' } }", false),
            ("{ a: { description: 'A.' }, b: { example: 'KEY' } }", false),
            ("{ description: 'The key.', value: 'KEY' }", false),
            ("{ description: 'The key.', counterexample: 'KEY' }", false),
            ("{ description: `the example` + 'KEY' }", false),
            ("KEY", false),
            ("apiKey:\n    description: The key.\n    secret: true\n    example: 'KEY'\n", true),
            ("apiKey:\n    description: The key.\n    example: 'token:v1:KEY'\n", true),
            ("apiKey:\n    description: The key.\n    value: 'KEY'\n", false),
            ("a:\n    description: A.\nb:\n    example: 'KEY'\n", false),
            ("a:\n    description: A.\n    example:\n        value: 'KEY'\n", false),
        ] {
            let at = text.find("KEY").unwrap();
            assert_eq!(is_example_of_field(text.as_bytes(), at), expected, "{text}");
        }
    }

    #[test]
    fn libraries_that_test_themselves() {
        for (path, expected) in [
            ("acme.libs/libgnutls-71454fd1.so.30.42.0", true),
            ("acme/.dylibs/libcrypto.3.dylib", true),
            ("lib.jar!/win/libcrypto-3-x64.dll", true),
            ("acme.libs/libgnutlsx-71454fd1.so.30", false),
            ("acme.libs/libacme.so", false),
            ("libcrypto/acme.so", false),
            ("libcrypto.pem", false),
        ] {
            assert_eq!(is_library_that_tests_itself(path), expected, "{path}");
        }
    }

    #[test]
    fn documentation_in_a_literal_is_for_show() {
        for (text, expected) in [
            ("const a = `\nSo:\n\\`\\`\\`js\nopen('@')\n\\`\\`\\`\n`", true),
            ("const a = `\n\\`\\`\\`js\nopen()\n\\`\\`\\`\n`;\nopen('@')", false),
            ("const a = `\n```js\nopen('@')", false),
            ("open('@')", false),
        ] {
            let at = text.find('@').unwrap();
            assert_eq!(is_fenced_in_literal(text.as_bytes(), at), expected, "{text}");
        }
    }

    #[test]
    fn words_right_before_it_may_say_that_it_is_an_example() {
        for (text, expected) in [
            ("help=_(\"Enter your key (e.g. '@')\")", true),
            ("help=_(u\"Enter your key (.e.g. \"\n    + u\"'@')\")", true),
            ("msgid \"\"\n\"Enter your key, for example: \"\n\"@\"", true),
            ("tokens such as @", true),
            ("msgstr \"Inserisci la tua chiave (es. '@')\"", true),
            ("files.index. '@'", false),
            ("key = \"@\"", false),
            ("\"e.g. the key of your account\", key = \"@\"", false),
            ("for example.key = '@'", false),
            ("example: '@'", false),
            ("such as@", false),
        ] {
            let at = text.find('@').unwrap();
            assert_eq!(is_said_to_be_one(text.as_bytes(), at), expected, "{text}");
        }
    }

    #[test]
    fn comments_docstrings_and_unit_tests_are_for_show() {
        for (path, text, expected) in [
            ("a.rs", "let a = \"@\";", false),
            ("a.rs", "// looks like @", true),
            (
                "a.rs",
                "/// Sends a message:\n/// ```\n    /// let url = \"https://example.com/@\";\n/// ```\n",
                true,
            ),
            ("a.rs", "//! ```\n//! const KEY: &str = \"@\";\n", true),
            ("a.rs", "/// What it is.\nconst KEY: &str = \"@\";\n", false),
            ("a.rs", "// const KEY: &str = \"@\";\n", false),
            ("a.rs", "let url = \"https:///@\";\n", false),
            ("a.rs", "#[cfg(test)]\nmod tests { const A: &str = \"@\"; }", true),
            ("a.py", "def a():\n    \"\"\"Looks something like @\"\"\"\n", true),
            ("a.py", "\"\"\"What it does.\"\"\"\nA = '@'\n", false),
            ("a.py", "KEY = \"\"\"-----BEGIN @\"\"\"\n", false),
            ("a.py", "KEY = r\"\"\"@\"\"\"\n", false),
            ("a.py", "'''Not \"\"\" so.'''\nA = '@'\n", false),
            ("a.py", "def a():\n    '''\n    keyid: @\n", true),
            ("a.py", "# A = '@'\n", false),
            ("a.py", "# For example:\n# A = '@'\n", true),
            ("a.pm", "package A;\n\n=head2 open\n\n  A->open('@');\n\n=cut\n\n1;\n", true),
            ("a.pm", "1;\n__END__\n\n=encoding utf8\n\n=head1 A\n\n  A->open('@');\n", true),
            ("a.pm", "=head1 A\n\nWhat it does.\n\n=cut\n\nmy $key = '@';\n", false),
            ("a.pm", "my $a\n    =head('@');\n", false),
            ("a.rb", "examples <<~DOC\n  **Open it**\n\n  open '@'\nDOC\nb = 1\n", true),
            ("a.rb", "puts <<-'USAGE'\n  a --key @\n  USAGE\n", true),
            ("a.rb", "examples <<~DOC\n  What it does.\nDOC\nb = '@'\n", false),
            ("a.rb", "key = <<~DOC\n  -----BEGIN @\nDOC\n", false),
            ("a.rb", "key = <<~KEY\n  What it does: @\nKEY\n", false),
            ("a.rb", "a <<DOC\n @\n", false),
            ("a.rb", "list << DOC\n @\nDOC\n", false),
            ("a.js", "=head1 A\n\nconst key = '@';\n", false),
            ("a.js", "/**\n * @example @\n */", true),
            ("a.js", "const a = b * '@'", false),
            ("a.js.map", r#"{"sourcesContent":["/**\n\t * e.g.) @\n */"]}"#, true),
            ("a.js.map", r#"{"sourcesContent":["// e.g.\nconst a = '@';"]}"#, false),
            ("a.js", r#"a("// e.g.\n // @")"#, false),
            ("a.js.template", "// For example:\n//  A=@\n", true),
            ("a.js.template", "// For example:\nA = '@'\n", false),
            ("a.template", "// For example:\n//  A=@\n", false),
            ("a.env", "# A=@\n", false),
            ("a.py", "# Call it like so:\n# ```\n# Authorization: token @\n", true),
            ("a.py", "# ```\n# a = 1\n# ```\n# A = '@'\n", false),
            ("a.py", "# ```\n# a = 1\nA = '@'\n", false),
            ("a.py", "# ```\n\n# A = '@'\n", false),
            ("a.js", "/**\n * What it does.\n * ```ts\n * open(\n * \"@\")\n * ```\n */", true),
            ("a.js", "/**\n * ```ts\n * a()\n * ```\n */\nopen(\"@\")", false),
            ("a.js", "const a = `\n```\n@", false),
            ("a.js.map", r#"{"sourcesContent":["/**\n\t * ```\n\t * a()\n * @\n */"]}"#, true),
            ("a.js.map", r#"{"sourcesContent":["/**\n * ```\n * a()\n * ```\n */\nconst a = '@';"]}"#, false),
            ("a.json", r#"{"openapi": "3.0.1", "paths": {"/a": {"example": {"password": "@"}}}}"#, true),
            ("a.json", "{\n  \"example\": \"@\",\n  \"swagger\":\"2.0\",\n  \"paths\": {}\n}", true),
            ("a.yml", "openapi: 3.1.0\npaths:\n  /a:\n    example: '@'\n", true),
            ("a.json", r#"{"openapi": {"paths": "@"}}"#, false),
            (
                "a.json",
                r#"{"metadata": {"endpointPrefix": "kms"}, "operations": {}, "examples": {"password": "@"}}"#,
                true,
            ),
            ("a.json", r#"{"operations": {"password": "@"}}"#, false),
            ("a.json", r#"{"swagger": "2.0", "password": "@"}"#, false),
            ("a.yml", "# openapi: 3.1.0\npaths:\n  password: '@'\n", false),
            ("a.c", "static int ut_sign(void) {\n    key =\n        \"@\";\n}\n", true),
            ("a.c", "int\nsign_unittest(int a,\n    int b)\n{\n    key = \"@\";\n}\n", true),
            ("a.c", "int ut_sign(void) {\n    return 0;\n}\nchar *key = \"@\";\n", false),
            ("a.c", "int ut_sign(void);\nchar *key = \"@\";\n", false),
            ("a.c", "int attest(void) {\n    key = \"@\";\n}\n", false),
            ("a.c", "int shut_down(void) {\n    key = \"@\";\n}\n", false),
        ] {
            let at = text.rfind('@').unwrap();
            let sample = Sample::new(path, text.as_bytes(), Media::Text);
            let shown = Shown::new(&sample);
            let text_of_it = text.as_bytes();
            let found = shown.has(at) || shown.is_example(text_of_it, at) || shown.is_fenced(text_of_it, at);
            assert_eq!(found, expected, "{path}: {text}");
        }
    }

    #[test]
    fn lines_of_base64_are_a_value() {
        let line = "QUJD".repeat(8);
        for (text, expected) in [
            (format!("K = d(\"\"\"\n{line}\nQUJDQQ==\n\"\"\")\n"), false),
            (format!("def a():\n    \"\"\"\n    {line}\n    for instance\n    \"\"\"\n"), true),
            ("def a():\n    \"\"\"\n    one\n    QUJD\n    \"\"\"\n".to_owned(), true),
        ] {
            let at = text.find("QUJD").unwrap();
            let sample = Sample::new("a.py", text.as_bytes(), Media::Text);
            assert_eq!(Shown::new(&sample).has(at), expected, "{text}");
        }
    }

    #[test]
    fn what_a_standard_prints_is_known_to_all() {
        for (path, text, expected) in [
            ("a.ts", "// The private key from Appendix F of the Core Specification.\n//\n// @", true),
            ("a.ts", "// The private key of the server.\n// @", false),
            ("a.ts", "// See the specification.\nconst key = \"@\";", false),
        ] {
            let at = text.rfind('@').unwrap();
            let sample = Sample::new(path, text.as_bytes(), Media::Text);
            assert_eq!(Shown::new(&sample).is_of_standard(text.as_bytes(), at), expected, "{text}");
        }
    }
}
