//! Modules that a file may ask for. Nearly every import of a published package leads somewhere, and to parse every
//! file would cost as much as to unpack it: so a quick look finds the quoted names behind the words that ask for a
//! module, and only files with a name that may lead nowhere are parsed, once all files are known.

mod builds;
mod commonjs;
mod names;
mod python;
mod python_files;
mod python_names;
mod python_syntax;
mod ruby;
mod rust;
pub(in crate::inspect) mod script;
mod script_files;
mod syntax;

use std::collections::HashSet;

use crate::inventory::{Asking, Import, ScriptFormat};

use super::{FactSink, Hit, Inspector, Sample, ScanOptions, Scanner};

pub(crate) use syntax::syntax_error;

/// What a file asks for and gives, as its parser sees it; `None` if it can't be parsed.
pub(crate) fn parsed_imports(path: &str, bytes: &[u8]) -> Option<Vec<Import>> {
    match path.ends_with(".py") {
        true => {
            let names = python_names::all(bytes).into_iter();
            let names = names.map(|(line, name)| Import {
                specifier: name.into(),
                by: Asking::Gives,
                line: Some(line),
            });
            Some(names.chain(fault(bytes)).chain(others(path, bytes)).collect())
        }
        false => script::imports(path, bytes),
    }
}

/// The packages of others that a module of Python is sure to import.
fn others(path: &str, bytes: &[u8]) -> Vec<Import> {
    let (mut line, mut done) = (1, 0);
    let mut import = |(at, name): (usize, String)| {
        line += memchr::memchr_iter(b'\n', bytes.get(done..at).unwrap_or_default()).count() as u64;
        done = at;
        Import { specifier: name.into(), by: Asking::Import, line: Some(line) }
    };
    python::others(path, bytes).into_iter().map(&mut import).collect()
}

fn gives(names: String) -> Import {
    Import { specifier: names.into(), by: Asking::Gives, line: None }
}

/// What keeps Python from reading a module.
fn fault(bytes: &[u8]) -> Option<Import> {
    let fault = python_syntax::fault(bytes)?;
    Some(Import { specifier: fault.says.into(), by: Asking::Fault, line: Some(fault.line) })
}

pub(super) const INSPECTOR: Inspector = Inspector { name: "imports", needles, inspect };

/// What asks for a module.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Require,
    From,
    Import,
    /// `import(...)`, which in declarations is a type, and in scripts may be waited for.
    Call,
    Reference,
    Style,
    Export,
    /// One that only CommonJS gives.
    Variable,
    /// What reads a file.
    Read,
    /// What tells where a file is, and fails where there is none.
    Resolve,
}

impl Word {
    fn asking(self) -> Asking {
        match self {
            Self::Require => Asking::Require,
            Self::Export => Asking::Export,
            Self::Variable => Asking::Variable,
            Self::Read | Self::Resolve => Asking::File,
            _ => Asking::Import,
        }
    }
}

/// Each with what may ask in it.
const WORDS: [(&str, Word); 22] = [
    ("require(", Word::Require),
    ("require.resolve(", Word::Resolve),
    ("from\"", Word::From),
    ("from'", Word::From),
    ("from \"", Word::From),
    ("from '", Word::From),
    ("import\"", Word::Import),
    ("import'", Word::Import),
    ("import \"", Word::Import),
    ("import '", Word::Import),
    ("import(", Word::Call),
    ("<reference ", Word::Reference),
    ("@import", Word::Style),
    ("export ", Word::Export),
    ("export{", Word::Export),
    ("exports", Word::Variable),
    ("module.exports", Word::Variable),
    ("__dirname", Word::Variable),
    ("__filename", Word::Variable),
    ("readFileSync", Word::Read),
    ("await readFile(", Word::Read),
    ("new Worker(", Word::Read),
];

/// Different names that are kept of one file.
const MOST: usize = 5_000;

