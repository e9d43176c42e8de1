use crate::inventory::{At, Entry, Media, Mention, MentionKind};

/// Different mentions of one kind that are kept per entry.
const MOST_PER_KIND: usize = 100;
/// Longest excerpt kept, in bytes.
const LONGEST: usize = 200;

/// Writes down that `what` is at `at`; a mention that is known already is counted.
pub(super) fn add(entry: &mut Entry, kind: MentionKind, what: &str, at: impl FnOnce() -> At) {
    add_like(entry, kind, what, at, |known| known == clip(what));
}

/// Like [`add`], with a test of its own for whether a known mention is the same thing.
pub(super) fn add_like(
    entry: &mut Entry,
    kind: MentionKind,
    what: &str,
    at: impl FnOnce() -> At,
    same: impl Fn(&str) -> bool,
) {
    let mut of_kind = 0;
    for known in entry.mentions.iter_mut().filter(|known| known.kind == kind) {
        if same(&known.what) {
            known.count += 1;
            return;
        }
        of_kind += 1;
    }
    if of_kind < MOST_PER_KIND {
        entry.mentions.push(Mention { kind, what: clip(what).to_owned(), at: at(), count: 1 });
    }
}

/// Writes down a mention that is not known yet, with its count.
pub(super) fn add_counted(entry: &mut Entry, mention: Mention) {
    let of_kind = entry.mentions.iter().filter(|known| known.kind == mention.kind).count();
    if of_kind < MOST_PER_KIND {
        entry.mentions.push(mention);
    }
}

/// Whether an entry's own bytes are compressed, so that words in them mean nothing.
pub(super) fn is_packed(media: Media) -> bool {
    use Media::{Bzip2, Compress, Cpio, Gzip, Lz4, Rpm, SevenZip, Tar, Unopened, Xz, Zip, Zstd};
    matches!(media, Gzip | Zip | Tar | Zstd | Xz | Bzip2 | Lz4 | Compress | SevenZip | Cpio | Rpm | Unopened)
}

fn clip(what: &str) -> &str {
    let mut end = what.len().min(LONGEST);
    while !what.is_char_boundary(end) {
        end -= 1;
    }
    what.get(..end).unwrap_or_default()
}
