use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// A progress line on a terminal's stderr, shown once the audit takes longer than half a second.
pub(crate) struct Progress {
    done: Arc<AtomicUsize>,
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    /// Starts counting towards `total` artifacts.
    pub(crate) fn start(total: usize, quiet: bool) -> Self {
        let done = Arc::new(AtomicUsize::new(0));
        let running = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let (stop, stopped) = channel();
            let counter = Arc::clone(&done);
            let thread = std::thread::spawn(move || {
                let mut wait = PATIENCE;
                let mut shown = false;
                while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                    draw(counter.load(Ordering::Relaxed), total);
                    shown = true;
                    wait = TICK;
                }
                if shown {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            });
            (stop, thread)
        });
        Self { done, running }
    }

    /// One more is done.
    pub(crate) fn tick(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Wipes the line.
    pub(crate) fn finish(mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

fn draw(done: usize, total: usize) {
    const CELLS: usize = 24;
    let full = (done * CELLS).checked_div(total).unwrap_or(0).min(CELLS);
    let bar: String = std::iter::repeat_n('#', full).chain(std::iter::repeat_n('-', CELLS - full)).collect();
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "\r\x1b[Kauditing [{bar}] {done}/{total}");
    let _ = stderr.flush();
}
