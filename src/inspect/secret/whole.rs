//! Keys and stores of keys that a file is as a whole, or what was decoded from it, under any name.

use super::key::Key;
use super::plausible::{entropy, is_known};
use super::{Found, der, solana, table};
use crate::inspect::Sample;

/// What the sample is, if it is a key.
pub(super) fn find(sample: &Sample<'_>) -> Option<Found> {
    /// A store of the keys of a whole company is no larger.
    const LARGEST: usize = 4 << 20;
    let bytes = sample.bytes;
    if bytes.len() > LARGEST {
        return None;
    }
    let key = match bytes {
        [0x30, ..] => der::key(bytes)?,
        [0xFE, 0xED, 0xFE, 0xED, ..] | [0xCE, 0xCE, 0xCE, 0xCE, ..] => java(bytes)?,
        [0, 0, 0, 1 | 2, 0, 0, 0, 20, ..] => bouncy_castle(bytes).or_else(|| sealed_castle(bytes))?,
        [b'o', ..] => openssh(bytes)?,
        [b'[' | b' ' | b'\n', ..] if solana::is_pair(bytes) => Key::Open,
        [b'(', ..] | [b'C', b'r', b'e', b'a', b't', b'e', b'd', b':', ..] => gnupg(bytes)?,
        [first, ..] if *first >= 0x80 && is_pgp(bytes) => Key::Open,
        _ => return None,
    };
    if is_known(bytes) {
        return None;
    }
    let rule = key.rule(table::rule("secret-private-key")?, bytes, 0)?;
    Some(Found { rule, span: 0..bytes.len(), token: 0..bytes.len(), prefix: 0 })
}

/// Big-endian fields, read one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn short(&mut self) -> Option<usize> {
        Some(usize::from(u16::from_be_bytes(*self.take(2)?.first_chunk()?)))
    }

    fn long(&mut self) -> Option<usize> {
        Some(u32::from_be_bytes(*self.take(4)?.first_chunk()?) as usize)
    }

    /// A text with its length before it.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length)
    }

    /// Bytes with their length before them.
    fn data(&mut self) -> Option<&'a [u8]> {
        let length = self.long()?;
        self.take(length)
    }
}

/// OpenSSH's own format: how it is encrypted, the public keys, and the private ones, which end it.
pub(super) fn openssh(bytes: &[u8]) -> Option<Key> {
    let mut reader = Reader(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let cipher = reader.data()?;
    let (_how, _with) = (reader.data()?, reader.data()?);
    for _ in 0..reader.long()? {
        reader.data()?;
    }
    let private = reader.data()?;
    let is_key = reader.0.is_empty() && private.len() >= 32 && entropy(private) > 3.0;
    is_key.then_some(if cipher == b"none" { Key::Open } else { Key::Encrypted })
}

/// Java's key store: its entries are keys and certificates that are trusted.
fn java(bytes: &[u8]) -> Option<Key> {
    const KEY: usize = 1;
    const CERTIFICATE: usize = 2;
    let mut reader = Reader(bytes);
    reader.long()?;
    let (version, count) = (reader.long()?, reader.long()?);
    for _ in 0..count {
        let kind = reader.long()?;
        reader.text()?;
        reader.take(8)?;
        match kind {
            CERTIFICATE => {
                if version > 1 {
                    reader.text()?;
                }
                reader.data()?;
            }
            KEY => return Some(Key::Encrypted),
            // a secret key, sealed
            3 => return Some(Key::Encrypted),
            _ => return None,
        }
    }
    None
}

/// Bouncy Castle's key store.
fn bouncy_castle(bytes: &[u8]) -> Option<Key> {
    let mut reader = Reader(bytes);
    reader.long()?;
    reader.data()?;
    reader.long()?;
    loop {
        let kind = reader.byte()?;
        if kind == 0 {
            return None;
        }
        reader.text()?;
        reader.take(8)?;
        let certificates = reader.long()?;
        for _ in 0..certificates {
            reader.text()?;
            reader.data()?;
        }
        match kind {
            1 => {
                reader.text()?;
                reader.data()?;
            }
            2..=4 => return Some(Key::Encrypted),
            _ => return None,
        }
    }
}

/// Bouncy Castle's other store, which is encrypted as a whole: a salt, how often the passphrase is hashed, and blocks.
fn sealed_castle(bytes: &[u8]) -> Option<Key> {
    const BLOCK: usize = 16;
    let mut reader = Reader(bytes);
    reader.long()?;
    let salt = reader.data()?;
    let rounds = reader.long()?;
    let sealed = reader.0;
    let is_store = (1 << 10..1 << 20).contains(&rounds)
        && sealed.len() >= 16 * BLOCK
        && sealed.len().is_multiple_of(BLOCK)
        && entropy(salt) > 3.0
        && entropy(sealed) > 7.0;
    is_store.then_some(Key::Encrypted)
}

/// A secret key of PGP without armour: a packet with its length, its version, a day, and a known algorithm.
fn is_pgp(bytes: &[u8]) -> bool {
    const SECRET_KEY: u8 = 5;
    let mut reader = Reader(bytes);
    let packet = |reader: &mut Reader<'_>| {
        let head = reader.byte()?;
        let (tag, length) = if head & 0xC0 == 0xC0 {
            let length = match reader.byte()? {
                short @ 0..192 => usize::from(short),
                long @ 192..224 => (usize::from(long) - 192) * 256 + usize::from(reader.byte()?) + 192,
                255 => reader.long()?,
                _ => return None,
            };
            (head & 0x3F, length)
        } else {
            let length = match head & 3 {
                0 => usize::from(reader.byte()?),
                1 => reader.short()?,
                2 => reader.long()?,
                _ => return None,
            };
            ((head >> 2) & 0xF, length)
        };
        Some((tag, length))
    };
    let is_secret_key = packet(&mut reader).is_some_and(|(tag, length)| {
        let fields = reader.0.get(..length).unwrap_or_default();
        let has_algorithm = matches!(fields, [3..=6, _, _, _, _, 1..=3 | 16..=19 | 22 | 25..=28, ..]);
        tag == SECRET_KEY && has_algorithm && (40..16_384).contains(&length) && entropy(fields) > 4.0
    });
    is_secret_key && bytes.first().is_some_and(|first| first & 0x80 != 0)
}

