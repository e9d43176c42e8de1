//! How many artifacts are looked at at once, with how many threads and how much memory each.

use packgate::settings::parse_size;
use packgate::unpack::Share;

/// What a run may use.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Means {
    /// Threads to use [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Memory to keep to: fewer artifacts at once, and what doesn't fit is told as not examined
    #[arg(long, value_name = "BYTES", value_parser = memory)]
    memory_limit: Option<u64>,
}

/// What the means come to for some artifacts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Workers {
    /// Artifacts that are looked at at once.
    pub at_once: usize,
    /// Threads for each of them.
    pub each: usize,
    /// Memory for each of them.
    pub share: Option<Share>,
}

const MIB: u64 = 1 << 20;
/// What the program takes whatever it looks at.
const FIXED: u64 = 96 * MIB;
/// What a thread takes: a stack, and what an allocator sets aside for it.
const THREAD: u64 = 66 * MIB;
/// What an artifact gets at least.
const SHARE: u64 = 64 * MIB;
/// With less there is no beginning.
const LEAST: u64 = 256 * MIB;

impl Means {
    /// Whether how much memory an artifact may use depends on how many there are.
    pub(super) fn is_bounded(&self) -> bool {
        self.memory_limit.is_some()
    }

    /// Shares them out.
    pub(super) fn workers(&self, artifacts: usize) -> Workers {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.jobs.map_or(processors, usize::from);
        let at_once = jobs.min(artifacts).max(1);
        let Some(memory) = self.memory_limit else {
            return Workers { at_once, each: (jobs / at_once).max(1), share: None };
        };
        let free = memory.saturating_sub(FIXED);
        let most = usize::try_from(free / (THREAD + SHARE)).unwrap_or(usize::MAX);
        let at_once = at_once.min(most).max(1);
        let share = (free / at_once as u64).saturating_sub(THREAD);
        Workers { at_once, each: 1, share: Some(Share::new(share)) }
    }
}

fn memory(text: &str) -> Result<u64, String> {
    let bytes = parse_size(text)?;
    match bytes < LEAST {
        true => Err(format!("packgate needs {} MiB at least", LEAST / MIB)),
        false => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_decides_how_many_work_at_once() {
        let workers = |jobs, memory, artifacts| {
            let workers = Means { jobs, memory_limit: memory }.workers(artifacts);
            (workers.at_once, workers.each, workers.share)
        };
        let share = |bytes| Some(Share::new(bytes));
        assert_eq!(workers(Some(8), None, 2), (2, 4, None));
        assert_eq!(workers(Some(8), Some(256 * MIB), 20), (1, 1, share(94 * MIB)));
        assert_eq!(workers(Some(8), Some(512 * MIB), 20).0, 3);
        assert_eq!(workers(Some(2), Some(8192 * MIB), 20).0, 2);
        assert_eq!(workers(Some(8), Some(512 * MIB), 1), (1, 1, share(350 * MIB)));
        assert!(memory("255MiB").is_err() && memory("many").is_err());
        assert_eq!(memory("1GiB"), Ok(1 << 30));
    }
}
