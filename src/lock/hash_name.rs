//! Which part of a name is a hash of the content, and so another one in the next build.
//!
//! Seen in the field: hexadecimal digits between separators (webpack, Parcel, Next.js, auditwheel:
//! `main.3f2a91bc.js`, `117-0f1e2d3c4b5a6978.js`), eight characters of URL-safe base64 before the
//! extension (rollup, vite, Astro: `index-BkYR3Qdz.js`), eight of base32 (esbuild, Angular:
//! `chunk-ABCD2E3F.js`), UUIDs, and build identifiers of about twenty characters as folder names
//! (Next.js), whose chunks have thirteen of small letters, digits, `_` and `-` (`0cz1d0mv5g_q7.js`). A pattern alone would take `setup-HomePage.js` for one, so that each candidate is also
//! asked how much it looks like words; the doubtful ones count only in the company of certain ones.

use std::ops::Range;

/// A part of a name that looks like a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Where it is in the name, in bytes.
    pub range: Range<usize>,
    /// How sure that is.
    pub certainty: Certainty,
    /// What those others must have in common with it.
    pub style: Style,
}

/// How sure it is that something is a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Certainty {
    /// It could be read as words; only beside certain ones of its style.
    Faint,
    /// It doesn't read like words; beside certain ones, or where bundlers write.
    Likely,
    /// It can hardly be anything else.
    Certain,
}

/// What the hashes of one bundler have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Style {
    /// The character before it; `None` at the beginning of the name.
    pub separator: Option<char>,
    /// Its length.
    pub length: usize,
}

/// Characters that bundlers put around a hash.
const SEPARATORS: [char; 5] = ['-', '.', '_', '~', '@'];

/// Length of the short hashes in base64 and base32 (rollup, vite, esbuild, Angular).
const SHORT: usize = 8;

/// Length of the hashes of Turbopack, the bundler of Next.js.
const TURBOPACK: usize = 13;

/// The hashes in a file's name, in order.
pub(super) fn in_file_name(name: &str) -> Vec<Token> {
    let mut tokens = delimited(name);
    if !tokens.iter().any(|token| token.certainty == Certainty::Certain)
        && let Some(token) = before_extension(name)
    {
        tokens = vec![token];
    }
    tokens
}

/// The hashes in a folder's name: only certain ones, since folders are rarely named so.
pub(super) fn in_folder_name(name: &str) -> Vec<Token> {
    let mut tokens = delimited(name);
    tokens.retain(|token| token.certainty == Certainty::Certain && token.style.length >= 16);
    let identifier = (20..=22).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && runs(name) >= 6
        && pieces(name).iter().filter(|piece| !is_word(piece)).count() >= 4;
    if tokens.is_empty() && identifier {
        let style = Style { separator: None, length: name.len() };
        tokens.push(Token { range: 0..name.len(), certainty: Certainty::Certain, style });
    }
    tokens
}

/// Words between separators that are written in hexadecimal digits, and UUIDs.
fn delimited(name: &str) -> Vec<Token> {
    let words = words(name);
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let style = |range: &Range<usize>| Style {
            separator: name.get(..range.start).and_then(|before| before.chars().next_back()),
            length: range.len(),
        };
        if let Some(range) = words.get(at..at + 5).and_then(|five| uuid(name, five)) {
            for part in words.get(at..at + 5).unwrap_or_default() {
                tokens.push(Token {
                    certainty: Certainty::Certain,
                    style: style(&range),
                    range: part.clone(),
                });
            }
            at += 5;
            continue;
        }
        let text = name.get(word.clone()).unwrap_or_default();
        if let Some(certainty) = hexadecimal(text).or_else(|| long_word(text)) {
            tokens.push(Token { certainty, style: style(word), range: word.clone() });
        }
        at += 1;
    }
    tokens
}

fn words(name: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = 0;
    for (at, c) in name.char_indices().filter(|(_, c)| SEPARATORS.contains(c)) {
        words.push(start..at);
        start = at + c.len_utf8();
    }
    words.push(start..name.len());
    words
}

