//! Values in SQLite databases: long ones go on in other pages, compressed ones can't be read where they are, and short
//! ones stand without anything between them.

use super::places::{Builder, Rate};
use super::{Budget, Layer, StandsIn, Wrapping};
use crate::unpack;

/// Bytes of a value that is looked at.
const SHORTEST: usize = 20;
/// Where the header of the first page's tree is, behind that of the file.
const FIRST_HEADER: usize = 100;
/// A page with rows of a table.
const TABLE_LEAF: u8 = 0x0D;

pub(super) const WRAPPING: Wrapping = Wrapping { name: "SQLite", stands_in: StandsIn::Binary, uncover };

fn uncover(bytes: &[u8], budget: &Budget, found: &mut dyn FnMut(Layer)) {
    let Some(database) = Database::new(bytes) else { return };
    let mut layer = Builder::new(WRAPPING.name, true, budget, found);
    for number in 0..bytes.len().div_ceil(database.page) {
        for cell in database.cells(number) {
            let Some((length, row)) = database.row(cell) else { continue };
            // Rows may share their pages.
            if !layer.afford(length) {
                return;
            }
            let payload = database.payload(length, row).unwrap_or_default();
            values(&payload).into_iter().for_each(|value| push(value, cell, &mut layer));
        }
    }
}

/// Adds a value of a row that begins there.
fn push(value: &[u8], at: usize, layer: &mut Builder<'_>) {
    // Fossil and Qt write the length before what they compress.
    let starts = [value, value.get(4..).unwrap_or_default()];
    let packed = starts.into_iter().find(|value| unpack::is_packed(value));
    let is_text = !value.iter().take(SHORTEST).any(|byte| *byte == 0);
    match packed {
        _ if value.len() < SHORTEST => {}
        Some(packed) if layer.afford_alone(0) => layer.alone(packed.to_vec(), [(0, at)], Rate::SAME),
        None if is_text => {
            layer.mark(at, Rate::SAME);
            layer.push(value);
            layer.end();
        }
        _ => {}
    }
}

struct Database<'a> {
    bytes: &'a [u8],
    /// Bytes of a page.
    page: usize,
    /// Those of them that hold something.
    usable: usize,
}

impl<'a> Database<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        const SMALLEST: usize = 512;
        let rest = bytes.strip_prefix(b"SQLite format 3\0")?;
        let page = match rest.first_chunk().map(|size| u16::from_be_bytes(*size))? {
            1 => 1 << 16,
            size => usize::from(size),
        };
        let usable = page.checked_sub(usize::from(*rest.get(4)?))?;
        (page >= SMALLEST && page.is_power_of_two() && usable >= SMALLEST - 32).then_some(Self {
            bytes,
            page,
            usable,
        })
    }

    /// Where the rows in a page begin, if it has any.
    fn cells(&self, number: usize) -> impl Iterator<Item = usize> {
        let start = number * self.page;
        let header = start + if number == 0 { FIRST_HEADER } else { 0 };
        let is_leaf = self.bytes.get(header) == Some(&TABLE_LEAF);
        let count = if is_leaf { self.short(header + 3).unwrap_or(0) } else { 0 };
        (0..count).filter_map(move |cell| Some(start + self.short(header + 8 + cell * 2)?))
    }

    /// The length of a row, and where it begins.
    fn row(&self, cell: usize) -> Option<(usize, &'a [u8])> {
        let mut rest = self.bytes.get(cell..)?;
        let length = usize::try_from(varint(&mut rest)?).ok().filter(|length| *length <= self.bytes.len())?;
        varint(&mut rest)?;
        Some((length, rest))
    }

    /// The bytes of a row, from all pages that it is on; `None` where these lead nowhere.
    fn payload(&self, length: usize, row: &[u8]) -> Option<Vec<u8>> {
        let (own, behind) = row.split_at_checked(self.local(length))?;
        let mut payload = own.to_vec();
        let mut next = behind.first_chunk().copied();
        while payload.len() < length {
            let number = u32::from_be_bytes(next?);
            let start = (number as usize).checked_sub(1)?.checked_mul(self.page)?;
            let page = self.bytes.get(start..start.checked_add(self.usable)?)?;
            let (head, content) = page.split_first_chunk::<4>()?;
            payload.extend(content.iter().take(length - payload.len()));
            next = Some(*head);
        }
        Some(payload)
    }

    /// How much of a row is on its own page.
    fn local(&self, length: usize) -> usize {
        if length <= self.usable - 35 {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let all_but_whole_pages = least + (length - least) % (self.usable - 4);
        if all_but_whole_pages <= self.usable - 35 { all_but_whole_pages } else { least }
    }

    fn short(&self, at: usize) -> Option<usize> {
        self.bytes.get(at..)?.first_chunk().map(|two| usize::from(u16::from_be_bytes(*two)))
    }
}

