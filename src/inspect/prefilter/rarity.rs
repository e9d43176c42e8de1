//! How rare bytes are in the text of packages, in powers of two: 5 stands for one in 32. Estimates from
//! some 50 MB of published packages; what is common in source maps' `mappings` counts as common.

/// Pairs of letters that stand together more often than their letters would by chance.
const COMMON: &[u8] = b"er in re on at te st th se en or es de nt ti le AC et ar he io nd al it co is ed tr ne ro ns ra me ri an pe ta as to ng CA el nc ct ce om ec li ur ea rt ut ex ve pa il ty si ic ac am ge ch ll yp ss us oo ma hi ow ue lu un pr mp ul po ha ca wi fo rs na od do rr bo fi os EA lo va ou tu";

/// [`COMMON`] by first byte, the second ones as bits.
#[expect(clippy::indexing_slicing, reason = "a bad index in a constant does not compile")]
const SECONDS: [u128; 128] = {
    let mut seconds = [0; 128];
    let mut at = 0;
    while at < COMMON.len() {
        seconds[COMMON[at] as usize] |= 1 << COMMON[at + 1];
        at += 3;
    }
    seconds
};
const PAIR: u32 = 8;

/// Of three bytes in a row.
pub(super) fn of_gram(a: u8, b: u8, c: u8) -> u32 {
    of_pair(a, b) + of_pair(b, c) - of_byte(b)
}

/// Of two bytes in a row.
pub(super) fn of_pair(a: u8, b: u8) -> u32 {
    let is_common = b.is_ascii() && SECONDS.get(usize::from(a)).is_some_and(|seconds| seconds >> b & 1 == 1);
    match is_common {
        true => PAIR,
        // Runs of one byte are more common than chance would have them.
        false if a == b => of_byte(a) + 2,
        false => of_byte(a) + of_byte(b),
    }
}

fn of_byte(byte: u8) -> u32 {
    match byte {
        b' ' => 2,
        b'e' | b't' => 4,
        b'\n' | b',' | b'A' | b'C' | b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 5,
        b'.' | b'/' | b'c' | b'd' | b'f' | b'h' | b'l' | b'm' | b'p' | b'u' => 6,
        b'E' | b'G' | b'I' | b'S' => 6,
        b'"' | b'(' | b')' | b'-' | b'0' | b':' | b';' | b'=' | b'\\' | b'_' => 7,
        b'b' | b'g' | b'w' | b'x' | b'y' | b'B' | b'D' | b'M' | b'O' | b'Q' | b'T' => 7,
        b'1'..=b'9' | b'A'..=b'Z' | b'v' | b'k' | b'\'' | b'*' | b'[' | b']' | b'`' | b'{' | b'}' => 8,
        b'\t' | b'\r' | b'!'..=b'}' => 9,
        b'~' => 16,
        _ => 20,
    }
}