fn uuid(name: &str, words: &[Range<usize>]) -> Option<Range<usize>> {
    let lengths = [8, 4, 4, 4, 12];
    let (first, last) = (words.first()?, words.last()?);
    let text = name.get(first.start..last.end)?;
    let fits = words.iter().map(ExactSizeIterator::len).eq(lengths)
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    fits.then_some(first.start..last.end)
}

/// How surely a word of hexadecimal digits is a hash; `None` if it is none at all.
fn hexadecimal(word: &str) -> Option<Certainty> {
    if !(8..=64).contains(&word.len()) {
        return None;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let lower = word.bytes().filter(|byte| matches!(byte, b'a'..=b'f')).count();
    let upper = word.bytes().filter(|byte| matches!(byte, b'A'..=b'F')).count();
    if digits + lower.max(upper) != word.len() || digits == 0 {
        return None;
    }
    // All digits: a date, a time stamp, a number of something.
    let certain = digits < word.len() && (word.len() >= 16 || runs(word) >= 3);
    Some(if certain { Certainty::Certain } else { Certainty::Likely })
}

/// A long word of letters and digits that changes its case too often to be read.
fn long_word(word: &str) -> Option<Certainty> {
    let fits = (16..=64).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && word.bytes().filter(u8::is_ascii_digit).count() >= 2
        && runs(word) * 5 >= word.len() * 2;
    fits.then_some(Certainty::Certain)
}

/// Thirteen characters of Turbopack's alphabet, or eight of base64 or base32, right before an extension.
fn before_extension(name: &str) -> Option<Token> {
    let found = |length: usize, judge: fn(&str, &str) -> Option<Certainty>| {
        name.match_indices('.').filter(|(end, _)| *end >= length).find_map(|(end, _)| {
            let (stem, text) = name.get(..end)?.split_at_checked(end - length)?;
            let separator = stem.chars().next_back();
            let certainty = judge(text, stem).filter(|_| matches!(separator, None | Some('-' | '.')))?;
            Some(Token { range: end - length..end, certainty, style: Style { separator, length } })
        })
    };
    found(TURBOPACK, turbopack).or_else(|| found(SHORT, short))
}

/// How surely thirteen characters are one of Turbopack's hashes, which begin with a digit.
fn turbopack(text: &str, _: &str) -> Option<Certainty> {
    let fits = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'_' | b'-'))
        && text.bytes().filter(u8::is_ascii_lowercase).count() >= 3
        && !readable(text);
    match runs(text) {
        0..3 => None,
        3..5 => fits.then_some(Certainty::Faint),
        _ => fits.then_some(Certainty::Certain),
    }
}

/// How surely eight characters are a hash; `None` if they are none at all.
fn short(text: &str, stem: &str) -> Option<Certainty> {
    let count = |is: fn(&u8) -> bool| text.bytes().filter(is).count();
    let (upper, lower, digits) =
        (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase), count(u8::is_ascii_digit));
    let symbols = count(|byte| matches!(byte, b'-' | b'_'));
    let runs = runs(text);
    // `polyfill`, `Polyfill`, `20240115`: what names are made of. One hash in a thousand looks like that.
    let plain = digits == text.len()
        || (upper + digits == 0)
        || (lower + 1 == text.len() && runs == 1 && digits == 0);
    if upper + lower + digits + symbols != text.len() || plain {
        return None;
    }
    let base32 = text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    let certain = if readable(text) && !(base32 && stem == "chunk-") {
        return Some(Certainty::Faint);
    } else if upper == 0 {
        false
    } else if lower == 0 && symbols == 0 {
        // base32, or a word in capitals.
        base32 && stem == "chunk-" || digits > 0 && runs >= 3
    } else if stem.is_empty() {
        runs >= 5
    } else {
        runs >= if digits + symbols > 0 { 3 } else { 4 }
    };
    Some(match certain {
        true => Certainty::Certain,
        false if upper == 0 && runs < 4 => Certainty::Faint,
        false => Certainty::Likely,
    })
}

