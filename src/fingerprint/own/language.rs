//! How languages write comments and strings, and what becomes of their text when it is built.

use crate::inventory::Fate;

/// A language, as far as it takes to tell comments, strings and code apart.
#[derive(Debug)]
pub(super) struct Language {
    extensions: &'static [&'static str],
    pub fate: Fate,
    /// What only this language and its kin have.
    pub kin: Kin,
    /// What begins a comment to the end of the line.
    pub line: &'static [&'static str],
    /// What begins and ends a comment.
    pub block: &'static [(&'static str, &'static str)],
    /// Beginnings of comments that are documentation.
    pub doc: &'static [&'static str],
    pub strings: &'static [Quote],
}

/// Languages whose text has the same marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kin {
    /// Regular expressions and template literals.
    Script,
    /// The same with types.
    Typed,
    /// The same in a page with a template.
    Page,
    /// Style sheets that are compiled.
    Sheet,
    Other,
}

/// How a string is written.
#[derive(Debug)]
pub(super) struct Quote {
    pub mark: &'static str,
    /// Whether it may run over the end of a line.
    pub lines: bool,
    /// Whether a backslash takes the next character along.
    pub escapes: bool,
    /// Whether a mark by itself is documentation.
    pub doc: bool,
}

const fn quote(mark: &'static str, lines: bool) -> Quote {
    Quote { mark, lines, escapes: true, doc: false }
}

const fn raw(mark: &'static str) -> Quote {
    Quote { mark, lines: true, escapes: false, doc: false }
}

const fn docstring(mark: &'static str) -> Quote {
    Quote { mark, lines: true, escapes: true, doc: true }
}

const PLAIN: &[Quote] = &[quote("\"", false), quote("'", false)];
/// One quote is a character's, which the scanner knows.
const WITH_CHARACTERS: &[Quote] = &[quote("\"", false), quote("'", false)];
const WITH_BLOCKS: &[Quote] = &[raw("\"\"\""), quote("\"", false), quote("'", false)];
const OVER_LINES: &[Quote] = &[quote("\"", true), quote("'", false)];
const C_BLOCK: &[(&str, &str)] = &[("/*", "*/")];

const SCRIPT: Language = Language {
    extensions: &["js", "mjs", "cjs", "jsx"],
    fate: Fate::Kept,
    kin: Kin::Script,
    line: &["//"],
    block: C_BLOCK,
    doc: &["/**"],
    strings: PLAIN,
};

const C: Language = Language {
    extensions: &[
        "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "m", "mm", "cu", "sol", "proto", "hx", "zig", "d", "v",
        "vala", "y", "yy", "l", "ll", "rl", "ino", "gleam", "re", "rei", "sv",
    ],
    fate: Fate::Compiled,
    kin: Kin::Other,
    line: &["//"],
    block: C_BLOCK,
    doc: &["/**", "///"],
    strings: WITH_CHARACTERS,
};

