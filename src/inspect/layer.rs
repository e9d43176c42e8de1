//! Texts that are in an entry in a wrapping: each is looked at like the entry, and what it adds is written down.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::thread;

use thin_vec::ThinVec;

use super::map::{MOST_MAPS, TOO_MANY_MAPS};
use super::{
    MOST_DECODING, Origin, Sample, Search, TOO_DEEP, binary, mention, own_source, secret, sign, unicode,
};
use crate::decode::{self, Base64Runs, Budget, Holder, Layer};
use crate::guard;
use crate::inventory::{At, Entry, Media, SourceMap};
use crate::timings::timed;
use crate::unpack;

impl Search<'_> {
    /// Looks into what a sample holds in wrappings, but for what is told already.
    pub(super) fn look_at_layers(
        &mut self,
        sample: &Sample<'_>,
        runs: &Base64Runs,
        mut told: Vec<Range<usize>>,
        depth: u32,
    ) {
        /// Nothing that matters fits a wrapping of fewer bytes.
        const SHORTEST: usize = 24;
        let scanner = self.scanner;
        let whole = Holder { bytes: sample.bytes, is_text: sample.media.is_text(), from: sample.decoded };
        timed(scanner.timings(), "decode", || {
            whole.uncover_file(self.budget, &mut |layer| {
                self.look_at_layer(layer, sample, &|offset| sample.at(offset), depth + 1);
            });
        });
        told.sort_unstable_by_key(|range| range.start);
        for gap in gaps(&told, sample.bytes.len()).into_iter().filter(|gap| gap.len() >= SHORTEST) {
            let bytes = sample.bytes.get(gap.clone()).unwrap_or_default();
            let base64 = runs.within(sample.bytes, gap.clone(), decode::SHORTEST_BASE64);
            let base64 = base64.map(|run| run.start - gap.start..run.end - gap.start);
            let holder = Holder { bytes, ..whole };
            let at = |offset: usize| sample.at(gap.start + offset);
            timed(scanner.timings(), "decode", || self.uncover(holder, base64, sample, &at, depth + 1));
        }
    }

    fn uncover(
        &mut self,
        holder: Holder<'_>,
        mut base64: impl Iterator<Item = Range<usize>>,
        sample: &Sample<'_>,
        at: &dyn Fn(usize) -> At,
        depth: u32,
    ) {
        /// Bytes for which another thread is worth its start.
        const WORTH_A_THREAD: usize = 8 << 20;
        let (threads, budget) = (self.threads, self.budget);
        let mut found = |layer| self.look_at_layer(layer, sample, at, depth);
        if holder.bytes.len() < WORTH_A_THREAD {
            holder.uncover_hidden(&mut base64, budget, &mut found);
            holder.uncover_parted(budget, &mut found);
            return;
        }
        // The budget of what is in parts is its own, so that one thread and two find the same.
        let uncover_parted = |found: &mut dyn FnMut(Layer)| {
            let own = Budget::of(holder.bytes.len());
            holder.uncover_parted(&own, found);
            own.is_spent()
        };
        let is_spent = if threads > 1 {
            beside(uncover_parted, found, |found| holder.uncover_hidden(&mut base64, budget, found))
        } else {
            holder.uncover_hidden(&mut base64, budget, &mut found);
            uncover_parted(&mut found)
        };
        if is_spent {
            budget.spend();
        }
    }

    fn look_at_layer(&mut self, layer: Layer, around: &Sample<'_>, outer: &dyn Fn(usize) -> At, depth: u32) {
        let Layer { what, is_hidden, mut text, places } = layer;
        if depth > MOST_DECODING {
            if is_hidden {
                self.entry.unexamined.push(TOO_DEEP);
            }
            return;
        }
        let place = |offset: usize| outer(places.source(offset));
        let mut own = Entry { path: self.entry.path.clone(), media: Media::Text, ..Entry::default() };
        let mut search = Search {
            scanner: self.scanner,
            threads: 1,
            streaming: None,
            path: self.path,
            entry: &mut own,
            members: Vec::new(),
            room: self.room,
            budget: self.budget,
            effort: self.effort,
            whole: self.whole,
        };
        let other_form =
            search.unpacked_layer(&text).or_else(|| unicode::decode_inner(&text).map(String::into_bytes));
        let as_text = other_form.as_deref().unwrap_or(&text);
        let is_source =
            is_hidden && !binary::is_program(around.media) && sign::hides_source(self.path, as_text);
        match other_form {
            // Its bytes are no longer those that have places.
            Some(mut text) => search.look_inside(&mut text, Origin::Coded(what, &place(0)), depth),
            // Of gzip that can't be unpacked, bytes that look like a text's marks are there by chance.
            None => {
                let media = if is_gzip(&text) { Media::Binary } else { Media::Text };
                search.look(&mut text, media, Origin::Layer(what, &place, is_hidden), depth);
            }
        }
        self.room = search.room;
        if is_source {
            own.signs.push(sign::sign_of_source(self.path));
        }
        if is_hidden {
            own.own_text.drain(..).for_each(|text| own_source::add(self.entry, text));
            self.entry.own_recovered.append(&mut own.own_recovered);
        }
        secret::uncovered_for_show(around, &mut own.secrets);
        add(self.entry, own, is_hidden);
    }

    /// What a layer holds, if it is compressed.
    fn unpacked_layer(&mut self, text: &[u8]) -> Option<Vec<u8>> {
        /// Bytes that a compressed text has at least. Digests begin with a few of any kind.
        const SHORTEST: usize = 64;
        /// How often a text may be compressed over again.
        const MOST: usize = 3;
        let mut unpacked = self.unpack(text);
        for _ in 1..MOST {
            let again = unpacked.as_deref().filter(|text| unpack::is_packed(text));
            match again.and_then(|text| self.unpack(text)) {
                Some(inner) => unpacked = Some(inner),
                None => break,
            }
        }
        if text.len() < SHORTEST {
            return unpacked;
        }
        if unpacked.is_some() {
            self.whole.add(text);
        } else if let Some(beginning) = self.path.ends_with(".json").then(|| begun(text, self.room)).flatten()
        {
            // a string of JSON is whole: who has it has no more of the text than this
            unpacked = Some(beginning);
        } else if is_gzip(text) {
            self.whole.miss(text);
            self.entry.unexamined.push(TORN);
        }
        unpacked
    }
}

