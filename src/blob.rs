//! The ids that git gives to files, by their bytes.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::inventory::{BlobIds, ObjectFormat};
use crate::words::hex;

/// The ids of a file's bytes, and of the same text with unix line ends.
pub(crate) fn blob_ids(bytes: &[u8], format: ObjectFormat) -> BlobIds {
    let unix = with_unix_ends(bytes).map(|text| id(&text, format));
    BlobIds { exact: id(bytes, format), unix }
}

fn id(bytes: &[u8], format: ObjectFormat) -> Box<str> {
    let header = format!("blob {}\0", bytes.len());
    let parts = [header.as_bytes(), bytes];
    match format {
        ObjectFormat::Sha1 => hex(&digest::<Sha1>(parts)),
        ObjectFormat::Sha256 => hex(&digest::<Sha256>(parts)),
    }
    .into()
}

fn digest<D: Digest>(parts: [&[u8]; 2]) -> Vec<u8> {
    parts.iter().fold(D::new(), |digest, part| digest.chain_update(part)).finalize().to_vec()
}

/// A text with `\n` for every `\r\n`; `None` for one without any, and for what git takes for no text.
fn with_unix_ends(bytes: &[u8]) -> Option<Vec<u8>> {
    /// How far git looks for a zero byte.
    const LOOKED_AT: usize = 8000;
    let begin = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    memchr::memmem::find(bytes, b"\r\n")?;
    if memchr::memchr(0, begin).is_some() {
        return None;
    }
    let mut text = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for end in memchr::memmem::find_iter(bytes, b"\r\n") {
        text.extend_from_slice(bytes.get(from..end).unwrap_or_default());
        from = end + 1;
    }
    text.extend_from_slice(bytes.get(from..).unwrap_or_default());
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_git() {
        // git hash-object --stdin </dev/null
        let none = blob_ids(b"", ObjectFormat::Sha1);
        assert_eq!(&*none.exact, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        let none = blob_ids(b"", ObjectFormat::Sha256);
        assert_eq!(&*none.exact, "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813");
    }

    #[test]
    fn line_ends() {
        let of = |bytes: &[u8]| blob_ids(bytes, ObjectFormat::Sha1);
        // One carriage return too many stays.
        assert_eq!(of(b"a\r\nb\nc\r\r\n").unix, Some(of(b"a\nb\nc\r\n").exact));
        assert_eq!(of(b"a\nb\r").unix, None);
        assert_eq!(of(b"\0\r\n").unix, None);
    }
}
