//! Caught panics and where they came from. A panic's message may quote what was being read, so only the place in the
//! source is kept.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::{AssertUnwindSafe, Location, PanicHookInfo, catch_unwind, resume_unwind};

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that was caught.
#[derive(Debug)]
pub(crate) struct Caught {
    place: Option<String>,
}

impl fmt::Display for Caught {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(formatter, "packgate failed at {place}"),
            None => formatter.write_str("packgate failed"),
        }
    }
}

impl Caught {
    /// Resumes another thread's panic in this one, without a second report.
    pub(crate) fn go_on(self) -> ! {
        PLACE.set(self.place);
        resume_unwind(Box::new("a panic of another thread"))
    }
}

/// Does the work, and catches its panic.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Caught> {
    DEPTH.set(DEPTH.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    DEPTH.set(DEPTH.get().saturating_sub(1));
    done.map_err(|_| Caught { place: PLACE.take() })
}

/// For a panic hook: whether the panic is going to be caught and reported. If so, its place is kept for the report.
pub fn is_caught(panic: &PanicHookInfo<'_>) -> bool {
    let caught = DEPTH.get() > 0;
    if caught {
        PLACE.set(panic.location().map(place));
    }
    caught
}

/// File, line and column, without the folders of the machine that built this program.
pub fn place(location: &Location<'_>) -> String {
    let file = location.file().replace('\\', "/");
    let named = match file.split_once("/registry/src/") {
        Some((_, below)) => below.split_once('/').map_or(below, |(_registry, file)| file),
        None => file.split_once("/library/").map_or(file.as_str(), |(_, below)| below),
    };
    format!("{named}:{}:{}", location.line(), location.column())
}

/// Panics if a test asks for it: the environment variable `PACKGATE_TEST_PANIC` names the spot.
#[cfg(debug_assertions)]
#[expect(clippy::panic, reason = "that is what it is for")]
pub fn spot(name: &str) {
    use std::sync::LazyLock;
    static WANTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("PACKGATE_TEST_PANIC").ok());
    if WANTED.as_deref() == Some(name) {
        panic!("a test wants a panic, and here is a \"secret\": {name}");
    }
}

/// Nothing outside tests.
#[cfg(not(debug_assertions))]
#[inline]
pub fn spot(_name: &str) {}