/// Longest name.
const LONGEST: usize = 300;

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    WORDS.iter().map(|(word, _)| word.as_bytes().to_vec()).collect()
}

/// What kind of text asks for modules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Language {
    Script,
    Declarations,
    Styles,
}

impl Language {
    fn of(path: &str, bytes: &[u8]) -> Option<Self> {
        let ends = |ends: &[&str]| ends.iter().any(|end| path.ends_with(end));
        if ends(&[".d.ts", ".d.mts", ".d.cts"]) {
            return Some(Self::Declarations);
        }
        if ends(&[".js", ".mjs", ".cjs"]) {
            return Some(Self::Script);
        }
        match path {
            _ if path.ends_with(".css") => Some(Self::Styles),
            _ => is_command(path, bytes, b"node").then_some(Self::Script),
        }
    }
}

/// Largest script that is kept until it is known whether the package is entered by it.
const MOST_FOR_AN_ENTRANCE: usize = 64 << 10;

/// Whether a file may be a script that an npm package or an editor's extension is entered by, or data that nobody can
/// read whom it is entered by.
pub(crate) fn may_be_entrance(path: &str, bytes: &[u8]) -> bool {
    /// Folders that it stands in at most: `package/dist/node/cjs/`.
    const DEEPEST: usize = 5;
    let in_package = path.strip_prefix("package/").or_else(|| path.strip_prefix("extension/"));
    in_package.is_some_and(|path| {
        path.matches('/').count() < DEEPEST
            && !path.starts_with("node_modules/")
            && bytes.len() <= MOST_FOR_AN_ENTRANCE
            && (Language::of(path, bytes) == Some(Language::Script)
                || path.ends_with(".json") && syntax_error(bytes, ScriptFormat::Json).is_some())
    })
}

/// Whether a file is a module that [`parsed_imports`] may be asked for, and so small that it is worth keeping until then.
pub(crate) fn may_be_parsed(path: &str, bytes: &[u8]) -> bool {
    const LARGEST: usize = 1 << 20;
    let is_module = || matches!(Language::of(path, bytes), Some(Language::Script | Language::Declarations));
    bytes.len() <= LARGEST && (path.ends_with(".py") || is_module())
}

/// Whether a file without an extension is a script for an interpreter.
fn is_command(path: &str, bytes: &[u8], interpreter: &[u8]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if !bytes.starts_with(b"#!") || name.contains('.') {
        return false;
    }
    let start = bytes.get(..LONGEST).unwrap_or(bytes);
    let line = memchr::memchr(b'\n', start).and_then(|end| start.get(..end));
    // all of a file without an end of line
    let line = line.or((start.len() < LONGEST).then_some(start));
    line.is_some_and(|line| memchr::memmem::find(line, interpreter).is_some())
}

/// Where lines begin.
fn lines(bytes: &[u8]) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(memchr::memchr_iter(b'\n', bytes).map(|end| end + 1))
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_some() || !sample.media.is_text() {
        return;
    }
    if sample.path.ends_with("/package.json") {
        sink.entry.imports.extend(kind_of_scripts(sample));
        return;
    }
    if let Some(found) = by_line(sample.path, sample.bytes) {
        for (offset, by, specifier) in found.into_iter().take(MOST) {
            let line = sample.at(offset).line;
            sink.entry.imports.push(Import { specifier: specifier.into(), by, line });
        }
        if sample.path.ends_with(".py") {
            let mut names = python_names::plain(sample.bytes);
            if sample.path.ends_with("/__init__.py") {
                names += &python_names::given_to_others(sample.bytes);
            }
            sink.entry.imports.push(gives(names));
            let is_read =
                python_names::may_start_a_command(sample.path) || python_syntax::is_odd(sample.bytes);
            sink.entry.imports.extend(is_read.then(|| fault(sample.bytes)).flatten());
        }
        return;
    }
    let language = Language::of(sample.path, sample.bytes).filter(|_| !hits.is_empty());
    let Some(language) = language else { return };
    let mut known: HashSet<(Asking, &str)> = HashSet::new();
    let mut comments = Comments { bytes: sample.bytes, done: 0, is_open: false };
    let mut reads = false;
    let mut names = names::Names::default();
    for hit in hits {
        if language == Language::Script
            && let Some((text, word)) = WORDS.get(hit.needle)
        {
            names.look(sample.bytes, hit.offset, text.len(), *word);
        }
        // once is enough
        let is_read = WORDS.get(hit.needle).is_some_and(|(_, word)| *word == Word::Read);
        if is_read && std::mem::replace(&mut reads, true) {
            continue;
        }
        if language == Language::Styles && comments.are_open(hit.offset) {
            continue;
        }
        let Some((by, specifier)) = asked(sample.bytes, hit, language) else { continue };
        if known.len() < MOST && known.insert((by, specifier)) {
            sink.entry.imports.push(Import { specifier: specifier.into(), by, line: None });
        }
    }
    sink.entry.imports.extend(names.into_imports());
}

