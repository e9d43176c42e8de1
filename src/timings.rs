//! Where the time of an audit goes, for `--timings`: summed by stage over all threads.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Time spent per stage. Threads overlap, so the sum may exceed the run's own time.
#[derive(Debug, Default)]
pub struct Timings {
    spent: Mutex<BTreeMap<&'static str, Duration>>,
}

impl Timings {
    /// Adds time to a stage.
    pub fn add(&self, stage: &'static str, time: Duration) {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner).entry(stage).or_default() += time;
    }

    /// All stages, the longest first.
    pub fn stages(&self) -> Vec<(&'static str, Duration)> {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stages: Vec<_> = spent.iter().map(|(stage, time)| (*stage, *time)).collect();
        stages.sort_by_key(|(stage, time)| (std::cmp::Reverse(*time), *stage));
        stages
    }
}

/// Does the work and, if there are timings, records its time under `stage`.
pub fn timed<T>(timings: Option<&Timings>, stage: &'static str, work: impl FnOnce() -> T) -> T {
    let Some(timings) = timings else { return work() };
    let start = Instant::now();
    let done = work();
    timings.add(stage, start.elapsed());
    done
}