/// What can be read of a text in gzip that is damaged or cut off.
fn begun(packed: &[u8], most: u64) -> Option<Vec<u8>> {
    use std::io::Read as _;
    is_gzip(packed).then_some(())?;
    let mut text = Vec::new();
    let read = flate2::bufread::GzDecoder::new(packed).take(most).read_to_end(&mut text);
    (read.is_err() && !text.is_empty()).then_some(text)
}

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1F\x8B\x08")
}

/// What is told of a compressed text that can't be unpacked.
pub(crate) const TORN: &str = "a compressed text encoded in it can't be unpacked";

/// Bytes by which beginnings of a compressed text are told from one another. The first hold the head that all have, and what
/// the first letters are coded by.
const STEP: usize = 32;

/// The beginnings of compressed texts that were unpacked as a whole, and of those that weren't. A text that stands in several
/// lines or literals is read in one and, where they may be texts of their own, each by itself: the first of them alone can't
/// be unpacked. What only begins like another is not its beginning.
#[derive(Debug, Default)]
pub(super) struct Whole {
    /// Of each that was unpacked, digests of its beginnings, step by step.
    known: RefCell<HashSet<u64>>,
    /// Of each other, the digest of all its steps.
    missed: RefCell<HashSet<u64>>,
    /// Whether there was one of which that isn't known.
    lost: Cell<bool>,
}

impl Whole {
    /// Some megabytes of compressed texts. A beginning of another counts as one that can't be unpacked.
    const MOST: usize = 250_000;

    fn add(&self, packed: &[u8]) {
        let mut known = self.known.borrow_mut();
        let room = Self::MOST.saturating_sub(known.len());
        known.extend(beginnings(packed).take(room));
    }

