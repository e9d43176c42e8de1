//! Imports of a Python package's own modules that are sure to be carried out: statements that begin a line, outside of
//! strings.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

/// Names with their offsets.
type Names = Vec<(usize, String)>;

/// Imports of the package's own modules with their offsets: `.a`, `..b.c`, and by their whole names `own.a`. What is
/// imported from a package itself (`from . import a`) may be anything that its `__init__.py` defines: it comes as `. a`,
/// for a module that must be there only if that file defines nothing. Beside these, the names that are taken from such
/// modules: `.a b c`.
pub(super) fn imports(path: &str, bytes: &[u8]) -> (Names, Names) {
    let (mut found, mut taken) = (Vec::new(), Vec::new());
    let mut of_package = Vec::new();
    let mut strings = Strings::new(bytes);
    let is_package = path.ends_with("__init__.py");
    let own = own_package(path);
    for at in statements(bytes) {
        if let Some(names) = bytes.get(at..).and_then(|rest| rest.strip_prefix(b"import ")) {
            let line = names.split(|byte| matches!(byte, b'\n' | b'#' | b';')).next().unwrap_or_default();
            let names = std::str::from_utf8(line).unwrap_or_default().split(',');
            let names = names.filter_map(|name| name.split_whitespace().next());
            let own: Vec<&str> = names.filter(|name| is_below(own, name)).collect();
            if !own.is_empty() && !strings.are_open(at) {
                found.extend(own.into_iter().map(|name| (at, name.to_owned())));
            }
            continue;
        }
        let Some(statement) = statement(bytes, at) else { continue };
        let Some((module, names)) = statement.split_once(" import ") else { continue };
        // a package's own file may ask the package for its parts by its whole name
        let is_itself = module.trim() == own && is_top_of(own, path);
        let module = if is_itself { "." } else { module.trim() };
        let is_module = !module.is_empty() && module.chars().all(|c| c.is_alphanumeric() || "._".contains(c));
        let is_own = module.starts_with('.') || is_below(own, module);
        if !is_module || !is_own || strings.are_open(at) {
            continue;
        }
        if module.chars().any(|c| c != '.') {
            found.push((at, module.to_owned()));
            let names = names.split(',').filter_map(|name| name.split_whitespace().next());
            let is_name = |name: &str| {
                name == "*" || name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            };
            let taken_here =
                names.filter(|name| is_name(name)).fold(module.to_owned(), |all, name| all + " " + name);
            taken.push((at, taken_here));
            continue;
        }
        let names = names.split(',').filter_map(|name| name.split_whitespace().next());
        let names = names.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
        for name in names {
            if is_package && module == "." {
                of_package.push((at, name.to_owned()));
            } else {
                found.push((at, format!("{module} {name}")));
            }
        }
    }
    found.extend(undefined(bytes, of_package).into_iter().map(|(at, name)| (at, format!(".{name}"))));
    found.sort_by_key(|(at, _)| *at);
    (found, taken)
}

/// The packages at the top that a module is sure to import and that are not its own, each where it is first asked for; `*` where
/// it changes the places that modules are looked for in.
pub(super) fn others(path: &str, bytes: &[u8]) -> Names {
    let own = own_package(path);
    let mut strings = Strings::new(bytes);
    let mut found: Names = Vec::new();
    let mut known = HashSet::from([own]);
    if memmem::find(bytes, b"sys.path").is_some() {
        found.push((0, "*".to_owned()));
    }
    for at in statements(bytes) {
        let line = bytes.get(at..).unwrap_or_default();
        let line = line.split(|byte| matches!(byte, b'\n' | b'#' | b';')).next().unwrap_or_default();
        let line = std::str::from_utf8(line).unwrap_or_default();
        let named: Vec<&str> = match line.strip_prefix("import ") {
            Some(names) => names.split(',').filter_map(|name| name.split_whitespace().next()).collect(),
            None => line.split_whitespace().nth(1).into_iter().collect(),
        };
        if strings.are_open(at) {
            continue;
        }
        let is_name = |name: &&str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let tops = named.into_iter().filter_map(|name| name.split('.').next()).filter(is_name);
        let new = tops.filter(|name| known.insert(name));
        found.extend(new.map(|name| (at, name.to_owned())));
    }
    found
}

