//! Several things at once, with their results in the order of the things.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use packgate::stack;

/// Works on all items, `at_once` of them at a time, and hands on the results in the items' order, as soon as they are
/// there.
pub(super) fn in_order<Item: Sync, Done: Send>(
    items: &[Item],
    at_once: usize,
    work: impl Fn(&Item) -> Done + Sync,
    take: &mut (dyn FnMut(&Item, Done) + Send),
) {
    let next = AtomicUsize::new(0);
    let queue = Mutex::new(Queue { next: 0, early: BTreeMap::new(), items, take });
    let work = || {
        while let Some((number, item)) = {
            let number = next.fetch_add(1, Ordering::Relaxed);
            items.get(number).map(|item| (number, item))
        } {
            let done = work(item);
            queue.lock().unwrap_or_else(PoisonError::into_inner).add(number, done);
        }
    };
    std::thread::scope(|scope| {
        let begun = (0..at_once.max(1)).map_while(|_| stack::spawn(scope, work).ok()).count();
        if begun == 0 {
            work();
        }
    });
}

/// Puts results that come in any order back in the items' order.
struct Queue<'a, Item, Done> {
    next: usize,
    early: BTreeMap<usize, Done>,
    items: &'a [Item],
    take: &'a mut (dyn FnMut(&Item, Done) + Send),
}

impl<Item, Done> Queue<'_, Item, Done> {
    fn add(&mut self, number: usize, done: Done) {
        self.early.insert(number, done);
        while let Some(done) = self.early.remove(&self.next)
            && let Some(item) = self.items.get(self.next)
        {
            self.next += 1;
            (self.take)(item, done);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order() {
        let items: Vec<u64> = (0..40).collect();
        let mut taken = Vec::new();
        let slow_first = |item: &u64| {
            std::thread::sleep(std::time::Duration::from_micros(500 * (item % 7)));
            item * 2
        };
        in_order(&items, 4, slow_first, &mut |item, done| taken.push((*item, done)));
        assert_eq!(taken, items.iter().map(|item| (*item, item * 2)).collect::<Vec<_>>());
    }
}
