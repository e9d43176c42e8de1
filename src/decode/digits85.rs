//! What digits of base85 stand for, in each of its three usual alphabets.

/// What the digits stand for that Adobe's programs write, perhaps in `<~` and `~>`, with a `z` for four zeros.
pub(crate) fn adobe(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_prefix(b"<~").unwrap_or(text);
    let text = text.strip_suffix(b"~>").unwrap_or(text);
    let mut digits = Vec::with_capacity(text.len());
    for byte in text {
        match byte {
            b'z' => digits.extend([b'!'; 5]),
            byte => digits.push(*byte),
        }
    }
    decoded(&digits, |byte| matches!(byte, b'!'..=b'u').then(|| u32::from(byte - b'!')))
}

/// The same for ZeroMQ's digits.
pub(super) fn zeromq(text: &[u8]) -> Option<Vec<u8>> {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    decoded(text, |byte| value(byte, digits))
}

/// The same for the digits that Git and Python have.
pub(crate) fn rfc_1924(text: &[u8]) -> Option<Vec<u8>> {
    let digits = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
    decoded(text, |byte| value(byte, digits))
}

fn value(byte: u8, digits: &[u8; 85]) -> Option<u32> {
    memchr::memchr(byte, digits).map(|value| value as u32)
}

/// What five digits each stand for; of the last group, as many bytes as it has digits but one.
fn decoded(text: &[u8], value: impl Fn(u8) -> Option<u32>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4 + 4);
    let (mut group, mut count) = (0u32, 0);
    for byte in text.iter().filter(|byte| !byte.is_ascii_whitespace()) {
        group = group.checked_mul(85)?.checked_add(value(*byte)?)?;
        count += 1;
        if count == 5 {
            out.extend_from_slice(&group.to_be_bytes());
            (group, count) = (0, 0);
        }
    }
    if count > 0 {
        let filled = (count..5).try_fold(group, |group, _| group.checked_mul(85)?.checked_add(84))?;
        out.extend_from_slice(filled.to_be_bytes().get(..count - 1)?);
    }
    Some(out)
}