    fn miss(&self, packed: &[u8]) {
        let mut missed = self.missed.borrow_mut();
        match beginnings(packed).last() {
            Some(digest) if missed.len() < Self::MOST => {
                missed.insert(digest);
            }
            _ => self.lost.set(true),
        }
    }

    /// Whether every one that can't be unpacked is the beginning of another that was.
    pub(super) fn has_all(&self) -> bool {
        let (known, missed) = (self.known.borrow(), self.missed.borrow());
        !self.lost.get() && missed.is_subset(&known)
    }
}

/// Digests of the beginnings of these bytes, each a step longer than the one before.
fn beginnings(bytes: &[u8]) -> impl Iterator<Item = u64> + '_ {
    let mut digest = DefaultHasher::new();
    bytes.as_chunks::<STEP>().0.iter().map(move |step| {
        digest.write(step);
        digest.finish()
    })
}

/// Hands to `found` the layers of `here`, and behind them those of `other`, which runs on another thread meanwhile. Returns
/// what `other` does.
fn beside<R: Send>(
    other: impl FnOnce(&mut dyn FnMut(Layer)) -> R + Send,
    mut found: impl FnMut(Layer),
    here: impl FnOnce(&mut dyn FnMut(Layer)),
) -> R {
    /// Layers that wait for their turn, each of about a megabyte at most.
    const WAITING: usize = 8;
    thread::scope(|scope| {
        let (send, layers) = sync_channel(WAITING);
        let other = scope.spawn(move || {
            // It fails only when the other side panicked.
            guard::catch(|| other(&mut |layer| drop(send.send(layer))))
        });
        here(&mut found);
        layers.into_iter().for_each(found);
        let done = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        done.unwrap_or_else(|caught| caught.go_on())
    })
}

/// What lies between ranges that are sorted by their beginnings.
fn gaps(told: &[Range<usize>], length: usize) -> Vec<Range<usize>> {
    let (mut gaps, mut done) = (Vec::new(), 0);
    for range in told.iter().chain([&(length..length)]) {
        if done < range.start {
            gaps.push(done..range.start);
        }
        done = done.max(range.end);
    }
    gaps
}

/// Adds the facts of a layer that are not known yet.
fn add(entry: &mut Entry, found: Entry, is_hidden: bool) {
    for secret in found.secrets {
        let is_known = entry.secrets.iter().any(|known| {
            known.rule == secret.rule && known.digest == secret.digest || known.at.offset == secret.at.offset
        });
        if !is_known {
            entry.secrets.push(secret);
        }
    }
    for mention in found.mentions {
        let is_known =
            |known: &&mut crate::inventory::Mention| known.kind == mention.kind && known.what == mention.what;
        match entry.mentions.iter_mut().find(is_known) {
            // what is only put together was counted where it is
            Some(known) if is_hidden => known.count += mention.count,
            Some(_) => {}
            None => mention::add_counted(entry, mention),
        }
    }
    for code in found.internal_code {
        match entry.internal_code.iter_mut().find(|known| known.file == code.file) {
            Some(known) => {
                known.found.extend(code.found);
                known.found.sort_unstable();
                known.found.dedup();
            }
            None => entry.internal_code.push(code),
        }
    }
    if is_hidden {
        let signs = found.signs.into_iter().filter(|sign| !entry.signs.contains(sign)).collect::<Vec<_>>();
        entry.signs.extend(signs);
        entry.unexamined.extend(found.unexamined);
        add_maps(entry, found.maps, found.recovered);
    }
}

