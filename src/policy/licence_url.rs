//! Licences that a manifest gives as a URL: NuGet's `licenseUrl` and what other manifests have in place of a name.

/// Where the texts of open licences are on the web.
const KNOWN: &[&str] = &[
    "opensource.org/licenses/",
    "opensource.org/license/",
    "apache.org/licenses/",
    "gnu.org/licenses/",
    "gnu.org/copyleft/",
    "mozilla.org/mpl",
    "mozilla.org/en-us/mpl",
    "creativecommons.org/publicdomain/",
    "creativecommons.org/licenses/by/",
    "creativecommons.org/licenses/by-sa/",
    "mit-license.org",
    "unlicense.org",
    "wtfpl.net",
    "spdx.org/licenses/mit",
    "spdx.org/licenses/apache-2.0",
    "spdx.org/licenses/bsd-",
    "eclipse.org/legal/epl",
    "boost.org/license",
    "scripts.sil.org/ofl",
    "github.com/dotnet/",
    "github.com/aspnet/",
    "eclipse.org/org/documents/epl",
    "eclipse.org/org/documents/edl",
    "sun.com/cddl",
    "glassfish.java.net/public/cddl",
    "glassfish.java.net/nonav/public/cddl",
    "glassfish.dev.java.net/public/cddl",
    "glassfish.dev.java.net/nonav/public/cddl",
    "repository.jboss.org/licenses/",
    "json.org/license",
    "jquery.org/license",
    "raw.githubusercontent.com/aspnet/",
    "choosealicense.com/licenses/mit",
    "choosealicense.com/licenses/apache-2.0",
    "bouncycastle.org/licence",
    "bouncycastle.org/csharp/licence",
    "antlr.org/license",
    "antlr3.org/license",
    "oss.oracle.com/licenses/upl",
    "oss.oracle.com/licenses/cddl",
    "h2database.com/html/license",
];

/// Where NuGet shows the licence of an SPDX expression, which is the rest of the URL.
const OF_EXPRESSIONS: &str = "licenses.nuget.org/";

/// Hosts of repositories, and what stands before the path of a file there. A private repository's file can't be read by
/// those whom the licence is for, so that nobody links to it.
const REPOSITORIES: &[(&str, &str)] = &[
    ("github.com/", "/blob/"),
    ("github.com/", "/raw/"),
    ("raw.githubusercontent.com/", "/"),
    ("raw.github.com/", "/"),
    ("gitlab.com/", "/blob/"),
    ("gitlab.com/", "/raw/"),
    ("bitbucket.org/", "/src/"),
    ("bitbucket.org/", "/raw/"),
    ("codeberg.org/", "/src/"),
];

/// The SPDX expression that a URL shows the licence of.
pub(super) fn expression(text: &str) -> Option<String> {
    let (_, url) = text.split_once("://")?;
    url.strip_prefix(OF_EXPRESSIONS).map(|expression| expression.replace("%20", " "))
}

/// Whether a text has a URL of an open licence, or of a licence file in a public repository.
pub(super) fn is_open(text: &str) -> bool {
    let Some((_, url)) = text.split_once("://") else { return false };
    let url = url.to_lowercase();
    KNOWN.iter().any(|known| url.contains(known)) || is_in_repository(&url)
}

/// Whether it is a licence file in a repository that everybody can read.
fn is_in_repository(url: &str) -> bool {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let url = url.strip_prefix("www.").unwrap_or(url);
    // CodePlex held open projects alone, and had a page for each one's licence.
    if url.split_once(".codeplex.com/").is_some_and(|(_, page)| page.trim_end_matches('/') == "license") {
        return true;
    }
    let file = url.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or(file);
    let is_licence = ["license", "licence", "copying", "unlicense"].iter().any(|name| stem.contains(name));
    is_licence
        && REPOSITORIES
            .iter()
            .any(|(host, before)| url.strip_prefix(host).is_some_and(|path| path.contains(before)))
}
