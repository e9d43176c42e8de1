//! Lines that begin a statement: unlike tables and lists, no two projects have them in common by chance, and no
//! declaration repeats them.

/// What a statement begins with, in any language.
const ALWAYS: &[&str] = &[
    "return ", "if ", "if(", "for ", "for(", "foreach ", "while ", "while(", "throw ", "await ", "} else",
    "else if", "switch ", "switch(", "try {", "yield ", "const ", "let ", "var ", "val ", "elif ", "with ",
    "raise ", "self.", "this.", "super.", "super(", "match ", "assert ", "guard ", "defer ", "case ", "do {",
    "unless ", "elsif ", "using ", "lock ",
];
/// What a declaration with a body begins with.
const WITH_BODY: &[&str] = &[
    "fn ",
    "pub fn ",
    "pub(crate) fn ",
    "async fn ",
    "pub async fn ",
    "impl ",
    "impl<",
    "func ",
    "fun ",
    "public ",
    "private ",
    "protected ",
    "internal ",
    "override ",
    "static ",
    "suspend ",
    "class ",
    "def ",
    "cdef ",
    "cpdef ",
    "function ",
    "async function ",
    "contract ",
    "modifier ",
];

/// Whether a line of code begins a statement.
pub(super) fn begins(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word.as_bytes()));
    match line.first() {
        Some(b'a'..=b'z' | b'}') => starts(ALWAYS) || line.ends_with(b"{") && starts(WITH_BODY),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_and_what_is_none() {
        for line in [
            "    return a + b;",
            "if (a) {",
            "} else if (b) {",
            "let mut total = 0;",
            "pub fn total(&self) -> u64 {",
        ] {
            assert!(begins(line.as_bytes()), "{line}");
        }
        for line in [
            "'Europe/Berlin',",
            "pub fn total(&self) -> u64;",
            "name: string;",
            "import { a } from 'a';",
            "}",
        ] {
            assert!(!begins(line.as_bytes()), "{line}");
        }
    }
}
