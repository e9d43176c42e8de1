//! NuGet packages. packgate reads them, but neither packs nor fetches any: `dotnet pack` builds, and no client
//! downloads the packed file.

mod advice;
mod artifact;
mod registry;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { name: "nupkg", formats: &[&artifact::Nupkg], project: None, client: None };
