//! Files that a Rust file is sure to be compiled with: its modules, and what `include_str!` and the like take in. What
//! depends on a `cfg`, and what a macro may throw away, isn't sure.

use std::ops::Range;

use memchr::memmem;

/// Lines that are looked at, all in all, to find what stands around an `include_str!`. With more, nothing is sure.
const MOST_LINES: usize = 50_000;

/// What is asked for, with offsets: `a` for `mod a;`, `a::b` for one in a module of the same file, `./b.rs` where an
/// attribute names its file.
pub(super) fn modules(bytes: &[u8]) -> Vec<(usize, String)> {
    if is_conditional(bytes) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open = Open::new(bytes);
    let mut lines_left = MOST_LINES;
    for at in memmem::find_iter(bytes, "mod ") {
        let Some(name) = module_name(bytes, at) else { continue };
        let line = start_of_line(bytes, at);
        let before = bytes.get(line..at).unwrap_or_default();
        if !is_visibility(before.trim_ascii_start()) {
            continue;
        }
        // what is indented may be in a macro, or in a module with a folder of its own
        let modules = match before.first() {
            Some(b' ' | b'\t') => modules_around(bytes, line, &mut lines_left),
            _ => Some(Vec::new()),
        };
        let Some(modules) = modules.filter(|modules| !open.is_inside(line, modules.len())) else { continue };
        match path_attribute(bytes, line) {
            Attributes::Path(path) if modules.is_empty() => found.push((at, format!("./{path}"))),
            Attributes::Plain => found.push((at, [modules.as_slice(), &[name]].concat().join("::"))),
            Attributes::Path(_) | Attributes::Conditional => {}
        }
    }
    found
}

/// Files that are read when it is compiled, with offsets: `./a.txt` for one beside it, `/a.txt` for one that is named from
/// the crate's folder.
pub(super) fn files(bytes: &[u8]) -> Vec<(usize, String)> {
    if is_conditional(bytes) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut open = Open::new(bytes);
    let mut lines_left = MOST_LINES;
    for at in memmem::find_iter(bytes, "include") {
        let Some(path) = included(bytes, at) else { continue };
        let line = start_of_line(bytes, at);
        let before = bytes.get(line..at).unwrap_or_default();
        if is_of_the_language(before)
            && memmem::find(before, b"//").is_none()
            && !open.is_quoted(at)
            && is_compiled(bytes, line, &mut lines_left)
        {
            found.push((at, path));
        }
    }
    found
}

/// Whether all of the file depends on something, or it has a line that is too long to be looked at for all that is in it.
fn is_conditional(bytes: &[u8]) -> bool {
    const LONGEST: usize = 8 << 10;
    let ends = memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]);
    let mut start = 0;
    let mut lengths = ends.map(|end| end - std::mem::replace(&mut start, end));
    memmem::find(bytes, b"#![cfg(").is_some() || lengths.any(|length| length > LONGEST)
}

fn start_of_line(bytes: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', bytes.get(..at).unwrap_or_default()).map_or(0, |end| end + 1)
}

/// The name in `mod name;`.
fn module_name(bytes: &[u8], at: usize) -> Option<&str> {
    const LONGEST: usize = 100;
    let rest = bytes.get(at + 4..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')?;
    let (name, behind) = rest.split_at_checked(end)?;
    let is_declared = !name.is_empty() && behind.first() == Some(&b';');
    is_declared.then(|| std::str::from_utf8(name).ok()).flatten()
}

/// Whether this is all that may stand before `mod` in its line: nothing, or who may use it.
fn is_visibility(before: &[u8]) -> bool {
    before.is_empty() || before.starts_with(b"pub") && before.ends_with(b" ") && !before.contains(&b'{')
}

/// The names of the modules around an indented line, the outermost first; `None` if it stands in anything else, or one of
/// them has attributes that may matter.
fn modules_around<'a>(bytes: &'a [u8], line: usize, left: &mut usize) -> Option<Vec<&'a str>> {
    let indent = |text: &[u8]| text.len() - text.trim_ascii_start().len();
    let own = bytes.get(line..)?.split(|byte| *byte == b'\n').next()?;
    let (mut at, mut depth, mut names) = (line, indent(own), Vec::new());
    while depth > 0 {
        *left = left.checked_sub(1)?;
        let end = at.checked_sub(1)?;
        at = start_of_line(bytes, end);
        let text = bytes.get(at..end)?;
        if text.trim_ascii().is_empty() || indent(text) >= depth {
            continue;
        }
        let head = text.trim_ascii().strip_suffix(b"{")?.trim_ascii_end();
        let word = memmem::find(head, b"mod ")
            .filter(|word| is_visibility(head.get(..*word).unwrap_or_default()))?;
        let name = std::str::from_utf8(head.get(word + 4..)?).ok()?;
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        matches!(path_attribute(bytes, at), Attributes::Plain).then_some(())?;
        names.push(Some(name).filter(|_| is_name)?);
        depth = indent(text);
    }
    names.reverse();
    Some(names)
}

