//! Texts of many lines that were put into an address: `data:,a%0Ab`.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping, percent, whole};

pub(super) const WRAPPING: Wrapping =
    Wrapping { name: "percent-encoded text", stands_in: StandsIn::OtherText, uncover };

/// Uncovers texts of many lines. Maps in addresses are none.
fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    for stretch in whole::percent_encoded(bytes) {
        let coded = bytes.get(stretch.clone()).unwrap_or_default();
        if !layer.afford(coded.len()) {
            return;
        }
        // all in one line
        layer.mark(stretch.start, Rate::SAME);
        layer.push(&percent::plain(coded));
        layer.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_many_lines_are_uncovered() {
        let lines = |text: &str| crate::decode::testing::lines(uncover, text);
        assert_eq!(lines("new URL('data:,// c%0Aa%28%29;%0Ab%0ac')").len(), 4);
        for text in ["'data:,a%0Ab'", "%5Cn%5Cn%5Cn%5Cn", "%s%0A%d%0A", "100%0 A%0 A%0 A"] {
            assert_eq!(lines(text), [""; 0], "{text}");
        }
    }
}