/// Adds the maps of a layer that hold text, and the texts with the numbers that the maps have now.
fn add_maps(entry: &mut Entry, maps: ThinVec<SourceMap>, mut texts: ThinVec<(usize, usize, Vec<u8>)>) {
    for (number, map) in maps.into_iter().enumerate() {
        if map.sources.iter().all(|source| source.text.is_none()) {
            continue;
        }
        if entry.maps.len() >= MOST_MAPS {
            entry.unexamined.push(TOO_MANY_MAPS);
            return;
        }
        for (_, source, text) in texts.iter_mut().filter(|(of, ..)| *of == number) {
            entry.recovered.push((entry.maps.len(), *source, std::mem::take(text)));
        }
        entry.maps.push(map);
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;

    use super::beside;
    use crate::decode::{Layer, Places};
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::{Effort, Scanner, inspect, inspect_with};
    use crate::inventory::{Entry, Media};

    #[test]
    fn two_threads_find_what_one_finds() {
        let fill = "some words that are neither code nor data\n".repeat(110_000);
        let encoded =
            base64::prelude::BASE64_STANDARD.encode("see /Users/marta/acme/billing.ts for more of it");
        let text =
            format!("{fill}const a = '/Users/' + 'julia/acme/' + 'b.ts';\n{fill}const b = \"{encoded}\";\n");
        let found = |threads: usize| {
            let (mut entry, scanner) = (Entry { media: Media::Text, ..Entry::default() }, Scanner::plain());
            let mut room = 0;
            inspect_with(Effort::of(threads), &mut text.clone().into_bytes(), scanner, &mut room, &mut entry);
            serde_json::to_string(&entry).unwrap()
        };
        let alone = found(1);
        assert!(alone.contains("julia") && alone.contains("marta"), "{alone}");
        assert_eq!(found(2), alone);
    }

    #[test]
    fn layers_of_the_other_thread_come_behind_those_of_this_one() {
        let layer = |text: String| Layer {
            what: "a test",
            is_hidden: false,
            text: text.into_bytes(),
            places: Places::default(),
        };
        let other = |found: &mut dyn FnMut(Layer)| {
            (0..100).for_each(|number| found(layer(format!("other {number}"))));
            7
        };
        let mut texts = Vec::new();
        let found = |layer: Layer| texts.push(String::from_utf8(layer.text).unwrap());
        assert_eq!(beside(other, found, |found| found(layer("own".to_owned()))), 7);
        assert_eq!((texts.len(), &*texts[0], &*texts[1], &*texts[100]), (101, "own", "other 0", "other 99"));
    }

    /// Bytes that have the two of zlib's head by chance take no more of the room for compressed texts than was made of them.
    #[test]
    fn what_looks_compressed_leaves_room_for_what_is() {
        use std::io::Write as _;
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..40 {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            packed
                .write_all(b"built in /Users/marta/acme/billing.ts, as all others of the same folder were")
                .unwrap();
            let packed = packed.finish().unwrap();
            let size = 4_000 + dice.below(4_000);
            let random = [b"\x48\xc7".to_vec(), dice.bytes(size)].concat();
            let encoded = |bytes: &[u8]| base64::prelude::BASE64_STANDARD.encode(bytes);
            let text = format!("a('{}');\nb('{0}');\nc('{}');\n", encoded(&random), encoded(&packed));
            let mut entry = Entry { media: Media::Text, ..Entry::default() };
            inspect(text.as_bytes(), Scanner::plain(), &mut entry);
            assert!(entry.unexamined.is_empty(), "{:?}", entry.unexamined);
            assert_eq!(entry.mentions.len(), 1, "{size}");
        }
    }

    /// Compressed data in the lines of a literal, whatever their width, and the same cut off.
    #[test]
    fn lines_of_a_compressed_text_are_one() {
        use std::io::Write as _;
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..40 {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            let size = 100 + dice.below(3_000);
            packed.write_all(&dice.bytes(size)).unwrap();
            let packed = packed.finish().unwrap();
            let width = 60 + dice.below(60);
            let lines = |packed: &[u8]| -> Vec<String> {
                let encoded = base64::prelude::BASE64_STANDARD.encode(packed);
                let lines = encoded.as_bytes().chunks(width);
                lines.map(|line| String::from_utf8_lossy(line).into_owned()).collect()
            };
            for (open, between, close) in
                [("A = (\n  \"", "\"\n  \"", "\"\n)\n"), ("const a = '", "' +\n  '", "';\n")]
            {
                let unexamined = |packed: &[u8]| {
                    let text = format!("{open}{}{close}", lines(packed).join(between));
                    let mut entry = Entry { media: Media::Text, ..Entry::default() };
                    inspect(text.as_bytes(), Scanner::plain(), &mut entry);
                    entry.unexamined.to_vec()
                };
                let nothing: [&str; 0] = [];
                assert_eq!(
                    unexamined(&packed),
                    nothing,
                    "{size} bytes in lines of {width}: {:?}",
                    lines(&packed)
                );
                assert!(
                    !unexamined(&packed[..packed.len() - 20]).is_empty(),
                    "{size} bytes in lines of {width}"
                );
            }
        }
    }

    /// A compressed text that begins like a whole one and goes on in another way, as if it were its beginning.
    #[test]
    fn what_only_begins_like_another_is_told() {
        use std::io::Write as _;
        let mut dice = Dice::new(fresh_seed());
        for _ in 0..40 {
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
            let size = 300 + dice.below(3_000);
            let mut bytes = dice.bytes(size);
            // What quoted-printable has at the ends of lines may be anywhere.
            let at = dice.below(250);
            bytes[at..at + 2].copy_from_slice(b"=\n");
            packed.write_all(&bytes).unwrap();
            let packed = packed.finish().unwrap();
            let mut other = packed[..200].to_vec();
            let changed = 40 + dice.below(100);
            other[changed] ^= 1 + dice.below(255) as u8;
            let unexamined = |second: &[u8]| {
                let encoded = |bytes: &[u8]| base64::prelude::BASE64_STANDARD.encode(bytes);
                let text = format!("const a = '{}';\nb('{}');\n", encoded(&packed), encoded(second));
                let mut entry = Entry { media: Media::Text, ..Entry::default() };
                inspect(text.as_bytes(), Scanner::plain(), &mut entry);
                !entry.unexamined.is_empty()
            };
            assert!(unexamined(&other), "byte {changed} of {size}");
            assert!(!unexamined(&packed[..200]), "{size}");
        }
    }

    fn maps_in_a_worker_of(map: &str) -> usize {
        let encoded = |text: &str| base64::prelude::BASE64_STANDARD.encode(text);
        let link = format!("sourceMappingURL=data:application/json;base64,{}", encoded(map));
        let script = format!("self.onmessage = (event) => postMessage(event.data + 1);\n//# {link}\n");
        let text = format!("new Worker(\"data:text/javascript;base64,{}\")", encoded(&script));
        let mut entry = Entry { media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        entry.maps.len()
    }

    #[test]
    fn a_map_of_an_encoded_script_counts_if_it_holds_text() {
        let text =
            r#"{"version":3,"sources":["a.ts"],"sourcesContent":["// c\nconst a = 1\n"],"mappings":"AAAA"}"#;
        assert_eq!(maps_in_a_worker_of(text), 1);
        assert_eq!(
            maps_in_a_worker_of(r#"{"version":3,"sources":["a.ts"],"mappings":"AAAA","names":[]}"#),
            0
        );
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        let mut dice = Dice::new(fresh_seed());
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
        let token = dice.make("AKIA{base32:16}");
        let lines: String = (0..200).map(|_| dice.make("{base62:40}\n")).collect();
        std::io::Write::write_all(&mut packer, format!("access = {token}\n{lines}").as_bytes()).unwrap();
        let mut packed = packer.finish().unwrap();
        packed.truncate(packed.len() * 3 / 4);
        let text = base64::prelude::BASE64_STANDARD.encode(&packed);
        let look = |path: &str, text: String| {
            let mut entry = Entry { path: path.to_owned(), media: Media::Text, ..Entry::default() };
            inspect(text.as_bytes(), Scanner::plain(), &mut entry);
            (entry.unexamined.len(), entry.secrets.len())
        };
        assert_eq!(look("package/api.json", format!("{{\"value\": \"{text}\"}}\n")), (0, 1));
        // elsewhere the rest may stand behind it
        assert_eq!(look("package/api.txt", format!("value: {text}\n")).0, 1);
    }
}
