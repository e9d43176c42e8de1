use serde::Serialize;

use crate::inventory::{At, Entry, Inventory, LinkTarget};

use super::maps::no_link;
use super::{Context, Family, Finding, Place, Rule};

pub(super) const RULE: Rule = Rule {
    name: "source-map-remote",
    family: Family::SourceMaps,
    summary: "A link to a source map, or its sources, on a server of your own or in an object store",
    docs: r#"
## What it does

Finds absolute URLs in `sourceMappingURL` comments, in `sourceRoot`, in `sources`, in the sections of index maps, and in
the header `SourceMap` that a web server's settings send (`_headers`, `.htaccess`, `netlify.toml`, `vercel.json`, ...).
Well-known public places (a repository's raw files, package CDNs) are left to `source-map-public-link`.

## Why it matters

The URL tells every reader where your maps or sources are. Object store buckets are often readable by anybody who
knows the name, and one such link has given away a whole repository.

## What to do

Build so that no comment is written (webpack: `hidden-source-map`; Rollup, Vite, tsup: `sourcemap: false`; tsc has no
such form: `"sourceMap": false`), and set neither `sourceRoot` nor the header. Make sure
that the server asks for credentials: the URL of an earlier release stays known.

## Example

```
package/cli.js:9021:1: links to its source map in an object store: https://acme-maps.s3.amazonaws.com/cli.js.map
```
"#,
    check,
};

fn check(rule: &Rule, context: &Context<'_>, findings: &mut Vec<Finding>) {
    for remote in Remote::all(context.inventory) {
        let place = remote.host.place();
        if place == HostPlace::Public {
            continue;
        }
        let what = match place {
            HostPlace::ObjectStore => "in an object store",
            HostPlace::Private => "on a private host",
            _ => "on another server",
        };
        let help = match place {
            HostPlace::ObjectStore => {
                "Build without the comment and without sourceRoot, and check who may read the bucket."
            }
            _ => "Build without the comment and without sourceRoot.",
        };
        let help = format!("{help} {}", no_link(context));
        findings.push(remote.finding(rule, what).help(help));
    }
}

/// URLs of one host in one entry.
pub(super) struct Remote<'a> {
    entry: &'a Entry,
    at: At,
    role: Role,
    url: String,
    pub(super) host: Host,
    count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    Comment,
    SourceRoot,
    Source,
    Section,
}

#[derive(Serialize)]
struct Evidence<'a> {
    url: &'a str,
    host: &'a str,
    host_is: HostPlace,
    stands_in: Role,
    count: usize,
}

impl<'a> Remote<'a> {
    /// All of an artifact; those of one entry with the same host and role together.
    pub(super) fn all(inventory: &'a Inventory) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for entry in inventory.files() {
            let first = all.len();
            let mut add = |url: &str, at: &At, role: Role| {
                let Some(host) = Host::of(url) else { return };
                let known =
                    all.iter_mut().skip(first).find(|remote| remote.host == host && remote.role == role);
                match known {
                    Some(remote) => remote.count += 1,
                    None => {
                        all.push(Self { entry, at: at.clone(), role, url: url.to_owned(), host, count: 1 })
                    }
                }
            };
            for link in &entry.links {
                if let LinkTarget::Remote { url } = &link.target {
                    add(url, &link.at, Role::Comment);
                }
            }
            for map in &entry.maps {
                map.source_root.iter().for_each(|url| add(url, &map.at, Role::SourceRoot));
                map.section_urls.iter().for_each(|url| add(url, &map.at, Role::Section));
                let own = map.sources.iter().filter(|source| !source.third_party);
                own.for_each(|source| add(&source.path, &map.at, Role::Source));
            }
        }
        all
    }

    /// A finding; `what` says where the host is.
    pub(super) fn finding(&self, rule: &Rule, what: &str) -> Finding {
        let url = &self.url;
        let message = match self.role {
            Role::Comment => format!("This file links to its source map {what}: {url}."),
            Role::SourceRoot => format!("This source map has its sources {what}: {url}."),
            Role::Source if self.count > 1 => {
                format!("This source map names {} sources {what}, such as {url}.", self.count)
            }
            Role::Source => format!("This source map names a source {what}: {url}."),
            Role::Section => format!("This source map has a part {what}: {url}."),
        };
        let evidence = Evidence {
            url,
            host: &self.host.0,
            host_is: self.host.place(),
            stands_in: self.role,
            count: self.count,
        };
        let whole_file = self.role != Role::Comment && self.at.offset == 0;
        let place = if whole_file { Place::entry(self.entry) } else { Place::at(self.entry, &self.at) };
        Finding::new(rule, place)
            .message(message)
            .evidence(evidence)
            .key(format!("{:?}:{}", self.role, self.host.0))
    }
}

