//! The entities of HTML that stand for signs of code, by name and by number.

use memchr::memchr;

use super::number;

/// A blank, as far as code goes.
const NO_BREAK: char = '\u{a0}';

/// Bytes of an entity between its `&` and its `;`.
const LONGEST: usize = 10;

/// The character that a text begins with as an entity, and the entity's length.
pub(super) fn first(text: &[u8]) -> Option<(char, usize)> {
    let (character, length) = behind_ampersand(text.strip_prefix(b"&")?)?;
    Some((character, length + 1))
}

/// The same without its `&`.
pub(crate) fn behind_ampersand(text: &[u8]) -> Option<(char, usize)> {
    let end = memchr(b';', text.get(..LONGEST).unwrap_or(text))?;
    Some((named(text.get(..end)?)?, end + 1))
}

/// A text with all its entities in clear.
pub(crate) fn plain(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest) {
        let (before, entity) = rest.split_at(at);
        out.extend_from_slice(before);
        rest = entity.get(push(&mut out, entity)..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// Adds what the `&` at the beginning of a text stands for, be it itself, and returns the length of what was read.
pub(super) fn push(out: &mut Vec<u8>, text: &[u8]) -> usize {
    let (character, length) = first(text).unwrap_or(('&', 1));
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    length
}

/// The character of this name or number.
fn named(name: &[u8]) -> Option<char> {
    let numbered = |digits: &[u8], radix| {
        let character = char::from_u32(number(digits, radix)?)?;
        Some(if character == NO_BREAK { ' ' } else { character })
    };
    Some(match name {
        [b'#', b'x' | b'X', digits @ ..] => numbered(digits, 16)?,
        [b'#', digits @ ..] => numbered(digits, 10)?,
        b"amp" | b"AMP" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        b"lt" => '<',
        b"gt" => '>',
        b"nbsp" => ' ',
        b"lowbar" | b"UnderBar" => '_',
        b"sol" => '/',
        b"bsol" => '\\',
        b"plus" => '+',
        b"equals" => '=',
        b"colon" => ':',
        b"period" => '.',
        b"commat" => '@',
        b"num" => '#',
        b"percnt" => '%',
        b"dollar" => '$',
        b"excl" => '!',
        b"ast" => '*',
        b"quest" => '?',
        b"semi" => ';',
        b"comma" => ',',
        b"hyphen" | b"dash" => '-',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_entity_stays() {
        let text = "a &lt; b &amp;&amp; c &#x3E;&#61; d & e &unknown; &#xD800; &";
        assert_eq!(
            String::from_utf8_lossy(&plain(text.as_bytes())),
            "a < b && c >= d & e &unknown; &#xD800; &"
        );
    }
}
