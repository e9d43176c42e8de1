//! The names that a module of Python has, for what its package's commands start.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use memchr::memmem;

use super::is_in_name;
use crate::inventory::MAKES_MODULES;

/// With one of these a module may have any name.
const MAKERS: [&[u8]; 10] = [
    b"import *",
    b"__getattr__",
    b"globals",
    b"locals(",
    b"vars(",
    b"setattr",
    b"exec(",
    b"eval(",
    b"sys.modules",
    b"__dict__",
];
/// Bytes of names that are kept of one file by the quick look.
const MOST: usize = 4 << 10;

/// The modules that most commands start in; of all others the names are looked for when a command needs them.
const USUAL: [&str; 13] = [
    "__init__",
    "__main__",
    "app",
    "cli",
    "command",
    "command_line",
    "commands",
    "console",
    "entry",
    "main",
    "run",
    "script",
    "scripts",
];

/// Whether a module's name is one that commands often start in.
pub(super) fn may_start_a_command(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".py").is_some_and(|stem| USUAL.binary_search(&stem).is_ok())
}

/// Those that are plain to see at the beginnings of lines, with blanks between. There may be more.
pub(super) fn plain(bytes: &[u8]) -> String {
    let mut names = String::new();
    for at in super::lines(bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        let is_name = rest.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_');
        if !is_name || names.len() >= MOST {
            continue;
        }
        if rest.starts_with(b"from ") || rest.starts_with(b"import ") {
            imported(rest, &mut names);
            continue;
        }
        let rest = rest.strip_prefix(b"async ").unwrap_or(rest);
        let defined = rest.strip_prefix(b"def ").or_else(|| rest.strip_prefix(b"class "));
        let name = first_name(defined.unwrap_or(rest));
        let is_set = || {
            let behind = rest.get(name.len()..).unwrap_or_default().trim_ascii_start();
            behind.first().is_some_and(|sign| matches!(sign, b'=' | b':'))
        };
        if defined.is_some() || is_set() {
            names.push_str(name);
            names.push(' ');
        }
    }
    // what it says it has and seems not to have: to be read again if somebody takes all of it
    if memmem::find(bytes, b"__all__").is_some() && !has_any(bytes) {
        let known: HashSet<&str> = names.split(' ').collect();
        let lacking: Vec<&str> = said(bytes).into_iter().filter(|name| !known.contains(name)).collect();
        for name in lacking.into_iter().take(MOST_LACKING) {
            names.extend(["@", name, " "]);
        }
    }
    for made in made_modules(bytes) {
        names.extend([&*made, " "]);
    }
    names
}

/// One name that it lacks is enough.
const MOST_LACKING: usize = 10;

/// The names that an import at the beginning gives.
fn imported(rest: &[u8], names: &mut String) {
    /// Bytes that one statement takes at most.
    const LONGEST: usize = 2_000;
    let rest = rest.get(..LONGEST).unwrap_or(rest);
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let list = match (memmem::find(line, b" import ").map(|at| at + 8), memchr::memchr(b'(', line)) {
        (Some(at), Some(open)) if open >= at => {
            rest.get(open + 1..).and_then(|list| list.get(..memchr::memchr(b')', list)?)).unwrap_or_default()
        }
        (Some(at), _) => line.get(at..).unwrap_or_default(),
        (None, _) => line.strip_prefix(b"import ").unwrap_or_default(),
    };
    let items = list.split(|byte| matches!(byte, b',' | b'\n' | b';'));
    for item in items.map(<[u8]>::trim_ascii).filter(|item| !item.starts_with(b"#")) {
        let renamed = memmem::find(item, b" as ").and_then(|at| item.get(at + 4..));
        let name = first_name(renamed.unwrap_or(item).trim_ascii_start());
        if !name.is_empty() && names.len() < MOST {
            names.push_str(name);
            names.push(' ');
        }
    }
}