/// What a manifest says that the scripts in its folder are.
fn kind_of_scripts(sample: &Sample<'_>) -> Option<Import> {
    /// Those that say it and little else are small.
    const LARGEST: usize = 64 << 10;
    #[derive(serde::Deserialize)]
    struct Manifest {
        r#type: Option<String>,
    }
    let says = sample.bytes.len() <= LARGEST
        && !sample.path.contains("node_modules/")
        && memchr::memmem::find(sample.bytes, b"\"type\"").is_some();
    let manifest: Manifest = says.then(|| serde_json::from_slice(sample.bytes).ok())??;
    let kind = manifest.r#type.filter(|kind| matches!(kind.as_str(), "module" | "commonjs"))?;
    Some(Import { specifier: kind.into(), by: Asking::Type, line: None })
}

/// What a file asks for in a language that is read line by line; `None` in any other. All of it is sure.
fn by_line(path: &str, bytes: &[u8]) -> Option<Vec<(usize, Asking, String)>> {
    let (modules, files) = match path {
        path if path.ends_with(".py") => {
            let (modules, names) = python::imports(path, bytes);
            let asked = modules.into_iter().map(|(at, name)| (at, Asking::Import, name));
            let taken = names.into_iter().map(|(at, name)| (at, Asking::Name, name));
            let files = python_files::files(path, bytes).into_iter();
            return Some(
                asked.chain(taken).chain(files.map(|(at, name)| (at, Asking::File, name))).collect(),
            );
        }
        path if path.ends_with(".rb") || is_command(path, bytes, b"ruby") => {
            (ruby::imports(bytes), ruby::files(bytes))
        }
        path if path.ends_with(".rs") => (rust::modules(bytes), rust::files(bytes)),
        _ => return None,
    };
    let asked_by = |by: Asking| move |(at, name): (usize, String)| (at, by, name);
    Some(
        modules
            .into_iter()
            .map(asked_by(Asking::Import))
            .chain(files.into_iter().map(asked_by(Asking::File)))
            .collect(),
    )
}

/// Whether a place is in a comment, as far as the beginning of its line tells.
fn is_in_comment(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
    let line = memchr::memrchr(b'\n', before).and_then(|end| before.get(end + 1..)).unwrap_or(before);
    let line = line.trim_ascii_start();
    line.starts_with(b"//") || line.starts_with(b"* ")
}

