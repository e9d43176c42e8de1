//! NuGet packages. packgate reads them, and neither packs nor fetches any: `dotnet pack` builds, and no client hands
//! out the packed file.

mod artifact;

use super::Ecosystem;

pub(super) const ECOSYSTEM: Ecosystem =
    Ecosystem { name: "nupkg", formats: &[&artifact::Nupkg], project: None, client: None };
