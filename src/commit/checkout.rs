//! What git makes of a blob when it writes it into a checkout: line ends, encoding and idents, as attributes say.

/// The attributes that are asked for, in the order of [`Attributes::of`].
pub(super) const NAMES: [&str; 5] = ["text", "eol", "ident", "working-tree-encoding", "export-subst"];

/// What the repository says of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    has_crlf: bool,
    has_ident: bool,
    encoding: Option<String>,
    /// Whether git writes into it when it makes an archive of a commit.
    pub(super) is_expanded: bool,
}

impl Attributes {
    /// From the values that git gives.
    pub(super) fn of(values: [&str; 5]) -> Self {
        let [text, eol, ident, encoding, expanded] = values;
        let is_named = !matches!(encoding, "unspecified" | "unset" | "set");
        Self {
            has_crlf: eol == "crlf" && text != "unset",
            has_ident: ident == "set",
            encoding: is_named.then(|| encoding.to_ascii_uppercase()),
            is_expanded: expanded == "set",
        }
    }

    /// The files that a blob may become; none if it becomes no other.
    pub(super) fn forms(&self, blob: &[u8], id: &str) -> Vec<Vec<u8>> {
        if *self == Self::default() {
            return Vec::new();
        }
        let mut form = blob.to_vec();
        if self.has_ident {
            form = with_ident(&form, id);
        }
        if self.has_crlf {
            form = with_crlf(&form);
        }
        match &self.encoding {
            Some(encoding) => encoded(&form, encoding),
            None => vec![form],
        }
    }
}

/// `$Id$`, and what is left of an earlier one, becomes the id of the blob.
fn with_ident(text: &[u8], id: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memmem::find(rest, b"$Id") {
        let (before, after) = rest.split_at(at);
        let tail = after.get(3..).unwrap_or_default();
        let end = match tail.first() {
            Some(b'$') => Some(1),
            // Only on one line.
            Some(b':') => memchr::memchr2(b'$', b'\n', tail)
                .filter(|end| tail.get(*end) == Some(&b'$'))
                .map(|end| end + 1),
            _ => None,
        };
        out.extend_from_slice(before);
        match end {
            Some(_) => out.extend_from_slice(format!("$Id: {id} $").as_bytes()),
            None => out.extend_from_slice(b"$Id"),
        }
        rest = tail.get(end.unwrap_or(0)..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

fn with_crlf(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 32);
    let mut before = None;
    for byte in text {
        if *byte == b'\n' && before != Some(b'\r') {
            out.push(b'\r');
        }
        out.push(*byte);
        before = Some(*byte);
    }
    out
}

/// The text in another encoding; none if that is not known here. What comes first, and with which mark, is left to the
/// system by some names.
fn encoded(text: &[u8], encoding: &str) -> Vec<Vec<u8>> {
    let Ok(text) = std::str::from_utf8(text) else { return Vec::new() };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let little = |mark: &str| {
        (mark.encode_utf16().chain(text.encode_utf16())).flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
    };
    let big = |mark: &str| {
        (mark.encode_utf16().chain(text.encode_utf16())).flat_map(u16::to_be_bytes).collect::<Vec<u8>>()
    };
    const MARK: &str = "\u{feff}";
    match encoding {
        "UTF-16" => vec![little(MARK), big(MARK)],
        "UTF-16LE" => vec![little("")],
        "UTF-16BE" => vec![big("")],
        "UTF-16LE-BOM" => vec![little(MARK)],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &str = "unspecified";

    #[test]
    fn idents() {
        let with = |text: &str| String::from_utf8(with_ident(text.as_bytes(), "ab")).unwrap();
        assert_eq!(with("a $Id$ b $Id: old $ c"), "a $Id: ab $ b $Id: ab $ c");
        for text in ["$Id", "$Idea$", "$Id: no end\n$", "$I$Id"] {
            assert_eq!(with(text), text);
        }
    }

    #[test]
    fn what_becomes_of_a_text() {
        let of =
            |text, eol, encoding| Attributes::of([text, eol, NONE, encoding, NONE]).forms(b"a\nb\r\n", "");
        assert_eq!(of(NONE, NONE, NONE), Vec::<Vec<u8>>::new());
        assert_eq!(of("auto", "crlf", NONE), [b"a\r\nb\r\n"]);
        assert_eq!(of("unset", "crlf", NONE), Vec::<Vec<u8>>::new());
        assert_eq!(of("set", NONE, "utf-16be"), [b"\0a\0\n\0b\0\r\0\n"]);
        assert_eq!(of("set", NONE, "UTF-16").len(), 2);
        assert_eq!(of("set", NONE, "EBCDIC").len(), 0);
    }
}
