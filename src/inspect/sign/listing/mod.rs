//! Source code in what is no code: reports, listings, caches, databases. Tools write these in too many forms to know each
//! by a sign of its own, so it is the code in them that tells.

mod dump;
mod flattened;
mod frames;
mod heredoc;
mod lines;
mod page;
mod prose;
mod quoted;
mod rows;
mod tally;
mod tokens;

use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::super::{Sample, aside, binary};
use super::paths::{is_excepted, matches};
use super::table::{STRAYS, StrayRow};
use crate::decode;
use crate::fingerprint::is_typescript;
use crate::inventory::{Entry, Media};
use tally::Tally;

/// The name of the sign.
pub(crate) const SOURCE_TEXT: &str = "source-text";
/// The same below folders of tests, examples and templates, some of which are made of code.
pub(crate) const EXAMPLE_TEXT: &str = "source-text-example";
/// The sign of a whole project in one document.
pub(super) const PACKED: &str = "packed-repository";
/// Code that many lines can be told by, and most data has not at all: hardly a file of code lacks it in any language.
const WORD: &[u8] = b"return";
/// The same in languages whose code returns what it ends with.
const OTHER_WORDS: [&[u8]; 4] = [b"def ", b"<- function(", b"<-\nfunction(", b"fn "];
/// Times that one stands in what is worth a closer look.
const LEAST_WORDS: usize = 2;
/// What a short file of code has beside a single one.
static COMPANIONS: LazyLock<[Finder<'static>; 6]> =
    LazyLock::new(|| ["function ", "const ", "def ", "class ", "func ", "public "].map(Finder::new));
/// Line ends as they are written where all characters are by their number, words included.
const LINE_ENDS: [&[u8]; 3] = [b"\\u000a", b"\\u000A", b"\\x0a"];
/// What names of documents with examples end in.
const DOCUMENTS: [&str; 5] = [".md", ".mdx", ".markdown", ".txt", ".mdc"];
/// Of a longer file, this much is looked at.
const LONGEST: usize = 8 << 20;

/// The sign of source code in a file at this path.
pub(crate) fn sign_at(path: &str) -> &'static str {
    let is_example = matches(path).iter().any(|found| found.row.sign == EXAMPLE_TEXT);
    if is_example { EXAMPLE_TEXT } else { SOURCE_TEXT }
}

/// Whether a file that is no code holds some.
pub(super) fn shows(sample: &Sample<'_>, entry: &Entry) -> bool {
    let is_other = match sample.media {
        Media::Pyc | Media::JavaClass | Media::Hermes | Media::Asset | Media::Empty => true,
        // What maps hold is told by their own rules.
        _ => binary::is_program(sample.media) || sample.is_container() || !entry.maps.is_empty(),
    };
    let (path, bytes) = (sample.path, sample.bytes);
    !is_other && (holds(path, bytes) || writes_source(path, bytes) || quoted::in_lua(path, bytes))
        || quoted::in_object(bytes)
}

/// Whether a script of the shell writes source files that are no examples.
fn writes_source(path: &str, bytes: &[u8]) -> bool {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let is_source = |tally: &Tally| is_much(tally) && tally.comments >= 2;
    let texts = heredoc::texts(path, bytes);
    texts.into_iter().any(|text| tally::of(text).iter().any(|(_, tally)| is_source(tally)))
}

/// Whether a document, which may well have examples, is made of a project's files.
pub(super) fn is_packed(path: &str, bytes: &[u8]) -> bool {
    let is_document = DOCUMENTS.iter().any(|end| path.ends_with(end));
    is_document && bytes.len() <= LONGEST && may_hold(bytes) && dump::is_packed(bytes)
}

