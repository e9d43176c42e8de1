use std::sync::{Condvar, Mutex, PoisonError};

/// Bounds the bytes in flight between unpacking and inspecting. One entry larger than the whole budget
/// may pass when nothing else is under way.
#[derive(Debug)]
pub struct Budget {
    most: u64,
    in_flight: Mutex<u64>,
    freed: Condvar,
}

impl Default for Budget {
    /// For the entries of all artifacts that are looked at together.
    fn default() -> Self {
        Self::new(48 << 20)
    }
}

impl Budget {
    pub(super) fn new(most: u64) -> Self {
        Self { most, in_flight: Mutex::new(0), freed: Condvar::new() }
    }

    /// Holds `bytes` more if they may be held now.
    pub(super) fn try_take(&self, bytes: u64) -> bool {
        let mut held = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        let may = *held == 0 || held.saturating_add(bytes) <= self.most;
        if may {
            *held += bytes;
        }
        may
    }

    /// Waits until `bytes` more may be held.
    pub(super) fn take(&self, bytes: u64) {
        let guard = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        let mut guard = self
            .freed
            .wait_while(guard, |held| *held > 0 && held.saturating_add(bytes) > self.most)
            .unwrap_or_else(PoisonError::into_inner);
        *guard += bytes;
    }

    /// Holds `bytes` more for an entry that is under way already, without waiting.
    pub(super) fn grow(&self, bytes: u64) {
        *self.in_flight.lock().unwrap_or_else(PoisonError::into_inner) += bytes;
    }

    pub(super) fn give_back(&self, bytes: u64) {
        let mut guard = self.in_flight.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = guard.saturating_sub(bytes);
        self.freed.notify_all();
    }
}
