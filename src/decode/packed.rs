//! String literals whose bytes are packed, as `repr` of Python and code generators write them: the bytes of letters as they
//! are, or each by its number.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::places::{Builder, Rate};
use super::{Budget, LARGEST_LAYER, store};
use crate::plain::numbered;
use crate::unpack::{self, LONGEST_MARK};

/// Hands out what is packed in literals, and says where those are. What looks like the beginning of one is read once,
/// however many of its parts look so, too.
pub(super) fn uncover(bytes: &[u8], budget: &Budget, layer: &mut Builder<'_>) -> Vec<Range<usize>> {
    let mut told: Vec<Range<usize>> = Vec::new();
    let mut tried = 0;
    for begin in begins(bytes) {
        if begin < tried {
            continue;
        }
        let Some(quote) = begin.checked_sub(1).and_then(|before| bytes.get(before)).copied() else {
            continue;
        };
        let is_wide = is_wide(bytes.get(begin..).unwrap_or_default());
        let (mark, _) = literal(bytes, begin, quote, LONGEST_MARK.max(RESOURCES.len()), is_wide);
        let is_bundle = mark.starts_with(RESOURCES);
        if !is_bundle && !unpack::is_packed(&mark) {
            continue;
        }
        let (packed, end) = literal(bytes, begin, quote, LARGEST_LAYER, is_wide);
        tried = end;
        if budget.take(end - begin)
            && let Some(text) = store::unpacked(&packed, budget).or(is_bundle.then_some(packed))
        {
            layer.alone(text, [(0, begin)], Rate(0, 1));
            told.push(begin..end);
        }
    }
    told
}

/// How files begin that GLib's resource compiler put together, some of them compressed.
const RESOURCES: &[u8] = b"GVariant";

/// How such literals begin: with a number, maybe behind a letter of ASCII; or with letters alone, as bzip2 has them, and
/// others where letters beyond ASCII stand for their bytes. All are searched for at once.
static MARKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let numbers = r#"["'`]\\[xu0-3]|["'`][x(]\\"#;
    let letters = r"1AY&SY|x\xC2\x9C|x\xC3\x9A|\xBD7zXZ|\(\xC2\xB5/\xC3\xBD";
    Regex::new(&format!("(?-u){numbers}|{letters}")).ok()
});

/// Where literals begin that may be packed.
fn begins(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let marks = MARKS.iter().flat_map(|marks| marks.find_iter(bytes));
    marks.filter_map(|mark| match mark.as_bytes() {
        [b'"' | b'\'' | b'`', ..] => Some(mark.start() + 1),
        // behind the first bytes of bzip2, and of xz
        b"1AY&SY" => mark.start().checked_sub(4),
        b"\xBD7zXZ" => mark.start().checked_sub(1),
        _ => Some(mark.start()),
    })
}