/// Where lines begin with `from ` and have an `import ` behind it, or begin with that.
fn statements(bytes: &[u8]) -> impl Iterator<Item = usize> {
    super::lines(bytes).filter(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        let line = || rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        rest.starts_with(b"import ")
            || rest.starts_with(b"from ") && memmem::find(line(), b"import ").is_some()
    })
}

/// The package at the top that a file belongs to, as wheels hold them.
fn own_package(path: &str) -> &str {
    let mut segments = path.split('/');
    let first = segments.next().unwrap_or_default();
    match (first.ends_with(".data"), segments.next()) {
        (true, Some("purelib" | "platlib")) => segments.next().unwrap_or_default(),
        _ => first,
    }
}

/// Whether a file is the package's own, at its top.
fn is_top_of(package: &str, path: &str) -> bool {
    let folder = path.strip_suffix("/__init__.py").unwrap_or_default();
    folder == package || folder.contains(".data/") && folder.ends_with(&format!("lib/{package}"))
}

fn is_below(package: &str, module: &str) -> bool {
    !package.is_empty() && module.strip_prefix(package).is_some_and(|rest| rest.starts_with('.'))
}

/// Where a statement that begins at a place ends: with its line, or with its bracket.
fn end_of_statement(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let open = rest.get(..line).and_then(|line| line.iter().position(|byte| *byte == b'('));
    let close = open.and_then(|open| Some(open + closing(rest.get(open..)?)?));
    at + close.unwrap_or(line)
}

/// Where the bracket closes that opens here, comments aside. There are no others within it.
fn closing(bytes: &[u8]) -> Option<usize> {
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let code = line.split(|byte| *byte == b'#').next().unwrap_or_default();
        if let Some(close) = code.iter().position(|byte| *byte == b')') {
            return Some(start + close);
        }
        start += line.len();
    }
    None
}

/// The rest of the statement behind `from `, on one line.
fn statement(bytes: &[u8], at: usize) -> Option<String> {
    const LONGEST: usize = 4_000;
    let rest = bytes.get(at + 5..)?;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let line_end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
    let line = rest.get(..line_end)?;
    let end = match line.iter().position(|byte| *byte == b'(') {
        Some(open) => open + closing(rest.get(open..)?)?,
        None => line_end,
    };
    let text = std::str::from_utf8(rest.get(..end)?).ok()?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    let joined: Vec<&str> = lines.collect();
    Some(joined.join(" ").replace(['(', '\\', ';'], " "))
}

/// What may give a module names that it doesn't have in its text, or gives it all of another one.
const MAKERS: [&[u8]; 2] = [b"__getattr__", b"import *"];
/// What may give it names that it has in quotes.
const READERS: [&[u8]; 8] =
    [b"globals", b"locals", b"vars(", b"setattr", b"exec", b"modules", b"lazy", b"importlib"];

/// Whether a word, which is a part of this line, stands alone in quotes.
fn is_quoted(line: &[u8], word: &[u8]) -> bool {
    let at = (word.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
    let before = at.checked_sub(1).and_then(|at| line.get(at));
    matches!(before, Some(b'"' | b'\'')) && before == line.get(at + word.len())
}

/// Those of the names that a module has in no statement before the one that begins at their offset, comments aside: what it
/// does with them behind that comes too late to define them.
fn undefined(bytes: &[u8], mut names: Vec<(usize, String)>) -> Vec<(usize, String)> {
    let has = |word: &&[u8]| memmem::find(bytes, word).is_some();
    if names.is_empty() || MAKERS.iter().any(has) {
        return Vec::new();
    }
    // A name in quotes is none that is given, unless something reads such lists.
    let quotes_count = READERS.iter().any(has);
    // where the first line begins that has the name; a statement counts as one line
    let mut lines: HashMap<&[u8], usize> = HashMap::new();
    let wanted: HashSet<&[u8]> = names.iter().map(|(_, name)| name.as_bytes()).collect();
    let mut statements: Vec<usize> = names.iter().map(|(at, _)| *at).collect();
    statements.dedup();
    let mut statements = statements.into_iter().map(|at| at..end_of_statement(bytes, at)).peekable();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        while statements.next_if(|statement| statement.end <= start).is_some() {}
        let is_within = statements.peek().filter(|statement| statement.contains(&start));
        let own = is_within.map_or(start, |statement| statement.start);
        let is_sign = |byte: &u8| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80);
        let is_comment = line.trim_ascii_start().starts_with(b"#");
        for word in line.split(is_sign).filter(|word| !is_comment && wanted.contains(word)) {
            if !quotes_count && is_quoted(line, word) {
                continue;
            }
            lines.entry(word).or_insert(own);
        }
        start += line.len();
    }
    let is_first = |at: usize, name: &str| lines.get(name.as_bytes()).is_none_or(|first| *first == at);
    let first: Vec<bool> = names.iter().map(|(at, name)| is_first(*at, name)).collect();
    let mut first = first.into_iter();
    names.retain(|_| first.next() == Some(true));
    names
}

