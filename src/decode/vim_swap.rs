//! The lines of a text in a swap file of Vim's: in each block, the last line is first, and each ends with a zero. The form
//! is that of `memline.c` of Vim and Neovim.

use std::ops::Range;

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

const MAGIC: &[u8] = b"b0VIM ";
/// Where the file says how large its pages are.
const PAGE_SIZE: usize = 12;
/// What a block of lines begins with; the places where its text begins and ends stand behind.
const LINES: &[u8] = b"ad";
const TEXT_START: usize = 8;
const TEXT_END: usize = 12;

/// What the lines of a file that somebody wrote stood in.
pub(crate) const NAME: &str = "Vim's swap";

pub(super) const WRAPPING: Wrapping = Wrapping { name: NAME, stands_in: StandsIn::Binary, uncover };

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    const SMALLEST: usize = 512;
    let Some(page) = bytes.starts_with(MAGIC).then(|| number(bytes, PAGE_SIZE)).flatten() else { return };
    if page < SMALLEST {
        return;
    }
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let mut block = page;
    while let Some(here) = bytes.get(block..) {
        let text = text(here).unwrap_or(0..0);
        // a long line takes more pages than one
        let pages = text.end.div_ceil(page).max(1);
        let mut end = text.end;
        while let Some(line) = last_line(here, text.start..end) {
            end = line.start;
            if !layer.afford(line.len()) {
                return;
            }
            layer.mark(block + line.start, Rate::SAME);
            layer.push(here.get(line.start..line.end - 1).unwrap_or_default());
            layer.end();
        }
        block += pages * page;
    }
}

/// Where the text in a block of lines is.
fn text(block: &[u8]) -> Option<Range<usize>> {
    let range = number(block, TEXT_START)?..number(block, TEXT_END)?;
    let is_whole = block.starts_with(LINES) && block.get(range.clone())?.ends_with(b"\0");
    is_whole.then_some(range)
}

/// The last line of a part of a block, with the zero behind it.
fn last_line(block: &[u8], part: Range<usize>) -> Option<Range<usize>> {
    let before = block.get(part.clone())?.strip_suffix(b"\0")?;
    let start = memchr::memrchr(0, before).map_or(0, |zero| zero + 1);
    Some(part.start + start..part.end)
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four) as usize)
}

#[cfg(test)]
const PAGE: usize = 4096;

/// A swap file with these lines, so many in a block.
#[cfg(test)]
pub(crate) fn swap(lines: &[&str], in_block: usize) -> Vec<u8> {
    let mut file = [MAGIC, b"9.1\0\0\0"].concat();
    file.extend((PAGE as u32).to_le_bytes());
    file.resize(PAGE, 0);
    // a block of pointers
    file.extend(b"tp\x01\0\x7F\0\0\0");
    file.resize(2 * PAGE, 0);
    for lines in lines.chunks(in_block) {
        let text: String = lines.iter().rev().flat_map(|line| [*line, "\0"]).collect();
        let end = (text.len() + 100).next_multiple_of(PAGE);
        let mut block = vec![0; end];
        block[..2].copy_from_slice(LINES);
        block[TEXT_START..TEXT_END].copy_from_slice(&((end - text.len()) as u32).to_le_bytes());
        block[TEXT_END..TEXT_END + 4].copy_from_slice(&(end as u32).to_le_bytes());
        block[end - text.len()..].copy_from_slice(text.as_bytes());
        file.extend(block);
    }
    file
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn layers(file: &[u8]) -> Vec<Layer> {
        let mut layers = Vec::new();
        uncover(file, &Budget::of(file.len()), &mut |layer| layers.push(layer));
        layers
    }

    proptest! {
        #[test]
        fn lines_come_in_their_order_and_from_their_places(
            lines in vec(("[a-zA-Z0-9]{1,9}", 1..900usize), 1..40),
            in_block in 1..9usize,
        ) {
            let lines: Vec<String> = lines.iter().map(|(word, count)| word.repeat(*count)).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let file = swap(&lines, in_block);
            let layers = layers(&file);
            let [layer] = layers.as_slice() else { panic!("one layer") };
            let mut at = 0;
            for line in lines {
                prop_assert!(layer.text[at..].starts_with(line.as_bytes()));
                prop_assert_eq!(layer.text[at + line.len()], b'\n');
                prop_assert!(file[layer.places.source(at)..].starts_with(line.as_bytes()));
                at += line.len() + 1;
            }
            prop_assert_eq!(layer.text.len(), at);
        }

        #[test]
        fn a_broken_file_comes_to_an_end(changes in vec((0..4 * PAGE, any::<u8>()), 0..40), size in any::<u32>()) {
            let mut file = swap(&["one", "two"], 1);
            for (at, byte) in changes {
                file[at] = byte;
            }
            for at in [PAGE_SIZE, 2 * PAGE + TEXT_START, 2 * PAGE + TEXT_END] {
                let mut file = file.clone();
                file[at..at + 4].copy_from_slice(&size.to_le_bytes());
                layers(&file);
            }
        }
    }

    #[test]
    fn a_file_without_lines_has_none() {
        let file = swap(&["one", "two"], 1);
        assert!(layers(&file[..PAGE]).is_empty());
        assert!(layers(&file[..2 * PAGE]).is_empty());
        assert!(layers(b"b0VIM 9.1").is_empty());
    }
}