/// What a word asks for, if it may lead nowhere, or tells which kind of module its file is.
fn asked<'a>(bytes: &'a [u8], hit: &Hit, language: Language) -> Option<(Asking, &'a str)> {
    let (text, word) = WORDS.get(hit.needle)?;
    let before = hit.offset.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n');
    let behind = bytes.get(hit.offset + text.len()..)?;
    let name = match word {
        Word::Export | Word::Variable => {
            let is_whole = |byte: &u8| *word == Word::Export || !is_in_name(*byte);
            let stands_free = match word {
                // an export is a statement at the top, where nobody indents; comments and messages speak of it, too
                Word::Export => matches!(before, b'\n' | b'\r' | b';' | b'}' | b'/'),
                _ => !is_in_name(before) && before != b'.',
            };
            let stands_free = stands_free && behind.first().is_some_and(is_whole);
            (language == Language::Script && stands_free).then_some(text.trim_end_matches([' ', '{']))
        }
        // whether it reads one that is missing is for the parser to say
        Word::Read => {
            (language == Language::Script && script_files::may_rely_on(bytes)).then_some("readFileSync")
        }
        _ => specifier(bytes, hit.offset, (text, *word), (before, behind), language),
    };
    name.map(|name| (word.asking(), name))
}

/// The name that stands behind a word, if it is one that may lead nowhere.
fn specifier<'a>(
    bytes: &'a [u8],
    offset: usize,
    (text, word): (&str, Word),
    (before, behind): (u8, &'a [u8]),
    language: Language,
) -> Option<&'a str> {
    let is_declaration = language == Language::Declarations;
    let is_style = language == Language::Styles;
    let quoted = match word {
        Word::Require if !is_style && !is_in_name(before) && before != b'.' => {
            // a part of Node, which is always there; that somebody requires it tells that there must be a `require`
            if behind.trim_ascii_start().get(1..).is_some_and(|name| name.starts_with(b"node:")) {
                return (!is_in_comment(bytes, offset)).then_some("node");
            }
            let (name, behind) = quoted(behind.trim_ascii_start())?;
            behind.trim_ascii_start().starts_with(b")").then_some(name)
        }
        Word::Resolve if language == Language::Script && !is_in_name(before) && before != b'.' => {
            quoted(behind.trim_ascii_start()).map(|(name, _)| name).filter(|name| script_files::is_file(name))
        }
        // at a script's top, a module that is waited for is loaded with it
        Word::Call if is_declaration || !is_style && bytes.get(..offset)?.ends_with(b"await ") => {
            quoted(behind.trim_ascii_start()).map(|(name, _)| name)
        }
        Word::From if !is_style && (before.is_ascii_whitespace() || matches!(before, b'}' | b'*' | b'/')) => {
            quoted(bytes.get(offset + text.len() - 1..)?).map(|(name, _)| name)
        }
        Word::Import
            if !is_style && (before.is_ascii_whitespace() || matches!(before, b';' | b'}' | b'/')) =>
        {
            // TypeScript leaves such an import in declarations, and doesn't mind one that leads nowhere
            (!is_declaration)
                .then(|| quoted(bytes.get(offset + text.len() - 1..)?))
                .flatten()
                .map(|(name, _)| name)
        }
        Word::Reference if is_declaration => {
            let behind = behind.trim_ascii_start();
            let value = behind.strip_prefix(b"path=").or_else(|| behind.strip_prefix(b"types="))?;
            quoted(value).map(|(name, _)| name)
        }
        Word::Style if is_style => style(behind),
        _ => None,
    }?;
    let is_relative = matches!(quoted, "." | "..") || quoted.starts_with("./") || quoted.starts_with("../");
    let is_package =
        || !is_style && quoted.starts_with(|c: char| "@~#".contains(c) || c.is_ascii_alphanumeric());
    // a path of a reference is relative without saying so
    let is_asked = match word {
        Word::Reference => true,
        _ => (is_relative || is_package()) && !is_in_comment(bytes, offset),
    };
    is_asked.then_some(quoted)
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

/// A string of which module names are made, at the start of these bytes, and what stands behind it.
fn quoted(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (quote, inside) = bytes.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let end = inside.iter().take(LONGEST).position(|byte| byte == quote)?;
    let (name, behind) = inside.split_at_checked(end)?;
    let is_name = name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"@._-/~+$#".contains(byte));
    let name = std::str::from_utf8(name).ok().filter(|name| is_name && !name.is_empty())?;
    Some((name, behind.get(1..)?))
}

