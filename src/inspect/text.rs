//! Facts about text entries as a whole.

use super::text_facts::text_facts;
use super::{FactSink, Hit, Inspector, Sample, Scanner};

/// Writes [`TextFacts`](crate::inventory::TextFacts) of text entries.
pub(super) const INSPECTOR: Inspector = Inspector { name: "text", needles: |_| Vec::new(), inspect };

fn inspect(sample: &Sample<'_>, _: &[Hit], _: &Scanner, sink: &mut FactSink<'_>) {
    if sample.decoded.is_none() && sample.media.is_text() {
        sink.entry.text = Some(sample.facts.unwrap_or_else(|| text_facts(sample.bytes)));
    }
}
