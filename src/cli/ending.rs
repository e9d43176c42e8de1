//! Unplanned ends: a panic, Ctrl-C, a cancelled job.

use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

use packgate::{guard, scratch};

use super::{Exit, complain};

/// From here on, a panic prints one line and exits with the status of a failure, and a signal leaves nothing behind.
pub(super) fn prepare() {
    std::panic::set_hook(Box::new(on_panic));
    if let Err(error) = watch() {
        complain(&format_args!("temporary folders will remain if a signal ends this run: {error}"));
    }
}

fn on_panic(panic: &PanicHookInfo<'_>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if guard::is_caught(panic) {
        return;
    }
    if TOLD.swap(true, Ordering::Relaxed) {
        loop {
            std::thread::park();
        }
    }
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), guard::place);
    complain(&format_args!(
        "version {} failed at {place}; nothing was decided. Please report that place at {}/issues; the artifact is \
         not needed.",
        env!("CARGO_PKG_VERSION"),
        env!("CARGO_PKG_REPOSITORY"),
    ));
    // Unwinding could get stuck at a thread that waits for this one.
    scratch::clean_up();
    std::process::exit(Exit::Usage as i32);
}

#[cfg(unix)]
fn watch() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let ignored = ignored();
    let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0);
    let mut signals = Signals::new(wanted)?;
    std::thread::spawn(move || {
        for signal in signals.forever() {
            scratch::clean_up();
            // The parent process sees that a signal ended it.
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// The signals that this program was started with as ignored, as by `nohup`, as a mask. Only Linux tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(unix))]
fn watch() -> std::io::Result<()> {
    Ok(())
}
