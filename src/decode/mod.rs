//! Wrappings: texts that stand in another in a form that is a function of its bytes (base64, escapes, literals
//! joined by `+`). Each wrapping is one file: a search that is cheap where there is none, and a step from bytes to
//! a [`Layer`], which knows for each of its bytes where it came from. Knows bytes only.
//!
//! A layer holds all texts of one kind, one behind the other with line ends between, so that whoever looks
//! into it looks once. Layers stand in one another; who goes down bounds the depth.

use std::cell::Cell;

mod base64;
mod closes;
mod escapes;
mod hex;
mod literals;
mod magic;
mod places;
mod runs;
pub(crate) mod whole;
mod wide;

pub(crate) use base64::{NAME as BASE64, SHORTEST as SHORTEST_BASE64};
pub(crate) use escapes::plain;
pub(crate) use places::Places;

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
    is_spent: Cell<bool>,
}

impl Budget {
    /// For an entry of so many bytes: base64 in base64 in base64 of all of it, and joined literals besides.
    pub(crate) fn of(bytes: usize) -> Self {
        Self { left: Cell::new(bytes.saturating_mul(4).saturating_add(1 << 20)), is_spent: Cell::new(false) }
    }

    /// Whether something was left out.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Takes so many bytes if they are there.
    fn take(&self, bytes: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.is_spent.set(true);
                false
            }
        }
    }
}

/// Text that a layer holds at most, or little more, so that much of it takes little memory.
const LARGEST_LAYER: usize = 1 << 20;

/// Uncovers what a text or a binary holds in wrappings of any kind. `from` says what the bytes were uncovered in, if in
/// anything: what was joined once is not joined again, as it would grow with each layer.
pub(crate) fn uncover(
    bytes: &[u8],
    is_text: bool,
    from: Option<&str>,
    budget: &Budget,
    found: &mut dyn FnMut(Layer),
) {
    let hex = base64::uncover(bytes, budget, found);
    hex::uncover(bytes, &hex, budget, found);
    if is_text {
        escapes::uncover(bytes, budget, found);
        if from != Some(literals::JOINED) {
            literals::uncover(bytes, budget, found);
        }
    } else {
        wide::uncover(bytes, budget, found);
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
