//! Files with texts or blocks that are compressed one by one: Parquet, Arrow (Feather), Avro, HDF5, a zip or a 7z where it
//! stands in a text, pages of PDF, pictures, WebAssembly, pickles and compiled modules of Python, PHP's archives, packets of
//! PGP, and what R and Qt write: streams of zlib behind their lengths.

mod avro;
mod jpeg;
mod packed;
mod parquet;
mod pdf;
mod pgp;
mod phar;
mod png;
mod python;
mod sevenzip;
mod streams;
mod wasm;
mod zip;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

pub(crate) use phar::behind_program as behind_php;

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "compressed blocks", stands_in: StandsIn::Anything, uncover };

/// Hands out what blocks hold, each with the place where it stands.
type Found<'a> = dyn FnMut(usize, &[u8]) + 'a;

/// Hands out the blocks of a file. What is unpacked is taken from the budget.
type Uncover = fn(&[u8], &Budget, &mut Found<'_>);

/// Whether bytes begin as a zip, a 7z or a packet of PGP, which are looked into where they stand in a text.
pub(super) fn is_archive(head: &[u8]) -> bool {
    head.starts_with(zip::MAGIC)
        || head.starts_with(sevenzip::MAGIC)
        || pgp::MAGICS.iter().any(|magic| head.starts_with(magic))
}

/// What such files begin with, and who reads them.
const STORES: [(&[u8], Uncover); 13] = [
    (b"PAR1", parquet::uncover),
    (b"ARROW1\0\0", streams::uncover),
    (b"Obj\x01", avro::uncover),
    (b"\x89HDF\r\n\x1A\n", streams::uncover),
    // resources as the compilers of GLib and Qt put them together; archives of xar
    (b"GVariant", streams::uncover),
    (b"qres\0\0\0", streams::uncover),
    (b"xar!\0\x1C\0\x01", streams::uncover),
    // Where they are files, they are opened as such.
    (zip::MAGIC, zip::uncover),
    (sevenzip::MAGIC, sevenzip::uncover),
    (pdf::MAGIC, pdf::uncover),
    (png::MAGIC, png::uncover),
    (jpeg::MAGIC, jpeg::uncover),
    (wasm::MAGIC, wasm::uncover),
];

/// The reader of files that begin in several ways.
fn by_look(bytes: &[u8]) -> Option<Uncover> {
    if python::is(bytes) {
        return Some(python::uncover);
    }
    if pgp::MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(pgp::uncover);
    }
    if phar::is(bytes) {
        return Some(phar::uncover);
    }
    (is_behind_length(bytes) || may_be_store(bytes)).then_some(streams::uncover as Uncover)
}

/// Whether bytes may be those of a store of a form that nobody here has heard of: not too many, and neither a text nor a
/// program, picture, sound, font or page.
fn may_be_store(bytes: &[u8]) -> bool {
    const HEAD: usize = 64;
    const OTHERS: [&[u8]; 16] = [
        b"%PDF",
        b"8BPS",
        b"\x7FELF",
        b"MZ",
        b"\xCF\xFA\xED\xFE",
        b"\xCE\xFA\xED\xFE",
        b"\xCA\xFE\xBA\xBE",
        b"!<arch>",
        b"GIF8",
        b"RIFF",
        b"wOF",
        b"OTTO",
        b"\0\x01\0\0",
        b"\0\0\x01\0",
        b"OggS",
        b"ID3",
    ];
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    bytes.len() <= LARGEST
        && memchr::memchr(0, head).is_some()
        && !OTHERS.iter().any(|magic| bytes.starts_with(magic))
}

/// Whether bytes begin with a stream of zlib behind the length of what is in it.
fn is_behind_length(bytes: &[u8]) -> bool {
    /// So much comes of one byte at most.
    const TIGHTEST: usize = 1032;
    let [first @ .., 0x78, 0x01 | 0x5E | 0x9C | 0xDA] = bytes.get(..6).unwrap_or_default() else {
        return false;
    };
    let length = first.try_into().map_or(0, u32::from_be_bytes) as usize;
    length > 0 && length <= bytes.len().saturating_mul(TIGHTEST)
}

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let known = STORES.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, uncover)| *uncover);
    let Some(uncover) = known.or_else(|| by_look(bytes)) else { return };
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    // Tables are packed more tightly than anything that is encoded.
    let own = Budget::of(bytes.len().max(LARGEST));
    uncover(bytes, &own, &mut |at, block| {
        layer.mark(at, Rate(0, 1));
        layer.push(block);
        layer.end();
    });
    if own.is_spent() {
        budget.spend();
    }
}

