//! Quotes behind which another literal may be appended, found without a branch for each byte of a text.

/// Bytes looked at in one go.
const BLOCK: usize = 32;

/// Offsets of the quotes of a text that are followed by what joins literals, or by its beginning.
pub(super) struct Closes<'a> {
    bytes: &'a [u8],
    /// Where the block begins that was looked at last, and which of its bytes are still to be told.
    block: usize,
    left: u32,
    /// Where the next block begins.
    next: usize,
}

impl<'a> Closes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, block: 0, left: 0, next: 0 }
    }

    /// Leaves out those before `at`.
    pub(super) fn skip_to(&mut self, at: usize) {
        if at >= self.next {
            (self.left, self.next) = (0, at);
        } else if let Some(skipped) = at.checked_sub(self.block) {
            self.left &= u32::MAX.checked_shl(skipped as u32).unwrap_or(0);
        }
    }
}

impl Iterator for Closes<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            let here = self.bytes.get(self.next..)?;
            let behind = here.get(1..)?;
            self.block = self.next;
            self.next += BLOCK;
            if let (Some(here), Some(behind)) = (here.first_chunk(), behind.first_chunk())
                && !may_hold(here, behind)
            {
                continue;
            }
            let pairs = here.iter().zip(behind).take(BLOCK).zip(0..);
            self.left = pairs.fold(0, |left, ((quote, behind), at)| {
                left | u32::from(role(*quote) & QUOTE & role(*behind) >> 1) << at
            });
        }
        let at = self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(self.block + at)
    }
}

/// Whether there may be one in a block, with the bytes behind each. Made of comparisons and bit operations alone, so
/// that the compiler makes it look at many bytes at once; signs that differ in few bits are told in one go.
fn may_hold(here: &[u8; BLOCK], behind: &[u8; BLOCK]) -> bool {
    let is_quote = |byte: u8| (byte & 0xFA == 0x22) | (byte == b'`');
    let is_gap = |byte: u8| {
        (byte <= b' ')
            | (byte.wrapping_sub(b'"') < 6)
            | (byte & 0xFA == 0x2A) // + .
            | (byte | 0x22 == 0x7E) // \ ^ | ~
            | (byte == b'`')
            | (byte == b'<')
    };
    let pairs = here.iter().zip(behind);
    pairs.fold(0, |any, (quote, behind)| any | u8::from(is_quote(*quote) & is_gap(*behind))) != 0
}

pub(super) const fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// Whether this may be the first byte between two literals: a blank, an operator, a quote.
const fn is_gap(byte: u8) -> bool {
    byte <= b' ' || is_quote(byte) || matches!(byte, b'+' | b'.' | b'&' | b'|' | b'^' | b'<' | b'\\' | b'~')
}

/// What each byte may be, as bits.
#[expect(clippy::indexing_slicing, reason = "the compiler makes it, and would stop at a wrong index")]
static ROLES: [u8; 256] = {
    let mut roles = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        roles[byte] = (is_quote(byte as u8) as u8 * QUOTE) | (is_gap(byte as u8) as u8 * GAP);
        byte += 1;
    }
    roles
};
const QUOTE: u8 = 1;
const GAP: u8 = 2;

fn role(byte: u8) -> u8 {
    ROLES.get(usize::from(byte)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(text: &[u8]) -> Vec<usize> {
        let pairs = text.windows(2).enumerate();
        pairs.filter(|(_, pair)| is_quote(pair[0]) && is_gap(pair[1])).map(|(at, _)| at).collect()
    }

    #[test]
    fn blocks_leave_out_none() {
        for quote in 0..=u8::MAX {
            for behind in 0..=u8::MAX {
                let (mut here, mut next) = ([b'x'; BLOCK], [b'x'; BLOCK]);
                (here[7], next[7]) = (quote, behind);
                assert!(may_hold(&here, &next) || !(is_quote(quote) && is_gap(behind)), "{quote} {behind}");
            }
        }
    }

    #[test]
    fn every_one_is_found_and_those_skipped_are_not() {
        for before in 0..70 {
            let text = [&vec![b'.'; before][..], b"'a'+'b'+", &vec![b'.'; before], b"'' '"].concat();
            assert_eq!(Closes::new(&text).collect::<Vec<_>>(), expected(&text));
            for skipped in 0..=text.len() {
                let mut closes = Closes::new(&text);
                let first = closes.next().unwrap();
                closes.skip_to(skipped);
                let rest: Vec<usize> =
                    expected(&text).into_iter().filter(|at| *at > first && *at >= skipped).collect();
                assert_eq!(closes.collect::<Vec<_>>(), rest, "{before} {skipped}");
            }
        }
    }
}