/// A key as GnuPG keeps it under `private-keys-v1.d`: an expression in brackets, behind a name in newer versions.
fn gnupg(bytes: &[u8]) -> Option<Key> {
    const NEAR: usize = 512;
    let head = bytes.get(..NEAR).unwrap_or(bytes);
    let has = |sign: &[u8]| memchr::memmem::find(head, sign).is_some();
    if bytes.starts_with(b"(11:private-key(") || has(b"\nKey: (private-key (") {
        Some(Key::Open)
    } else if bytes.starts_with(b"(21:protected-private-key(") || has(b"\nKey: (protected-private-key (") {
        Some(Key::Encrypted)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::Dice;

    #[test]
    fn stores_of_certificates_are_no_stores_of_keys() {
        let text = |text: &str| [&(text.len() as u16).to_be_bytes()[..], text.as_bytes()].concat();
        let data = |data: &[u8]| [&(data.len() as u32).to_be_bytes()[..], data].concat();
        let certificate = [&text("X.509")[..], &data(&[7; 300])].concat();
        let entry =
            |kind: u32, content: &[u8]| [&kind.to_be_bytes()[..], &text("name"), &[0; 8], content].concat();
        let store = |entries: &[Vec<u8>]| {
            let head = [&[0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2][..], &(entries.len() as u32).to_be_bytes()];
            [&head.concat()[..], &entries.concat(), &[9; 20]].concat()
        };
        assert_eq!(java(&store(&[entry(2, &certificate), entry(2, &certificate)])), None);
        assert_eq!(java(&store(&[entry(2, &certificate), entry(1, &data(&[1; 99]))])), Some(Key::Encrypted));
        let entry =
            |kind: u8, content: &[u8]| [&[kind][..], &text("name"), &[0; 8], &[0; 4], content].concat();
        let store = |entries: &[Vec<u8>]| {
            [&[0, 0, 0, 2][..], &data(&[3; 20]), &[0, 0, 4, 0], &entries.concat(), &[0], &[9; 20]].concat()
        };
        assert_eq!(bouncy_castle(&store(&[entry(1, &certificate)])), None);
        assert_eq!(
            bouncy_castle(&store(&[entry(1, &certificate), entry(4, &data(&[1; 99]))])),
            Some(Key::Encrypted)
        );
    }

    #[test]
    fn a_sealed_store_is_told_by_its_head_and_its_blocks() {
        let mut dice = Dice::new(5);
        let (salt, sealed) = (dice.bytes(20), dice.bytes(1024));
        let store = |rounds: u32, sealed: &[u8]| {
            [&[0, 0, 0, 1, 0, 0, 0, 20][..], &salt, &rounds.to_be_bytes(), sealed].concat()
        };
        assert_eq!(sealed_castle(&store(1500, &sealed)), Some(Key::Encrypted));
        assert_eq!(sealed_castle(&store(3, &sealed)), None);
        assert_eq!(sealed_castle(&store(1500, &sealed[1..])), None);
        assert_eq!(sealed_castle(&store(1500, &[7; 1024])), None);
    }
}