/// A host name in lower case, with the first path segment where the host alone says too little.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Host(String);

/// What kind of host it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum HostPlace {
    /// Storage that anybody who knows the name may be able to read.
    ObjectStore,
    /// An address on an internal network.
    Private,
    /// Public repositories and CDNs.
    Public,
    /// Any other.
    Other,
}

impl Host {
    /// The host of an absolute URL that leads to a server.
    fn of(url: &str) -> Option<Self> {
        let rest = match url.split_once("://") {
            Some((scheme, rest)) => {
                let known = ["http", "https", "ftp", "ftps", "s3", "gs", "sftp", "ssh"];
                known.contains(&scheme.to_ascii_lowercase().as_str()).then_some(rest)?
            }
            None => url.strip_prefix("//")?,
        };
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let bare = match host.strip_prefix('[') {
            Some(address) => address.split(']').next()?,
            None => host.split(':').next()?,
        };
        let store = ["s3://", "gs://"].iter().any(|scheme| url.starts_with(scheme));
        let dotted = bare.contains('.')
            || bare.contains(':')
            || bare == "localhost"
            || store
            || authority.contains(':');
        let name = if store { format!("{bare}.s3.amazonaws.com") } else { bare.to_ascii_lowercase() };
        (dotted && !bare.is_empty()).then_some(Self(name))
    }

    pub(super) fn place(&self) -> HostPlace {
        const STORES: [&str; 12] = [
            ".r2.dev",
            ".r2.cloudflarestorage.com",
            ".amazonaws.com",
            "storage.googleapis.com",
            "storage.cloud.google.com",
            "firebasestorage.googleapis.com",
            ".blob.core.windows.net",
            ".digitaloceanspaces.com",
            ".backblazeb2.com",
            ".wasabisys.com",
            ".aliyuncs.com",
            ".myqcloud.com",
        ];
        const PUBLIC: [&str; 28] = [
            "github.com",
            "raw.githubusercontent.com",
            "raw.github.com",
            ".github.io",
            "gitlab.com",
            "bitbucket.org",
            "codeberg.org",
            "unpkg.com",
            ".jsdelivr.net",
            "cdnjs.cloudflare.com",
            "ajax.googleapis.com",
            "esm.sh",
            "cdn.skypack.dev",
            "jspm.dev",
            ".jspm.io",
            "deno.land",
            "jsr.io",
            "code.jquery.com",
            // Editors serve the maps of their own public builds from here.
            ".vscode-cdn.net",
            "ticino.blob.core.windows.net",
            "vscode.blob.core.windows.net",
            "example.com",
            "example.org",
            "www.example.com",
            "chromium.googlesource.com",
            "source.chromium.org",
            "svn.apache.org",
            "sourceforge.net",
        ];
        let host = self.0.as_str();
        let is = |known: &str| match known.strip_prefix('.') {
            Some(bare) => host.ends_with(known) || host == bare,
            None => host == known,
        };
        if PUBLIC.iter().any(|known| is(known)) {
            HostPlace::Public
        } else if STORES.iter().any(|known| is(known)) {
            HostPlace::ObjectStore
        } else if is_private(host) {
            HostPlace::Private
        } else {
            HostPlace::Other
        }
    }
}

