use std::ops::Range;

use crate::inspect::coding::Coding;

/// What a `data:` URL carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataUrl {
    pub payload: Range<usize>,
    /// `None` for a payload in plain text.
    pub coding: Option<Coding>,
}

/// Reads the `data:` URL that a text begins with; `None` if it has no comma. RFC 2397; parameters come in any
/// order.
pub(crate) fn data_url(text: &[u8]) -> Option<DataUrl> {
    const LONGEST_HEAD: usize = 512;
    let head = text.get(..LONGEST_HEAD).unwrap_or(text);
    let comma = memchr::memchr(b',', head)?;
    let parameters = head.get(..comma)?;
    if parameters.iter().any(|byte| matches!(byte, b'\n' | b'\r' | b'{' | b'<')) {
        return None;
    }
    let start = comma + 1;
    let payload = text.get(start..)?;
    let is_base64 =
        parameters.split(|byte| *byte == b';').any(|part| part.trim_ascii().eq_ignore_ascii_case(b"base64"));
    let (length, coding) = if is_base64 {
        (base64_run(payload), Some(Coding::Base64))
    } else if is_clear(payload) {
        (line(payload), None)
    } else {
        (percent_run(payload), Some(Coding::Percent))
    };
    Some(DataUrl { payload: start..start + length, coding })
}

/// Whether JSON begins here that some tool left as it is.
fn is_clear(payload: &[u8]) -> bool {
    payload.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
}

/// Length of the line that begins here.
fn line(text: &[u8]) -> usize {
    text.iter().position(|byte| matches!(byte, b'\n' | b'\r' | 0)).unwrap_or(text.len())
}

/// Length of a percent-encoded text, which has neither spaces nor quotes.
fn percent_run(text: &[u8]) -> usize {
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0 | b'"' | b'\'' | b'`' | b'\\' | b'<' | b' ');
    text.iter().position(ends).unwrap_or(text.len())
}

/// Length of the base64 at the beginning of a text, whatever junk is in it, over all its lines.
pub(crate) fn base64_run(text: &[u8]) -> usize {
    /// Text is wrapped at 64 or 76 characters, and always at full groups of four.
    const SHORTEST_LINE: usize = 32;
    let (mut length, mut end) = (base64_line(text), 0);
    let mut is_wrapped = length == 0 || length >= SHORTEST_LINE;
    end += length;
    while is_wrapped && !text.get(..end).is_some_and(|run| run.ends_with(b"=")) {
        let gap = line_gap(text.get(end..).unwrap_or_default());
        let next = text.get(end + gap..).unwrap_or_default();
        length = base64_line(next);
        let is_pure = next.get(..length).is_some_and(|line| line.iter().all(|byte| in_alphabet(*byte)));
        if gap == 0 || length == 0 || !is_pure || (end == 0 && length < SHORTEST_LINE) {
            break;
        }
        end += gap + length;
        is_wrapped = length >= SHORTEST_LINE;
    }
    end
}

fn base64_line(text: &[u8]) -> usize {
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>' | b'*' | b')' | b',' | b';' | 0)
    };
    text.iter().position(ends).unwrap_or(text.len())
}

/// Length of white space between two lines of a wrapped text, and of the backslash that continues a string.
fn line_gap(text: &[u8]) -> usize {
    const LONGEST: usize = 64;
    let text = text.get(..LONGEST).unwrap_or(text);
    let backslash = usize::from(matches!(text, [b'\\', b'\n' | b'\r', ..]));
    let space = text.iter().skip(backslash).take_while(|byte| byte.is_ascii_whitespace()).count();
    if space == 0 { 0 } else { backslash + space }
}

/// Whether it is a character of base64, of its variant for URLs, or of its padding.
pub(crate) fn in_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(url: &str) -> String {
        let DataUrl { payload, coding } = data_url(url.as_bytes()).unwrap();
        let payload = &url.as_bytes()[payload];
        let bytes = coding.map_or(payload.to_vec(), |coding| coding.decoded(payload));
        String::from_utf8(bytes).unwrap()
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
            assert_eq!(decoded(&format!("{url}\nnext")), "{\"a\":1}", "{url}");
            assert_eq!(data_url(url.as_bytes()).unwrap().payload.end, url.len());
        }
        assert!(data_url(b"data:application/json;base64").is_none());
    }

    #[test]
    fn reads_plain_and_percent_encoded_payloads() {
        for (url, wanted) in [
            ("data:application/json,%7B%22a%22%3A1%7D\n", "{\"a\":1}"),
            ("data:application/json,{%22a%22:1}\n", "{\"a\":1}"),
            ("data:application/json;charset=utf-8,{\"a\": \"1%20\"}\nx", "{\"a\": \"1%20\"}"),
            ("data:application/json,%7B%22a%22%3A1%7D\";x", "{\"a\":1}"),
            ("data:application/json;base64,eyJhIjoxfQ%3D%3D", "{\"a\":1}"),
        ] {
            assert_eq!(decoded(url), wanted, "{url}");
        }
    }

    #[test]
    fn wrapped_base64_is_read_over_all_lines() {
        let line = "QUJD".repeat(19);
        for (text, wanted) in [
            (format!("{line}\n{line}\nQUJD */"), 76 * 2 + 4 + 2),
            (format!("\n  {line}\n*/"), 3 + 76),
            ("\nfunction a() {}".to_owned(), 0),
            (format!("{line}\\\n{line}\\\nQQ==';"), 76 * 2 + 4 + 4),
            (format!("{line}\r\n  {line}*/"), 76 * 2 + 4),
            (format!("{line}\nfunction a() {{}}"), 76 + 1 + "function".len()),
            (format!("{line}\nx();"), 76),
            (format!("{line}==\n{line}"), 78),
            (format!("QUJD\n{line}"), 4),
            (format!("{line}\\n{line}"), 76),
        ] {
            assert_eq!(base64_run(text.as_bytes()), wanted, "{text}");
        }
    }
}
