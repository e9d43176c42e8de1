use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use packgate::escape::shown;

/// A line on a terminal's stderr that says what is being done; it appears when that takes longer than half a second.
/// None in CI, where nobody looks at it while it is there.
pub(crate) struct Progress {
    running: Option<(Sender<()>, JoinHandle<()>)>,
}

const PATIENCE: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(100);

impl Progress {
    /// Begins to show what `line` says.
    pub(crate) fn start(quiet: bool, line: impl Fn() -> String + Send + 'static) -> Self {
        let is_watched = std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
        let running = (!quiet && is_watched).then(|| {
            let (stop, stopped) = channel();
            let thread = std::thread::spawn(move || {
                let mut wait = PATIENCE;
                let mut is_shown = false;
                while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                    draw(&line());
                    is_shown = true;
                    wait = TICK;
                }
                if is_shown {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
            });
            (stop, thread)
        });
        Self { running }
    }

    /// Shows what a client that packs says last.
    pub(crate) fn packing(quiet: bool) -> Self {
        Self::start(quiet, || match packgate::scratch::last_line() {
            Some(line) => format!("packing: {line}"),
            None => "packing".to_owned(),
        })
    }

    /// Wipes the line.
    pub(crate) fn finish(mut self) {
        if let Some((stop, thread)) = self.running.take() {
            drop(stop);
            let _ = thread.join();
        }
    }
}

/// A bar for so many of so many.
pub(crate) fn bar(done: usize, total: usize) -> String {
    const CELLS: usize = 24;
    let full = (done * CELLS).checked_div(total).unwrap_or(0).min(CELLS);
    let bar: String = std::iter::repeat_n('#', full).chain(std::iter::repeat_n('-', CELLS - full)).collect();
    format!("[{bar}] {done}/{total}")
}

fn draw(line: &str) {
    let columns =
        terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
    let line: String = shown(line).to_string().chars().take(columns.saturating_sub(1)).collect();
    let mut stderr = std::io::stderr();
    let _ = write!(stderr, "\r\x1b[K{line}");
    let _ = stderr.flush();
}
