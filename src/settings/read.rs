//! Reading files.

use std::io::Read as _;
use std::path::Path;

use super::problem::Problem;

/// Largest settings or policy file that is read.
const LARGEST: u64 = 16 << 20;

/// Reads a settings or policy file as text.
pub(crate) fn read(path: &Path, name: &str) -> Result<String, Problem> {
    let file = std::fs::File::open(path)
        .map_err(|error| Problem::with_file(name, format!("can't be opened: {error}")))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Problem::with_file(name, format!("can't be read: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Problem::with_file(name, "is larger than 16 MiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Problem::with_file(name, format!("is not UTF-8 at byte {at}"))
    })
}
