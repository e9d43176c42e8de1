//! Keys as DER: told by their structure, which no text and hardly any other bytes have by chance.

use super::key::Key;
use super::plausible::entropy;

/// What fills these bytes from end to end, if it is a private key or a store of keys.
pub(super) fn key(bytes: &[u8]) -> Option<Key> {
    let outer = Field::only(bytes, SEQUENCE)?;
    let fields = outer.fields(MOST_FIELDS)?;
    // placeholders have the structure, too
    let is_random = entropy(bytes) > 3.5;
    let key = match fields.as_slice() {
        // PKCS#12: its contents follow
        [version, contents, ..] if version.is_number(3) && contents.tag == SEQUENCE => key_bag(bytes),
        // PKCS#8, encrypted: how, and what
        [algorithm, data] if algorithm.names_algorithm() && data.tag == OCTETS => {
            (data.content.len() >= 24).then_some(Key::Encrypted)
        }
        // PKCS#8: its key is an octet string in whatever form the algorithm has
        [version, algorithm, key, ..]
            if (version.is_number(0) || version.is_number(1))
                && algorithm.names_algorithm()
                && key.tag == OCTETS =>
        {
            let inner = sec_1(key.content).unwrap_or(key.content);
            (key.content.len() >= 16 && is_filled(inner)).then_some(Key::Open)
        }
        // SEC 1
        [version, key, ..] if version.is_number(1) && key.tag == OCTETS => {
            (key.content.len() >= 16 && is_filled(key.content)).then_some(Key::Open)
        }
        // PKCS#1, and DSA in the manner of OpenSSL: a version and large numbers
        [version, numbers @ ..] if version.is_number(0) || version.is_number(1) => {
            let are_numbers = numbers.iter().take(5).all(|number| number.tag == INTEGER);
            let is_large = numbers.first().is_some_and(|first| first.content.len() >= 32);
            (numbers.len() >= 5 && are_numbers && is_large).then_some(Key::Open)
        }
        _ => None,
    };
    key.filter(|_| is_random)
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
/// RSA keys of many primes have more, and no reader that opens them.
const MOST_FIELDS: usize = 16;

/// The number that is the secret of a key as SEC 1 writes it.
fn sec_1(bytes: &[u8]) -> Option<&[u8]> {
    match Field::only(bytes, SEQUENCE)?.fields(MOST_FIELDS)?.as_slice() {
        [version, key, ..] if version.is_number(1) && key.tag == OCTETS => Some(key.content),
        _ => None,
    }
}

/// Whether a key's secret is one: libraries that write keys have a form with nothing but zeros where it goes.
fn is_filled(secret: &[u8]) -> bool {
    /// Of as few bytes as a secret has, a machine draws more that differ.
    const FEWEST: usize = 6;
    let mut seen = [false; 256];
    secret.iter().for_each(|byte| {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    });
    seen.iter().filter(|seen| **seen).count() >= FEWEST
}

/// The key in a PKCS#12, encrypted or not: a store of certificates that are trusted has none.
fn key_bag(bytes: &[u8]) -> Option<Key> {
    const BAGS: &[u8] = b"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x0A\x01";
    memchr::memmem::find_iter(bytes, BAGS).find_map(|at| match bytes.get(at + BAGS.len()) {
        Some(1) => Some(Key::Open),
        Some(2) => Some(Key::Encrypted),
        _ => None,
    })
}

struct Field<'a> {
    tag: u8,
    content: &'a [u8],
}

impl<'a> Field<'a> {
    /// The field at the beginning, and what follows it.
    fn first(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        let (length, rest) = match rest {
            [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            [0x81, length, rest @ ..] => (usize::from(*length), rest),
            [0x83, a, b, c, rest @ ..] => (u32::from_be_bytes([0, *a, *b, *c]) as usize, rest),
            [length @ 0..=0x7F, rest @ ..] => (usize::from(*length), rest),
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        Some((Self { tag, content }, rest))
    }

    /// The field that fills the bytes.
    fn only(bytes: &'a [u8], tag: u8) -> Option<Self> {
        Self::first(bytes).filter(|(field, rest)| field.tag == tag && rest.is_empty()).map(|(field, _)| field)
    }

    /// The fields that fill this one.
    fn fields(&self, most: usize) -> Option<Vec<Self>> {
        let (mut fields, mut rest) = (Vec::new(), self.content);
        while !rest.is_empty() && fields.len() < most {
            let (field, behind) = Self::first(rest)?;
            fields.push(field);
            rest = behind;
        }
        Some(fields)
    }

    fn is_number(&self, number: u8) -> bool {
        self.tag == INTEGER && self.content == [number]
    }

    /// Whether it begins with the name of an algorithm.
    fn names_algorithm(&self) -> bool {
        self.tag == SEQUENCE && Self::first(self.content).is_some_and(|(name, _)| name.tag == OBJECT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    fn field(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len() as u8;
        let length = if content.len() < 128 { vec![length] } else { vec![0x81, length] };
        [&[tag][..], &length, content].concat()
    }

    /// A key as SEC 1 writes it, with the curve written out, and the same in PKCS#8.
    fn keys(secret: &[u8], curve: &[u8]) -> [Vec<u8>; 2] {
        let own =
            field(SEQUENCE, &[field(INTEGER, &[1]), field(OCTETS, secret), field(0xA0, curve)].concat());
        let algorithm = field(SEQUENCE, &field(OBJECT, b"\x2A\x86\x48\xCE\x3D\x02\x01"));
        let other = field(SEQUENCE, &[field(INTEGER, &[0]), algorithm, field(OCTETS, &own)].concat());
        [own, other]
    }

    #[test]
    fn forms_that_a_library_fills_in_are_no_keys() {
        let dice = &mut Dice::new(fresh_seed());
        for _ in 0..20 {
            let curve = dice.bytes(80);
            for key in keys(&[0; 32], &curve).iter().chain(&keys(&[1; 32], &curve)) {
                assert!(super::key(key).is_none());
            }
            for key in keys(&dice.bytes(32), &curve) {
                assert_eq!(super::key(&key), Some(Key::Open));
            }
        }
    }
}