/// What the attributes above an item say.
enum Attributes {
    Plain,
    Path(String),
    /// The item may not be compiled, or is another one then.
    Conditional,
}

/// Of the item whose line begins there. A line above that ends an attribute and doesn't begin one says what isn't known.
fn path_attribute(bytes: &[u8], mut line: usize) -> Attributes {
    let mut found = Attributes::Plain;
    // an item has few attributes; a file that is nothing else has no module
    for _ in 0..100 {
        let Some(end) = line.checked_sub(1) else { return found };
        line = start_of_line(bytes, end);
        let text = bytes.get(line..end).unwrap_or_default().trim_ascii();
        if text.starts_with(b"//") {
            continue;
        }
        if !text.starts_with(b"#[") {
            let is_rest = text.ends_with(b"]") && !text.starts_with(b"#![");
            return if is_rest { Attributes::Conditional } else { found };
        }
        if memmem::find(text, b"cfg").is_some() || !text.ends_with(b"]") {
            return Attributes::Conditional;
        }
        let path = text.strip_prefix(b"#[path").map(<[u8]>::trim_ascii_start);
        if let Some(path) = path.and_then(|rest| quoted(rest.strip_prefix(b"=")?.trim_ascii_start())) {
            found = Attributes::Path(path.to_owned());
        }
    }
    Attributes::Conditional
}

/// A text in quotes, without escapes, at the start of these bytes.
fn quoted(bytes: &[u8]) -> Option<&str> {
    const LONGEST: usize = 300;
    let inside = bytes.strip_prefix(b"\"")?;
    let end = inside.iter().take(LONGEST).position(|byte| *byte == b'"')?;
    let text = std::str::from_utf8(inside.get(..end)?).ok()?;
    (!text.is_empty() && !text.contains(['\\', '\n', '{', '$'])).then_some(text)
}

/// Whether a name behind this is a macro of the language: `grass::include!` looks for its file elsewhere.
fn is_of_the_language(before: &[u8]) -> bool {
    let is_in_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let Some(path) = before.strip_suffix(b"::") else { return !before.last().is_some_and(is_in_name) };
    let rest = path.strip_suffix(b"std").or_else(|| path.strip_suffix(b"core"));
    rest.is_some_and(|rest| !rest.last().is_some_and(|byte| is_in_name(byte) || *byte == b':'))
}

/// The file that stands in an `include_str!`.
fn included(bytes: &[u8], at: usize) -> Option<String> {
    const IN_CRATE: &[u8] = b"concat!(env!(\"CARGO_MANIFEST_DIR\"),";
    let rest = bytes.get(at..)?;
    let calls: [&[u8]; 3] = [b"include_str!", b"include_bytes!", b"include!"];
    let call = calls.iter().find_map(|call| rest.strip_prefix(*call))?;
    let inside = call.strip_prefix(b"(")?.trim_ascii_start();
    if let Some(path) = inside.strip_prefix(IN_CRATE) {
        return quoted(path.trim_ascii_start()).filter(|path| path.starts_with('/')).map(str::to_owned);
    }
    let is_here = |path: &&str| !path.starts_with('/') && !path.contains(':');
    quoted(inside).filter(is_here).map(|path| format!("./{path}"))
}

