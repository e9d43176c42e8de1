//! Blocks of LevelDB tables, in which browsers, Electron and many programs keep what they store: each is compressed by
//! itself, mostly in Snappy's form, which nothing marks.

use snap::raw::{Decoder, decompress_len};

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};

/// What a table ends with.
const MAGIC: [u8; 8] = 0xDB47_7524_8B80_FB57_u64.to_le_bytes();
/// Bytes at its end that say where its index is.
const FOOTER: usize = 48;

/// How a block's bytes are there: the byte behind them.
const PLAIN: u8 = 0;
const SNAPPY: u8 = 1;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "LevelDB", stands_in: StandsIn::Binary, uncover };

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let Some(index) = index(bytes) else { return };
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    let Some(index) = index.text(bytes, &mut layer) else { return };
    for block in blocks(&index) {
        match block.kind(bytes) {
            // These can be read where they are.
            None | Some(PLAIN) => {}
            Some(SNAPPY) => {
                let Some(text) = block.text(bytes, &mut layer) else { continue };
                layer.mark(block.start, Rate(0, 1));
                layer.push(&text);
                layer.end();
            }
            Some(_) => {
                let packed = block.bytes(bytes).unwrap_or_default();
                if layer.afford_alone(0) {
                    layer.alone(packed.to_vec(), [(0, block.start)], Rate::SAME);
                }
            }
        }
    }
}

/// Where a block is.
#[derive(Debug, Clone, Copy)]
struct Block {
    start: usize,
    length: usize,
}

impl Block {
    /// One that is written here.
    fn read(rest: &mut &[u8]) -> Option<Self> {
        Some(Self { start: number(rest)?, length: number(rest)? })
    }

    fn bytes(self, table: &[u8]) -> Option<&[u8]> {
        table.get(self.start..self.start.checked_add(self.length)?)
    }

    fn kind(self, table: &[u8]) -> Option<u8> {
        table.get(self.start.checked_add(self.length)?).copied()
    }

    /// What it holds, if that is in clear or in Snappy's form.
    fn text(self, table: &[u8], layer: &mut Builder<'_>) -> Option<Vec<u8>> {
        let bytes = self.bytes(table)?;
        match self.kind(table)? {
            PLAIN => layer.afford(bytes.len()).then(|| bytes.to_vec()),
            SNAPPY => {
                let length = decompress_len(bytes).ok()?;
                layer.afford(length).then(|| Decoder::new().decompress_vec(bytes).ok())?
            }
            _ => None,
        }
    }
}

/// Where a table's index is.
fn index(bytes: &[u8]) -> Option<Block> {
    let footer = bytes.ends_with(&MAGIC).then(|| bytes.len().checked_sub(FOOTER))??;
    let mut rest = bytes.get(footer..)?;
    Block::read(&mut rest)?;
    Block::read(&mut rest)
}

/// The blocks that an index names.
fn blocks(index: &[u8]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let Some((entries, count)) = index.split_last_chunk::<4>() else { return blocks };
    let restarts = (u32::from_le_bytes(*count) as usize).saturating_mul(4);
    let mut rest = entries.get(..entries.len().saturating_sub(restarts)).unwrap_or_default();
    while let Some(block) = entry(&mut rest) {
        blocks.push(block);
    }
    blocks
}

/// The block that the next entry of an index names.
fn entry(rest: &mut &[u8]) -> Option<Block> {
    number(rest)?;
    let (key, value) = (number(rest)?, number(rest)?);
    let (entry, behind) = rest.split_at_checked(key.checked_add(value)?)?;
    *rest = behind;
    Block::read(&mut entry.get(key..)?)
}

/// A number with seven bits in a byte, the lowest first.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= usize::from(byte & 0x7F).checked_shl(shift)?;
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = number;
        while rest >= 0x80 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
        bytes
    }

    /// Adds a block, and returns where it is as tables write it.
    fn add(table: &mut Vec<u8>, block: &[u8], kind: u8) -> Vec<u8> {
        let stored = match kind {
            SNAPPY => snap::raw::Encoder::new().compress_vec(block).unwrap(),
            _ => block.to_vec(),
        };
        let place = [written(table.len()), written(stored.len())].concat();
        table.extend([stored, vec![kind, 0, 0, 0, 0]].concat());
        place
    }

    fn table(blocks: &[(&str, u8)], index_kind: u8) -> Vec<u8> {
        let mut table = Vec::new();
        let mut index = Vec::new();
        for (text, kind) in blocks {
            let place = add(&mut table, text.as_bytes(), *kind);
            index.extend([vec![0, 3], written(place.len()), b"key".to_vec(), place].concat());
        }
        index.extend([0, 0, 0, 0, 1, 0, 0, 0]);
        let meta = add(&mut table, &[0, 0, 0, 0, 1, 0, 0, 0], PLAIN);
        let index = add(&mut table, &index, index_kind);
        let mut footer = [meta, index].concat();
        footer.resize(FOOTER - MAGIC.len(), 0);
        table.extend([footer, MAGIC.to_vec()].concat());
        table
    }

    fn texts(table: &[u8]) -> Vec<u8> {
        let mut texts = Vec::new();
        uncover(table, &Budget::of(table.len()), &mut |layer| texts.extend(layer.text));
        texts
    }

    #[test]
    fn blocks_come_back_as_they_were() {
        let text = "// a line\n".repeat(50);
        for index_kind in [PLAIN, SNAPPY] {
            let table =
                table(&[(&text, SNAPPY), ("in clear", PLAIN), ("two two two two", SNAPPY)], index_kind);
            assert_eq!(texts(&table), format!("{text}\ntwo two two two\n").as_bytes());
        }
        let packed = table(&[("(\u{b5}/\u{fd} as it is", 2)], SNAPPY);
        assert_eq!(texts(&packed), "(\u{b5}/\u{fd} as it is".as_bytes());
    }

    #[test]
    fn what_leads_astray_is_left_alone() {
        let table = table(&[(&"// a line\n".repeat(50), SNAPPY)], SNAPPY);
        for length in 0..table.len() {
            texts(&table[..length]);
            texts(&[&table[..length], &MAGIC].concat());
        }
        // Claims of more than there can be cost nothing.
        let huge = [written(usize::MAX >> 8), vec![0; 40]].concat();
        let mut lying = Vec::new();
        let place = [written(0), written(huge.len())].concat();
        lying.extend([huge, vec![SNAPPY, 0, 0, 0, 0]].concat());
        let mut footer = [place.clone(), place].concat();
        footer.resize(FOOTER - MAGIC.len(), 0);
        lying.extend([footer, MAGIC.to_vec()].concat());
        assert_eq!(texts(&lying), b"");
    }
}
