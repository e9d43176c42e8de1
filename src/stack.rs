//! Threads that know how much of their stack is left. A parser that goes down into itself may take a lot of it, but a
//! thread of its own for each small script would cost more than parsing it.

use std::cell::Cell;
use std::hint::black_box;
use std::io;
use std::ptr;
use std::thread::{Builder, Scope, ScopedJoinHandle};

/// Bytes of a thread's stack.
const BYTES: usize = 4 << 20;
/// Bytes that are kept back: for what a thread has there before it begins.
const KEPT: usize = 64 << 10;

thread_local! {
    /// Where the stack of this thread began, if it was started here.
    static BEGIN: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Starts a thread that knows how much of its stack is left.
///
/// # Errors
/// The system gives no more threads.
pub fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    Builder::new().stack_size(BYTES).spawn_scoped(scope, || {
        BEGIN.set(Some(here()));
        work()
    })
}

/// Bytes that are left at least of this thread's stack; 0 if that isn't known.
pub(crate) fn left() -> usize {
    let taken = BEGIN.get().and_then(|begin| begin.checked_sub(here()));
    taken.map_or(0, |taken| (BYTES - KEPT).saturating_sub(taken))
}

/// A place on the stack, which grows towards 0.
fn here() -> usize {
    let place = black_box(0u8);
    ptr::from_ref(&place).addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deep(levels: usize) -> usize {
        let page = black_box([0u8; 4096]);
        let left = if levels == 0 { left() } else { deep(levels - 1) };
        left + usize::from(*black_box(&page).first().unwrap_or(&0))
    }

    #[test]
    fn what_is_left_grows_less_with_each_call() {
        assert_eq!(left(), 0, "a thread of others");
        std::thread::scope(|scope| {
            let thread = spawn(scope, || [0, 10, 100].map(deep)).expect("a thread");
            let [first, second, third] = thread.join().expect("no panic");
            assert!(first <= BYTES - KEPT && first > BYTES / 2, "{first}");
            assert!(first - second >= 10 * 4096 && second - third >= 90 * 4096, "{first} {second} {third}");
        });
    }
}
