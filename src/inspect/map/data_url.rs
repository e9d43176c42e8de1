use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Takes any padding and stray bits: what counts is what a stranger can read.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What a `data:` URL carries; `None` if it has no comma. `rest` is the line that begins with it, and the
/// second result says how many bytes of it are the URL. RFC 2397; parameters come in any order.
pub(crate) fn data_url(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    const LONGEST_HEAD: usize = 512;
    let head = rest.get(..LONGEST_HEAD).unwrap_or(rest);
    let comma = memchr::memchr(b',', head)?;
    let parameters = head.get(..comma)?;
    if parameters.iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'{' | b'<')) {
        return None;
    }
    let payload = rest.get(comma + 1..)?;
    let encoded =
        parameters.split(|byte| *byte == b';').any(|part| part.trim_ascii().eq_ignore_ascii_case(b"base64"));
    if encoded {
        let payload = base64_run(payload);
        return Some((base64(payload), comma + 1 + payload.len()));
    }
    let payload = plain_run(payload);
    Some((percent_decoded(payload).into_owned(), comma + 1 + payload.len()))
}

/// The run of base64 at the beginning of a text, whatever junk stands in it.
pub(crate) fn base64_run(text: &[u8]) -> &[u8] {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>' | b'*' | b')' | b',' | b';' | 0)
    };
    let length = text.iter().position(ends).unwrap_or(text.len());
    text.get(..length).unwrap_or_default()
}

/// What a base64 text says. Characters that don't belong are passed over.
pub(crate) fn base64(text: &[u8]) -> Vec<u8> {
    let text = percent_decoded(text);
    let mut out = vec![0; base64::decoded_len_estimate(text.len())];
    if let Ok(length) = LENIENT.decode_slice(&text, &mut out) {
        out.truncate(length);
        return out;
    }
    let mut clean: Vec<u8> = Vec::with_capacity(text.len());
    clean.extend(text.iter().filter_map(|byte| match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        _ => (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).then_some(*byte),
    }));
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    match LENIENT.decode_slice(&clean, &mut out) {
        Ok(length) => out.truncate(length),
        Err(_) => out.clear(),
    }
    out
}

/// A payload that is not base64. Percent-encoded text has neither spaces nor quotes; JSON that some tools
/// leave as it is goes to the end of the line.
fn plain_run(text: &[u8]) -> &[u8] {
    let ends_line = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0);
    let ends = |byte: &u8| ends_line(byte) || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b' ');
    let end =
        if text.starts_with(b"{") { text.iter().position(ends_line) } else { text.iter().position(ends) };
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

pub(crate) fn percent_decoded(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let digit = |at: usize| text.get(at).and_then(|byte| (*byte as char).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        if *byte == b'%'
            && let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2))
        {
            out.push((high * 16 + low) as u8);
            at += 3;
        } else {
            out.push(*byte);
            at += 1;
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(url: &str) -> Option<(String, usize)> {
        data_url(url.as_bytes()).map(|(bytes, length)| (String::from_utf8(bytes).unwrap(), length))
    }

    #[test]
    fn reads_any_order_of_parameters() {
        for head in [
            "data:application/json;base64",
            "data:application/json;charset=utf-8;base64",
            "data:application/json;base64;charset=utf-8",
            "data:;base64",
            "DATA:application/octet-stream;Base64",
        ] {
            let url = format!("{head},eyJhIjoxfQ==");
            assert_eq!(decoded(&format!("{url}\nnext")), Some(("{\"a\":1}".to_owned(), url.len())), "{url}");
        }
    }

    #[test]
    fn reads_plain_and_percent_encoded_payloads() {
        assert_eq!(decoded("data:application/json,%7B%22a%22%3A1%7D\n").unwrap().0, "{\"a\":1}");
        assert_eq!(decoded("data:application/json;charset=utf-8,{\"a\": 1}\nx").unwrap().0, "{\"a\": 1}");
        assert_eq!(decoded("data:application/json,%7B%22a%22%3A1%7D\";x").unwrap().0, "{\"a\":1}");
        assert_eq!(decoded("data:application/json;base64,eyJhIjoxfQ%3D%3D").unwrap().0, "{\"a\":1}");
    }

    #[test]
    fn takes_junk_and_missing_padding() {
        for payload in ["eyJhIjoxfQ", "eyJh!IjoxfQ==", "eyJhIjoxfQ=", "eyJhIjoxfQ==="] {
            assert_eq!(decoded(&format!("data:;base64,{payload}")).unwrap().0, "{\"a\":1}", "{payload}");
        }
        assert_eq!(decoded("data:;base64,!!!!").unwrap().0, "");
        assert!(data_url(b"data:application/json;base64").is_none());
    }
}