/// All of them, and every other name that stands in it outside of texts and comments, each with the line where it is first,
/// but for what stands within functions and classes alone; `*` where it may have any. Behind these, with `@` before them, those
/// that it says it has (`__all__`) and hasn't.
pub(super) fn all(bytes: &[u8]) -> Vec<(u64, String)> {
    if has_any(bytes) {
        return vec![(1, "*".to_owned())];
    }
    let mut names: BTreeMap<&str, u64> = BTreeMap::new();
    // a function may give its module a name
    let may_pass_over = memmem::find(bytes, b"global ").is_none();
    let (mut at, mut line, mut depth) = (0, 1, 0_usize);
    let (mut begins, mut is_within) = (true, false);
    while let Some(first) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        // what begins a line and is neither comment nor blank ends what was open
        if begins && depth == 0 && !matches!(first, b' ' | b'\t' | b'\n' | b'\r' | b'#' | 0x0C) {
            is_within = may_pass_over && DEFINES.iter().any(|word| rest.starts_with(word));
            // its own name, and what stands in its first line, belongs to the module
            let end = memchr::memchr(b'\n', rest).filter(|_| is_within);
            let head = if is_within { rest.get(..end.unwrap_or(rest.len())) } else { None };
            for name in names_in(head.unwrap_or_default()) {
                names.entry(name).or_insert(line);
            }
        }
        begins = *first == b'\n';
        let length = match first {
            b'#' => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'"' | b'\'' => string(rest, *first),
            b'(' | b'[' | b'{' => {
                depth += 1;
                1
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                1
            }
            // the next line belongs to this one
            b'\\' => 2,
            _ if is_in_name(*first) => {
                let name = first_name(rest);
                if !name.is_empty() && !is_within {
                    names.entry(name).or_insert(line);
                }
                // what is no text of UTF-8 is passed over
                name.len().max(1)
            }
            _ => 1,
        };
        line += memchr::memchr_iter(b'\n', rest.get(..length).unwrap_or(rest)).count() as u64;
        at += length;
    }
    // that it has none is something to know, too
    names.entry("").or_insert(1);
    let lacking = said(bytes).into_iter().filter(|name| !names.contains_key(name));
    let lacking: Vec<(u64, String)> = lacking.map(|name| (1, format!("@{name}"))).collect();
    names.into_iter().map(|(name, line)| (line, name.to_owned())).chain(lacking).collect()
}

/// What begins with one of these has names of its own.
const DEFINES: [&[u8]; 3] = [b"def ", b"class ", b"async def "];

/// Whether a module may have any name.
fn has_any(bytes: &[u8]) -> bool {
    MAKERS.iter().any(|maker| memmem::find(bytes, maker).is_some())
}

fn names_in(bytes: &[u8]) -> impl Iterator<Item = &str> {
    let words = bytes.split(|byte| !is_in_name(*byte) || *byte == b'$');
    words.filter_map(|word| std::str::from_utf8(word).ok()).filter(|word| !word.is_empty())
}

/// The names of `__all__`, where it is one list of nothing but texts.
fn said(bytes: &[u8]) -> Vec<&str> {
    let mut places = memmem::find_iter(bytes, b"__all__");
    let (Some(at), None) = (places.next(), places.next()) else { return Vec::new() };
    let begins = at == 0 || bytes.get(at - 1) == Some(&b'\n');
    let behind = bytes.get(at + "__all__".len()..).filter(|_| begins);
    behind.and_then(list).unwrap_or_default()
}

/// The texts of the list that a line gives.
fn list(behind: &[u8]) -> Option<Vec<&str>> {
    /// Bytes of such a list.
    const LONGEST: usize = 64 << 10;
    let behind = behind.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let close = match behind.first()? {
        b'[' => b']',
        b'(' => b')',
        _ => return None,
    };
    let mut rest = behind.get(1..LONGEST.min(behind.len()))?;
    let mut names = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        match rest.first()? {
            sign if *sign == close => break,
            b'#' => rest = rest.get(memchr::memchr(b'\n', rest)?..)?,
            b',' => rest = rest.get(1..)?,
            quote @ (b'"' | b'\'') => {
                let end = 1 + memchr::memchr(*quote, rest.get(1..)?)?;
                let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
                let is_name = !name.is_empty() && name.bytes().all(|byte| is_in_name(byte) && byte != b'$');
                is_name.then(|| names.push(name))?;
                rest = rest.get(end + 1..)?.trim_ascii_start();
                // two texts side by side are one
                matches!(rest.first()?, b',' | b'#' | b']' | b')').then_some(())?;
            }
            _ => return None,
        }
    }
    let behind = rest.get(1..)?.split(|byte| *byte == b'\n').next()?.trim_ascii_start();
    (behind.is_empty() || behind.starts_with(b"#")).then_some(names)
}

