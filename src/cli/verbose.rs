//! What `-v` and `-vv` print to stderr of the records that the library makes.

use log::{LevelFilter, Log, Metadata, Record};
use packgate::escape::shown;

use super::output;

/// `-v` tells what was read, run and recognised, `-vv` also how long it took.
pub(super) fn start(count: u8) {
    log::set_max_level(match count {
        0 => LevelFilter::Off,
        1 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    });
    // It fails when there is a logger already, and this is the only one.
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
