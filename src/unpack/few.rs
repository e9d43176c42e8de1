use std::collections::HashMap;

use crate::inventory::{AnomalyKind, MOST_OF_A_KIND};

use super::{Blob, Damage, Header, Oddity, Sink};

/// Counts oddities, so that a container of a hundred thousand odd names costs no more than one of a hundred.
#[derive(Debug, Default)]
pub(super) struct Few {
    counts: HashMap<AnomalyKind, usize>,
}

impl Few {
    /// Whether one more of this kind is to be told.
    pub(super) fn admits(&mut self, kind: AnomalyKind) -> bool {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        *count <= MOST_OF_A_KIND
    }
}

/// A sink that is told only so many oddities of a kind.
pub(super) struct Told<'a> {
    sink: &'a mut dyn Sink,
    few: Few,
}

impl<'a> Told<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, few: Few::default() }
    }
}

impl Sink for Told<'_> {
    fn begin(&mut self, header: Header) {
        self.sink.begin(header);
    }

    fn data(&mut self, bytes: &[u8]) {
        self.sink.data(bytes);
    }

    fn end(&mut self) {
        self.sink.end();
    }

    fn broken(&mut self, damage: Damage) {
        self.sink.broken(damage);
    }

    fn oddity(&mut self, oddity: Oddity) {
        if self.few.admits(oddity.kind) {
            self.sink.oddity(oddity);
        }
    }

    fn blob(&mut self, blob: Blob) {
        self.sink.blob(blob);
    }
}
