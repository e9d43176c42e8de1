//! Percent-encoding: `%2F` for `/`.

use std::borrow::Cow;

use memchr::memchr;

use super::number;

/// The byte that a text begins with in this form, which takes three.
pub(crate) fn first(text: &[u8]) -> Option<u8> {
    let digits = text.strip_prefix(b"%")?.get(..2)?;
    u8::try_from(number(digits, 16)?).ok()
}

/// A text with all of them in clear.
pub(crate) fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'%', rest) {
        let (before, mark) = rest.split_at(at);
        out.extend_from_slice(before);
        let (byte, length) = first(mark).map_or((b'%', 1), |byte| (byte, 3));
        out.push(byte);
        rest = mark.get(length..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_encoded_stays() {
        for (text, clear) in
            [("a%20b%2Fc", "a b/c"), ("100%", "100%"), ("%zz%4", "%zz%4"), ("%+1", "%+1"), ("", "")]
        {
            assert_eq!(String::from_utf8_lossy(&plain(text.as_bytes())), clear, "{text}");
        }
    }
}
