//! Literals that code reads by a call which says how they are written: backwards (`"cba"[::-1]`, `strrev("cba")`), or in
//! base85 (`b85decode("...")`, `a85decode("...")`).

use super::{FactSink, Hit, Inner, InnerText, Inspector, Sample, ScanOptions, Scanner};
use crate::decode::base85;
use crate::plain::without_backslashes;

pub(super) const INSPECTOR: Inspector = Inspector { name: "called", needles, inspect };

const BACKWARDS: &[u8] = b"[::-1]";
const CALLS: [&[u8]; 3] = [b"strrev(", b"b85decode(", b"a85decode("];

/// Bytes of a literal; a key in PEM has as many.
const LONGEST: usize = 8 << 10;
/// Bytes of one in base85, which may hold a program.
const LONGEST_ENCODED: usize = 1 << 20;
/// Nothing that matters is shorter.
const SHORTEST: usize = 16;

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    CALLS.into_iter().chain([BACKWARDS]).map(<[u8]>::to_vec).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if !sample.media.is_text() {
        return;
    }
    for hit in hits {
        let Some(left) = sink.effort.get().checked_sub(LONGEST) else { return };
        sink.effort.set(left);
        let most = if matches!(hit.needle, 1 | 2) { LONGEST_ENCODED.min(left) } else { LONGEST };
        let found = match CALLS.get(hit.needle) {
            Some(call) => argument(sample.bytes, hit.offset + call.len(), most),
            None => literal_before(sample.bytes, hit.offset),
        };
        sink.effort.set(left.saturating_sub(found.map_or(most, |(_, literal)| literal.len())));
        let Some((offset, literal)) = found else { continue };
        let literal = without_backslashes(literal);
        let text = match hit.needle {
            1 => base85::rfc_1924(&literal),
            2 => base85::adobe(&literal),
            _ => Some(literal.into_iter().rev().collect()),
        };
        if let Some(text) = text.filter(|text| text.len() >= SHORTEST) {
            let what = if matches!(hit.needle, 1 | 2) { "base85" } else { "reversed text" };
            sink.inner.push(Inner { what, offset, text: InnerText::Clear(text) });
        }
    }
}

/// The literal that is the first argument of a call, and where it begins.
fn argument(bytes: &[u8], at: usize, most: usize) -> Option<(usize, &[u8])> {
    let rest = bytes.get(at..)?;
    let rest = rest.get(..most).unwrap_or(rest);
    let open = rest.iter().take(8).position(|byte| matches!(byte, b'"' | b'\''))?;
    let quote = *rest.get(open)?;
    let quotes = if rest.get(open..)?.starts_with(&[quote; 3]) { 3 } else { 1 };
    let inside = rest.get(open + quotes..)?;
    let mut ends = memchr::memchr_iter(quote, inside);
    let end = ends.find(|end| end.checked_sub(1).and_then(|at| inside.get(at)) != Some(&b'\\'))?;
    Some((at + open + quotes, inside.get(..end)?))
}

/// The literal that ends at `at`, and where it begins.
fn literal_before(bytes: &[u8], at: usize) -> Option<(usize, &[u8])> {
    let before = bytes.get(at.saturating_sub(LONGEST)..at)?;
    let (quote @ (b'"' | b'\''), inside) = before.split_last()? else { return None };
    let open = memchr::memrchr2(*quote, b'\n', inside)?;
    let literal = inside.get(open + 1..).filter(|_| inside.get(open) == Some(quote))?;
    Some((at - 1 - literal.len(), literal))
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;
    use crate::inspect::{Scanner, inspect};
    use crate::inventory::{Entry, Media};

    /// Whether an address with a password is found in a text.
    fn is_read(text: &str) -> bool {
        let mut entry = Entry { path: "a.py".to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        entry.secrets.iter().any(|secret| secret.rule == "secret-url-password")
    }

    /// A text in base85, four bytes in five digits.
    fn encoded(text: &str, digit: impl Fn(u32) -> u8) -> String {
        let mut digits = String::new();
        for group in text.as_bytes().chunks(4) {
            let mut bytes = [0; 4];
            bytes[..group.len()].copy_from_slice(group);
            let number = u32::from_be_bytes(bytes);
            let all = [85_u32.pow(4), 85_u32.pow(3), 85_u32.pow(2), 85, 1].map(|power| number / power % 85);
            digits.extend(all.iter().take(group.len() + 1).map(|value| char::from(digit(*value))));
        }
        digits
    }

    #[test]
    fn literals_are_read_as_their_call_says() {
        let dice = &mut Dice::new(fresh_seed());
        for _ in 0..20 {
            let address = format!(
                "postgres://svc:{}@db7.acme-prod.net/orders",
                instance(dice, "{base62:9}7{base62:4}")
            );
            let backwards: String = address.chars().rev().collect();
            let digits =
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
            let rfc_1924 = encoded(&address, |value| digits[value as usize]);
            let adobe = encoded(&address, |value| b'!' + value as u8);
            let adobe = adobe.replace('\\', "\\\\").replace('\'', "\\'");
            for text in [
                format!("U = '{backwards}'[::-1]"),
                format!("$u = strrev( \"{backwards}\");"),
                format!("U = b85decode(\"{rfc_1924}\")"),
                format!("U = a85decode(b'{adobe}')"),
                format!("U = a85decode('<~{adobe}~>')"),
            ] {
                assert!(is_read(&text), "{text}");
            }
        }
        for text in
            ["x = y[::-1]", "x = 'abc'[::-1]", "strrev($a . 'b')", "b85decode(\"\\\"\")", "a85decode('"]
        {
            assert!(!is_read(text), "{text}");
        }
    }
}