/// Whether bytes at a path hold source code, and the path is not one of code.
pub(crate) fn holds(path: &str, bytes: &[u8]) -> bool {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    let bytes = behind_php(bytes);
    let is_code = has_code_extension(path);
    if is_code && !is_data_script(path, bytes) {
        return false;
    }
    // Of a script, what is in its strings. Literals that are no list of lines may be anything, an example among them.
    let counts = |what: &str, tally: &Tally| {
        let is_scattered = what == decode::whole::LITERALS && tally.is_scattered();
        (!is_code || !what.is_empty()) && !is_scattered
    };
    may_hold(bytes)
        && !is_script(bytes)
        && !is_documentation(bytes)
        && (is_code || !is_any_excepted(path))
        && (tally::of(bytes).iter().any(|(what, tally)| counts(what, tally) && is_much(tally))
            || flattened::holds(bytes)
            || is_dump(path) && tally::of(&rows::texts(bytes)).iter().any(|(_, tally)| is_much(tally)))
}

/// Whether what is encoded in a file at a path is source code. In a script that may be what the program hands to another
/// thread, of which a build leaves no comments.
pub(crate) fn is_hidden(path: &str, bytes: &[u8]) -> bool {
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    match path.rsplit_once('.') {
        Some((stem, _)) if has_code_extension(path) => {
            may_hold(bytes)
                && !is_any_excepted(stem)
                && tally::of(bytes).iter().any(|(_, tally)| is_much(tally) && is_explained(tally))
        }
        _ => holds(path, bytes),
    }
}

/// Whether bytes have words of code, or hold what may have some.
fn may_hold(bytes: &[u8]) -> bool {
    let words = memmem::find_iter(bytes, WORD).filter(|at| !is_in_prose(bytes, *at));
    // `typedef ` and the like have no such word in them
    let is_word =
        |at: &usize| !at.checked_sub(1).is_some_and(|at| bytes.get(at).is_some_and(u8::is_ascii_alphabetic));
    let has = |word: &&[u8]| {
        memmem::find_iter(bytes, word).filter(is_word).take(LEAST_WORDS).count() == LEAST_WORDS
    };
    let count = words.take(LEAST_WORDS).count();
    count == LEAST_WORDS
        || count == 1 && COMPANIONS.iter().any(|word| word.find(bytes).is_some())
        || OTHER_WORDS.iter().chain(&LINE_ENDS).any(has)
        || decode::is_uuencoded(bytes)
        || decode::whole::is_ebcdic(bytes)
        || may_list_words(bytes)
}

/// Whether a document in JSON may have code as a list of its words, each a text of its own.
fn may_list_words(bytes: &[u8]) -> bool {
    static RETURN: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(":\"return\""));
    matches!(bytes.first(), Some(b'[' | b'{'))
        && RETURN.find_iter(bytes).take(LEAST_WORDS).count() == LEAST_WORDS
}

fn is_any_excepted(path: &str) -> bool {
    is_header(path) || EXCEPTED.iter().any(|row| is_excepted(row, path))
}

/// Whether it is a header of C++'s own library, whose name has no extension.
fn is_header(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    !name.contains('.') && folder.split(['/', '!']).any(|segment| segment == "include")
}

/// Whether the word that begins at `at` stands in a sentence: between other words, as in `to return a ticket`, at the end of
/// one, in quotes, or beside a letter of another script than ASCII's.
fn is_in_prose(bytes: &[u8], at: usize) -> bool {
    let (before, here) = bytes.split_at(at);
    let behind = here.get(WORD.len()..).unwrap_or_default();
    let is_behind_word = matches!(before, [.., letter, b' '] if letter.is_ascii_alphabetic());
    let is_quoted = matches!(before.last(), Some(b'\'' | b'"' | b'`'))
        && matches!(behind.first(), Some(b'\'' | b'"' | b'`' | b'\\'));
    let is_longer = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let is_foreign = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii());
    let beside =
        |byte: Option<&u8>, next: Option<&u8>| is_foreign(byte) || byte == Some(&b' ') && is_foreign(next);
    if is_quoted || beside(before.last(), before.iter().nth_back(1)) || beside(behind.first(), behind.get(1))
    {
        return true;
    }
    match behind {
        [b' ', letter, ..] if is_behind_word => letter.is_ascii_alphabetic(),
        [b'"', b',' | b'\r' | b'\n', ..] => is_behind_word,
        [next, ..] => is_longer(next),
        _ => false,
    }
}