/// Whether a literal has letters beyond ASCII for bytes that others write by their number.
fn is_wide(literal: &[u8]) -> bool {
    /// Characters that tell.
    const HEAD: usize = 48;
    let head = literal.get(..HEAD).unwrap_or(literal);
    let is_byte = |escape: &[u8]| matches!(escape, [b'\\', b'x', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F']);
    !head.is_ascii() && !head.windows(3).any(is_byte)
}

/// At most so many bytes of a literal, and of those that are put to its end, and where they end. Where it is wide, letters
/// beyond ASCII stand for the bytes of their numbers.
fn literal(bytes: &[u8], begin: usize, quote: u8, most: usize, is_wide: bool) -> (Vec<u8>, usize) {
    let (mut text, mut at) = (Vec::new(), begin);
    while let Some(byte) = bytes.get(at).filter(|_| text.len() < most) {
        if *byte == quote {
            let rest = bytes.get(at + 1..).unwrap_or_default();
            let gap =
                rest.iter().take_while(|byte| byte.is_ascii_whitespace() || b"+.\\".contains(byte)).count();
            // Python writes `b` before each
            let letter = usize::from(matches!(rest.get(gap..gap + 2), Some([b'b', next]) if *next == quote));
            if rest.get(gap + letter) != Some(&quote) {
                break;
            }
            at += gap + letter + 2;
            continue;
        }
        let (plain, length) = match bytes.get(at..at + 2) {
            Some([b'\\', escaped]) => escape(bytes, at, *escaped),
            Some([lead @ 0xC2..=0xC3, last @ 0x80..=0xBF]) if is_wide => (lead << 6 | last & 0x3F, 2),
            _ => (*byte, 1),
        };
        text.push(plain);
        at += length;
    }
    (text, at)
}

/// The byte that is escaped here, and the length of that.
fn escape(bytes: &[u8], at: usize, escaped: u8) -> (u8, usize) {
    let plain = match escaped {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'a' => 7,
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'e' => 27,
        b'\\' | b'"' | b'\'' | b'`' | b'#' | b'$' | b'/' => escaped,
        b'0' if !bytes.get(at + 2).is_some_and(u8::is_ascii_digit) => 0,
        _ => {
            return match numbered(bytes.get(at + 1..).unwrap_or_default()) {
                Some((character, length)) => {
                    (u8::try_from(char::from(character)).unwrap_or_default(), length + 1)
                }
                None => (b'\\', 1),
            };
        }
    };
    (plain, 2)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const LINE: &str = "// a line of code that somebody wrote\nreturn one;\n";

    fn texts(source: &str) -> Vec<String> {
        let (mut texts, budget) = (Vec::new(), Budget::of(source.len()));
        let mut found = |layer: super::super::Layer| texts.push(String::from_utf8(layer.text).unwrap());
        let mut layer = Builder::new("a test", true, &budget, &mut found);
        uncover(source.as_bytes(), &budget, &mut layer);
        drop(layer);
        texts
    }

    /// A text in each form in which it may be packed.
    fn packed(text: &str) -> Vec<Vec<u8>> {
        let text = text.as_bytes();
        let level = flate2::Compression::new(6);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
        gzip.write_all(text).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), level);
        zlib.write_all(text).unwrap();
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        bzip2.write_all(text).unwrap();
        let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(6)).unwrap();
        xz.write_all(text).unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
        vec![
            gzip.finish().unwrap(),
            zlib.finish().unwrap(),
            bzip2.finish().unwrap(),
            xz.finish().unwrap(),
            zstd,
        ]
    }

    /// As `repr` of Python writes it.
    fn shown(bytes: &[u8]) -> String {
        let write = |byte: &u8| match byte {
            b'\\' | b'\'' => format!("\\{}", char::from(*byte)),
            b'\n' => "\\n".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            _ => format!("\\x{byte:02x}"),
        };
        bytes.iter().map(write).collect()
    }

    #[test]
    fn what_is_packed_is_read_however_its_bytes_are_written() {
        // texts of several lengths, so that the bytes differ
        for count in 1..20 {
            let text: String = (0..count).map(|number| format!("{LINE}{}", number * number)).collect();
            for packed in packed(&text) {
                let each = |form: fn(u8) -> String| packed.iter().map(|byte| form(*byte)).collect::<String>();
                let latin: String = packed.iter().map(|byte| char::from(*byte)).collect();
                let shown = shown(&packed);
                for source in [
                    format!("x = b'{shown}'\n"),
                    format!("payload: b'{shown}'"),
                    format!("x = b\"{}\"", each(|byte| format!("\\x{byte:02x}"))),
                    format!("x = \"{}\";", each(|byte| format!("\\u00{byte:02x}"))),
                    format!("char x[] = \"{}\";", each(|byte| format!("\\{byte:03o}"))),
                    format!("x = {};", serde_json::to_string(&latin).unwrap()),
                ] {
                    assert_eq!(texts(&source), [text.as_str()], "{source}");
                }
            }
        }
    }

    #[test]
    fn literals_that_are_put_together_are_one() {
        for packed in packed(&LINE.repeat(3)) {
            let (first, rest) = packed.split_at(packed.len() / 2);
            for (between, end) in [("'\n  b'", ""), ("' +\n '", ";")] {
                let source = format!("x = b'{}{between}{}'{end}", shown(first), shown(rest));
                assert_eq!(texts(&source), [LINE.repeat(3)], "{source}");
            }
        }
    }

    #[test]
    fn resources_are_read_as_they_stand() {
        let bundle = [b"GVariant\0\0\0\0\x18\0\0\0", LINE.as_bytes(), b"\0\0"].concat();
        let lines: Vec<String> = bundle
            .chunks(16)
            .map(|line| {
                format!("  \"{}\"", line.iter().map(|byte| format!("\\{byte:03o}")).collect::<String>())
            })
            .collect();
        let source = format!("static const union {{ }} data = {{\n{} }};\n", lines.join("\n"));
        assert!(texts(&source).concat().contains(LINE), "{source}");
        assert!(texts(&source.replace("\\107", "\\110")).is_empty());
    }

    #[test]
    fn other_literals_are_left_alone() {
        let numbers: Vec<u8> = (0..=255).collect();
        for packed in packed(&LINE.repeat(3)) {
            let cut = packed.get(..packed.len() / 2).unwrap();
            assert!(texts(&format!("x = b'{}'", shown(cut))).len() <= 1);
            assert!(texts(&format!("x = y + {}", shown(&packed))).is_empty());
        }
        for source in [
            format!("x = b'{}'", shown(&numbers)),
            "x = 'x\\x9c' + '\\x1f\\x8b\\x08' + \"\\u001f\\u008b\\b\"".to_owned(),
            "MARK = b'1AY&SY'; OTHER = b'BZh91AY&SY'".to_owned(),
        ] {
            assert!(texts(&source).is_empty(), "{source}");
        }
    }
}
