use std::io::{self, Write};

use crate::outcome::Audit;

use super::wire::Line;
use super::{Look, Parts, Reporter, Verdicts};
use crate::escape;

/// One line an artifact, for programs that read many; `docs/report-line.schema.json` describes it.
pub(super) const REPORTER: Reporter = Reporter {
    name: "ndjson",
    needs_entries: false,
    write,
    parts: Some(Parts { artifact, end, alone: true }),
};

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    audits.iter().enumerate().try_for_each(|(number, audit)| artifact(audit, number, look, out))
}

fn artifact(audit: &Audit, _number: usize, _look: &Look, out: &mut dyn Write) -> io::Result<()> {
    escape::write_json_line(&Line::new(audit), out)
}

fn end(_verdicts: &Verdicts, _look: &Look, _out: &mut dyn Write) -> io::Result<()> {
    Ok(())
}
