//! npm's registry: npm and pnpm send a tarball as it is, `npm pack` of a name hands it out.

use std::ffi::{OsStr, OsString};

use serde_json::Value;

use crate::ecosystem::client::{ClientError, Fetched, Run};
use crate::ecosystem::registry::{Copy, Registry, Sender, Served};
use crate::inventory::Inventory;
use crate::scratch;

pub(super) struct NpmRegistry;

const SENDERS: [Sender; 3] = [
    Sender {
        name: "npm",
        command: "npm publish",
        program: "npm",
        before: &["publish"],
        no_login: &["code ENEEDAUTH"],
        login: "run `npm login`, or set a token in .npmrc",
        ..Sender::USUAL
    },
    Sender {
        name: "npm-stage",
        command: "npm stage publish",
        program: "npm",
        before: &["stage", "publish"],
        no_login: &["code ENEEDAUTH"],
        login: "run `npm login`, or set a token in .npmrc",
        is_staged: true,
        ..Sender::USUAL
    },
    Sender {
        name: "pnpm",
        command: "pnpm publish",
        program: "pnpm",
        before: &["publish", "--config.git-checks=false"],
        refused: &["-r", "--recursive", "--filter", "-F", "--filter-prod"],
        no_login: &["ENEEDAUTH", "401 Unauthorized"],
        login: "run `npm login`, or set a token in .npmrc",
        ..Sender::USUAL
    },
];

impl Registry for NpmRegistry {
    fn senders(&self) -> &'static [Sender] {
        &SENDERS
    }

    fn served(&self, copy: &Copy<'_>) -> Result<Served, ClientError> {
        let run = Run::of("npm", "it hands out what the registry serves", copy.folder)?;
        let (into, cache) = (scratch::Folder::new()?, scratch::Folder::new()?);
        let command = format!("npm pack {}@{}", copy.name, copy.version);
        let wanted = format!("{}@{}", copy.name, copy.version);
        // A copy in npm's cache would say nothing of what others get, and settings that keep from installing what is new
        // (`before`, `min-release-age`) would hide what was just sent.
        let fixed = [
            "pack",
            &wanted,
            "--prefer-online",
            "--offline=false",
            "--before=null",
            "--ignore-scripts",
            "--loglevel=error",
            // npm tries again, and waits for a minute between; whoever asks here does that by himself.
            "--fetch-retry-mintimeout=500",
            "--fetch-retry-maxtimeout=2000",
        ]
        .map(OsStr::new);
        let mut arguments: Vec<&OsStr> = fixed.to_vec();
        arguments.extend(copy.asked.iter().map(OsString::as_os_str));
        let registry = copy.index.map(|url| format!("--registry={url}"));
        arguments.extend(registry.as_ref().map(OsStr::new));
        arguments.extend([OsStr::new("--cache"), cache.path().as_os_str()]);
        arguments.extend([OsStr::new("--pack-destination"), into.path().as_os_str()]);
        match run.named(command.clone(), &arguments) {
            Ok(command) => Ok(Served::File(Fetched::only_file(into, command)?)),
            Err(ClientError::Failed { output, .. })
                if ["code E404", "code ETARGET"].iter().any(|code| output.contains(code)) =>
            {
                Ok(Served::Nothing)
            }
            Err(ClientError::Failed { output, .. }) if output.contains("code EINTEGRITY") => {
                Ok(Served::Broken("the tarball has another digest than the registry says".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// The command line goes before the manifest's `publishConfig`.
    fn where_to_ask(&self, artifact: &Inventory, sent_with: &[OsString]) -> Vec<OsString> {
        let mut asked = Vec::new();
        let manifest = artifact.package.as_ref().map_or("", |package| package.manifest.as_str());
        let kept = artifact.manifests.iter().find(|kept| kept.path == manifest);
        let manifest: Option<Value> = kept.and_then(|kept| serde_json::from_slice(&kept.bytes).ok());
        let config = manifest.as_ref().and_then(|manifest| manifest.get("publishConfig")?.as_object());
        for (key, value) in config.into_iter().flatten() {
            if let Some(url) = value.as_str().filter(|_| names_a_registry(key)) {
                asked.push(OsString::from(format!("--{key}={url}")));
            }
        }
        let mut arguments = sent_with.iter();
        while let Some(argument) = arguments.next() {
            let text = argument.to_string_lossy();
            let Some(option) = text.strip_prefix("--") else { continue };
            let key = option.split_once('=').map_or(option, |(key, _)| key);
            if !names_a_registry(key) && key != "userconfig" {
                continue;
            }
            asked.push(argument.clone());
            if !option.contains('=') {
                asked.extend(arguments.next().cloned());
            }
        }
        asked
    }
}

/// `registry`, `@acme:registry`.
fn names_a_registry(key: &str) -> bool {
    key == "registry" || key.starts_with('@') && key.ends_with(":registry")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;
    use crate::inventory::Package;

    #[test]
    fn where_the_package_went_is_where_it_is_looked_for() {
        let manifest = r#"{"publishConfig": {"registry": "http://a", "tag": "next", "@acme:registry": "http://b", "x": 1}}"#;
        let mut artifact = inventory("a.tgz", "gzip", &[("package/package.json", manifest)]);
        artifact.package = Some(Package { manifest: "package/package.json".into(), ..Package::default() });
        let sent = ["--access", "public", "--registry", "http://c", "--@acme:registry=http://d", "--otp=1"];
        let sent = sent.map(OsString::from);
        assert_eq!(
            NpmRegistry.where_to_ask(&artifact, &sent),
            [
                "--@acme:registry=http://b",
                "--registry=http://a",
                "--registry",
                "http://c",
                "--@acme:registry=http://d"
            ]
        );
    }
}
