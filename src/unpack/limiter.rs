use std::collections::HashMap;

use crate::inventory::{AnomalyKind, MOST_OF_A_KIND};

use super::{Blob, Damage, Header, RawAnomaly, Sink};

/// Counts anomalies, so that a container of a hundred thousand odd names costs no more than one of a hundred.
#[derive(Debug, Default)]
pub(super) struct AnomalyLimiter {
    counts: HashMap<AnomalyKind, usize>,
}

impl AnomalyLimiter {
    /// Whether one more of this kind is to be told.
    pub(super) fn admits(&mut self, kind: AnomalyKind) -> bool {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        *count <= MOST_OF_A_KIND
    }
}

/// A sink that is told only so many anomalies of a kind.
pub(super) struct LimitedSink<'a> {
    sink: &'a mut dyn Sink,
    limiter: AnomalyLimiter,
}

impl<'a> LimitedSink<'a> {
    pub(super) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, limiter: AnomalyLimiter::default() }
    }
}

impl Sink for LimitedSink<'_> {
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

    fn anomaly(&mut self, anomaly: RawAnomaly) {
        if self.limiter.admits(anomaly.kind) {
            self.sink.anomaly(anomaly);
        }
    }

    fn blob(&mut self, blob: Blob) {
        self.sink.blob(blob);
    }
}