/// Whether a string of several lines is open at a place, asked of one place after the other.
pub(super) struct Strings<'a> {
    bytes: &'a [u8],
    done: usize,
    quotes: [usize; 2],
}

impl<'a> Strings<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, done: 0, quotes: [0; 2] }
    }

    pub(super) fn are_open(&mut self, at: usize) -> bool {
        let between = self.bytes.get(self.done..at).unwrap_or_default();
        for (count, quote) in self.quotes.iter_mut().zip(["\"\"\"", "'''"]) {
            *count += memmem::find_iter(between, quote).count();
        }
        self.done = at;
        self.quotes.iter().any(|count| count % 2 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        imports(path, text.as_bytes()).0.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn statements_at_the_top() {
        assert_eq!(found("p/a.py", "from .b import c\nfrom ..d.e import (\n  f,\n)\n"), [".b", "..d.e"]);
        assert_eq!(found("p/a.py", "from . import b, c as d\n"), [". b", ". c"]);
        assert_eq!(found("p/__init__.py", "from . import b, c\nc = 1\n"), [".b", ".c"]);
        assert_eq!(found("p/__init__.py", "c = 1\nfrom . import b, c\nb.d()\n"), [".b"]);
        assert_eq!(found("p/__init__.py", "from .b import *  # noqa\n"), [".b"]);
        let text = "from . import (  # noqa\n    # b first (why)\n    b,\n    c,\n    d as e,\n)\nc()\n# d\nfrom . import f, b\n";
        assert_eq!(found("p/__init__.py", text), [".b", ".c", ".d", ".f"]);
        let text = "def c(): pass\nfrom . import (  # noqa\n    # b first\n    b,\n    c)\n";
        assert_eq!(found("p/__init__.py", text), [".b"]);
        assert_eq!(found("p/a.py", "from p.b.c import (d,\n e)\nimport os, p.f as g\n"), ["p.b.c", "p.f"]);
        assert_eq!(found("p-1.data/purelib/p/a.py", "from p.b import c"), ["p.b"]);
    }

    #[test]
    fn parts_by_the_whole_name_of_the_package_itself() {
        let text =
            "from p import a, b\nfrom p import (c,\n  d)\nfrom p.q import e\nb = 1\nfrom other import f\n";
        assert_eq!(found("p/__init__.py", text), [".a", ".b", ".c", ".d", "p.q"]);
        assert_eq!(found("p-1.data/platlib/p/__init__.py", text), [".a", ".b", ".c", ".d", "p.q"]);
        assert_eq!(found("p/q/__init__.py", text), ["p.q"]);
        assert_eq!(found("p/q/p/__init__.py", text), ["p.q"]);
        assert_eq!(found("p/r.py", text), ["p.q"]);
    }

    #[test]
    fn other_places() {
        for text in [
            "try:\n    from .b import c\nexcept ImportError: pass\n",
            "\"\"\"\nfrom .b import c\n\"\"\"\n",
            "# from .b import c\n",
            "def f():\n  from .b import c\n",
            "x from .b import c\n",
            "from p import b\nimport p\nimport pq.r\nfrom q.p.b import c\n",
            "\"\"\"\nimport p.b\n\"\"\"\n",
        ] {
            assert_eq!(found("p/a.py", text), [] as [String; 0], "{text}");
        }
    }
}
