//! Keystores of Java, in the form that keytool wrote before PKCS#12: a count, the entries, and a digest of all of it.

const MAGICS: [[u8; 4]; 2] = [[0xFE, 0xED, 0xFE, 0xED], [0xCE, 0xCE, 0xCE, 0xCE]];
/// What an entry begins with that is only somebody's certificate.
const TRUSTED: u32 = 2;
/// Bytes of the digest at the end.
const DIGEST: usize = 20;

/// Whether bytes begin like a keystore.
pub(super) fn is(bytes: &[u8]) -> bool {
    MAGICS.iter().any(|magic| bytes.starts_with(magic)) || bytes.starts_with(&[0x30, 0x82])
}

/// Whether all that is in a keystore are certificates of those who are trusted, which are public. Of what can't be read to
/// its end nothing is said.
pub(super) fn has_certificates_alone(bytes: &[u8]) -> bool {
    MAGICS.iter().any(|magic| bytes.starts_with(magic))
        && all_trusted(&mut bytes.get(4..).unwrap_or_default()).is_some()
}

fn all_trusted(rest: &mut &[u8]) -> Option<()> {
    let version = number(rest)?;
    let count = number(rest).filter(|count| *count > 0)?;
    for _ in 0..count {
        let is_trusted = number(rest)? == TRUSTED;
        is_trusted.then_some(())?;
        named(rest)?;
        let _date = bytes_of(rest, 8)?;
        // the second form says of each certificate what kind it is
        if version != 1 {
            named(rest)?;
        }
        let length = number(rest)?;
        bytes_of(rest, usize::try_from(length).ok()?)?;
    }
    (rest.len() == DIGEST).then_some(())
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    bytes_of(rest, 4)?.try_into().ok().map(u32::from_be_bytes)
}

/// Skips a text behind its length.
fn named(rest: &mut &[u8]) -> Option<()> {
    let length = bytes_of(rest, 2)?.try_into().ok().map(u16::from_be_bytes)?;
    bytes_of(rest, usize::from(length)).map(|_| ())
}

fn bytes_of<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (first, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::secret::tests::dice::{Dice, fresh_seed};

    /// A store of entries with these tags, of bytes by chance.
    fn store(magic: [u8; 4], version: u32, tags: &[u32], dice: &mut Dice) -> Vec<u8> {
        let mut store = [&magic[..], &version.to_be_bytes(), &(tags.len() as u32).to_be_bytes()].concat();
        let mut some = |most: usize| (0..=dice.below(most)).map(|at| at as u8).collect::<Vec<u8>>();
        for tag in tags {
            let (alias, certificate) = (some(40), some(900));
            store.extend(tag.to_be_bytes());
            store.extend((alias.len() as u16).to_be_bytes());
            store.extend(alias);
            store.extend([0; 8]);
            if version == 2 {
                store.extend(b"\0\x05X.509");
            }
            store.extend((certificate.len() as u32).to_be_bytes());
            store.extend(certificate);
        }
        store.extend([7; DIGEST]);
        store
    }

    #[test]
    fn certificates_of_others_are_no_keys() {
        let mut dice = Dice::new(fresh_seed());
        for magic in MAGICS {
            for version in [1, 2] {
                let tags = vec![TRUSTED; 1 + dice.below(9)];
                let trusted = store(magic, version, &tags, &mut dice);
                assert!(is(&trusted) && has_certificates_alone(&trusted));
                let cut = trusted.get(..trusted.len() - 1).unwrap();
                assert!(!has_certificates_alone(cut));
                let with_key = store(magic, version, &[tags.as_slice(), &[1]].concat(), &mut dice);
                assert!(is(&with_key) && !has_certificates_alone(&with_key));
            }
            assert!(!has_certificates_alone(&store(magic, 2, &[], &mut dice)));
        }
        assert!(!has_certificates_alone(&[0x30, 0x82, 0, 0, 0, 2]));
        assert!(!has_certificates_alone(&MAGICS[0]));
    }
}