/// The file behind `@import` of a style sheet. One without `./` may be a package for a bundler.
fn style(behind: &[u8]) -> Option<&str> {
    let behind = behind.trim_ascii_start();
    let behind = behind.strip_prefix(b"url(").map_or(behind, <[u8]>::trim_ascii_start);
    quoted(behind).map(|(name, _)| name)
}

/// Whether a comment of a style sheet is open at a place, asked of one place after the other.
struct Comments<'a> {
    bytes: &'a [u8],
    done: usize,
    is_open: bool,
}

impl Comments<'_> {
    fn are_open(&mut self, at: usize) -> bool {
        loop {
            let sign: &[u8] = if self.is_open { b"*/" } else { b"/*" };
            let between = self.bytes.get(self.done..at).unwrap_or_default();
            match memchr::memmem::find(between, sign) {
                Some(next) => {
                    self.done += next + sign.len();
                    self.is_open = !self.is_open;
                }
                None => {
                    // the sign may be cut by the end
                    self.done = self.done.max(at.saturating_sub(1));
                    return self.is_open;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::inspect;
    use crate::inventory::{Entry, Media};

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut entry = Entry { path: path.to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        let asked = entry.imports.iter().filter(|one| !matches!(one.by, Asking::Name | Asking::Gives));
        asked.map(|import| import.specifier.to_string()).collect()
    }

    #[test]
    fn names_behind_the_words_that_ask_for_a_module() {
        let text = "import{a}from\"./a.js\";import b from '../b';\nexport * from 'c'\nimport \"@d/e/f.css\";\n\
                    const g = require('g'), h = require( './h' ), i = await import('./i.js'), j = import('j');\n\
                    require.resolve('./k.html'); require.resolve('./l'); x.require.resolve('./m.js');";
        assert_eq!(
            found("a.js", text),
            ["./a.js", "../b", "export", "c", "@d/e/f.css", "g", "./h", "./i.js", "./k.html"]
        );
        assert_eq!(found("cli", &format!("#!/usr/bin/env node\n{text}")).len(), 9);
        assert_eq!(
            found(
                "a.d.ts",
                "/// <reference path=\"x.d.ts\" />\nimport './a.css';\nimport './b';\ntype A = import('./y').B;"
            ),
            ["x.d.ts", "./y"]
        );
        assert_eq!(found("a.css", "@import './a.css'; @import url(\"./b.css\");"), ["./a.css", "./b.css"]);
    }

    #[test]
    fn words_that_tell_the_kind_of_module() {
        let text = "export{a};\nmodule.exports = {}; exports.a = 1; exports.b = __dirname;";
        assert_eq!(found("a.js", text), ["export", "module.exports", "exports", "__dirname"]);
        assert_eq!(found("a.js", "a.exports = 1; const exportsOf = reexport (b), x__dirname = 1"), [""; 0]);
        assert_eq!(found("a.d.ts", "export declare const exports: 1;"), [""; 0]);
    }

    #[test]
    fn other_texts_ask_for_none() {
        for (path, text) in [
            (
                "a.js",
                "this.require('a'); myrequire('a'); require(a); require('a' + b); require('a\\n'); Array.from('a')",
            ),
            ("a.js", "import('a'); require(\"^a\"); require('/a'); import 'node:fs'"),
            ("a.js", "// require('a')\n  * import b from 'b'\n"),
            ("a.txt", "require('a')"),
            ("cli", "#!/bin/sh\nrequire('a')"),
            ("a.css", "/* @import './a.css'; */ @import 'a.css'; @import url(https://x.y/z.css);"),
        ] {
            assert_eq!(found(path, text), [] as [String; 0], "{text}");
        }
    }
}
