//! A project's files one after the other in one document, as they are put together for language models: each in a block of
//! its own behind its name, with hardly a word between them.

use std::collections::HashSet;

use super::tally::{self, Tally};
use super::{has_code_extension, is_explained, is_much};

/// Files that a document holds at least. One may be an example.
const LEAST_FILES: usize = 2;
/// Lines of code that they have at least.
const LEAST_LINES: usize = 20;
/// With so many files, more may be said about each: as many words as there are lines, twice.
const MANY_FILES: usize = 8;
/// Lines before a block in which its file is named.
const LINES_BEFORE: usize = 2;
/// Words that stand beside the name of a file in a line that is no sentence.
const MOST_WORDS: usize = 4;

/// Whether a document consists of a project's files. One that explains something has more words than code.
pub(super) fn is_packed(bytes: &[u8]) -> bool {
    let document = Document::read(bytes);
    let (files, lines) = (document.files.len(), document.lines);
    let is_terse = 2 * document.words <= lines || files >= MANY_FILES && document.words <= 2 * lines;
    let is_code = |tally: &Tally| is_much(tally) && is_explained(tally);
    files >= LEAST_FILES
        && lines >= LEAST_LINES
        && is_terse
        && tally::of(&document.code).iter().any(|(_, tally)| is_code(tally))
}

/// What stands in the blocks of a document, and outside of them.
#[derive(Debug, Default)]
struct Document<'a> {
    files: HashSet<&'a [u8]>,
    /// In blocks of files.
    code: Vec<u8>,
    lines: usize,
    /// Outside, but for headings, names of files and what draws a tree.
    words: usize,
}

/// A block: the marks that it began with, and whether it is a file's.
struct Block {
    mark: u8,
    length: usize,
    is_file: bool,
    is_empty: bool,
}

impl<'a> Document<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let mut document = Self::default();
        let mut block: Option<Block> = None;
        let mut named: Option<(&[u8], usize)> = None;
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.trim_ascii_end();
            let (mark, length) = fence(line);
            match &mut block {
                Some(open) if mark == open.mark && length >= open.length && line.len() == length => {
                    block = None
                }
                Some(open) => {
                    if std::mem::take(&mut open.is_empty) && !open.is_file {
                        open.is_file = commented(line).map(|file| document.files.insert(file)).is_some();
                    }
                    if open.is_file && !line.is_empty() {
                        document.lines += 1;
                        document.code.extend_from_slice(line);
                        document.code.push(b'\n');
                    }
                }
                None if length >= 3 => {
                    let before = named.take().map(|(file, _)| file);
                    let file = file_in(line.get(length..).unwrap_or_default()).or(before);
                    let is_file = file.map(|file| document.files.insert(file)).is_some();
                    block = Some(Block { mark, length, is_file, is_empty: true });
                }
                None => {
                    named = match file_in(line) {
                        Some(file) => Some((file, LINES_BEFORE)),
                        None if line.is_empty() || line.starts_with(b"###") || is_property(line) => named,
                        None => named.and_then(|(file, left)| Some((file, left.checked_sub(1)?))),
                    };
                    if named.is_none_or(|(_, left)| left < LINES_BEFORE) {
                        document.words += words(line);
                    }
                }
            }
        }
        document
    }
}

/// The marks that a line begins with as a block of code does, and how many.
fn fence(line: &[u8]) -> (u8, usize) {
    match line.first() {
        Some(&mark @ (b'`' | b'~')) => (mark, line.iter().take_while(|byte| **byte == mark).count()),
        _ => (0, 0),
    }
}

/// The source file that a line names, if it says little else: `## File: src/a.ts`, `**src/a.ts**`, `ts title="a.ts"`.
fn file_in(line: &[u8]) -> Option<&[u8]> {
    const LONGEST: usize = 300;
    let line = Some(line).filter(|line| line.len() <= LONGEST)?;
    let words = || line.split(|byte| byte.is_ascii_whitespace() || b"\"'`*()[]<>=:,{}".contains(byte));
    let words = || words().filter(|word| !word.is_empty());
    let file = words().find(|word| std::str::from_utf8(word).is_ok_and(is_source))?;
    (words().count() <= 1 + MOST_WORDS).then_some(file)
}

fn is_source(word: &str) -> bool {
    let stem = word.rsplit_once('.').map_or("", |(stem, _)| stem);
    // `Node.js` is a name, too.
    has_code_extension(word)
        && !stem.is_empty()
        && !matches!(word, "Node.js" | "node.js" | "Vue.js" | "vue.js")
}