/// What a module puts into Python's own list of modules, under other names than its own: [`MAKES_MODULES`] for what may have
/// any name, and that with a name behind it (`sys.modules:greenlet`) for one that stands there.
fn made_modules(bytes: &[u8]) -> BTreeSet<String> {
    /// Bytes behind it that are looked at.
    const LONGEST: usize = 200;
    /// What changes the list of those who look for modules.
    const SEARCHERS: [&[u8]; 6] = [b".append(", b".insert(", b".extend(", b"[", b"=", b"+="];
    let behind = |word: &str, at: usize| {
        let behind = bytes.get(at + word.len()..).unwrap_or_default();
        let behind = behind.get(..LONGEST).unwrap_or(behind);
        behind.split(|byte| *byte == b'\n').next().unwrap_or_default()
    };
    let puts = memmem::find_iter(bytes, MAKES_MODULES).filter_map(|at| put(behind(MAKES_MODULES, at)));
    let mut made: BTreeSet<String> = puts.collect();
    const SEARCH: &str = "sys.meta_path";
    let changes = |line: &[u8]| SEARCHERS.iter().any(|sign| line.trim_ascii_start().starts_with(sign));
    if memmem::find_iter(bytes, SEARCH).any(|at| changes(behind(SEARCH, at))) {
        made.insert(MAKES_MODULES.to_owned());
    }
    made
}

/// What is put into the list of modules by what stands behind its name; `None` if nothing is, or none but the module itself.
fn put(behind: &[u8]) -> Option<String> {
    let any = || Some(MAKES_MODULES.to_owned());
    if behind.starts_with(b".setdefault(") || behind.starts_with(b".update(") {
        return any();
    }
    let end = memchr::memrchr(b']', behind.split(|byte| *byte == b'=').next().unwrap_or_default())?;
    let (key, value) = behind.strip_prefix(b"[")?.split_at_checked(end - 1)?;
    let value = value.strip_prefix(b"]")?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii();
    // what is compared, or kept from being imported
    if key == b"__name__" || value.starts_with(b"=") || value == b"None" {
        return None;
    }
    let (quote, name) = key.split_first()?;
    let name = name.strip_suffix(&[*quote]).filter(|_| matches!(quote, b'"' | b'\''));
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    match name.filter(|name| name.iter().all(is_sign)) {
        Some(name) => Some(format!("{MAKES_MODULES}:{}", String::from_utf8_lossy(name))),
        None => any(),
    }
}

/// The modules, or whatever else has a name, that a package's own file gives names to: `services.*` where it has
/// `services.client = ...`.
pub(super) fn given_to_others(bytes: &[u8]) -> String {
    /// Those of one file.
    const MOST_OTHERS: usize = 50;
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii_start();
        let name = first_name(line);
        let attribute = line.get(name.len()..).and_then(|rest| rest.strip_prefix(b".")).unwrap_or_default();
        let behind = attribute.get(first_name(attribute).len()..).unwrap_or_default().trim_ascii_start();
        let is_set = behind.starts_with(b"=") && !behind.starts_with(b"==");
        if is_set && !matches!(name, "" | "self" | "cls") && others.len() < MOST_OTHERS {
            others.insert(name);
        }
    }
    others.into_iter().map(|name| format!("{name}.* ")).collect()
}

