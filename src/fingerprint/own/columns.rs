//! Lines behind something else in their line: what `grep`, `git blame` and logs put there, columns of a table, numbers as
//! agents' tools write them.

/// Bytes that a line is looked for behind.
const FARTHEST: usize = 160;
/// Places at which it is looked for.
const MOST: usize = 8;

/// What is behind each separator in a line.
pub(super) fn after(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let front = line.get(..FARTHEST).unwrap_or(line);
    let ends = front.windows(3).enumerate().filter(|(_, window)| is_end(window));
    ends.filter_map(|(at, _)| line.get(at + 2..)).take(MOST)
}

/// Whether a column may end with the byte in the middle: the last of an arrow or of a drawn line, too.
fn is_end(window: &[u8]) -> bool {
    let &[before, end, next] = window else { return false };
    let is_blank = matches!(next, b' ' | b'\t');
    match end {
        b'\t' => true,
        b':' => is_blank || before.is_ascii_digit() || next.is_ascii_digit(),
        b',' | b';' => is_blank || next == b'"' || before.is_ascii_digit() || before == b'"',
        b')' | b'|' | b']' => is_blank,
        // what an assembler's listing has before the source
        b'*' => is_blank && before == b'*',
        0x80.. => next.is_ascii(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_behind_whatever_tools_put_there() {
        let code = "const total = order.items.reduce(add, 0);";
        for before in [
            "src/order.ts:12:    ",
            "^3f2a1bc (Ada Smith 2026-11-26 10:00:00 +0000 12)  ",
            "3f2a1bc src/order.ts (Ada Smith  2026-11-26 12) ",
            "src/order.ts,12,3,\"",
            "src/order.ts;12;3;",
            "1a2b\tada\t12\t",
            "    12\u{2192}\t",
            "  12 \u{2502} ",
            "2026-11-26 10:00:00,123 DEBUG order: ",
            "[10:00:00] [order] ",
            "  12:../src/order.c **** ",
            "src/order.c:12 ",
        ] {
            let line = format!("{before}{code}");
            let mut behind = after(line.as_bytes()).map(|rest| String::from_utf8_lossy(rest).into_owned());
            assert!(
                behind
                    .any(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit() || " \t\"".contains(c))
                        == code),
                "{line}"
            );
        }
        assert_eq!(after(&[b'\t'; 2000]).count(), MOST);
        assert_eq!(after(b"plain words and nothing else").count(), 0);
    }
}