/// The source file that a comment at the beginning of a block names: `// src/a.ts`.
fn commented(line: &[u8]) -> Option<&[u8]> {
    let comment =
        [&b"// "[..], b"# ", b"/* ", b"<!-- ", b"-- "].iter().find_map(|mark| line.strip_prefix(*mark))?;
    let file = file_in(comment)?;
    file.contains(&b'/').then_some(file)
}

fn words(line: &[u8]) -> usize {
    const DRAWN: [&str; 4] = ["\u{2502}", "\u{251c}", "\u{2514}", "|--"];
    let is_drawn = || DRAWN.iter().any(|mark| line.trim_ascii_start().starts_with(mark.as_bytes()));
    if line.starts_with(b"#") || is_drawn() || is_property(line) {
        return 0;
    }
    line.split(u8::is_ascii_whitespace).filter(|word| word.iter().any(u8::is_ascii_alphanumeric)).count()
}

/// Whether a line tells something of a file that was measured: `- Size: 1214 bytes`, `**Language:** ts`.
fn is_property(line: &[u8]) -> bool {
    const MOST_WORDS: usize = 4;
    let is_marked = line.starts_with(b"- ") || line.starts_with(b"* ") || line.starts_with(b"**");
    let mut words =
        line.split(u8::is_ascii_whitespace).filter(|word| word.iter().any(u8::is_ascii_alphanumeric));
    let name = words.next().unwrap_or_default();
    is_marked && (name.ends_with(b":") || name.ends_with(b":**")) && words.count() < MOST_WORDS
}

#[cfg(test)]
mod tests {
    use super::super::tests::SOURCE;
    use super::*;

    const OTHER: &str = "// Tides are read once a day, at noon.\nexport function noon(rows) {\n  // The clock of the pier is late.\n  const late = 7;\n  for (const row of rows) {\n    if (row.hour === 12 + late) return row;\n  }\n  return undefined;\n}\n";

    #[test]
    fn files_behind_their_names() {
        let pack = |name: &dyn Fn(&str) -> String| {
            [("src/levels.ts", SOURCE), ("src/tides.js", OTHER)]
                .map(|(path, text)| format!("{}{text}```\n\n", name(path)))
                .concat()
        };
        for document in [
            pack(&|path| format!("# {path}\n\n```ts\n")),
            pack(&|path| format!("## File: {path}\n````ts\n")).replace("```\n\n", "````\n\n"),
            pack(&|path| format!("{path}\n```\n")),
            pack(&|path| format!("- **{path}** (1.2 kB)\n\n```ts\n")),
            pack(&|path| format!("```ts title=\"{path}\"\n")),
            pack(&|path| {
                format!(
                    "## File: {path}\n\n- Extension: .ts\n- Language: typescript\n- Size: 1214 bytes\n- Created: 2021-05-02 10:00:00\n- Modified: 2021-05-02 10:00:00\n\n### Code\n\n```ts\n"
                )
            }),
            pack(&|path| format!("```ts\n// {path}\n")),
            pack(&|path| format!("`{path}`:\n\n```ts\n")),
            format!(
                "# acme\n\n```\nacme\n\u{251c} src\n```\n\n{}",
                pack(&|path| format!("### {path}\n\n```ts\n"))
            ),
        ] {
            assert!(is_packed(document.as_bytes()), "{document}");
            assert!(is_packed(document.replace('\n', "\r\n").as_bytes()), "{document}");
        }
    }

    #[test]
    fn documents_that_explain() {
        let prose = "The levels are kept in a module of their own, as they are asked for in many places. Have a look at the comments, which say why the gauge is wrong, and what is done about it when nobody is at the pier.\n\n";
        let file = |path: &str, text: &str| format!("### {path}\n\n```ts\n{text}```\n\n");
        for document in [
            file("src/levels.ts", SOURCE),
            format!("{prose}{}{prose}{}", file("src/levels.ts", SOURCE), file("src/tides.js", OTHER)),
            format!("```ts\n{SOURCE}```\n\n```js\n{OTHER}```\n"),
            format!("With Node.js:\n\n```ts\n{SOURCE}```\n\nWith Vue.js:\n\n```js\n{OTHER}```\n"),
            file("src/a.ts", "a();\n") + &file("src/b.ts", "b();\n"),
            format!("See src/levels.ts for how it is done, which is here in part:\n\n```ts\n{SOURCE}```\n"),
        ] {
            assert!(!is_packed(document.as_bytes()), "{document}");
        }
    }
}
