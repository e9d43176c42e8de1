//! Java archives. packgate reads them, and neither packs nor fetches any: which build makes one is every project's own
//! affair.

mod artifact;
mod attributes;
mod signed;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { name: "jar", formats: &[&artifact::Jar], project: None, client: None };
