//! What the search in one file has left to look at, in bytes.

use std::cell::Cell;

/// To compute a public key takes as long as to read so many bytes.
pub(super) const PUBLIC_KEY: usize = 64 << 10;

/// Takes so many bytes from what may still be looked at.
pub(super) fn spend(effort: &Cell<usize>, bytes: usize) {
    effort.set(effort.get().saturating_sub(bytes));
}
