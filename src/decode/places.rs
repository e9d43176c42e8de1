//! Where the bytes of a layer came from.

use super::{Budget, LARGEST_LAYER, Layer};

/// Where the bytes of a layer came from.
#[derive(Debug, Default, Clone)]
pub(crate) struct Places {
    pieces: Vec<Piece>,
}

/// From here on in the layer, bytes came from there on, so many of them for so many.
#[derive(Debug, Clone, Copy)]
struct Piece {
    at: usize,
    from: usize,
    rate: Rate,
}

/// Bytes of the source for bytes of the layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate(pub usize, pub usize);

impl Rate {
    pub(super) const SAME: Self = Self(1, 1);
    pub(super) const BASE64: Self = Self(4, 3);
    pub(super) const DOUBLE: Self = Self(2, 1);
}

impl Places {
    /// Where the byte at this offset of the layer stands in what it was uncovered in.
    pub(crate) fn source(&self, offset: usize) -> usize {
        let after = self.pieces.partition_point(|piece| piece.at <= offset);
        after.checked_sub(1).and_then(|index| self.pieces.get(index)).map_or(0, |piece| {
            piece.from + (offset - piece.at).saturating_mul(piece.rate.0) / piece.rate.1.max(1)
        })
    }
}

/// Puts layers together and hands them out.
pub(super) struct Builder<'a> {
    what: &'static str,
    is_hidden: bool,
    budget: &'a Budget,
    found: &'a mut dyn FnMut(Layer),
    text: Vec<u8>,
    places: Places,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        what: &'static str,
        is_hidden: bool,
        budget: &'a Budget,
        found: &'a mut dyn FnMut(Layer),
    ) -> Self {
        Self { what, is_hidden, budget, found, text: Vec::new(), places: Places::default() }
    }

    /// Bytes to come stand at `from` in the source.
    pub(super) fn mark(&mut self, from: usize, rate: Rate) {
        self.mark_at(self.text.len(), from, rate);
    }

    /// Bytes of this layer from `at` on stand at `from` in the source.
    pub(super) fn mark_at(&mut self, at: usize, from: usize, rate: Rate) {
        let pieces = &mut self.places.pieces;
        // what was marked last has no bytes
        if pieces.last().is_some_and(|last| last.at == at) {
            pieces.pop();
        }
        pieces.push(Piece { at, from, rate });
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    /// Length of what the layer holds so far.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Takes so much from the budget if it is there.
    pub(super) fn afford(&mut self, bytes: usize) -> bool {
        self.budget.take(bytes)
    }

    /// The same for a layer of its own.
    pub(super) fn afford_alone(&mut self, bytes: usize) -> bool {
        self.budget.take_alone(bytes)
    }

    /// A text is complete: the next one is none of its neighbours.
    pub(super) fn end(&mut self) {
        self.text.push(b'\n');
        if self.text.len() >= LARGEST_LAYER {
            self.flush();
        }
    }

    /// Hands out a layer of its own, which is no text among others and can't be read where it stands.
    pub(super) fn alone(
        &mut self,
        text: Vec<u8>,
        marks: impl IntoIterator<Item = (usize, usize)>,
        rate: Rate,
    ) {
        let pieces = marks.into_iter().map(|(at, from)| Piece { at, from, rate }).collect();
        (self.found)(Layer { what: self.what, is_hidden: true, text, places: Places { pieces } });
    }

    pub(super) fn flush(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let (text, places) = (std::mem::take(&mut self.text), std::mem::take(&mut self.places));
        (self.found)(Layer { what: self.what, is_hidden: self.is_hidden, text, places });
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}