/// The texts and blobs of a row.
fn values(payload: &[u8]) -> Vec<&[u8]> {
    let mut kinds = payload;
    let Some(header) = varint(&mut kinds).and_then(|length| usize::try_from(length).ok()) else {
        return Vec::new();
    };
    let behind = payload.len() - kinds.len();
    let (Some(mut kinds), Some(mut rest)) = (payload.get(behind..header), payload.get(header..)) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    while let Some(kind) = varint(&mut kinds) {
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            _ => kind.saturating_sub(12) / 2,
        };
        let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let Some((value, behind)) = split else { break };
        if kind >= 12 {
            values.push(value);
        }
        rest = behind;
    }
    values
}

/// A number of up to nine bytes, seven bits in each but the last.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for count in 1..=9 {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        if count == 9 {
            return Some(number << 8 | u64::from(*byte));
        }
        number = number << 7 | u64::from(byte & 0x7F);
        if *byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database of one table whose rows have one value each.
    fn database(values: &[(&[u8], bool)]) -> Vec<u8> {
        const PAGE: usize = 512;
        let mut pages = vec![vec![0; PAGE]];
        pages[0][..16].copy_from_slice(b"SQLite format 3\0");
        pages[0][16..18].copy_from_slice(&(PAGE as u16).to_be_bytes());
        for (value, is_text) in values {
            let kind = value.len() as u64 * 2 + 12 + u64::from(*is_text);
            let head = [vec![0], long(kind)].concat();
            let mut payload = head.clone();
            payload[0] = head.len() as u8;
            payload.extend_from_slice(value);
            let shape = Database { bytes: &[], page: PAGE, usable: PAGE };
            let local = shape.local(payload.len());
            let mut cell = [long(payload.len() as u64), vec![1], payload[..local].to_vec()].concat();
            if local < payload.len() {
                cell.extend((pages.len() as u32 + 2).to_be_bytes());
            }
            let mut page = vec![0; PAGE];
            page[0] = TABLE_LEAF;
            page[4] = 1;
            page[8..10].copy_from_slice(&16u16.to_be_bytes());
            page[16..16 + cell.len()].copy_from_slice(&cell);
            pages.push(page);
            let mut rest = &payload[local..];
            while !rest.is_empty() {
                let (here, behind) = rest.split_at(rest.len().min(PAGE - 4));
                let next = if behind.is_empty() { 0 } else { pages.len() as u32 + 2 };
                let mut page = [&next.to_be_bytes()[..], here].concat();
                page.resize(PAGE, 0);
                pages.push(page);
                rest = behind;
            }
        }
        pages.concat()
    }

    fn long(number: u64) -> Vec<u8> {
        match number {
            0..0x80 => vec![number as u8],
            _ => vec![0x80 | (number >> 7) as u8, (number & 0x7F) as u8],
        }
    }

    fn uncovered(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut layers = Vec::new();
        uncover(bytes, &Budget::of(bytes.len()), &mut |layer| layers.push(layer.text));
        layers
    }

    #[test]
    fn texts_are_lines_and_long_ones_are_whole() {
        let (short, long) = (b"one short line of text".as_slice(), b"0123456789abcdef".repeat(90));
        let bytes = database(&[(short, true), (&long, true), (b"too short", true)]);
        assert_eq!(uncovered(&bytes), [[short, b"\n", &long, b"\n"].concat()]);
    }

    #[test]
    fn compressed_values_stand_alone() {
        let zlib = [&b"\x78\x9c"[..], &[0xAA; 900]].concat();
        let fossil = [&b"\0\0\x10\0\x78\x9c"[..], &[0xBB; 40]].concat();
        let layers = uncovered(&database(&[(&zlib, false), (&fossil, false)]));
        assert_eq!(layers, [zlib, fossil[4..].to_vec()]);
    }

    #[test]
    fn damage_is_passed_over() {
        let whole = database(&[(&b"text ".repeat(400), true)]);
        for cut in [0, 15, 16, 17, 20, 99, 600, 1100, whole.len() - 513] {
            assert!(uncovered(&whole[..cut]).is_empty(), "{cut}");
        }
        let mut circle = whole.clone();
        // The row's second page is its own next one.
        circle[1024..1028].copy_from_slice(&3u32.to_be_bytes());
        assert!(uncovered(&circle).len() <= 1);
    }
}