/// Whether only an internal network resolves or routes it.
fn is_private(host: &str) -> bool {
    const SUFFIXES: [&str; 9] = [
        ".corp",
        ".internal",
        ".intranet",
        ".lan",
        ".local",
        ".localdomain",
        ".home",
        ".private",
        ".localhost",
    ];
    if let Ok(address) = host.parse::<std::net::IpAddr>() {
        return match address {
            std::net::IpAddr::V4(address) => {
                address.is_private() || address.is_loopback() || address.is_link_local()
            }
            std::net::IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
        };
    }
    host == "localhost" || SUFFIXES.iter().any(|suffix| host.ends_with(suffix)) || !host.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{inspected, run};

    #[test]
    fn tells_hosts_apart() {
        for (url, place) in [
            ("https://pub-0.r2.dev/a.map", HostPlace::ObjectStore),
            ("https://acme.s3.eu-west-1.amazonaws.com/a.map", HostPlace::ObjectStore),
            ("//acme.s3.amazonaws.com/a.map", HostPlace::ObjectStore),
            ("https://STORAGE.googleapis.com/acme/a.map", HostPlace::ObjectStore),
            ("s3://acme-maps/a.map", HostPlace::ObjectStore),
            ("https://acme.blob.core.windows.net/m/a.map", HostPlace::ObjectStore),
            ("http://10.1.2.3:8080/a.map", HostPlace::Private),
            ("http://localhost:3000/a.map", HostPlace::Private),
            ("https://maps.acme.corp/a.map", HostPlace::Private),
            ("http://[::1]/a.map", HostPlace::Private),
            ("https://maps.acme.io/a.map", HostPlace::Other),
            ("https://user@maps.acme.io:8443/a.map", HostPlace::Other),
            ("https://raw.githubusercontent.com/a/b/main/src/", HostPlace::Public),
            ("https://main.vscode-cdn.net/sourcemaps/1/a.map", HostPlace::Public),
            ("https://notgithub.com/a.map", HostPlace::Other),
            ("https://evil-r2.dev/a.map", HostPlace::Other),
        ] {
            assert_eq!(Host::of(url).unwrap().place(), place, "{url}");
        }
        for url in [
            "a.js.map",
            "webpack://acme/./src/a.ts",
            "file:///home/a.ts",
            "/a.map",
            "data:,x",
            "//",
            "ng:///a.ts",
        ] {
            assert_eq!(Host::of(url), None, "{url}");
        }
    }

    #[test]
    fn fires_on_comments_roots_sources_and_sections() {
        for (path, text, line) in [
            ("p/a.js", "x()\n//# sourceMappingURL=https://acme.r2.dev/a.map", Some(2)),
            ("p/a.css", "a{}\n/*# sourceMappingURL=//cdn.acme.io/a.map */", Some(2)),
            (
                "p/a.map",
                r#"{"version":3,"sourceRoot":"https://acme.r2.dev/","sources":["a.ts"],"mappings":""}"#,
                None,
            ),
            (
                "p/a.map",
                r#"{"version":3,"sources":["https://acme.r2.dev/a.ts","https://acme.r2.dev/b.ts"],"mappings":""}"#,
                None,
            ),
            (
                "p/a.map",
                r#"{"version":3,"sections":[{"offset":{},"url":"https://acme.r2.dev/a.map"}]}"#,
                None,
            ),
        ] {
            let found = run(&RULE, &inspected(&[(path, text)]));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].place.line, line, "{text}");
        }
    }

    #[test]
    fn is_silent_on_public_places_and_relative_paths() {
        for (path, text) in [
            ("p/a.js", "x()\n//# sourceMappingURL=a.map"),
            ("p/a.js", "x()\n//# sourceMappingURL=https://raw.githubusercontent.com/a/b/main/a.map"),
            ("p/a.js", "x(\"//# sourceMappingURL=https://acme.r2.dev/a.map\")"),
            ("p/a.map", r#"{"version":3,"sources":["webpack://acme/./a.ts"],"mappings":""}"#),
        ] {
            assert!(run(&RULE, &inspected(&[(path, text)])).is_empty(), "{text}");
        }
    }
}