/// All of them.
const LANGUAGES: &[Language] = &[
    SCRIPT,
    Language {
        extensions: &["ts", "tsx", "mts", "cts", "gts", "civet"],
        fate: Fate::Lowered,
        kin: Kin::Typed,
        ..SCRIPT
    },
    Language {
        extensions: &["vue", "svelte", "astro", "marko", "riot"],
        fate: Fate::Lowered,
        kin: Kin::Page,
        block: &[("/*", "*/"), ("<!--", "-->")],
        ..SCRIPT
    },
    Language { extensions: &["res", "as", "dart"], fate: Fate::Compiled, kin: Kin::Other, ..SCRIPT },
    Language { extensions: &["scss", "sass", "less", "styl"], fate: Fate::Lowered, kin: Kin::Sheet, ..C },
    C,
    Language {
        extensions: &["java", "kt", "kts", "scala", "groovy", "swift", "cs"],
        strings: WITH_BLOCKS,
        ..C
    },
    Language { extensions: &["go"], strings: &[raw("`"), quote("\"", false), quote("'", false)], ..C },
    Language { extensions: &["php"], fate: Fate::Kept, line: &["//", "#"], ..C },
    Language { extensions: &["rs"], doc: &["///", "//!", "/**", "/*!"], strings: OVER_LINES, ..C },
    Language {
        extensions: &["fs", "fsx", "ml", "mli", "mll", "mly", "pas", "dpr", "lpr"],
        block: &[("(*", "*)")],
        ..C
    },
    Language {
        extensions: &["py"],
        fate: Fate::Kept,
        kin: Kin::Other,
        line: &["#"],
        block: &[],
        doc: &["#:"],
        strings: &[docstring("\"\"\""), docstring("'''"), quote("\"", false), quote("'", false)],
    },
    Language {
        extensions: &["pyx", "pxd", "pxi"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["#"],
        block: &[],
        doc: &["#:"],
        strings: &[docstring("\"\"\""), docstring("'''"), quote("\"", false), quote("'", false)],
    },
    Language {
        extensions: &["coffee"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["#"],
        block: &[("###", "###")],
        doc: &[],
        strings: &[docstring("\"\"\""), quote("\"", true), quote("'", true)],
    },
    Language {
        extensions: &["rb", "cr"],
        fate: Fate::Kept,
        kin: Kin::Other,
        line: &["#"],
        block: &[],
        doc: &[],
        strings: PLAIN,
    },
    Language {
        extensions: &["r", "pl", "pm", "ps1", "psm1", "tcl"],
        fate: Fate::Kept,
        kin: Kin::Other,
        line: &["#"],
        block: &[],
        doc: &["#'"],
        strings: OVER_LINES,
    },
    Language {
        extensions: &["sql", "adb", "ads", "vhd"],
        fate: Fate::Kept,
        kin: Kin::Other,
        line: &["--"],
        block: C_BLOCK,
        doc: &[],
        strings: PLAIN,
    },
    Language {
        extensions: &["ex", "exs", "nim", "jl"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["#"],
        block: &[],
        doc: &["##"],
        strings: WITH_BLOCKS,
    },
    Language {
        extensions: &["elm", "hs", "purs", "idr"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["--"],
        block: &[("{-", "-}")],
        doc: &["{-|", "-- |"],
        strings: WITH_BLOCKS,
    },
    Language {
        extensions: &["lua"],
        fate: Fate::Kept,
        kin: Kin::Other,
        line: &["--"],
        block: &[("--[[", "]]")],
        doc: &["---"],
        strings: PLAIN,
    },
    Language {
        extensions: &["clj", "cljs", "cljc", "scm", "rkt", "lisp"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &[";"],
        block: &[],
        doc: &[],
        strings: &[quote("\"", true)],
    },
    Language {
        extensions: &["erl", "hrl", "yrl", "xrl"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["%"],
        block: &[],
        doc: &[],
        strings: &[quote("\"", true)],
    },
    Language {
        extensions: &["imba"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["#"],
        block: &[("###", "###")],
        doc: &[],
        strings: PLAIN,
    },
    Language {
        extensions: &["f90", "f95", "f03", "f08"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["!"],
        block: &[],
        doc: &["!>"],
        strings: PLAIN,
    },
    Language {
        extensions: &["vb"],
        fate: Fate::Compiled,
        kin: Kin::Other,
        line: &["'"],
        block: &[],
        doc: &["'''"],
        strings: &[quote("\"", false)],
    },
];

/// Endings of files that are no source, though their extension is that of a language.
const NO_SOURCE: &[&str] = &[".d.ts", ".d.mts", ".d.cts", ".min.js", ".min.mjs", ".min.cjs"];

impl Language {
    /// The language of a file by its name; `None` when it is no source text.
    pub(super) fn of(path: &str) -> Option<&'static Self> {
        let name = path.rsplit('/').next()?.to_ascii_lowercase();
        let (_, extension) = name.rsplit_once('.')?;
        if NO_SOURCE.iter().any(|end| name.ends_with(end)) {
            return None;
        }
        LANGUAGES.iter().find(|language| language.extensions.contains(&extension))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_extension_has_two_languages() {
        let mut all: Vec<_> = LANGUAGES.iter().flat_map(|language| language.extensions).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn declarations_and_minified_files_are_no_source() {
        assert!(Language::of("src/a.ts").is_some());
        assert!(Language::of("src/A.TSX").is_some());
        for path in ["src/a.d.ts", "lib/a.min.js", "README.md", "Makefile", "a.json"] {
            assert!(Language::of(path).is_none(), "{path}");
        }
    }
}
