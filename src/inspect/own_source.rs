//! Lines of the project's own source text, wherever they are.

use crate::decode::whole::{self, Whole};
use crate::fingerprint::OwnSource;
use crate::inventory::{At, Entry, Media, OwnLines, OwnText};

use super::{FactSink, Hit, Inspector, Sample, Scanner};

pub(super) const INSPECTOR: Inspector = Inspector { name: "own-source", needles: |_| Vec::new(), inspect };

/// How deep texts in texts are looked into, beside what is decoded for all inspectors.
const DEEPEST: u32 = 3;

fn inspect(sample: &Sample<'_>, _: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    let Some(own) = &scanner.options.own_source else { return };
    // The members of an archive are looked at as files of their own.
    if sample.is_container() || sample.media == Media::Asset {
        return;
    }
    let decoded = sample.decoded.is_some();
    let mut search = Search { own, entry: sink.entry, keep: scanner.options.recovered };
    search.look(sample.bytes, decoded, &|offset| sample.at(offset));
    whole::uncover(sample.bytes, &mut |whole| {
        let at = At { inside: Some(whole.what.to_owned()), ..sample.at(whole.at) };
        search.look_inside(&whole, decoded, &at, 1);
    });
}

struct Search<'a> {
    own: &'a OwnSource,
    entry: &'a mut Entry,
    /// Whether the texts are wanted, too.
    keep: bool,
}

impl Search<'_> {
    fn look_inside(&mut self, whole: &Whole, decoded: bool, at: &At, depth: u32) {
        // A page shows its code, whatever colours it.
        let decoded = decoded || whole.what != whole::MARKUP;
        self.look(&whole.text, decoded, &|_| at.clone());
        if depth < DEEPEST {
            whole::uncover(&whole.text, &mut |inner| self.look_inside(&inner, decoded, at, depth + 1));
        }
    }

    fn look(&mut self, bytes: &[u8], decoded: bool, at: &dyn Fn(usize) -> At) {
        for found in self.own.find(bytes) {
            let Some(file) = self.own.files().get(found.file as usize) else { continue };
            if self.keep {
                let text = bytes.get(found.range.clone()).unwrap_or_default();
                self.entry.own_recovered.push((file.path.clone(), text.to_vec()));
            }
            let mut new = OwnText {
                file: file.path.clone(),
                fate: file.fate,
                of: file.lines,
                decoded,
                lines: OwnLines::default(),
                bytes: found.bytes,
                at: at(found.range.start),
                known: found.lines,
            };
            new.known.iter().filter_map(|line| self.own.class(*line)).for_each(|class| new.lines.add(class));
            add(self.entry, new, self.own);
        }
    }
}

/// Adds lines to what is known of the same file.
pub(super) fn add(entry: &mut Entry, new: OwnText, own: &OwnSource) {
    let same = |known: &&mut OwnText| known.decoded == new.decoded && known.file == new.file;
    let Some(known) = entry.own_text.iter_mut().find(same) else {
        entry.own_text.push(new);
        return;
    };
    known.bytes += new.bytes;
    known.known.extend(new.known);
    known.known.sort_unstable();
    known.known.dedup();
    known.lines = OwnLines::default();
    known.known.iter().filter_map(|line| own.class(*line)).for_each(|class| known.lines.add(class));
}
