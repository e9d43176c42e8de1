//! The names that Node lets a module take from CommonJS: those that it can see in the text, without running it. Which these
//! are differs from version to version; what any of them may see is counted, and more.

use std::collections::BTreeSet;

use memchr::memmem;

use super::{is_in_name, quoted};
use crate::inventory::Asking;

/// Names that are kept of one file; with more, it may have any.
const MOST: usize = 5_000;
/// Bytes of an object that is given as a whole.
const LONGEST: usize = 64 << 10;
/// Bytes around a place that are looked at for a `require`.
const NEAR: usize = 300;
/// What hands on all of another module's names.
const HANDS_ON: [&[u8]; 6] =
    [b"__export", b"_export_star", b"__reExport", b"tslib", b"Object.keys(", b"...require"];

/// As facts, at the beginning of the file: each name, `* ./a` for a module all of whose names may be handed on, and `*` where
/// there may be any.
pub(super) fn gives(text: &str) -> Vec<(usize, Asking, String)> {
    let names = names(text.as_bytes()).unwrap_or_else(|| BTreeSet::from(["*".to_owned()]));
    names.into_iter().map(|name| (0, Asking::Gives, name)).collect()
}

fn names(text: &[u8]) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let mut hands_on = HANDS_ON.iter().any(|sign| memmem::find(text, sign).is_some());
    let mut done = 0;
    for at in memmem::find_iter(text, b"exports") {
        let behind = text.get(at + "exports".len()..).unwrap_or_default().trim_ascii_start();
        match behind {
            [b'.', rest @ ..] => {
                let rest = rest.trim_ascii_start();
                // a name with an escape in it, and a comment before one
                if matches!(rest.first(), Some(b'\\' | b'/')) {
                    return None;
                }
                names.insert(name(rest).to_owned());
            }
            [b'[' | b',', rest @ ..] => {
                let rest = rest.trim_ascii_start();
                match rest.first()? {
                    b'"' | b'\'' | b'`' => names.extend(Some(text_of(rest)?)),
                    b'{' => done = object(text, text.len() - rest.len(), done, &mut names)?,
                    _ => hands_on = true,
                }
            }
            [b'=', rest @ ..] if !rest.starts_with(b"=") => {
                let rest = rest.trim_ascii_start();
                if rest.first() == Some(&b'{') {
                    done = object(text, text.len() - rest.len(), done, &mut names)?;
                }
                let near = rest.get(..NEAR).unwrap_or(rest);
                hands_on |= memmem::find(near, b"require").is_some();
            }
            // given to something that may do anything with it
            [b')', ..] => hands_on = true,
            [b'/', ..] => return None,
            _ => {}
        }
        if names.len() > MOST {
            return None;
        }
    }
    if hands_on {
        for at in memmem::find_iter(text, b"require") {
            let behind = text.get(at + "require".len()..).unwrap_or_default().trim_ascii_start();
            let Some(asked) = behind.strip_prefix(b"(") else { continue };
            let (from, _) = quoted(asked.trim_ascii_start()).filter(|(from, _)| from.starts_with('.'))?;
            names.insert(format!("* {from}"));
        }
    }
    names.remove("");
    Some(names)
}

/// All names in the object that opens at a place, its end; `None` if it has none. What was read before is not read again.
fn object(text: &[u8], open: usize, done: usize, names: &mut BTreeSet<String>) -> Option<usize> {
    if open < done {
        return Some(done);
    }
    let inside = text.get(open..)?;
    let inside = inside.get(..LONGEST).unwrap_or(inside);
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = inside.get(at) {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            b'\\' => return None,
            byte if is_in_name(*byte) => {
                let name = name(inside.get(at..)?);
                names.insert(name.to_owned());
                at += name.len().max(1);
                continue;
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

/// What stands in quotes here, if there is no escape in it.
fn text_of(bytes: &[u8]) -> Option<String> {
    let (quote, inside) = bytes.split_first()?;
    let inside = inside.get(..NEAR).unwrap_or(inside);
    let text = inside.get(..memchr::memchr(*quote, inside)?)?;
    (!text.contains(&b'\\')).then(|| String::from_utf8_lossy(text).into_owned())
}

fn name(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|byte| !is_in_name(*byte)).unwrap_or(bytes.len());
    std::str::from_utf8(bytes.get(..end).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_node_may_see() {
        for (text, expected) in [
            ("exports.a = exports.b = void 0; module.exports['c d'] = 1;", "a,b,c d"),
            ("Object.defineProperty(exports, 'a', { get: function () { return b.c } });", "a"),
            ("module.exports = { a, b: c, 'd': c };", "a,b,c,d"),
            ("0 && (module.exports = {\n  a,\n  b\n});", "a,b"),
            ("class A {}\nmodule.exports = A;", ""),
            ("const all = { a: 1 };\nmodule.exports = Object.assign({}, all);", ""),
            ("module.exports = require('./a.js');", "* ./a.js"),
            ("__exportStar(require(\"./a\"), exports);", "* ./a"),
            ("const a = require('./a'); exports.b = a;", "b"),
            ("module.exports = require('fs');", "*"),
            (
                "Object.keys(_a).forEach(function (k) { exports[k] = _a[k] }); var _a = require('./a');",
                "* ./a",
            ),
            ("for (const k in all) exports[k] = all[k]; const fs = require('fs');", "*"),
            ("exports['a\\u0062'] = 1;", "*"),
            ("(function (f) { f(exports) })(function (e) { e.a = 1 });", ""),
            ("module.exports = { a", "*"),
            ("module.exports = process.env.X ? require('./a') : require('./b')", "* ./a,* ./b"),
        ] {
            let found: Vec<String> = gives(text).into_iter().map(|(_, _, name)| name).collect();
            assert_eq!(found.join(","), expected, "{text}");
        }
    }

    #[test]
    fn objects_within_objects_are_read_once() {
        let text = "module.exports={".repeat(20_000);
        assert_eq!(names(text.as_bytes()), None);
        let text = format!("{}{}", "module.exports={a:".repeat(2_000), "}".repeat(2_000));
        assert_eq!(names(text.as_bytes()).map(|names| names.len()), Some(3));
    }
}