/// How long the string is that begins here.
fn string(bytes: &[u8], quote: u8) -> usize {
    let triple = [quote; 3];
    let is_long = bytes.starts_with(&triple);
    let mut at = if is_long { 3 } else { 1 };
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.first() {
            Some(b'\\') => at += 2,
            Some(b'\n') if !is_long => return at,
            _ if is_long && rest.starts_with(&triple) => return at + 3,
            Some(sign) if !is_long && *sign == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn first_name(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| !is_in_name(*byte) || *byte == b'$').unwrap_or(bytes.len());
    std::str::from_utf8(bytes.get(..end).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_the_beginnings_of_lines() {
        let text =
            b"import a\nasync def b():\n    c = 1\nclass d: pass\ne = f = 1\ng: int = 1\nh(i)\n# j = 1\n";
        assert_eq!(plain(text), "a b d e g ");
        let text = b"from a import b, c as d\nfrom .e import (  # f\n  g,\n  h as i,\n)\nimport j.k, l as m\nfrom n import *\n";
        assert_eq!(plain(text), "b d g i j m ");
        assert!(USUAL.is_sorted());
        assert!(may_start_a_command("a/cli.py") && !may_start_a_command("a/core.py"));
    }

    fn of(text: &[u8]) -> String {
        let names = all(text).into_iter().map(|(_, name)| name);
        names.filter(|name| !name.is_empty()).collect::<Vec<String>>().join(" ")
    }

    #[test]
    fn all_names_outside_of_texts() {
        let text = b"'''a'''\nb = 'c' \"d\\\"e\" # f\nfrom g import (h,\n  i as j)\nr'k'\n";
        assert_eq!(of(text), "as b from g h i import j r");
        for text in ["from a import *", "globals()['a'] = b", "def __getattr__(name): pass"] {
            assert_eq!(of(text.as_bytes()), "*", "{text}");
        }
        assert_eq!(of(b"'a\nb"), "b");
        assert_eq!(of(b"\xff a"), "a");
    }

    #[test]
    fn what_stands_within_is_not_the_modules() {
        assert_eq!(of(b"class a(b):\n    c = c\n\n    def d(self): pass\ne = e\n"), "a b class e");
        assert_eq!(of(b"def a(\n  b\n):\n    c = c\nif d:\n    e = e\n"), "a d def e if");
        assert_eq!(of(b"def a():\n    global c\n    c = c\n"), "a c def global");
        assert_eq!(of(b"class a: b = b\n# c\n  d\ne"), "a b class e");
        assert_eq!(of(b"@a\nclass b:\n\tc = '''\nd\n'''\n\te = [\nf]\n"), "a b class");
        let lines = all(b"a = a\n'''\n'''\nfrom b import (\n  c)\na\n");
        let lines: Vec<String> = lines.into_iter().map(|(line, name)| format!("{name}{line}")).collect();
        assert_eq!(lines, ["1", "a1", "b4", "c5", "from4", "import4"]);
    }

    #[test]
    fn what_a_module_says_it_has() {
        let text = "import a\n__all__ = ['b', \"c\",  # d\n  'e',\n]\nb = 1\ndef c(): pass\n";
        assert_eq!(plain(text.as_bytes()), "a __all__ b c @e ");
        assert!(of(text.as_bytes()).ends_with(" @e"));
        for text in [
            "import a\n__all__ = ['b'] + a\n",
            "import a\n__all__ = ['b']\n__all__ += ['c']\n",
            "import a\n__all__ = ['b' 'c']\n",
            "import a\n__all__ = [a.b]\n",
            "if a:\n    __all__ = ['b']\n",
            "import a\n__all__ = ['b']\nfrom a import *\n",
            "import a\n__all__ = [f'b']\n",
            "import a\n__all__ = ['b'",
        ] {
            assert!(!of(text.as_bytes()).contains('@') && !plain(text.as_bytes()).contains('@'), "{text}");
        }
    }

    #[test]
    fn names_that_are_given_to_others() {
        let text = "from . import a, b\nif c:\n    a.d = a.d_v1\na.e=1\nb.f == 2\nb.g.h = 3\nself.i = 4\nj = a.k = 5\n";
        assert_eq!(given_to_others(text.as_bytes()), "a.* ");
        assert_eq!(given_to_others(b"a.b\n.c = 1\n= 2\na.\n"), "");
    }

    #[test]
    fn modules_that_make_others() {
        for (text, makes) in [
            ("sys.modules[__name__ + '.a'] = b\n", "sys.modules"),
            ("sys.modules[f'{a}.b'] = b\n", "sys.modules"),
            ("sys.modules[a[0]] = b\n", "sys.modules"),
            ("sys.modules.setdefault('a', b)\n", "sys.modules"),
            ("sys.meta_path.append(a)\n", "sys.modules"),
            ("sys.meta_path = [a]\n", "sys.modules"),
            ("sys.modules['a.b_c'] = b\n", "sys.modules:a.b_c"),
            ("    sys.modules[\"a\"]=b # c\n", "sys.modules:a"),
            ("sys.modules['a'] = sys.modules[a] = b\n", "sys.modules sys.modules:a"),
            ("sys.modules[__name__] = a\n", ""),
            ("sys.modules[a] = None\n", ""),
            ("if 'a' in sys.modules: b = sys.modules['a']\n", ""),
            ("sys.modules['a'] == b\n", ""),
            ("for a in sys.meta_path:\n  b(a)\n", ""),
        ] {
            let made: Vec<String> = made_modules(text.as_bytes()).into_iter().collect();
            assert_eq!(made.join(" "), makes, "{text}");
            assert!(plain(text.as_bytes()).contains(makes), "{text}");
        }
    }
}
