//! Java archives. packgate reads them, but neither packs nor fetches any: every project has its own way to build one.

mod advice;
mod artifact;
mod attributes;
mod heads;
mod pom;
mod services;
mod signed;

pub(super) use heads::open_sources;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { name: "jar", formats: &[&artifact::Jar], project: None, client: None };
