//! Numbers, sizes, plurals and hex, as people read them.

use std::fmt::Write as _;

/// `1906` as `1,906`.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `1,906 files`, `2 entries`, `3 maps in eval`.
pub(crate) fn counted(count: u64, one: &str) -> String {
    if count == 1 {
        return format!("1 {one}");
    }
    let noun = one.find(" in ").or_else(|| one.find(" of ")).unwrap_or(one.len());
    let (noun, rest) = one.split_at(noun);
    match noun.strip_suffix("try") {
        Some(stem) => format!("{} {stem}tries{rest}", number(count)),
        None => format!("{} {noun}s{rest}", number(count)),
    }
}

/// Bytes in the unit that leaves one to three digits before the point: `59.8 MB`.
pub(crate) fn bytes(count: u64) -> String {
    if count < 1000 {
        return counted(count, "byte");
    }
    let mut value = count as f64;
    let mut unit = "";
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
        if value < 999.5 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if value < 99.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The same with a capital letter first.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (512_664, "512,664"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(value), text);
        }
        for (count, one, text) in [
            (1, "entry", "1 entry"),
            (0, "entry", "0 entries"),
            (1000, "file", "1,000 files"),
            (2, "file of dependencies", "2 files of dependencies"),
        ] {
            assert_eq!(counted(count, one), text);
        }
        for (text, expected) in [("", ""), ("écru", "Écru"), ("A b", "A b")] {
            assert_eq!(capital(text), expected);
        }
        for (value, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (59_766_257, "59.8 MB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(value), text);
        }
    }
}
