//! Literals that code reads by a call which says how they are written: backwards (`"cba"[::-1]`, `strrev("cba")`,
//! `"cba".reverse()`, `echo cba | rev`), or in base85 (`b85decode("...")`, `a85decode("...")`).

use super::backwards::{self, MARKS, SHORTEST, argument};
use super::{FactSink, Hit, Inner, InnerText, Inspector, Sample, ScanOptions, Scanner};
use crate::decode::digits85;
use crate::plain::without_backslashes;

pub(super) const INSPECTOR: Inspector = Inspector { name: "called", needles, inspect };

const RFC_1924: &[u8] = b"b85decode(";
const ADOBE: &[u8] = b"a85decode(";

/// Bytes that a call costs which has nothing.
const LEAST: usize = 1 << 10;
/// Bytes of a literal in base85, which may hold a program.
const LONGEST: usize = 1 << 20;

fn calls() -> impl Iterator<Item = &'static [u8]> {
    [RFC_1924, ADOBE].into_iter().chain(MARKS)
}

fn needles(_: &ScanOptions) -> Vec<Vec<u8>> {
    calls().map(<[u8]>::to_vec).collect()
}

fn inspect(sample: &Sample<'_>, hits: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if !sample.media.is_text() {
        return;
    }
    for hit in hits {
        let Some(call) = calls().nth(hit.needle) else { continue };
        let is_encoded = call == RFC_1924 || call == ADOBE;
        if !is_encoded && !backwards::may_have(sample.bytes, call, hit.offset) {
            continue;
        }
        let Some(left) = sink.effort.get().checked_sub(LEAST) else { return };
        let texts = match is_encoded {
            true => encoded(sample.bytes, call, hit.offset, LONGEST.min(left)),
            false => backwards::texts(sample.bytes, call, hit.offset),
        };
        let cost = match texts.as_slice() {
            [] if is_encoded => LONGEST,
            texts => texts.iter().map(|(_, text)| text.len()).sum(),
        };
        sink.effort.set(left.saturating_sub(cost));
        for (offset, text) in texts.into_iter().filter(|(_, text)| text.len() >= SHORTEST) {
            let what = if is_encoded { "base85" } else { "reversed text" };
            sink.inner.push(Inner { what, offset, text: InnerText::Clear(text) });
        }
    }
}

/// What a call decodes.
fn encoded(bytes: &[u8], call: &[u8], at: usize, most: usize) -> Vec<(usize, Vec<u8>)> {
    let read = || {
        let (offset, literal) = argument(bytes, at + call.len(), most)?;
        let literal = without_backslashes(literal);
        let text = if call == RFC_1924 { digits85::rfc_1924(&literal) } else { digits85::adobe(&literal) };
        Some((offset, text?))
    };
    read().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use crate::inspect::secret::tests::dice::{self, Dice, fresh_seed};
    use crate::inspect::secret::tests::instance;
    use crate::inspect::{Scanner, inspect};
    use crate::inventory::{Entry, Media};

    /// Whether an address with a password is found in a text.
    fn is_read(text: &str) -> bool {
        let mut entry = Entry { path: "a.py".to_owned(), media: Media::Text, ..Entry::default() };
        inspect(text.as_bytes(), Scanner::plain(), &mut entry);
        entry.secrets.iter().any(|secret| secret.rule == "secret-url-password")
    }

    fn base64(text: &str) -> String {
        dice::base64(text.as_bytes())
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
                format!("u = '{backwards}'.reverse\n"),
                format!("u = [...x]; v = Array.from('{backwards}').reverse().join('');"),
                format!("String u = new StringBuilder(\"{backwards}\").reverse().toString();"),
                format!("val u = \"{backwards}\".reversed()"),
                format!("new string(\"{backwards}\".Reverse().ToArray())"),
                format!("u = ''.join(reversed('{backwards}'))"),
                format!("my $u = reverse '{backwards}';"),
                format!("SELECT reverse('{backwards}');"),
                format!("$u = '{backwards}'[-1..-{}] -join ''", backwards.len()),
                format!("echo {backwards} | rev\n"),
                format!("printf %s '{backwards}' |rev > a\n"),
                format!("U=$(rev <<< \"{backwards}\")\n"),
                format!("u = ('{}' + '{}').split('').reverse().join('')", &backwards[..20], &backwards[20..]),
                format!("u = ''.join(['{}', '{}'][::-1])", &address[20..], &address[..20]),
                format!(
                    "u=Buffer.from('{}','base64').toString().split('').reverse().join('')",
                    base64(&backwards)
                ),
                format!("echo {} | base64 -d | rev\n", base64(&backwards)),
                format!("U = b85decode(\"{rfc_1924}\")"),
                format!("U = a85decode(b'{adobe}')"),
                format!("U = a85decode('<~{adobe}~>')"),
            ] {
                assert!(is_read(&text), "{text}");
            }
        }
        for text in [
            "x = y[::-1]",
            "x = 'abc'[::-1]",
            "strrev($a . 'b')",
            "b85decode(\"\\\"\")",
            "a85decode('",
            "x.reverse()",
            "'.reverse",
            "everse",
            "reversed",
            "| rev",
            "x.split('').reverse().join('')",
        ] {
            assert!(!is_read(text), "{text}");
        }
    }
}