/// Whether a text falls into words and short numbers: `HomePage`, `Utf8Text`, `v20-Intro`.
fn readable(text: &str) -> bool {
    let number = |piece: &str| piece.len() <= 2 && piece.bytes().all(|byte| byte.is_ascii_digit());
    pieces(text).iter().all(|piece| is_word(piece) || number(piece))
}

/// Whether a piece could be a word: three letters or more, with a vowel.
fn is_word(piece: &str) -> bool {
    piece.len() >= 3
        && piece.bytes().all(|byte| byte.is_ascii_alphabetic())
        && piece.bytes().any(|byte| b"aeiouyAEIOUY".contains(&byte))
}

/// How many words and numbers a text falls into.
fn runs(text: &str) -> usize {
    pieces(text).len()
}

/// A text cut into words (`Home`, `Page`, `HTML`) and numbers.
fn pieces(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 1..=bytes.len() {
        let (Some(before), here) = (bytes.get(at - 1), bytes.get(at)) else { break };
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let cut = match here {
            None => true,
            Some(here) if !before.is_ascii_alphanumeric() || !here.is_ascii_alphanumeric() => true,
            Some(here) if before.is_ascii_digit() != here.is_ascii_digit() => true,
            Some(here) if before.is_ascii_lowercase() && here.is_ascii_uppercase() => true,
            Some(here) => before.is_ascii_uppercase() && here.is_ascii_uppercase() && next_is_lower,
        };
        if cut {
            pieces.extend(
                text.get(start..at).filter(|piece| piece.bytes().any(|byte| byte.is_ascii_alphanumeric())),
            );
            start = at;
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The name with certain hashes as `?` and doubtful ones as `!`.
    fn shown(name: &str, tokens: &[Token]) -> String {
        let mut out: Vec<char> = name.chars().collect();
        for token in tokens {
            let shown = match token.certainty {
                Certainty::Certain => '?',
                Certainty::Likely => '!',
                Certainty::Faint => continue,
            };
            out[token.range.clone()].fill(shown);
        }
        out.into_iter().collect()
    }

    #[test]
    fn names_of_bundlers() {
        for (name, expected) in [
            ("index-BkYR3Qdz.js", "index-????????.js"),
            ("index-DhdfA1_3.css", "index-????????.css"),
            ("index-Bk-3RxQd.js", "index-????????.js"),
            ("types-B3xyQ_12.d.ts", "types-????????.d.ts"),
            ("index.DhdfA1_3.css", "index.????????.css"),
            ("main.3f2a91bc.js", "main.????????.js"),
            ("main.5d0f5bd1.chunk.js.map", "main.????????.chunk.js.map"),
            ("runtime.0a1b2c3d4e5f6a7b.js", "runtime.????????????????.js"),
            ("main-1d64ed3bcf1c2fa6.js", "main-????????????????.js"),
            ("117-0f1e2d3c4b5a6978.js", "117-????????????????.js"),
            ("0f1e2d3c4b5a6978.css", "????????????????.css"),
            ("e4af272ccee01ff0-s.p.woff2", "????????????????-s.p.woff2"),
            ("1a4e3797.0c8a8cd2.js", "????????.????????.js"),
            ("chunk-ABCD2E3F.js", "chunk-????????.js"),
            ("chunk-QWERTYUP.mjs", "chunk-????????.mjs"),
            ("main-5Q3KZ7PA.js", "main-????????.js"),
            ("libopenblas64_p-r0-15028c96.3.21.so", "libopenblas64_p-r0-????????.3.21.so"),
            (
                "msvcp140-263139962577ecda4cd9469ca360a746.dll",
                "msvcp140-????????????????????????????????.dll",
            ),
            ("0cz1d0mv5g_q7.js", "?????????????.js"),
            ("turbopack-2u1d16houkiyo.js", "turbopack-?????????????.js"),
            ("logo.33kh9ab7k1mwe.png", "logo.?????????????.png"),
            ("0b2c7d1e-1f2a-4b3c-9d8e-112233445566.json", "????????-????-????-????-????????????.json"),
        ] {
            assert_eq!(shown(name, &in_file_name(name)), expected);
        }
        for (name, expected) in [
            ("Xk3vQ9_bT1mZr-8LcYw2P", "?????????????????????"),
            ("esl0yhHQInduTqskm-Hgc", "?????????????????????"),
            ("afMbp7xaJ-c1TBRW8z-65", "?????????????????????"),
            ("u3QG79bV6pamrAZ5YZvIB", "?????????????????????"),
            ("acme-0f1e2d3c4b5a6978", "acme-????????????????"),
        ] {
            assert_eq!(shown(name, &in_folder_name(name)), expected);
        }
    }

    #[test]
    fn doubtful_names() {
        for (name, expected) in [
            ("notes-20240115.md", "notes-!!!!!!!!.md"),
            ("LICENSE-XNCDSBTP.txt", "LICENSE-!!!!!!!!.txt"),
            ("page-HtmlJsxx.js", "page-!!!!!!!!.js"),
        ] {
            assert_eq!(shown(name, &in_file_name(name)), expected);
        }
    }

    #[test]
    fn ordinary_names() {
        for name in [
            "index.js",
            "package.json",
            "vendor-polyfill.js",
            "setup-HomePage.js",
            "use-DateTime.d.ts",
            "README-Chinese1.md",
            "jquery.validate.unobtrusive.min.js",
            "roboto-Regular.woff2",
            "NotoSans-SemiBold.ttf",
            "base64-encoding.js",
            "utf8-Utf8Text.js",
            "es2015.symbol.wellknown.d.ts",
            "lib.es2017.sharedmemory.d.ts",
            "facade.js",
            "deadbeef.js",
            "effaced-decade.js",
            "LICENSE-APACHE",
            "1f468-200d-2695-fe0f.svg",
            "sha256.js",
            "ISO8859-1.ttf",
            "test_snake_case_names.py",
            "x86_64-unknown-linux-gnu.node",
            "messages-fr-CA.json",
            "angular-locale_de-at.js",
            "_core.cpython-311-x86_64-linux-gnu.so",
            "MyComponent.module.css",
            "v1.0.0-alpha.1.md",
            "2024-01-15-notes.md",
            "2023.11.1.whl",
            "2023-notes-ab.md",
            "01-getting-in.md",
        ] {
            assert_eq!(shown(name, &in_file_name(name)), name);
        }
        for name in [
            "__pycache__",
            "acme-1.0.0.dist-info",
            "_internal_components_x",
            "someVeryLongFolderName",
            "my-component-library",
            "MyComponent-Library_v2",
            "2024-01-15-release-up",
            "20240115123000",
        ] {
            assert_eq!(shown(name, &in_folder_name(name)), name);
        }
    }

    /// Random hashes of each style: hardly any may be missed, and few may be doubtful.
    #[test]
    fn random_hashes() {
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as usize
        };
        let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (alphabet, length, most_missed, most_doubtful) in [
            (base64, 8, 3, 130),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 8, 0, 450),
            ("0123456789abcdef", 8, 1, 80),
            ("0123456789abcdef", 16, 1, 2),
            ("0123456789abcdef", 20, 1, 1),
        ] {
            let alphabet: Vec<char> = alphabet.chars().collect();
            let (mut missed, mut doubtful) = (0, 0);
            for _ in 0..1000 {
                let hash: String = (0..length).map(|_| alphabet[random(alphabet.len())]).collect();
                match in_file_name(&format!("index-{hash}.js")).as_slice() {
                    [token] if token.range == (6..6 + length) => {
                        doubtful += usize::from(token.certainty != Certainty::Certain)
                    }
                    _ => missed += 1,
                }
            }
            assert!(missed <= most_missed, "{missed} of {length} missed");
            assert!(doubtful <= most_doubtful, "{doubtful} of {length} doubtful");
        }
    }
}
