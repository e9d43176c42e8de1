//! Source files that were put whole into something else that is code or made of it: a literal of Lua's, an object file.

use memchr::memmem;

use super::tally;
use super::{is_explained, is_module_text, is_much};

/// Whether a module of Lua hands out TypeScript, or nothing but texts that are source.
pub(super) fn in_lua(path: &str, bytes: &[u8]) -> bool {
    if !path.ends_with(".lua") {
        return false;
    }
    let literals = literals(bytes);
    let length: usize = literals.iter().map(|literal| literal.len()).sum();
    let is_all = 10 * length >= 9 * bytes.len();
    literals.into_iter().any(|literal| is_module_text(literal) || is_all && is_source(literal))
}

/// The texts between brackets: `[[...]]`, `[==[...]==]`. Comments stand in the same, behind two dashes.
fn literals(bytes: &[u8]) -> Vec<&[u8]> {
    let mut literals = Vec::new();
    let mut at = 0;
    while let Some(open) = bytes.get(at..).and_then(|rest| memchr::memchr(b'[', rest)).map(|open| at + open) {
        at = open + 1;
        let rest = bytes.get(at..).unwrap_or_default();
        let level = rest.iter().take_while(|byte| **byte == b'=').count();
        if level > MOST_MARKS || rest.get(level) != Some(&b'[') {
            continue;
        }
        let start = at + level + 1;
        let close = [&b"]"[..], &b"=".repeat(level), b"]"].concat();
        let Some(length) = bytes.get(start..).and_then(|inside| memmem::find(inside, &close)) else { break };
        if !bytes.get(..open).is_some_and(|before| before.ends_with(b"--")) {
            literals.extend(bytes.get(start..start + length));
        }
        at = start + length + close.len();
    }
    literals
}

/// Nobody needs more to tell one bracket from another.
const MOST_MARKS: usize = 16;

/// Whether an object file, which a linker reads, has a source file among its data.
pub(super) fn in_object(bytes: &[u8]) -> bool {
    const SHORTEST: usize = 200;
    const LEAST_LINES: usize = 10;
    let is_long = |text: &&[u8]| {
        text.len() >= SHORTEST && memchr::memchr_iter(b'\n', text).nth(LEAST_LINES - 1).is_some()
    };
    is_object(bytes) && bytes.split(|byte| *byte == 0).filter(is_long).any(is_source)
}

/// ELF has its type at byte 16, in the byte order that byte 5 says; 1 is what compilers write for the linker.
fn is_object(bytes: &[u8]) -> bool {
    let kind = match bytes.get(5) {
        Some(1) => bytes.get(16),
        _ => bytes.get(17),
    };
    bytes.starts_with(b"\x7FELF") && kind == Some(&1)
}

fn is_source(text: &[u8]) -> bool {
    tally::of(text).iter().any(|(_, tally)| is_much(tally) && is_explained(tally))
}

#[cfg(test)]
mod tests {
    use super::super::tests::SOURCE;
    use super::*;

    fn source() -> String {
        format!(
            "{SOURCE}\n// Rows are kept for a year.\nconst kept: Row[] = [];\n// Nobody asks for older ones.\nif (kept.length > 366) kept.shift();\n"
        )
    }

    #[test]
    fn texts_of_lua() {
        let source = source();
        let plain = source
            .replace(": Date", "")
            .replace(": readonly Row[]", "")
            .replace(": number", "")
            .replace("export interface", "class");
        let code = "local a = b[c[1]]\nlocal function f(x)\n  return x\nend\n".repeat(40);
        for text in [
            format!("return [[\n{source}]]\n"),
            format!("{code}local text = [==[\n{source}]==]\n"),
            format!("return {{a=[=[{plain}]=]}}\n"),
        ] {
            assert!(in_lua("a.lua", text.as_bytes()), "{text}");
            assert!(!in_lua("a.txt", text.as_bytes()));
        }
        for text in [
            format!("--[[\n{source}]]\n"),
            format!("{code}local text = [[{plain}]]\n"),
            format!("return [[\n{source}"),
            code.clone(),
        ] {
            assert!(!in_lua("a.lua", text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn data_of_object_files() {
        let head = |kind| [b"\x7FELF\x02\x01\x01".to_vec(), vec![0; 9], vec![kind, 0], vec![0; 46]].concat();
        let file = |kind, text: &str| {
            [head(kind), text.as_bytes().to_vec(), b"\0.symtab\0.rodata\0".to_vec()].concat()
        };
        assert!(in_object(&file(1, &source())));
        assert!(!in_object(&file(2, &source())));
        assert!(!in_object(&file(1, "no\nlines\nof\ncode\n")));
    }
}
