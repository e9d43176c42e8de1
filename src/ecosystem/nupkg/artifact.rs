//! NuGet packages: a zip with one `.nuspec` at its top.

use std::borrow::Cow;
use std::collections::BTreeSet;

use quick_xml::events::Event;

use crate::decode::percent;
use crate::inventory::{
    Declared, Entry, EntryKind, EntryPointWeight, Inventory, Kind, ManifestProblem, ManifestTrouble,
    MissingEntryPoint, Package,
};
use crate::project::Project;

use super::advice::NupkgAdvice;

use crate::ecosystem::format::{Advice, Certainty, Format};
use crate::ecosystem::locate::{self, Fit};
use crate::ecosystem::nupkg::registry;
use crate::ecosystem::purl::Purl;
use crate::ecosystem::registry::Registry;

/// A NuGet package, or a symbol package.
#[derive(Debug)]
pub(crate) struct Nupkg;

impl Format for Nupkg {
    fn sources_for_users(&self) -> &'static [&'static str] {
        &["content/", "contentFiles/", "build/", "buildTransitive/", "buildMultiTargeting/"]
    }

    fn kind(&self) -> Kind {
        Kind::Nupkg
    }

    fn suffixes(&self) -> &'static [&'static str] {
        &[".nupkg", ".snupkg"]
    }

    /// NuGet decodes the names of parts, and leaves out those of the package's own format.
    fn installs(&self, _inventory: &Inventory, entry: &Entry) -> Option<String> {
        const OWN: [&str; 3] = ["_rels/", "package/services/metadata/", "[Content_Types].xml"];
        let is_own = OWN.iter().any(|own| entry.path.starts_with(own));
        // A package within lands in a folder of its own.
        let path = if entry.parent.is_some() { &entry.place } else { &entry.path };
        (!is_own && entry.kind == EntryKind::File)
            .then(|| String::from_utf8_lossy(&percent::plain(path.as_bytes())).into_owned())
    }

    /// A tool's package may hold packages, which are installed from there.
    fn unpacks<'a>(&'a self, _inventory: &'a Inventory) -> Box<dyn Fn(&Entry) -> bool + 'a> {
        Box::new(|entry| entry.path.to_ascii_lowercase().ends_with(".nupkg"))
    }

    fn registry(&self) -> Option<&'static dyn Registry> {
        Some(&registry::Feed)
    }

    fn purl<'a>(&self, package: &'a Package, _file: &str) -> Option<Purl<'a>> {
        Some(Purl { kind: "nuget", name: package.name.clone(), ..Purl::default() })
    }

    fn file_in_registry(&self, package: &Package, file: &str) -> String {
        let end = if file.ends_with(".snupkg") { "snupkg" } else { "nupkg" };
        format!("{}.{}.{end}", package.name, package.version).to_lowercase()
    }

    fn advice(&self) -> &'static dyn Advice {
        &NupkgAdvice
    }

    fn certainty(&self) -> Certainty {
        Certainty::Own
    }

    fn recognises(&self, inventory: &Inventory) -> bool {
        inventory.top_files().any(|entry| fit(&entry.path) == Fit::Exact)
    }

    fn keeps(&self, path: &str) -> bool {
        fit(path) != Fit::No
    }

    fn read(
        &self,
        inventory: &Inventory,
        _project: Option<&Project>,
        problems: &mut Vec<ManifestProblem>,
    ) -> Option<Package> {
        let found = locate::manifest(inventory, "*.nuspec", fit, problems)?;
        problems.extend(second(inventory, found.entry));
        match package(&as_utf8(found.bytes)) {
            Ok((package, named)) => {
                let mut missing = missing(inventory, named);
                missing.extend(tool_without_settings(inventory, found.bytes));
                missing.extend(nothing_for_projects(inventory, found.bytes));
                let declared = Declared { missing, ..Declared::default() };
                Some(Package { manifest: found.entry.place.clone(), declared, ..package })
            }
            Err(why) => {
                problems.push(locate::unreadable(&found.entry.place, None, &why));
                None
            }
        }
    }
}

fn fit(path: &str) -> Fit {
    if path.contains('/') {
        Fit::No
    } else if path.ends_with(".nuspec") {
        Fit::Exact
    } else if path.to_ascii_lowercase().ends_with(".nuspec") {
        Fit::OtherCase
    } else {
        Fit::No
    }
}

