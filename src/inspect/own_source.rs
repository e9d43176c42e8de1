//! Lines of the project's own source text, wherever they are.

use crate::decode::whole::{self, Whole};
use crate::fingerprint::{OwnSource, SHORTEST_OF_SEVERAL};
use crate::inventory::{At, Entry, LineClass, MapForm, Media, OwnLines, OwnText, SourceMap};

use super::{FactSink, Hit, Inspector, Sample, Scanner, aside};

pub(super) const INSPECTOR: Inspector = Inspector { name: "own-source", needles: |_| Vec::new(), inspect };

/// How deep texts in texts are looked into, beside what is decoded for all inspectors.
const DEEPEST: u32 = 3;

/// Lines of one file from which on it is worth to look where in a script they stand.
const MANY: usize = 4;
/// Scripts, which have comments and literals for text that is none of their code.
const SCRIPTS: [&str; 4] = [".js", ".mjs", ".cjs", ".jsx"];
/// Other code, and pages, which show code as it is.
const CODE: [&str; 10] = [".py", ".css", ".vue", ".svelte", ".rb", ".lua", ".php", ".html", ".htm", ".xhtml"];

/// Nobody writes lines of code this long: one was minified, or holds data. A shorter one may be code that keeps its
/// comments.
const NO_LINE_OF_CODE: usize = 1024;

/// Declarations and stubs.
const DECLARATIONS: [&str; 4] = [".d.ts", ".d.mts", ".d.cts", ".pyi"];

fn inspect(sample: &Sample<'_>, _: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    let Some(own) = &scanner.options.own_source else { return };
    // The members of an archive are looked at as files of their own, and what a source map holds is told as such.
    if sample.is_container() || sample.media == Media::Asset || is_map(sample, sink.entry) {
        return;
    }
    let is_any = |ends: &[&str]| ends.iter().any(|end| sample.path.ends_with(end));
    let is_script = sample.decoded.is_none() && is_any(&SCRIPTS);
    let place = match sample.decoded {
        Some(_) => Stands::Decoded,
        None if is_any(&DECLARATIONS) => Stands::Declared,
        None if is_script || is_any(&CODE) => Stands::Bare,
        None if matches!(sample.media, Media::Binary | Media::Pyc) => Stands::Stored,
        None if !sample.media.is_text() => Stands::Bare,
        None => Stands::Data,
    };
    let mut search = Search { own, entry: sink.entry, keep: scanner.options.recovered };
    let most = search.look(sample.bytes, place, &|offset| sample.at(offset));
    if is_script
        && most >= MANY
        && let Some(aside) = aside::of(sample.path, sample.bytes)
    {
        let at = |inside: &str| At { inside: Some(inside.to_owned()), ..sample.at(0) };
        search.look(&aside.comments, Stands::Commented, &|_| at("comments"));
        search.look(&aside.literals, Stands::Decoded, &|_| at("literals"));
    }
    if is_script {
        let at = |offset| At { inside: Some("one line".to_owned()), ..sample.at(offset) };
        search.look(sample.bytes, Stands::Running, &at);
    }
    whole::uncover(sample.bytes, &|line| own.may_know(line), &mut |whole| {
        let at = At { inside: Some(whole.what.to_owned()), ..sample.at(whole.at) };
        search.look_inside(&whole, place, &at, 1);
    });
}

/// Whether an entry is a source map with original text.
fn is_map(sample: &Sample<'_>, entry: &Entry) -> bool {
    let holds_text = |map: &SourceMap| {
        let is_first = map.form == MapForm::File && map.at.offset == 0;
        is_first && map.sources.iter().any(|source| source.text.is_some() && !source.third_party)
    };
    sample.decoded.is_none() && entry.maps.first().is_some_and(holds_text)
}

/// How lines stand in an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// As they are, in code.
    Bare,
    /// As they are in a text that is no code, behind whatever columns.
    Data,
    /// As they are, in declarations: these have comments and types of their source, but no statements.
    Declared,
    /// Among whatever a program stores.
    Stored,
    /// In a page, as it shows them.
    Shown,
    /// One after the other in a line of a script, which has such lines where it was minified or holds data.
    Running,
    /// In comments of a script.
    Commented,
    /// In a wrapping.
    Decoded,
}

struct Search<'a> {
    own: &'a OwnSource,
    entry: &'a mut Entry,
    /// Whether the texts are wanted, too.
    keep: bool,
}

impl Search<'_> {
    fn look_inside(&mut self, whole: &Whole, stands: Stands, at: &At, depth: u32) {
        // A page shows its code, whatever colours it.
        let stands = match stands {
            _ if whole.what != whole::MARKUP => Stands::Decoded,
            Stands::Bare => Stands::Shown,
            other => other,
        };
        self.look(&whole.text, stands, &|_| at.clone());
        if depth < DEEPEST {
            let own = self.own;
            whole::uncover(&whole.text, &|line| own.may_know(line), &mut |inner| {
                self.look_inside(&inner, stands, at, depth + 1);
            });
        }
    }

    /// Adds what a text has of the project's. Returns the most lines of one file.
    fn look(&mut self, bytes: &[u8], stands: Stands, at: &dyn Fn(usize) -> At) -> usize {
        use LineClass::{Comment, Doc, Lowered};
        let mut most = 0;
        let own = self.own;
        let found = match stands {
            Stands::Declared => own.find_statements(bytes),
            Stands::Bare | Stands::Commented => own.find(bytes),
            Stands::Shown => {
                [own.find(bytes), own.find_running(bytes, &[Comment], SHORTEST_OF_SEVERAL)].concat()
            }
            Stands::Running => own.find_running(bytes, &[Comment, Doc], NO_LINE_OF_CODE),
            Stands::Data | Stands::Decoded => {
                // Statements one after the other are what a minifier leaves, too.
                [
                    own.find_in_columns(bytes),
                    own.find_running(bytes, &[Comment, Doc, Lowered], SHORTEST_OF_SEVERAL),
                ]
                .concat()
            }
            Stands::Stored => [own.find(bytes), own.find_in_strings(bytes)].concat(),
        };
        for found in found {
            let Some(file) = self.own.files().get(found.file as usize) else { continue };
            if self.keep {
                let text = bytes.get(found.range.clone()).unwrap_or_default();
                self.entry.own_recovered.push((file.path.clone(), text.to_vec()));
            }
            most = most.max(found.lines.len());
            add(
                self.entry,
                OwnText {
                    file: file.path.clone(),
                    fate: file.fate,
                    decoded: matches!(stands, Stands::Decoded | Stands::Commented | Stands::Running),
                    commented: stands == Stands::Commented,
                    at: at(found.range.start),
                    number: found.file,
                    known: found.lines,
                    // Which of the lines count is told when all of the artifact is known.
                    lines: OwnLines::default(),
                    of: 0,
                    bytes: 0,
                },
            );
        }
        most
    }
}

/// Adds lines to what is known of the same file.
pub(super) fn add(entry: &mut Entry, new: OwnText) {
    let same = |known: &&mut OwnText| {
        (known.number, known.decoded, known.commented) == (new.number, new.decoded, new.commented)
    };
    let Some(known) = entry.own_text.iter_mut().find(same) else {
        entry.own_text.push(new);
        return;
    };
    known.known.extend(new.known);
    known.known.sort_unstable();
    known.known.dedup_by_key(|line| line.0);
}
