use std::cell::{Cell, OnceCell};

use crate::inventory::{At, Media, TextFacts};

/// One entry's bytes as inspectors see them.
pub struct Sample<'a> {
    /// Path inside its container.
    pub path: &'a str,
    /// All bytes.
    pub bytes: &'a [u8],
    /// Type by content.
    pub media: Media,
    /// Set when the bytes were decoded from another form: what from, and where that stands in the entry.
    pub decoded: Option<(&'static str, At)>,
    /// What there is to know of it as a text, where that was found out before.
    pub(super) facts: Option<TextFacts>,
    lines: OnceCell<Vec<usize>>,
    /// The last place asked for, as offset and characters before it in its line: a file of one line has many.
    last: Cell<(usize, usize)>,
}

impl<'a> Sample<'a> {
    /// The bytes of an entry as they stand in its container.
    pub fn new(path: &'a str, bytes: &'a [u8], media: Media) -> Self {
        let (lines, last) = (OnceCell::new(), Cell::new((0, 0)));
        Self { path, bytes, media, decoded: None, facts: None, lines, last }
    }

    /// Bytes that had to be decoded out of an entry first, from what stands there at `at`.
    pub fn decoded(path: &'a str, bytes: &'a [u8], media: Media, what: &'static str, at: At) -> Self {
        Self { decoded: Some((what, at)), ..Self::new(path, bytes, media) }
    }

    /// Whether it is an archive or a compressed file: what is in it is looked at as files of their own, and
    /// what it holds uncompressed would be told twice.
    pub(super) fn is_container(&self) -> bool {
        use Media::{Ar, Asar, Bzip2, Gzip, Tar, Xz, Zip, Zstd};
        matches!(self.media, Tar | Zip | Asar | Ar | Gzip | Zstd | Xz | Bzip2)
            || crate::unpack::opens(self.media, self.path)
    }

    /// Whether it is a page for people, whose examples are there to be read.
    pub(super) fn is_documentation(&self) -> bool {
        let extension = self.path.rsplit('.').next().unwrap_or_default();
        ["md", "mdx", "markdown", "rst", "adoc"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    }

    /// The place of a byte offset. In decoded text it is the place of the encoded form.
    pub fn at(&self, offset: usize) -> At {
        if let Some((what, at)) = &self.decoded {
            return At { inside: Some((*what).to_owned()), ..at.clone() };
        }
        if !self.media.is_text() {
            return At { offset: offset as u64, ..At::default() };
        }
        let ends = self.lines.get_or_init(|| memchr::memchr_iter(b'\n', self.bytes).collect());
        let line = ends.partition_point(|&end| end < offset);
        let start = line.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |end| end + 1);
        let (from, counted) = match self.last.get() {
            (last, characters) if (start..=offset).contains(&last) => (last, characters),
            _ => (start, 0),
        };
        let before = self.bytes.get(from..offset.min(self.bytes.len())).unwrap_or_default();
        let characters = counted + before.iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
        self.last.set((offset, characters));
        At {
            offset: offset as u64,
            line: Some(line as u64 + 1),
            column: Some(characters as u64 + 1),
            inside: None,
        }
    }
}