/// Whether the place on the line that begins there is compiled whatever is set, going by the lines that it stands in: those
/// above it that are indented less, and the attributes of each.
fn is_compiled(bytes: &[u8], line: usize, left: &mut usize) -> bool {
    let text_of = |line: usize| {
        let rest = bytes.get(line..).unwrap_or_default();
        rest.split(|byte| *byte == b'\n').next().unwrap_or_default()
    };
    let indent = |text: &[u8]| text.len() - text.trim_ascii_start().len();
    let unsure = |text: &[u8]| {
        // in a bridge to C++, `include!` names a header
        let signs: [&[u8]; 6] = [b"cfg", b"macro", b"#[test", b"#[bench", b"$", b"extern \"C++\""];
        signs.iter().any(|sign| memmem::find(text, sign).is_some())
    };
    let own = text_of(line);
    let is_attribute = own.trim_ascii_start().starts_with(b"#[");
    if unsure(own)
        || is_attribute
            && attributes_below(bytes, line).any(|range| unsure(bytes.get(range).unwrap_or_default()))
    {
        return false;
    }
    let (mut at, mut depth, mut is_header) = (line, indent(own), true);
    while let Some(end) = at.checked_sub(1) {
        if *left == 0 {
            return false;
        }
        *left -= 1;
        at = start_of_line(bytes, end);
        let text = bytes.get(at..end).unwrap_or_default();
        let bare = text.trim_ascii();
        let is_around = !bare.is_empty() && indent(text) < depth;
        // `cfg_if! {` and other macros, whose contents are theirs
        let is_macro = || {
            bare.ends_with(b"! {") || bare.ends_with(b"!{") || bare.ends_with(b"!(") || bare.ends_with(b"![")
        };
        if is_around && (unsure(bare) || is_macro()) {
            return false;
        }
        if is_around {
            (depth, is_header) = (indent(text), true);
            continue;
        }
        // the attributes right above what it stands in
        let is_attribute = bare.starts_with(b"#[") || bare.ends_with(b"]") || bare.starts_with(b"//");
        if is_header && is_attribute && unsure(bare) && !bare.starts_with(b"//") {
            return false;
        }
        is_header &= is_attribute;
        if depth == 0 && !is_header {
            return true;
        }
    }
    true
}

/// The attributes right below one.
fn attributes_below(bytes: &[u8], line: usize) -> impl Iterator<Item = Range<usize>> {
    const MOST: usize = 20;
    let next = move |at: usize| memchr::memchr(b'\n', bytes.get(at..)?).map(|end| at + end + 1);
    std::iter::successors(next(line), move |at| next(*at))
        .take(MOST)
        .map(move |at| at..next(at).unwrap_or(bytes.len()))
        .take_while(|range| bytes.get(range.clone()).unwrap_or_default().trim_ascii_start().starts_with(b"#"))
}

/// Whether something may be open at a place, asked of one place after the other: a comment of several lines, a raw string,
/// for a whole item also a bracket of a macro that is not indented.
struct Open<'a> {
    bytes: &'a [u8],
    done: usize,
    /// How many more of each were opened than closed.
    comments: isize,
    strings: isize,
    brackets: isize,
    /// How many quotes there were, but for those behind a backslash.
    quotes: isize,
}

