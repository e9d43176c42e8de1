use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::ecosystem;
use crate::guard;
use crate::inspect::{Effort, Member, Scanner, Storage, inspect_with, may_be_entrance, may_be_parsed};
use crate::inventory::{AnomalyKind, Concern, EntryKind, KeptText, Unexamined, WideDigests};
use crate::unpack::{self, Damage, Header, Limits, Spent};

use super::batch::{Batch, Gather, Gathered, Taker};
use super::budget::Budget;
use super::flatten::{Examined, under};
use crate::blob::blob_ids;
use crate::timings::timed;
use crate::words::hex;

/// Looks at entries, and into what they hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Examiner<'a> {
    pub(super) scanner: &'a Scanner,
    pub(super) limits: &'a Limits,
    pub(super) spent: &'a Spent,
    pub(super) budget: &'a Budget,
    pub(super) digests: bool,
    /// Whether to make SHA-384 and SHA-512, too.
    pub(super) wide: bool,
    /// Threads that may search one large entry.
    pub(super) threads: usize,
}

/// Where an entry is: the place of its container with the `!` after it, and the depth of nesting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location<'a> {
    pub(super) prefix: &'a str,
    pub(super) depth: u32,
}

impl Location<'_> {
    /// In the artifact's own container.
    pub(super) const TOP: Location<'static> = Location { prefix: "", depth: 0 };

    /// The place of the archive within the artifact; `None` for the artifact's own container.
    fn container(&self) -> Option<&str> {
        self.prefix.strip_suffix('!')
    }
}

/// The depth of files that may be compared with a commit: a gem has its own in an archive within it.
const DEEPEST_COMPARED: u32 = 1;

/// A larger module is not packed to be kept: it is rarely parsed.
const MOST_PACKED: usize = 256 << 10;

const LIMIT_INSIDE: &str = "a limit of unpacking was reached inside this entry";

/// Whether a script may ask for other packages, which the manifest may not name: most that must be parsed do.
fn asks_for_packages(script: &[u8]) -> bool {
    let is_package =
        |name: &[u8]| !name.starts_with(b".") && !name.starts_with(b"/") && !name.starts_with(b"node:");
    ["require(", "from", "import"].iter().any(|word| {
        memchr::memmem::find_iter(script, word).any(|at| {
            let behind = script.get(at + word.len()..).unwrap_or_default().trim_ascii_start();
            let name = behind.strip_prefix(b"\"").or_else(|| behind.strip_prefix(b"'"));
            name.is_some_and(is_package)
        })
    })
}