/// Whether there are so many different lines that they are more than an example. Comments alone may be prose.
fn is_much(tally: &Tally) -> bool {
    // What is wrong with the code in frames is said in sentences, too.
    if tally.prose.is_most() && !tally.frames.are_many() {
        return tally.prose.has_file();
    }
    let Tally { definitions, statements, comments, .. } = *tally;
    let is_defined = definitions >= 1 && 2 * definitions + statements + comments.min(8) >= 9;
    statements >= 3 && (is_defined || is_explained(tally)) || tally.frames.are_many()
}

/// Whether much of it is comments among code.
fn is_explained(tally: &Tally) -> bool {
    tally.comments >= 4 && tally.statements >= 4
}

/// What the table says of files that are no data after all.
static EXCEPTED: LazyLock<Vec<&StrayRow>> = LazyLock::new(|| {
    STRAYS.iter().flat_map(|rule| rule.rows).filter(|row| row.sign == SOURCE_TEXT).collect()
});

/// Those of its patterns that name an extension: most files that packages hold are told by them.
static EXTENSIONS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let patterns = EXCEPTED.iter().flat_map(|row| row.not);
    let extensions = patterns.filter_map(|pattern| pattern.strip_prefix("*."));
    extensions.filter(|extension| extension.bytes().all(|byte| byte.is_ascii_alphanumeric())).collect()
});

fn has_code_extension(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(extension))
}

/// What scripts call that have their code behind a list of names.
const LOADERS: [&[u8]; 3] = [b"define", b"require", b"System.register"];