/// The text that is packed in bytes whose first say how.
pub(super) fn unpacked(bytes: &[u8], budget: &Budget) -> Option<Vec<u8>> {
    packed::marked(bytes, budget).map(|(text, _)| text)
}

/// Bytes of a store of which everything is unpacked, however well it was packed: some four times as many may come of it.
const LARGEST: usize = 16 << 20;

/// Whether a block has words rather than numbers, as far as its beginning tells.
fn holds_text(beginning: &[u8]) -> bool {
    const WORDS: usize = 24;
    let texts = beginning.split(|byte| !matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n'));
    texts
        .filter(|text| text.len() >= WORDS)
        .any(|text| text.chunks_exact(WORDS).any(|words| !is_surface(words)))
}

/// Whether each byte is much like the one before it, or of two interleaved rows each of one: the heights and temperatures of
/// a map are, which are letters by chance. Indented lines are not.
fn is_surface(bytes: &[u8]) -> bool {
    const NEAR: u8 = 2;
    let is_row = |step: usize| {
        let pairs = bytes.iter().zip(bytes.iter().skip(step));
        let is_near = |(first, second): &(&u8, &u8)| {
            first.abs_diff(**second) <= NEAR && !(first.is_ascii_whitespace() && second.is_ascii_whitespace())
        };
        pairs.filter(is_near).count() * 2 >= bytes.len()
    };
    is_row(1) || is_row(2)
}

#[cfg(test)]
mod testing {
    use super::Budget;

    /// What a reader of such files finds in one.
    pub(super) fn blocks(uncover: super::Uncover, file: &[u8]) -> Vec<String> {
        let mut blocks = Vec::new();
        uncover(file, &Budget::of(file.len()), &mut |_, block| {
            blocks.push(String::from_utf8_lossy(block).into_owned());
        });
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::{holds_text, is_behind_length, may_be_store};

    #[test]
    fn stores_of_any_form() {
        assert!(may_be_store(b"\0\0\0\0\0\0\xA5\xF8\0\0\x01\x3E\x78\x5E"));
        for other in [
            &b"a text x\x9C"[..],
            b"\x7FELF\x02\x01\x01\0\0",
            b"\0\x01\0\0\0\x0C",
            b"%PDF-1.4\n(\xFE\xFF\0a)",
            b"",
        ] {
            assert!(!may_be_store(other), "{other:?}");
        }
    }

    #[test]
    fn maps_of_numbers_are_no_words() {
        let surface: Vec<u8> = (0..4_000_u32).map(|at| (70 + (at / 3) % 20 + at % 2) as u8).collect();
        let two = surface.iter().flat_map(|byte| [*byte, 140 - *byte]).collect::<Vec<u8>>();
        assert!(!holds_text(&surface) && !holds_text(&two));
        for words in [
            "// a line of code that somebody wrote\n",
            "                        return one;\n                        return two, three and four;\n",
            "AWS_SECRET_ACCESS_KEY=0000111122223333aaaabbbb",
            "0.25,0.75,1.25,1.75,2.25,2.75",
        ] {
            assert!(holds_text(words.as_bytes()), "{words}");
            assert!(holds_text(&[&surface[..], &[0], words.as_bytes()].concat()), "{words}");
        }
    }

    #[test]
    fn a_stream_behind_its_length() {
        for (head, expected) in [
            (&b"\0\0\x01\0\x78\x9C and more"[..], true),
            (b"\0\0\x01\0\x78\x9D and more", false),
            (b"\0\0\0\0\x78\x9C and more", false),
            (b"\x7F\0\0\0\x78\x9C and more", false),
            (b"\0\0\x01\0\x78", false),
        ] {
            assert_eq!(is_behind_length(head), expected, "{head:?}");
        }
    }
}
