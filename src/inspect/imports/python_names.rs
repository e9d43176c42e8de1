//! The names that a module of Python has, for what its package's commands start.

use std::collections::BTreeSet;

use memchr::memmem;

use super::is_in_name;

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
    names
}

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

/// All of them, and every other name that stands in it outside of texts and comments; `*` where it may have any.
pub(super) fn all(bytes: &[u8]) -> String {
    if MAKERS.iter().any(|maker| memmem::find(bytes, maker).is_some()) {
        return "*".to_owned();
    }
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let length = match first {
            b'#' => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'"' | b'\'' => string(rest, *first),
            _ if is_in_name(*first) => {
                let name = first_name(rest);
                names.extend((!name.is_empty()).then_some(name));
                // what is no text of UTF-8 is passed over
                name.len().max(1)
            }
            _ => 1,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    names.into_iter().collect::<Vec<&str>>().join(" ")
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

    #[test]
    fn all_names_outside_of_texts() {
        let text = b"'''a'''\nb = 'c' \"d\\\"e\" # f\nfrom g import (h,\n  i as j)\nr'k'\n";
        assert_eq!(all(text), "as b from g h i import j r");
        for text in ["from a import *", "globals()['a'] = b", "def __getattr__(name): pass"] {
            assert_eq!(all(text.as_bytes()), "*", "{text}");
        }
        assert_eq!(all(b"'a\nb"), "b");
        assert_eq!(all(b"\xff a"), "a");
    }
}
