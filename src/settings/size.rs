//! Sizes as people write them.

/// Units that a size may end in, with their bytes.
const UNITS: &[(&str, u64)] = &[
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KIB", 1 << 10),
    ("MIB", 1 << 20),
    ("GIB", 1 << 30),
    ("TIB", 1 << 40),
];

/// A size such as `10MiB`, `1.5 GB` or `4096` in bytes. `Err` says what would be right.
pub fn parse(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let (number, unit) = (number.replace('_', ""), unit.trim().to_ascii_uppercase());
    let bytes = match unit.as_str() {
        "" => 1,
        "K" | "M" | "G" | "T" => return Err(format!("write \"{number}{unit}iB\" or \"{number}{unit}B\"")),
        unit => match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, bytes)) => *bytes,
            None => return Err("units are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB".to_owned()),
        },
    };
    scaled(&number, bytes).ok_or_else(|| "write it like \"10MiB\", \"1.5GB\" or 4096".to_owned())
}

/// `number`, possibly with a fraction, times `unit`; `None` if it isn't a number or too large.
fn scaled(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    if fraction.is_empty() || fraction.len() > 6 {
        return None;
    }
    let tenths = 10_u64.pow(u32::try_from(fraction.len()).ok()?);
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    let part = fraction.parse::<u64>().ok()?.checked_mul(unit)? / tenths;
    whole.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn sizes() {
        for (text, bytes) in [
            ("4096", 4096),
            ("10MiB", 10 << 20),
            ("10 mib", 10 << 20),
            ("1GB", 1_000_000_000),
            ("1.5GiB", 3 << 29),
            ("500kB", 500_000),
            ("1_000", 1_000),
            ("0", 0),
            ("7B", 7),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn no_sizes() {
        for text in [
            "",
            "MiB",
            "10M",
            "-1",
            "1.MB",
            "1..2MB",
            "ten",
            "10 XB",
            "99999999999999999999",
            "99999999TB",
            "1e9",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("10M").unwrap_err(), "write \"10MiB\" or \"10MB\"");
    }
}
