//! Beginnings of bytes that are worth a look though they are no text.

use super::store;
use crate::unpack;

/// Whether decoded bytes begin with what is compressed, a zip, a 7z, a text in UTF-16, a key or a key store.
pub(super) fn tells(head: &[u8]) -> bool {
    const KEYS: [&[u8]; 6] = [
        b"openssh-key-v1\0",
        b"\xFE\xED\xFE\xED\0\0\0",
        b"\xCE\xCE\xCE\xCE\0\0\0",
        b"\0\0\0\x01\0\0\0\x14", // Bouncy Castle
        b"\0\0\0\x02\0\0\0\x14",
        b"ssh-",
    ];
    unpack::is_packed(head)
        || store::is_archive(head)
        || is_der(head)
        || is_pgp(head)
        || is_wide(head)
        || KEYS.iter().any(|key| head.starts_with(key))
}

/// A sequence of DER whose first field is a small number or a sequence: keys, certificates, PKCS#12.
fn is_der(head: &[u8]) -> bool {
    let field = match head {
        [0x30, 0x20..=0x7F, rest @ ..] => rest,
        [0x30, 0x81, 0x80..=0xFF, rest @ ..] => rest,
        [0x30, 0x82, 1..=0xFF, _, rest @ ..] => rest,
        _ => return false,
    };
    matches!(field, [0x02, 1, 0..=3, ..] | [0x30, ..])
}

/// A packet of PGP with a secret key.
fn is_pgp(head: &[u8]) -> bool {
    matches!(
        head,
        [0x95, _, _, 3..=6, ..]
            | [0x94, _, 3..=6, ..]
            | [0xC5, 0..192, 3..=6, ..]
            | [0xC5, 192..224, _, 3..=6, ..]
    )
}

/// Letters of UTF-16, in either order.
fn is_wide(head: &[u8]) -> bool {
    const LETTERS: usize = 8;
    let head = head.strip_prefix(b"\xFF\xFE").or_else(|| head.strip_prefix(b"\xFE\xFF")).unwrap_or(head);
    let pairs = head.as_chunks::<2>().0;
    let is_letter = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    pairs.get(..LETTERS).is_some_and(|pairs| {
        pairs.iter().all(|[low, high]| *high == 0 && is_letter(*low))
            || pairs.iter().all(|[high, low]| *high == 0 && is_letter(*low))
    })
}
