//! Wrappings: texts that stand in another in a form that is a function of its bytes (base64, escapes, literals
//! joined by `+`). Each wrapping is one file: a search that is cheap where there is none, and a step from bytes to
//! a [`Layer`], which knows for each of its bytes where it came from. Knows bytes only.
//!
//! A layer holds all texts of one kind, one behind the other with line ends between, so that whoever looks
//! into it looks once. Layers stand in one another; who goes down bounds the depth.

use std::cell::Cell;
use std::ops::Range;

use crate::plain::number;

mod appends;
mod base32;
mod base64;
mod base85;
mod closes;
pub(crate) mod digits85;
mod dump;
mod element;
pub(crate) mod entities;
mod escapes;
mod folded;
mod hex;
mod interpolation;
mod java_class;
mod leveldb;
mod literals;
mod lz_string;
mod magic;
mod nested;
mod numbers;
mod octal;
mod packed;
pub(crate) mod percent;
mod places;
mod python_code;
mod quads;
mod quoted_printable;
mod rows;
mod rtf;
mod runs;
mod shell;
mod sqlite;
mod store;
mod swapped;
mod tagged;
mod typed;
mod uuencoded;
mod vim_swap;
pub(crate) mod whole;
mod wide;

pub(crate) use base64::{NAME as BASE64, SHORTEST as SHORTEST_BASE64, text as base64_text};
pub(crate) use escapes::plain;
pub(crate) use places::Places;
pub(crate) use python_code::pairs as compiled_pairs;
pub(crate) use runs::Base64Runs;
pub(crate) use store::behind_php;
pub(crate) use uuencoded::is as is_uuencoded;
#[cfg(test)]
pub(crate) use uuencoded::written as uuencoded;
pub(crate) use vim_swap::NAME as VIM_SWAP;
#[cfg(test)]
pub(crate) use vim_swap::swap as vim_swap;

/// Texts uncovered in another.
#[derive(Debug)]
pub(crate) struct Layer {
    /// What they stood in: `base64`.
    pub what: &'static str,
    /// Whether they can't be read where they stand. Otherwise the layer says once more what stands there, put together.
    pub is_hidden: bool,
    /// The texts.
    pub text: Vec<u8>,
    /// Where they came from.
    pub places: Places,
}

/// How much may be uncovered in one entry, over all depths. When it is used up, something is left unread.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<usize>,
    /// Layers of their own, of which each costs more than its bytes.
    alone: Cell<usize>,
    is_spent: Cell<bool>,
}

impl Budget {
    /// For an entry of so many bytes: base64 in base64 in base64 of all of it, and joined literals besides.
    pub(crate) fn of(bytes: usize) -> Self {
        /// More than the largest bundles have icons and fonts.
        const MOST_ALONE: usize = 50_000;
        let left = bytes.saturating_mul(4).saturating_add(3 << 20);
        Self { left: Cell::new(left), alone: Cell::new(MOST_ALONE), is_spent: Cell::new(false) }
    }

    /// Whether something was left out.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Notes that something was left out.
    pub(crate) fn spend(&self) {
        self.is_spent.set(true);
    }

    /// Takes so many bytes if they are there.
    fn take(&self, bytes: usize) -> bool {
        self.take_from(&self.left, bytes)
    }

    /// Takes a layer of its own of so many bytes.
    fn take_alone(&self, bytes: usize) -> bool {
        self.take_from(&self.alone, 1) && self.take(bytes)
    }

    fn take_from(&self, account: &Cell<usize>, count: usize) -> bool {
        let left = account.get().checked_sub(count);
        match left {
            Some(left) => account.set(left),
            None => self.is_spent.set(true),
        }
        left.is_some()
    }
}

/// Text that a layer holds at most, or little more, so that much of it takes little memory.
const LARGEST_LAYER: usize = 1 << 20;

/// A form in which a text may stand in another.
struct Wrapping {
    /// What its layers are called.
    name: &'static str,
    stands_in: StandsIn,
    /// Finds it, and hands out what it holds.
    uncover: fn(&[u8], &Budget, &mut dyn FnMut(Layer)),
}