/// NuGet refuses a package with a second manifest at its top, even one that says the same.
fn second(inventory: &Inventory, own: &Entry) -> Option<ManifestProblem> {
    let is_other = |entry: &&Entry| entry.path != own.path && fit(&entry.path) == Fit::Exact;
    let other = inventory.top_files().find(is_other)?;
    Some(ManifestProblem {
        kind: ManifestTrouble::Twice,
        place: other.place.clone(),
        line: None,
        detail: format!("it is a second manifest, beside `{}`: NuGet refuses the package", own.path),
    })
}

/// The files that the manifest names but the package lacks; the gallery refuses those packages.
fn missing(inventory: &Inventory, named: Vec<Named>) -> Vec<MissingEntryPoint> {
    // Names in the archive are those of a URL.
    let plain =
        |path: &str| path.replace('\\', "/").replace("%20", " ").trim_start_matches("./").to_lowercase();
    let there: BTreeSet<String> = inventory.top_files().map(|entry| plain(&entry.path)).collect();
    let is_missing = |named: &Named| !there.contains(&plain(&named.path));
    let missing = named.into_iter().filter(is_missing).map(|named| MissingEntryPoint {
        field: named.field.to_owned(),
        target: named.path,
        weight: EntryPointWeight::Part,
        near: None,
        place: None,
        line: None,
    });
    missing.collect()
}

/// What a program's package has beside the program, and without which nobody can install it.
fn tool_without_settings(inventory: &Inventory, specification: &[u8]) -> Option<MissingEntryPoint> {
    const SETTINGS: &str = "DotnetToolSettings.xml";
    let text = String::from_utf8_lossy(specification);
    let is_tool = text.contains("<packageType name=\"DotnetTool\"");
    let has_settings = || {
        inventory.top_files().any(|entry| entry.path.starts_with("tools/") && entry.file_name() == SETTINGS)
    };
    (is_tool && !has_settings()).then(|| MissingEntryPoint {
        field: "packageType DotnetTool".to_owned(),
        target: format!("tools/FRAMEWORK/any/{SETTINGS}"),
        weight: EntryPointWeight::Command,
        near: None,
        place: None,
        line: None,
    })
}

/// A package in which NuGet finds nothing that a project gets, and which doesn't lead to others or have a type of its own.
fn nothing_for_projects(inventory: &Inventory, specification: &[u8]) -> Option<MissingEntryPoint> {
    #[rustfmt::skip]
    const FOLDERS: [&str; 12] = [
        "lib", "ref", "runtimes", "build", "buildtransitive", "buildmultitargeting", "content", "contentfiles", "tools",
        "analyzers", "native", "sdk",
    ];
    const OTHERS: [&str; 4] = ["<dependency", "<frameworkAssembl", "<frameworkReference", "<packageType "];
    let text = String::from_utf8_lossy(specification);
    let is_for_projects = |entry: &Entry| {
        let top = entry.path.split(['/', '\\']).next().unwrap_or_default();
        top.len() < entry.path.len() && FOLDERS.contains(&top.to_ascii_lowercase().as_str())
    };
    let has_none =
        !OTHERS.iter().any(|element| text.contains(element)) && !inventory.top_files().any(is_for_projects);
    has_none.then(|| MissingEntryPoint {
        field: "the package's type, that of a library,".to_owned(),
        target: "lib/".to_owned(),
        weight: EntryPointWeight::Part,
        near: None,
        place: None,
        line: None,
    })
}

/// A file that the manifest names.
#[derive(Debug)]
struct Named {
    field: &'static str,
    path: String,
}

