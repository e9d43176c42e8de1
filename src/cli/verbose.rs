//! What `-v` and `-vv` print to stderr of the library's log records.

use log::{LevelFilter, Log, Metadata, Record};
use packgate::escape::shown;

use super::output;

/// `-v` shows what was read, run and recognised, `-vv` also how long it took.
pub(super) fn start(count: u8) {
    log::set_max_level(match count {
        0 => LevelFilter::Off,
        1 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    });
    // This fails only if there is a logger already, and there is no other.
    let _ = log::set_logger(&Stderr);
}

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("packgate")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            output::note(&format_args!("packgate: {}", shown(&record.args().to_string())));
        }
    }

    fn flush(&self) {}
}
