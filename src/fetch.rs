//! Fetching an earlier release with the ecosystem's own client, whose configuration, login and registry are
//! used as they are. packgate itself opens no connection.

use std::path::Path;

use crate::ecosystem::{self, Wish, is_word};
use crate::inventory::Inventory;

pub use crate::ecosystem::{ClientError, Fetched, Release};

/// Why there is no earlier release.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No client of this ecosystem fetches artifacts.
    #[error("no client fetches {0} artifacts; download the earlier release and name the file")]
    NoClient(&'static str),
    /// The artifact has no name to ask for.
    #[error("the artifact has no manifest with a name to ask for; name the file of the earlier release")]
    NoName,
    /// A name that a client could take for something else.
    #[error("`{0}` is not a name that a client could be asked for")]
    Suspicious(String),
    /// The client is missing or failed.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Fetches an earlier release of the package that `of` is, for the same platform. The client runs in
/// `folder`, where its configuration is.
///
/// # Errors
/// The ecosystem has no such client, it isn't installed, or it failed.
pub fn fetch(of: &Inventory, release: &Release, folder: &Path) -> Result<Fetched, FetchError> {
    let name = of.package.as_ref().map(|package| package.name.as_str()).filter(|name| !name.is_empty());
    let name = name.ok_or(FetchError::NoName)?;
    let plain = name.strip_prefix('@').unwrap_or(name);
    if !plain.split('/').all(is_word) || plain.split('/').count() > 2 {
        return Err(FetchError::Suspicious(name.to_owned()));
    }
    let wish = Wish { name, release, beside: of, folder };
    let fetched = ecosystem::format(of.kind).fetch(&wish);
    Ok(fetched.ok_or(FetchError::NoClient(of.kind.name()))??)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Kind, Package};

    #[test]
    fn nothing_strange_reaches_a_client() {
        for name in ["--registry=x", "@a/b/c", "a b", "../x", "file:x", "git+x:y", "@/x", "a@b", ""] {
            let package = Package { name: name.into(), ..Package::default() };
            let inventory = Inventory { kind: Kind::Npm, package: Some(package), ..Inventory::default() };
            let error = fetch(&inventory, &Release::Latest, Path::new(".")).unwrap_err();
            assert!(matches!(error, FetchError::Suspicious(_) | FetchError::NoName), "{name}: {error}");
        }
    }
}