/// Where a wrapping is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StandsIn {
    Anything,
    Text,
    /// A text that was not itself uncovered in this wrapping.
    OtherText,
    Binary,
}

/// Wrappings that mostly hide what they hold, in the order in which they are looked for after base64.
const HIDING: [Wrapping; 9] = [
    base85::WRAPPING,
    dump::WRAPPING,
    octal::WRAPPING,
    uuencoded::WRAPPING,
    numbers::WRAPPING,
    rows::WRAPPING,
    swapped::WRAPPING,
    wide::WRAPPING,
    quads::WRAPPING,
];

/// Files of programs, told by how they begin, that hold texts in their own form.
const FILES: [Wrapping; 6] = [
    sqlite::WRAPPING,
    leveldb::WRAPPING,
    vim_swap::WRAPPING,
    java_class::WRAPPING,
    python_code::WRAPPING,
    store::WRAPPING,
];

/// Wrappings in which a text can mostly be read where it stands, but with something between its parts.
const PARTING: [Wrapping; 10] = [
    escapes::WRAPPING,
    nested::WRAPPING,
    literals::WRAPPING,
    appends::WRAPPING,
    interpolation::WRAPPING,
    shell::WRAPPING,
    quoted_printable::WRAPPING,
    folded::WRAPPING,
    tagged::WRAPPING,
    rtf::WRAPPING,
];

/// A text or a binary that may hold others in wrappings.
#[derive(Clone, Copy)]
pub(crate) struct Holder<'a> {
    pub bytes: &'a [u8],
    pub is_text: bool,
    /// What the bytes were uncovered in, if in anything.
    pub from: Option<&'static str>,
}

impl Holder<'_> {
    /// Uncovers what is hidden in wrappings. `base64` are the runs of base64 of at least [`SHORTEST_BASE64`] characters.
    pub(crate) fn uncover_hidden(
        &self,
        base64: &mut dyn Iterator<Item = Range<usize>>,
        budget: &Budget,
        found: &mut dyn FnMut(Layer),
    ) {
        base64::uncover(self.bytes, base64, budget, found);
        self.uncover(&HIDING, budget, found);
    }

    /// Uncovers what a file of a program holds. The bytes are all of it.
    pub(crate) fn uncover_file(&self, budget: &Budget, found: &mut dyn FnMut(Layer)) {
        self.uncover(&FILES, budget, found);
    }

    /// Uncovers what is written in parts.
    pub(crate) fn uncover_parted(&self, budget: &Budget, found: &mut dyn FnMut(Layer)) {
        self.uncover(&PARTING, budget, found);
    }

    fn uncover(&self, wrappings: &[Wrapping], budget: &Budget, found: &mut dyn FnMut(Layer)) {
        let may_stand = |wrapping: &Wrapping| match wrapping.stands_in {
            StandsIn::Anything => true,
            StandsIn::Text => self.is_text,
            StandsIn::OtherText => self.is_text && self.from != Some(wrapping.name),
            StandsIn::Binary => !self.is_text,
        };
        for wrapping in wrappings.iter().filter(|wrapping| may_stand(wrapping)) {
            (wrapping.uncover)(self.bytes, budget, found);
        }
    }
}

/// Where the context of a text begins that stands at `at`: at most so many bytes before it that say what it is, in its
/// line, and not in the middle of a word.
fn context_before(bytes: &[u8], at: usize, most: usize) -> usize {
    let floor = at.saturating_sub(most);
    let context = bytes.get(floor..at).unwrap_or_default();
    match memchr::memrchr(b'\n', context) {
        Some(line_end) => floor + line_end + 1,
        None if floor == 0 => 0,
        None => {
            floor + context.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(context.len())
        }
    }
}

#[cfg(test)]
mod testing {
    use super::{Budget, Layer};

    /// The lines that are uncovered in a text.
    pub(super) fn lines(uncover: fn(&[u8], &Budget, &mut dyn FnMut(Layer)), text: &str) -> Vec<String> {
        let mut found = String::new();
        uncover(text.as_bytes(), &Budget::of(text.len()), &mut |layer| {
            found.push_str(std::str::from_utf8(&layer.text).unwrap());
        });
        found.lines().map(str::to_owned).collect()
    }
}
