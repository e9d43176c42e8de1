//! Content inspectors: from one entry's bytes to facts. Each inspector is one file and one line in [`INSPECTORS`].

mod lookout;
mod prefilter;
mod sample;
mod utf16;

// internal text and binaries
mod banner;
mod binary;
mod home;
mod host;
mod internal_code;
mod local_path;
mod marker;
mod mention;
mod package;

// source maps and recoverable text
mod link;
mod map;
mod program;
mod source_map;
mod text;
mod wasm_link;

// secrets and stray files
mod secret;
mod sign;

pub use lookout::{Lookout, Wanted};
pub use prefilter::Hit;
pub use sample::Sample;
pub(crate) use secret::{SecretRule, TABLE as SECRETS};
pub(crate) use sign::{Match as StrayMatch, STRAYS, StrayRule, matches as stray_matches};

use crate::inventory::{Entry, Media};
use crate::timings::timed;

/// A path from a URL with its `%20` and the like decoded.
pub(crate) fn percent_decoded(path: &str) -> String {
    String::from_utf8_lossy(&map::percent_decoded(path.as_bytes())).into_owned()
}

/// Looks at one entry and writes down what it sees.
pub(crate) struct Inspector {
    /// Name for `--timings`.
    pub name: &'static str,
    /// Literals that it wants to be told of; at least three bytes each, the rarer the better.
    pub needles: fn(&Wanted) -> Vec<Vec<u8>>,
    /// Adds facts to the entry. What must be decoded first to be read goes to the findings' `inner`.
    pub inspect: fn(&Sample<'_>, &[Hit], &Lookout, &mut Seen<'_>),
}

/// Where an inspector writes what it sees.
pub(crate) struct Seen<'a> {
    /// The entry, for its facts.
    pub entry: &'a mut Entry,
    /// Content uncovered inside it.
    pub inner: &'a mut Vec<Inner>,
}

/// Content that an inspector uncovered inside an entry and that must be looked at in its turn.
#[derive(Debug)]
pub struct Inner {
    /// What it was decoded from: `inline source map`, `Bun program`.
    pub what: String,
    /// Offset in the entry where the encoded form begins.
    pub offset: usize,
    /// A file of its own (a member of an asar archive), with this path; otherwise a text of the same entry.
    pub path: Option<String>,
    /// The decoded bytes.
    pub bytes: Vec<u8>,
}

/// All inspectors, in the order in which they run.
pub(crate) const INSPECTORS: &[Inspector] = &[
    // source maps and recoverable text
    text::INSPECTOR,
    link::INSPECTOR,
    source_map::INSPECTOR,
    wasm_link::INSPECTOR,
    program::INSPECTOR,
    // secrets and stray files
    secret::INSPECTOR,
    sign::INSPECTOR,
    // internal text and binaries
    marker::INSPECTOR,
    banner::INSPECTOR,
    package::INSPECTOR,
    host::INSPECTOR,
    local_path::INSPECTOR,
    internal_code::INSPECTOR,
    binary::INSPECTOR,
];

/// How deep decoded texts may stand in one another.
const MOST_DECODING: u32 = 4;

/// [`inspect_with`] one thread.
pub fn inspect(bytes: &[u8], lookout: &Lookout, entry: &mut Entry) -> Vec<Inner> {
    inspect_with(1, bytes, lookout, entry)
}

/// Runs all inspectors over an entry's bytes and over the texts decoded from them. Returns the files
/// uncovered inside, for the caller to enter as entries of their own. A large entry is searched by up to
/// `threads` threads.
pub fn inspect_with(threads: usize, bytes: &[u8], lookout: &Lookout, entry: &mut Entry) -> Vec<Inner> {
    let path = entry.path.clone();
    // Text in UTF-16 is looked at as UTF-8; offsets are then those of the UTF-8 form.
    let text = if entry.media == Media::Utf16 { utf16::decode(bytes) } else { None };
    let sample = match &text {
        Some(text) => Sample::new(&path, text.as_bytes(), Media::Text),
        None => Sample::new(&path, bytes, entry.media),
    };
    let mut files = Vec::new();
    let search = Search { lookout, threads };
    search.look(&sample, entry, &mut files, 0);
    files
}

/// What inspecting goes by.
struct Search<'a> {
    lookout: &'a Lookout,
    threads: usize,
}

impl Search<'_> {
    fn look(&self, sample: &Sample<'_>, entry: &mut Entry, files: &mut Vec<Inner>, depth: u32) {
        let lookout = self.lookout;
        let hits = timed(lookout.timings(), "search for literals", || {
            lookout.prefilter.scan(sample.bytes, self.threads)
        });
        if hits.too_many {
            entry.unread.push("it holds more places to look at than packgate looks at in one file");
        }
        let mut inner = Vec::new();
        for (inspector, hits) in INSPECTORS.iter().zip(&hits.of) {
            let seen = &mut Seen { entry, inner: &mut inner };
            timed(lookout.timings(), inspector.name, || (inspector.inspect)(sample, hits, lookout, seen));
        }
        for text in inner {
            if text.path.is_some() {
                files.push(text);
            } else if depth < MOST_DECODING {
                let at = sample.at(text.offset);
                let decoded = Sample::decoded(sample.path, &text.bytes, Media::Text, &text.what, at);
                self.look(&decoded, entry, files, depth + 1);
            } else {
                entry.unread.push("texts are encoded in one another deeper than packgate decodes");
            }
        }
    }
}