impl<'a> Open<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, done: 0, comments: 0, strings: 0, brackets: 0, quotes: 0 }
    }

    fn is_quoted(&mut self, at: usize) -> bool {
        let between = self.bytes.get(self.done..at).unwrap_or_default();
        let more = |open: &[u8], close: &[u8]| {
            let count =
                |sign| isize::try_from(memmem::find_iter(between, sign).count()).unwrap_or(isize::MAX);
            count(open) - count(close)
        };
        self.comments += more(b"/*", b"*/");
        self.strings += more(b"#\"", b"\"#");
        self.brackets += more(b"{", b"}");
        self.quotes += more(b"\"", b"\\\"");
        self.done = at;
        self.comments != 0 || self.strings != 0
    }

    /// Whether something else is open there than the brackets of so many modules.
    fn is_inside(&mut self, at: usize, modules: usize) -> bool {
        let is_quoted = self.is_quoted(at);
        is_quoted || usize::try_from(self.brackets) != Ok(modules) || self.quotes % 2 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        modules(text.as_bytes()).into_iter().chain(files(text.as_bytes())).map(|(_, name)| name).collect()
    }

    #[test]
    fn what_is_sure_to_be_compiled() {
        assert_eq!(found("mod a;\npub mod b;\npub(crate) mod c;\n"), ["a", "b", "c"]);
        assert_eq!(
            found("pub mod a {\n    //! x\n    pub(crate) mod b {\n        mod c;\n    }\n    mod d;\n}\n"),
            ["a::b::c", "a::d"]
        );
        assert_eq!(found("#[macro_use]\n// x\nmod a;\n#[path = \"x/y.rs\"]\nmod b;\n"), ["a", "./x/y.rs"]);
        assert_eq!(found("const A: &str = include_str!(\"../a.txt\");\n"), ["./../a.txt"]);
        assert_eq!(found("fn f() {\n    g(include_bytes!(\n        \"a.bin\"\n    ));\n}\n"), ["./a.bin"]);
        assert_eq!(found("#![doc = include_str!(\"../R.md\")]\nmod a;\n"), ["a", "./../R.md"]);
        assert_eq!(
            found("const A: &str = include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/a/b\"));\n"),
            ["/a/b"]
        );
        assert_eq!(found("#[test]\nfn t() {}\n\nfn f() {\n    include!(\"x.rs\");\n}\n"), ["./x.rs"]);
        assert_eq!(
            found(
                "const A: &str = std::include_str!(\"a\");\nconst B: &str = ::core::include_str!(\"b\");\n"
            ),
            ["./a"]
        );
    }

    #[test]
    fn what_may_not_be() {
        for text in [
            "#[cfg(test)]\nmod tests;\n",
            "#[cfg(any(\n    windows,\n    unix\n))]\nmod a;\n",
            "#[cfg_attr(windows, path = \"w.rs\")]\nmod a;\n",
            "#[cfg(windows)]\n#[path = \"w.rs\"]\nmod a;\n",
            "#![cfg(windows)]\nmod a;\n",
            "pub mod c { pub mod d; }\nmod e {\n    #[path = \"x.rs\"]\n    mod f;\n}\n",
            "#[cfg(x)]\nmod a {\n    mod b;\n}\nmod tests {\n    #[cfg(test)]\n    mod c;\n}\n#[path = \"x\"]\nmod d {\n    mod e;\n}\n",
            "macro_rules! m {\n    () => {\n        mod a;\n    };\n}\nm! {\n    mod b;\n}\nfn f() {\n    mod c;\n}\n",
            "mod a {\n    /*\n    mod b;\n    */\n    const S: &str = \"\n    mod c;\n\";\n}\n",
            "cfg_if! {\nif #[cfg(windows)] {\nmod b;\n}\n}\n",
            "/*\nmod a;\n*/\n// mod b;\n/// mod c;\n",
            "const A: &str = r#\"\nmod a;\ninclude_str!(\"b\");\n\"#;\n",
            "macro_rules! m {\n    () => {\n        include_str!(\"a\")\n    };\n}\n",
            "cfg_if! {\n    if #[x] {\n        const A: &str = include_str!(\"a\");\n    }\n}\n",
            "#[cfg(test)]\nmod tests {\n    #[derive(A)]\n    struct B;\n\n    fn f() {\n        include_str!(\"a\");\n    }\n}\n",
            "fn f() {\n    #[cfg(feature = \"x\")]\n    let a = include_str!(\"a\");\n}\n",
            "#[cfg_attr(docsrs, doc = include_str!(\"a\"))]\nstruct A;\n",
            "#[doc = include_str!(\"a\")]\n#[cfg(docsrs)]\nstruct A;\n",
            "#[cfg(docsrs)]\n#[doc = include_str!(\"a\")]\nstruct A;\n",
            "include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));\n",
            "const A: &str = \"\nmod a;\n\";\n",
            "// include_str!(\"a\")\nlet a = \"include_str!(\\\"a\\\")\";\nreinclude!(\"b\");\n",
            "#[test]\nfn t() {\n    include_str!(\"a\");\n}\n",
            "static A: &str = grass::include!(\"a.scss\");\nlet b = my::std::include_str!(\"b\");\n",
            "#[cxx::bridge]\nmod ffi {\n    unsafe extern \"C++\" {\n        include!(\"a/src/b.hpp\");\n    }\n}\n",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