/// Reads `package/metadata`, and the files that it names.
fn package(bytes: &[u8]) -> Result<(Package, Vec<Named>), String> {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    let mut package = Package::default();
    let mut named = Vec::new();
    let mut path: Vec<String> = Vec::new();
    let mut license_is_file = false;
    loop {
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Start(element) => {
                if path.len() > 64 {
                    return Err("elements are nested too deep".to_owned());
                }
                let name = element.local_name().as_ref().to_owned();
                if name == "license" {
                    license_is_file = element.attributes().flatten().any(|attribute| {
                        attribute.key.as_ref() == "type" && attribute.value.as_ref() == "file"
                    });
                }
                path.push(name);
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Text(text) if path.len() == 3 => {
                let value = text.trim().to_owned();
                match path.last().map(String::as_str) {
                    Some("id") => package.name = value,
                    Some("version") => package.version = value,
                    Some("license") if license_is_file => {
                        package.license = Some(format!("SEE LICENSE IN {value}"));
                        named.push(Named { field: "license", path: value });
                    }
                    Some("icon") => named.push(Named { field: "icon", path: value }),
                    Some("readme") => named.push(Named { field: "readme", path: value }),
                    Some("license") => package.license = Some(value),
                    // The older form, which NuGet also writes for the newer one.
                    Some("licenseUrl") if package.license.is_none() && !value.contains("aka.ms/") => {
                        package.license = Some(value);
                    }
                    _ => {}
                }
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if package.name.is_empty() { Err("it has no id".to_owned()) } else { Ok((package, named)) }
}

/// The specification as UTF-8; some editors write UTF-16.
fn as_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let units = |from: fn([u8; 2]) -> u16| -> Vec<u16> {
        bytes.chunks_exact(2).skip(1).filter_map(|unit| unit.try_into().ok()).map(from).collect()
    };
    let units = match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => return Cow::Borrowed(bytes),
    };
    Cow::Owned(String::from_utf16_lossy(&units).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    #[test]
    fn a_program_needs_its_settings() {
        let manifest = "<package><metadata><id>d</id><version>1.0.0</version><packageTypes><packageType name=\"DotnetTool\" /></packageTypes></metadata></package>";
        let missing = |settings: &str| {
            let files = [("d.nuspec", manifest), ("tools/net8.0/any/d.dll", ""), (settings, "")];
            let package = Nupkg.read(&inventory("d.nupkg", "zip", &files), None, &mut Vec::new()).unwrap();
            package.declared.missing.len()
        };
        assert_eq!(missing("tools/net8.0/any/DotnetToolSettings.xml"), 0);
        assert_eq!(missing("content/DotnetToolSettings.xml"), 1);
    }

    #[test]
    fn a_package_has_something_for_projects() {
        let missing = |elements: &str, path: &str| {
            let manifest = format!(
                "<package><metadata><id>d</id><version>1.0.0</version>{elements}</metadata></package>"
            );
            let files = [("d.nuspec", manifest.as_str()), (path, "")];
            let package = Nupkg.read(&inventory("d.nupkg", "zip", &files), None, &mut Vec::new()).unwrap();
            package.declared.missing.len()
        };
        assert_eq!((missing("", "readme.md"), missing("", "bin/Release/d.dll")), (1, 1));
        assert_eq!((missing("", "Build/d.targets"), missing("", "contentFiles/any/a.cs")), (0, 0));
        assert_eq!(missing("<dependencies><dependency id=\"a\" /></dependencies>", "readme.md"), 0);
        assert_eq!(missing("<packageTypes><packageType name=\"Template\" /></packageTypes>", "a.cs"), 0);
    }

    #[test]
    fn licences() {
        for (elements, expected) in [
            (
                "<license type=\"expression\">MIT</license><licenseUrl>https://licenses.nuget.org/MIT</licenseUrl>",
                Some("MIT"),
            ),
            (
                "<licenseUrl>https://licenses.nuget.org/MIT</licenseUrl><license type=\"expression\">MIT</license>",
                Some("MIT"),
            ),
            (
                "<licenseUrl>http://www.apache.org/licenses/LICENSE-2.0</licenseUrl>",
                Some("http://www.apache.org/licenses/LICENSE-2.0"),
            ),
            ("<licenseUrl>https://aka.ms/deprecateLicenseUrl</licenseUrl>", None),
            ("", None),
        ] {
            let manifest = format!(
                "<package><metadata><id>d</id><version>1.0.0</version>{elements}</metadata></package>"
            );
            let files = [("d.nuspec", manifest.as_str())];
            let package = Nupkg.read(&inventory("d.nupkg", "zip", &files), None, &mut Vec::new()).unwrap();
            assert_eq!(package.license.as_deref(), expected);
        }
    }

    #[test]
    fn files_that_the_manifest_names() {
        let manifest = r#"<package><metadata><id>d</id><version>1.0.0</version><license type="file">legal\L.txt</license>
            <icon>images/my icon.png</icon><readme>docs/README.md</readme></metadata></package>"#;
        let missing = |paths: &[&str]| -> Vec<String> {
            let files: Vec<(&str, &str)> =
                paths.iter().map(|path| (*path, "")).chain([("d.nuspec", manifest)]).collect();
            let package = Nupkg.read(&inventory("d.nupkg", "zip", &files), None, &mut Vec::new()).unwrap();
            package.declared.missing.into_iter().map(|missing| missing.field).collect()
        };
        let lib = "lib/net8.0/d.dll";
        assert_eq!(missing(&[lib, "legal/L.txt", "images/my%20icon.png", "docs/readme.md"]), [""; 0]);
        assert_eq!(missing(&["lib/net8.0/d.dll", "docs/README.md"]), ["license", "icon"]);
    }
}