/// A script that does nothing but hand over data: `window.report = {"files": ...}`, `show([{"path": ...}])`,
/// `export default {"path": ...}`, `export default "..."`, or rows for a database.
fn is_data_script(path: &str, bytes: &[u8]) -> bool {
    if is_dump(path) {
        return true;
    }
    const LONGEST_NAME: usize = 120;
    const HEAD: usize = 4 << 10;
    let text = bytes.trim_ascii();
    let head = text.get(..HEAD).unwrap_or(text);
    if is_module(path) && is_text_module(text) {
        return true;
    }
    let start =
        head.iter().position(|byte| matches!(byte, b'{' | b'[')).filter(|start| *start <= LONGEST_NAME);
    let (name, data) = head.split_at(start.unwrap_or(0));
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_$.=( \n".contains(byte);
    let first =
        |data: &[u8]| data.iter().copied().find(|byte| !matches!(byte, b'{' | b'[' | b' ' | b'\n' | b'\r'));
    let name = name.trim_ascii_end();
    is_module(path)
        && name.iter().all(is_of_name)
        && (matches!(name.last(), Some(b'=' | b'(')) || name == b"export default")
        && first(data) == Some(b'"')
        && !LOADERS.iter().any(|loader| name.starts_with(loader))
}

/// Whether a file may be a database as text.
fn is_dump(path: &str) -> bool {
    path.ends_with(".sql")
}

fn is_module(path: &str) -> bool {
    [".js", ".mjs", ".cjs"].iter().any(|end| path.ends_with(end))
}

/// Whether a script has a module of TypeScript in its literals, with the comments and types that nothing keeps that runs:
/// bundlers put it there when a file is imported as a text.
pub(super) fn quotes_typescript(path: &str, bytes: &[u8]) -> bool {
    let (escaped, as_it_is) = match is_module(path) && bytes.len() <= LONGEST {
        true => (may_quote(bytes), may_hold_module(bytes)),
        false => (false, false),
    };
    (escaped || as_it_is)
        && aside::of(path, bytes).is_some_and(|aside| {
            // What generators put together from many literals is no module.
            let starts = [0].into_iter().chain(aside.ends.iter().copied());
            let mut each = starts.zip(&aside.ends).filter_map(|(start, end)| aside.literals.get(start..*end));
            escaped && is_module_text(&aside.literals) || as_it_is && each.any(is_module_text)
        })
}

/// Whether a text is TypeScript with comments, and enough of it.
fn is_module_text(text: &[u8]) -> bool {
    /// Lines that only TypeScript has.
    const LEAST: usize = 4;
    let lines = text.split(|byte| *byte == b'\n');
    lines.filter(|line| is_typescript(line)).take(LEAST).count() == LEAST
        && tally::of(text).iter().any(|(_, tally)| is_much(tally) && is_explained(tally))
}

/// Whether a template literal may hold a module as it was written, as bundlers that make scripts short put it there: with
/// comments at the beginnings of lines, and types.
fn may_hold_module(bytes: &[u8]) -> bool {
    let ends =
        memchr::memchr_iter(b'`', bytes).filter(|at| !bytes.get(..*at).unwrap_or_default().ends_with(b"\\"));
    let mut last = None;
    // What stands between two literals is asked, too: which is which takes reading the whole script.
    ends.into_iter().any(|end| {
        let start = last.replace(end);
        let text = start.and_then(|start| bytes.get(start + 1..end));
        text.is_some_and(|text| is_like_module(text) && is_module_text(text))
    })
}

fn is_like_module(text: &[u8]) -> bool {
    const SEVERAL: usize = 4;
    /// Fewer bytes don't hold so much.
    const SHORTEST: usize = 100;
    let is_comment = |at: &usize| {
        let line = text.get(at + 1..).unwrap_or_default();
        let line = line.get(..80).unwrap_or(line).trim_ascii_start();
        line.starts_with(b"//") || line.starts_with(b"/*")
    };
    text.len() > SHORTEST
        && has_types(text, SEVERAL)
        && memchr::memchr_iter(b'\n', text).filter(is_comment).nth(SEVERAL - 1).is_some()
}

/// Whether words that are mostly those of types stand in a text so often.
fn has_types(text: &[u8], often: usize) -> bool {
    static TYPES: LazyLock<[Finder<'_>; 4]> =
        LazyLock::new(|| [": string", ": number", "readonly ", "interface "].map(Finder::new));
    TYPES.iter().map(|word| word.find_iter(text).take(often).count()).sum::<usize>() >= often
}

/// Whether several comments stand at the beginning of lines whose ends are written out, and types among them; or something
/// that no script has as its own code.
fn may_quote(bytes: &[u8]) -> bool {
    const SEVERAL: usize = 4;
    static COMMENT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("\\n/"));
    static IMPORT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("import type "));
    let is_comment = |at: &usize| matches!(bytes.get(at + 3), Some(b'/' | b'*'));
    let has_comments = || COMMENT.find_iter(bytes).filter(is_comment).nth(1).is_some();
    IMPORT.find_iter(bytes).any(|at| is_statement(bytes, at)) || has_comments() && has_types(bytes, SEVERAL)
}

/// Whether a line or a literal begins with the import that is at `at`, as none does that a sentence speaks of.
fn is_statement(bytes: &[u8], at: usize) -> bool {
    const LONGEST: usize = 400;
    let (before, here) = bytes.split_at(at);
    let begins = matches!(before, [] | [.., b'\n' | b'"' | b'\'' | b'`' | b';'] | [.., b'\\', b'n']);
    begins && memmem::find(here.get(..LONGEST).unwrap_or(here), b" from ").is_some()
}

/// A script that exports nothing but a text in quotes.
fn is_text_module(text: &[u8]) -> bool {
    const EXPORTS: [&[u8]; 3] = [b"export default ", b"module.exports = ", b"module.exports="];
    let whole = EXPORTS.iter().find_map(|export| text.strip_prefix(*export));
    let Some(literal) = whole.or_else(|| behind_name(text)) else { return false };
    let literal = literal.strip_suffix(b";").unwrap_or(literal);
    let ends =
        |quote: u8| literal.len() > 1 && literal.first() == Some(&quote) && literal.last() == Some(&quote);
    [b'"', b'\'', b'`'].into_iter().any(ends)
}