impl Examiner<'_> {
    /// Examines all entries of a batch.
    pub(super) fn batch(&self, batch: &mut Batch, location: Location<'_>, into: &mut Vec<Examined>) {
        for item in &batch.items {
            let bytes = batch.bytes.bytes_mut().get_mut(item.range.clone()).unwrap_or_default();
            let effort = Effort::of(self.threads);
            into.push(self.entry(item.ordinal, &item.header, bytes, effort, item.damage.as_ref(), location));
        }
    }

    /// Examines one entry. A panic of an inspector makes the entry unexamined, not the program crash.
    pub(super) fn entry(
        &self,
        ordinal: usize,
        header: &Header,
        bytes: &mut [u8],
        effort: Effort,
        damage: Option<&Damage>,
        location: Location<'_>,
    ) -> Examined {
        let place = format!("{}{}", location.prefix, header.path);
        let looked = guard::catch(|| self.look(ordinal, header, bytes, effort, &place, location));
        let mut examined = looked.unwrap_or_else(|caught| {
            let why = format!("{caught} while looking at this entry; please report that place");
            Examined::unseen(ordinal, header, &place, why)
        });
        if let Some(damage) = damage {
            let within = location.container().map(str::to_owned);
            examined.unexamined.insert(0, Unexamined { place, why: damage.to_string(), within });
        }
        examined
    }

    fn look(
        &self,
        ordinal: usize,
        header: &Header,
        bytes: &mut [u8],
        effort: Effort,
        place: &str,
        location: Location<'_>,
    ) -> Examined {
        guard::spot(place);
        let mut examined = Examined::new(ordinal, header, place);
        let entry = &mut examined.entry;
        if !entry.has_bytes() {
            return examined;
        }
        entry.size = bytes.len() as u64;
        entry.media = unpack::sniff(bytes, entry.size);
        if self.digests {
            let digest = timed(self.scanner.timings(), "digest entries", || Sha256::digest(&*bytes));
            entry.sha256 = Some(hex(&digest));
        }
        if let Some(format) = self.scanner.options.blobs.filter(|_| location.depth <= DEEPEST_COMPARED) {
            let ids = timed(self.scanner.timings(), "digest entries", || blob_ids(bytes, format));
            entry.blob = Some(Box::new(ids));
        }
        if self.wide {
            let sha384 = hex(&Sha384::digest(&*bytes));
            entry.wide = Some(Box::new(WideDigests { sha384, sha512: hex(&Sha512::digest(&*bytes)) }));
        }
        let size = entry.size;
        let is_wanted = match location.depth {
            0 => ecosystem::keeps(&entry.path),
            1 => ecosystem::keeps_within(&entry.path),
            _ => false,
        };
        if is_wanted
            && header.kind == EntryKind::File
            && size <= ecosystem::MOST_KEPT
            && self.spent.keep(size, self.limits)
        {
            examined.manifest = Some((&*bytes).into());
        }
        let may_enter =
            location.depth == 0 && header.kind == EntryKind::File && examined.entry.media.is_text();
        if may_enter && may_be_entrance(&header.path, bytes) && self.spent.keep_script(size) {
            examined.script = Some((&*bytes).into());
        } else if may_enter && may_be_parsed(&header.path, bytes) {
            examined.module = self.kept_module(bytes);
        }
        let entry = &mut examined.entry;
        // Many small entries may each hold texts that unpack to much.
        let most = if self.spent.is_over(self.limits) { 0 } else { self.limits.room(size) };
        let mut room = most;
        let members = inspect_with(effort, bytes, self.scanner, &mut room, entry);
        if room < most && self.spent.bytes(most - room, self.limits).is_err() {
            entry.unexamined.push(LIMIT_INSIDE);
        }
        entry.unexamined.dedup();
        examined.unexamined.extend(entry.unexamined.iter().map(|why| Unexamined::inside(place, place, *why)));
        let media = examined.entry.media;
        // What an inspector found a way into needs no other.
        let hides = || members.is_empty() && unpack::opens_hidden(&&*bytes, media, &header.path);
        if unpack::opens(media, &header.path) || hides() {
            self.open(bytes, &mut examined, location.depth);
        }
        if let Some(name) = unpack::unopened(bytes) {
            let why = format!("this is {name}, which packgate doesn't open");
            examined.unexamined.push(Unexamined::inside(place, place, why));
        }
        for member in &members {
            self.uncovered(member, bytes, &mut examined, location.depth);
        }
        examined
    }

    /// A module's text, as long as there is room for it; in less room those that most likely must be parsed. Asked before the
    /// inspectors, which decode what is in a text where it is.
    fn kept_module(&self, text: &[u8]) -> Option<KeptText> {
        if self.spent.keep_module(text.len() as u64) {
            return Some(KeptText::Plain(text.into()));
        }
        if text.len() > MOST_PACKED || !self.spent.keeps_packed_modules() || !asks_for_packages(text) {
            return None;
        }
        let packed = KeptText::packed(text);
        self.spent.keep_packed_module(packed.size()).then_some(packed)
    }

    /// Opens an archive or compressed file that is an entry itself.
    fn open(&self, bytes: &[u8], examined: &mut Examined, depth: u32) {
        let place = examined.entry.place.clone();
        let closed = if depth >= self.limits.nesting {
            Some(format!("archives are nested more than {} deep", self.limits.nesting))
        } else {
            self.spent
                .is_over(self.limits)
                .then(|| "a limit was reached before this archive was opened".to_owned())
        };
        if let Some(why) = closed {
            examined.unexamined.push(Unexamined::inside(&*place, &*place, why));
            return;
        }
        let prefix = format!("{place}!");
        let limits = &self.limits.within(bytes.len() as u64);
        let taker = Inline {
            examiner: &Examiner { limits, ..*self },
            location: Location { prefix: &prefix, depth: depth + 1 },
            children: Vec::new(),
        };
        let mut gather = Gather::new(taker);
        let name = examined.entry.file_name().to_owned();
        let walked = unpack::walk(&bytes, &name, limits, self.spent, &mut gather);
        let Gathered { taker, anomalies, told } = gather.finish(walked.as_ref().err());
        let children = taker.children;
        examined.children.extend(children);
        // A program before a zip may look like anything.
        let is_archive = unpack::opens(examined.entry.media, &examined.entry.path);
        let anomalies = anomalies.into_iter().filter(|anomaly| {
            is_archive
                || !matches!(anomaly.kind.concern(), Concern::ExtraData)
                    && anomaly.kind != AnomalyKind::ZipHiddenEntry
        });
        examined.anomalies.extend(anomalies.map(|anomaly| under(&prefix, &place, anomaly)));
        if let Err(damage) = walked {
            examined.anomalies.extend(damage.anomaly().map(|anomaly| under(&prefix, &place, anomaly)));
            // A file that only looks like an archive, or can't be opened, was still read as bytes.
            if !told {
                examined.unexamined.push(Unexamined::inside(&*place, &*place, damage.to_string()));
            }
        }
    }

    /// Enters a file that an inspector uncovered inside an entry.
    fn uncovered(&self, member: &Member, bytes: &mut [u8], examined: &mut Examined, depth: u32) {
        let stretch = bytes.get_mut(member.range.clone()).unwrap_or_default();
        let place = &examined.entry.place;
        let unpacked = match member.storage {
            Storage::Plain => Ok(Vec::new()),
            _ if self.spent.is_over(self.limits) => {
                Err(Damage::new(0, "a limit was reached before this file was unpacked"))
            }
            Storage::Zlib => unpack::unzlib(stretch, self.limits),
            Storage::Gzip => unpack::ungzip(stretch, self.limits),
            Storage::Brotli => unpack::unbrotli(stretch, self.limits),
            Storage::Rebased => Ok(unpack::zip::rebased(stretch, member.range.start)),
        };
        let mut unpacked = match unpacked {
            Ok(unpacked) => unpacked,
            Err(damage) => {
                let inside = format!("{place}!{}", member.path);
                examined.unexamined.push(Unexamined::inside(place, inside, damage.to_string()));
                return;
            }
        };
        let bytes = if member.storage == Storage::Plain { stretch } else { unpacked.as_mut_slice() };
        let size = bytes.len() as u64;
        let fits = self.spent.entry(member.path.len(), self.limits).is_ok()
            && self.spent.bytes(size, self.limits).is_ok();
        if !fits || depth >= self.limits.nesting {
            let unexamined = Unexamined::inside(place, place, LIMIT_INSIDE);
            examined.unexamined.push(unexamined);
            return;
        }
        let prefix = format!("{place}!");
        let header = Header {
            path: member.path.clone(),
            kind: EntryKind::File,
            size: Some(size),
            mode: None,
            offset: member.range.start as u64,
        };
        let location = Location { prefix: &prefix, depth: depth + 1 };
        let effort = Effort::of(self.threads);
        let child = self.entry(examined.children.len(), &header, bytes, effort, None, location);
        examined.children.push(child);
    }
}

/// Examines batches where they are filled.
struct Inline<'a> {
    examiner: &'a Examiner<'a>,
    location: Location<'a>,
    children: Vec<Examined>,
}

impl Taker for Inline<'_> {
    fn reserve(&mut self, _bytes: u64) {}

    fn grow(&mut self, _bytes: u64) {}

    fn take(&mut self, batch: &mut Batch) {
        self.examiner.batch(batch, self.location, &mut self.children);
        batch.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_ask_for_packages() {
        for (script, expected) in [
            ("const a = require('b');", true),
            ("import a from\"@b/c\";", true),
            ("import 'a';", true),
            ("export * from\n  'a/b';", true),
            ("require('./a'); import b from '../c'; import '/d';", false),
            ("import a from 'node:fs'; require(b); import(`c`);", false),
            ("Array.from([]); important", false),
            ("from", false),
        ] {
            assert_eq!(asks_for_packages(script.as_bytes()), expected, "{script}");
        }
    }
}
