use std::io::{self, Write};

use crate::outcome::Audit;

use super::wire::Report;
use super::{Look, Reporter};
use crate::escape;

/// The whole report for programs; `docs/report.schema.json` describes it.
pub(super) const REPORTER: Reporter = Reporter { name: "json", needs_entries: false, write, parts: None };

fn write(audits: &[Audit], _look: &Look, out: &mut dyn Write) -> io::Result<()> {
    escape::write_json(&Report::new(audits), out)
}
