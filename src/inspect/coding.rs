//! How texts are encoded inside others, and undoing it in place: the decoded text of a file is no longer than
//! the file, and takes no memory beside it.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::map::{Cursor, Piece};
use crate::decode::percent;

/// An encoding of a text inside another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// base64 with any junk and padding, its characters percent-encoded or not.
    Base64,
    /// `%7B` for `{`.
    Percent,
    /// A string literal of JSON or JavaScript with its quotes.
    Literal,
}

impl Coding {
    /// Decodes a text where it is. Returns the length of the result, which begins where the text did.
    pub(crate) fn decode(self, text: &mut [u8]) -> usize {
        match self {
            Self::Base64 => base64_in_place(text),
            Self::Percent => percent_in_place(text),
            Self::Literal => literal_in_place(text),
        }
    }

    /// The decoded text.
    pub(crate) fn decoded(self, text: &[u8]) -> Vec<u8> {
        let mut text = text.to_vec();
        let length = self.decode(&mut text);
        text.truncate(length);
        text
    }
}

impl Coding {
    /// The decoded text in overlapping windows, for looking at it without holding it whole.
    pub(crate) fn windows(self, text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        const WINDOW: usize = 1 << 20;
        const OVERLAP: usize = 4 << 10;
        let starts = (0..text.len()).step_by(WINDOW - OVERLAP);
        starts.map(move |start| {
            let window = text.get(start..).unwrap_or_default();
            self.decoded(window.get(..WINDOW).unwrap_or(window))
        })
    }
}

/// Takes any padding and stray bits: what counts is what a stranger can read.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Encoded bytes decoded in one go; a multiple of four.
const CHUNK: usize = 64 << 10;

fn base64_in_place(text: &mut [u8]) -> usize {
    let mut end = percent_in_place(text);
    let (mut read, mut write, mut is_clean) = (0, 0, false);
    let mut decoded = vec![0; base64::decoded_len_estimate(CHUNK)];
    while read < end {
        let next = end.min(read + CHUNK);
        let chunk = text.get(read..next).unwrap_or_default();
        match LENIENT.decode_slice(chunk, &mut decoded) {
            Ok(length) => {
                copy_to(text, write, decoded.get(..length).unwrap_or_default());
                write += length;
                read = next;
            }
            // Characters that don't belong are passed over, and so is a last one alone.
            Err(_) if !is_clean => {
                let length = keep_alphabet(text.get_mut(read..end).unwrap_or_default());
                end = read + if length % 4 == 1 { length - 1 } else { length };
                is_clean = true;
            }
            Err(_) => break,
        }
    }
    write
}

/// Moves the characters of base64 to the front; returns how many there are.
fn keep_alphabet(text: &mut [u8]) -> usize {
    compact(text, |text, at| {
        let kept = match text.get(at).copied()? {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            byte => (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).then_some(byte),
        };
        Some((kept, 1))
    })
}

fn percent_in_place(text: &mut [u8]) -> usize {
    if memchr::memchr(b'%', text).is_none() {
        return text.len();
    }
    compact(text, |text, at| {
        let rest = text.get(at..)?;
        match percent::first(rest) {
            Some(byte) => Some((Some(byte), 3)),
            None => Some((Some(*rest.first()?), 1)),
        }
    })
}

/// Goes through a text by what `step` says (the byte to keep, and how many were read) and moves what is
/// kept to the front.
fn compact(text: &mut [u8], step: impl Fn(&[u8], usize) -> Option<(Option<u8>, usize)>) -> usize {
    let (mut read, mut write) = (0, 0);
    while let Some((kept, length)) = step(text, read) {
        if let Some(byte) = kept
            && let Some(place) = text.get_mut(write)
        {
            *place = byte;
            write += 1;
        }
        read += length;
    }
    write
}

fn literal_in_place(text: &mut [u8]) -> usize {
    let Some(quote) = text.first().copied() else { return 0 };
    let (mut read, mut write) = (1, 0);
    let mut piece = Vec::new();
    loop {
        piece.clear();
        let mut cursor = Cursor::new(text, read);
        let then = cursor.piece(quote, &mut piece, CHUNK);
        read = cursor.at;
        copy_to(text, write, &piece);
        write += piece.len();
        if then != Piece::More {
            return write.min(text.len());
        }
    }
}

/// Copies to the front part that has been read already.
fn copy_to(text: &mut [u8], at: usize, piece: &[u8]) {
    if let Some(place) = text.get_mut(at..at + piece.len()) {
        place.copy_from_slice(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(coding: Coding, text: &str) -> String {
        String::from_utf8_lossy(&coding.decoded(text.as_bytes())).into_owned()
    }

    #[test]
    fn base64_takes_junk_and_missing_padding() {
        for text in [
            "eyJhIjoxfQ",
            "eyJh!IjoxfQ==",
            "eyJhIjoxfQ=",
            "eyJhIjoxfQ===",
            "eyJh\n  IjoxfQ==",
            "eyJhIjoxfQ%3D%3D",
            "eyJhIjoxfQ==x",
        ] {
            assert!(decoded(Coding::Base64, text).starts_with("{\"a\":1}"), "{text}");
        }
        assert_eq!(decoded(Coding::Base64, "!!!!"), "");
        assert_eq!(decoded(Coding::Base64, "x"), "");
        assert_eq!(decoded(Coding::Base64, "Pj4-Pz8_"), ">>>???");
    }

    #[test]
    fn long_texts_are_decoded_chunk_by_chunk() {
        let text: String = (0..100_000).map(|number| format!("line {number} \"ä\"\\\n")).collect();
        let encoded = base64::prelude::BASE64_STANDARD.encode(&text);
        assert_eq!(decoded(Coding::Base64, &encoded), text);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        assert_eq!(decoded(Coding::Base64, &lines.join("\\\n")), text);
        let literal = serde_json::Value::from(text.as_str()).to_string();
        assert_eq!(decoded(Coding::Literal, &literal), text);
        let percent: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(decoded(Coding::Percent, &percent), text);
    }

    #[test]
    fn literals_may_lack_their_end() {
        assert_eq!(decoded(Coding::Literal, "'a\\'b'"), "a'b");
        assert_eq!(decoded(Coding::Literal, "`a\\"), "a");
        assert_eq!(decoded(Coding::Literal, "\""), "");
        assert_eq!(decoded(Coding::Literal, ""), "");
    }
}