/// What the only thing that a script exports is set to: `export const code = "..."`.
fn behind_name(text: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 80;
    let named = text.strip_prefix(b"export const ")?;
    let length = memmem::find(named.get(..LONGEST).unwrap_or(named), b" = ")?;
    let (name, value) = named.split_at(length);
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'));
    value.strip_prefix(b" = ").filter(|_| is_name)
}

/// What stands in an archive of PHP's behind the program that reads it, which PHP writes there.
fn behind_php(bytes: &[u8]) -> &[u8] {
    let is_program = bytes.starts_with(b"<?php");
    is_program.then(|| decode::behind_php(bytes)).flatten().unwrap_or(bytes)
}

/// A command without an extension.
fn is_script(bytes: &[u8]) -> bool {
    bytes.starts_with(b"#!")
}

/// What is made of the comments on public items, which often have examples: by compilers for .NET, and by javadoc. And what
/// analysers of Java say of the faults that they find, each with code that has it.
fn is_documentation(bytes: &[u8]) -> bool {
    const HEAD: usize = 2 << 10;
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let has = |mark: &[u8]| memmem::find(head, mark).is_some();
    has(b"<doc") && has(b"<assembly>")
        || has(b"<!-- Generated by javadoc")
        || has(b"<MessageCollection")
        || has(b"<ruleset") && has(b"pmd.sourceforge.net/ruleset")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const SOURCE: &str = r#"import type { Row } from "./rows.js";

// The gauge at the pier is too low, and has been since it was moved.
const GAUGE_ERROR = 0.11;

export function levelAt(rows: readonly Row[], moment: Date): number {
  const after = rows.findIndex((row) => row.at >= moment);
  if (after <= 0) {
    // Outside of the table: be careful.
    return Math.min(...rows.map((row) => row.level));
  }
  for (const row of rows) {
    if (row.at === moment) return row.level;
  }
  return rows[after].level + GAUGE_ERROR;
}

export interface Row {
  at: Date;
  level: number;
}
"#;

    fn page(line: impl Fn(usize, &str) -> String) -> String {
        SOURCE.lines().enumerate().map(|(number, text)| line(number + 1, text)).collect()
    }

    #[test]
    fn source_in_whatever_form() {
        let escaped = SOURCE.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let json = serde_json::json!({ "files": { "src/a.ts": { "source": SOURCE } } });
        let lines: Vec<&str> = SOURCE.lines().collect();
        for (path, text) in [
            ("prompt.txt", format!("=== src/a.ts ===\n{SOURCE}")),
            ("report.json", json.to_string()),
            ("report.json", serde_json::to_string_pretty(&json).unwrap()),
            ("notebook.ipynb", serde_json::to_string_pretty(&lines).unwrap()),
            ("page.html", format!("<!DOCTYPE html>\n<body><pre>{escaped}</pre>")),
            ("data.js", format!("window.report = {json};")),
            ("data.js", format!("show([{json}]);")),
            ("data.js", format!("export default {};\n", serde_json::json!(SOURCE))),
            ("data.js", format!("export const code = {};\n", serde_json::json!(SOURCE))),
            ("app.html", format!("<!DOCTYPE html>\n<script>app({json})</script>")),
            ("listing", page(|number, line| format!("{number:6}  {line}\n"))),
            ("trace.log", page(|number, line| format!("src/a.ts:{number}    line   {line}\n"))),
            ("store.db", format!("\0\x01\x02{SOURCE}\0\0")),
            ("report.xml", format!("<files><file path='src/a.ts'><![CDATA[{SOURCE}]]></file></files>")),
        ] {
            assert!(holds(path, text.as_bytes()), "{path}: {text}");
        }
    }

    #[test]
    fn functions_as_r_dumps_them() {
        let dump = "yield <-\nfunction(trees, year) {\n  # The even years are the poor ones.\n  poor <- year %% 2 == 0\n  base <- ifelse(trees$age > OLD, 55, 80)\n  if (poor) {\n    return(base * 0.6)\n  }\n  # One in ten goes to the wasps.\n  base * 0.9\n}\ndeclared <-\nfunction(trees, year) {\n  kept <- trees[trees$age <= OLD, ]\n  # Only what stands in the books is taxed.\n  sum(yield(kept, year))\n}\n";
        assert!(holds("state.rdump", dump.as_bytes()));
        assert!(!holds("data.rdump", b"ages <-\nc(1, 2, 3)\nfunctions <-\nc(\"a\")\n"));
    }

    #[test]
    fn source_in_ebcdic() {
        assert!(holds("src.bin", &decode::whole::ebcdic(SOURCE)));
    }

    #[test]
    fn a_file_that_returns_once() {
        let once =
            SOURCE.replace("if (row.at === moment) return row.level;", "if (row.at === moment) break;");
        let once = once.replace("    return Math.min(", "    found(");
        assert_eq!(memmem::find_iter(once.as_bytes(), WORD).count(), 1);
        for text in [
            serde_json::json!({ "filename": "a.ts", "code": once }).to_string(),
            format!("<html><td>{}</td></html>", once.replace('<', "&lt;").replace('\n', "<br />")),
        ] {
            assert!(holds("report", text.as_bytes()), "{text}");
            assert!(!holds("acme/include/c++/report", text.as_bytes()), "{text}");
            assert!(holds("acme/include/report.bin", text.as_bytes()), "{text}");
        }
        let prose = "A class of ships has to return here.\nTheir public rooms are closed.\n".repeat(9);
        assert!(!holds("report", prose.as_bytes()));
    }

    #[test]
    fn source_in_the_rows_of_a_dump() {
        let row = SOURCE.replace('\'', "''");
        let insert = format!("INSERT INTO files VALUES('a.ts','{row}');\n");
        assert!(holds("dump.sql", insert.as_bytes()));
        assert!(!holds("schema.sql", format!("CREATE FUNCTION a() AS '{row}' LANGUAGE js;\n").as_bytes()));
        assert!(!holds("schema.sql", SOURCE.as_bytes()));
    }

    #[test]
    fn typescript_in_a_script_s_literal() {
        let quoted = |text: &str| format!("(()=>{{var a={};console.log(a)}})();", serde_json::json!(text));
        let source = format!(
            "{SOURCE}\n// Rows are kept for a year.\nconst kept: Row[] = [];\n// Nobody asks for older ones.\nif (kept.length > 366) kept.shift();\n"
        );
        assert!(quotes_typescript("dist/a.js", quoted(&source).as_bytes()));
        assert!(quotes_typescript("dist/a.js", format!("export const a = `{source}`;").as_bytes()));
        let plain =
            SOURCE.lines().filter(|line| !is_typescript(line.as_bytes())).collect::<Vec<_>>().join("\n");
        assert!(!quotes_typescript("dist/a.js", quoted(&plain).as_bytes()));
        assert!(!quotes_typescript("dist/a.js", source.as_bytes()));
        // as a bundler writes it that makes scripts short; and where a generator has the same lines in many literals
        let short = source.replace("import type", "import");
        assert!(quotes_typescript(
            "dist/a.js",
            format!("var a=`{short}`;export{{a as default}};").as_bytes()
        ));
        let parts = short.lines().map(|line| format!("out.push(`{line}\n`);\n")).collect::<String>();
        assert!(!quotes_typescript("dist/a.js", parts.as_bytes()));
        assert!(!quotes_typescript("dist/a.js", format!("var b = `a`;\n{short}").as_bytes()));
    }

    #[test]
    fn words_in_sentences_are_no_code() {
        for text in [
            "you can return a ticket",
            "a 'return' statement",
            "\\\"return\\\" is a keyword",
            "the `return` of a call",
            "it returns one",
            "the_return_type",
            "添加 return语句",
            "添加 return 语句",
            "{\"a\": \"l'instruction return\",\n",
            "ステートメント\u{ff08}return)",
        ] {
            let at = memmem::find(text.as_bytes(), WORD).unwrap();
            assert!(is_in_prose(text.as_bytes(), at), "{text}");
        }
        for text in [
            "return a;",
            "{return\"a\"}",
            "  return'a'",
            ";return`a`",
            "=> { return (a) }",
            "\\n    return;\\n",
        ] {
            let at = memmem::find(text.as_bytes(), WORD).unwrap();
            assert!(!is_in_prose(text.as_bytes(), at), "{text}");
        }
    }

    #[test]
    fn an_import_in_a_sentence_is_no_statement() {
        let at = |text: &str| {
            is_statement(text.as_bytes(), memmem::find(text.as_bytes(), b"import type ").unwrap())
        };
        for text in [
            "import type { A } from 'a'",
            "x=\"import type {A} from 'a'\"",
            "'// a\\nimport type A from \\'a\\''",
        ] {
            assert!(at(text), "{text}");
        }
        for text in ["'An import type may come from a'", "\"import type is not known\""] {
            assert!(!at(text), "{text}");
        }
    }

    #[test]
    fn what_is_code_or_documentation_by_its_name() {
        for path in [
            "dist/a.js",
            "a.py",
            "README.md",
            "ChangeLog",
            "x-1.dist-info/METADATA",
            "a.html.j2",
            "data/main_template.txt",
            "lang/_Lexer.flex",
        ] {
            assert!(!holds(path, SOURCE.as_bytes()), "{path}");
        }
        assert_eq!(sign_at("package/templates/a.txt"), EXAMPLE_TEXT);
        assert_eq!(sign_at("package/dist/a.txt"), SOURCE_TEXT);
    }

    #[test]
    fn what_holds_no_source_to_speak_of() {
        let example =
            "<p>Use it:</p><pre>import { a } from 'a';\nconst b = a();\nif (b) {\n  return b;\n}</pre>\n";
        for text in [
            example.to_owned(),
            format!("<!DOCTYPE html>\n<script>\n{SOURCE}</script><p>return</p>"),
            format!("#!/usr/bin/env node\n{SOURCE}"),
            format!(
                "<?xml version=\"1.0\"?>\n<doc>\n<assembly>\n<name>A</name></assembly><code>{SOURCE}</code>"
            ),
            format!(
                "<?xml version=\"1.0\"?>\n<MessageCollection>\n<Details><![CDATA[<pre>\n{SOURCE}</pre>]]></Details>"
            ),
            format!(
                "<?xml version=\"1.0\"?>\n<ruleset xmlns=\"http://pmd.sourceforge.net/ruleset/2.0.0\">\n<example><![CDATA[\n{SOURCE}]]></example>"
            ),
            "{\"return\": \"for (a) return b;\", \"returned\": [\"class a {\", \"class b {\"]}".repeat(50),
            format!(
                "<!DOCTYPE HTML>\n<!-- Generated by javadoc (17) -->\n<pre>{}</pre>",
                SOURCE.replace('<', "&lt;")
            ),
            format!("define([\"a\"], function (a) {{ a({}) }});", serde_json::json!(SOURCE)),
            format!("var a = [\"b\"];\n{SOURCE}"),
            "You can return it.\nIf you return it late, we charge you.\n".repeat(50),
            format!("<?php\n{SOURCE}\n__HALT_COMPILER(); ?>\r\n\u{1}\0\0\0"),
        ] {
            assert!(
                !holds("data", text.as_bytes()) || text.starts_with("define") || text.starts_with("var"),
                "{text}"
            );
            assert!(!holds("data.js", text.as_bytes()), "{text}");
        }
    }
}
