//! What the rules on wholeness share: a finding for each defect of some kinds, at its line of the manifest.

use crate::inventory::{Defect, DefectKind};

use super::{Context, Finding, Rule};

/// Findings for the package's defects of these kinds.
pub(super) fn report(
    rule: &Rule,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    kinds: &[DefectKind],
    help: &str,
    message: fn(&Defect) -> String,
) {
    let Some(package) = &context.inventory.package else { return };
    for defect in package.defects.iter().filter(|defect| kinds.contains(&defect.kind)) {
        findings.push(
            Finding::new(rule, super::manifest_place(context.inventory, &package.manifest, defect.line))
                .message(message(defect))
                .help(help)
                .evidence(defect)
                .key(format!("{} {}", defect.field, defect.subject)),
        );
    }
}
