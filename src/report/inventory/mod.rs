//! The facts about artifacts, without judgement: as a table for people, and as JSON.

pub mod wire;

use std::io::{self, Write};

use crate::inventory::{Entry, EntryKind, Inventory, Link, LinkTarget, SourceMap};
use crate::recoverable::Exposure;

use super::Look;
use crate::escape::{shown, write_json_line};
use crate::words::{bytes, counted, number};

/// Writes inventories as JSON.
///
/// # Errors
/// When writing fails.
pub fn json(inventories: &[Inventory], out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &wire::Report::new(inventories))?;
    writeln!(out)
}

/// Writes an inventory as one line of JSON.
///
/// # Errors
/// When writing fails.
pub fn line(line: &wire::Line<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_json_line(line, out)
}

/// Writes inventories for people: what each artifact is, then a line per entry with its notable facts.
///
/// # Errors
/// When writing fails.
pub fn human(inventories: &[Inventory], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    for (position, inventory) in inventories.iter().enumerate() {
        if position > 0 {
            writeln!(out)?;
        }
        heading(inventory, look, out)?;
        if !look.quiet {
            table(inventory, look, out)?;
        }
    }
    Ok(())
}

fn heading(inventory: &Inventory, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let artifact = &inventory.artifact;
    let (bold, reset) = if look.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
    writeln!(out, "{bold}{}{reset}", shown(&artifact.path))?;
    let mut row = |name: &str, value: &str| writeln!(out, "  {name:<9} {value}");
    row("kind", &format!("{} ({})", inventory.kind.name(), artifact.containers.join(", ")))?;
    if let Some(package) = &inventory.package {
        row("package", &shown(&format!("{} {}", package.name, package.version)).to_string())?;
        row("licence", &shown(package.license.as_deref().unwrap_or("none")).to_string())?;
        if package.private {
            row("private", "the manifest forbids publishing")?;
        }
        if let Some(present) = package.declared.has_allowlist {
            let name = package.declared.allowlist_name;
            let patterns = package.declared.patterns.join(", ");
            let text = if present { format!("{name}: {patterns}") } else { format!("none ({name})") };
            row("allowlist", &shown(&text).to_string())?;
        }
        for command in &package.commands {
            row("command", &shown(&format!("{}: {}", command.name, command.starts)).to_string())?;
        }
        for script in &package.install_scripts {
            let command = script.command.as_deref().unwrap_or("implied by a file");
            row("runs", &shown(&format!("{}: {command}", script.event)).to_string())?;
        }
    }
    row("sha256", &artifact.sha256)?;
    let packed = bytes(artifact.bytes);
    row("size", &format!("{packed} packed, {} unpacked", bytes(artifact.unpacked_bytes)))?;
    row("entries", &number(inventory.entries.len() as u64))?;
    let exposure = Exposure::of(inventory);
    if exposure.files > 0 || exposure.third_party_files > 0 {
        let own = format!("{}, {}", counted(exposure.files, "file"), counted(exposure.lines, "line"));
        row("exposed", &format!("{own}, and {} of others", counted(exposure.third_party_files, "file")))?;
    }
    for part in &inventory.unexamined {
        row("skipped", &shown(&format!("{}: {}", part.place, part.why)).to_string())?;
    }
    for problem in &inventory.manifest_problems {
        row("manifest", &shown(&format!("{}: {}", problem.place, problem.detail)).to_string())?;
    }
    for anomaly in &inventory.anomalies {
        let text = format!("{} at byte {}: {}", anomaly.kind.name(), anomaly.offset, anomaly.detail);
        row("anomaly", &shown(&text).to_string())?;
    }
    Ok(())
}

fn table(inventory: &Inventory, look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let (dim, reset) = if look.colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    writeln!(out)?;
    for entry in inventory.entries.iter().filter(|entry| entry.kind != EntryKind::Directory) {
        let media = wire::word(entry.media);
        let facts = notable(entry);
        let facts = if facts.is_empty() {
            String::new()
        } else {
            format!("  {dim}{}{reset}", shown(&facts.join("; ")))
        };
        writeln!(out, "  {:>9}  {media:<9} {}{facts}", bytes(entry.size), shown(&entry.place))?;
    }
    Ok(())
}

/// Readable for all, and writable for its owner.
const PLAIN_MODE: u16 = 0o644;

/// Whether a file is installed under its own path, give or take the package's folder at its front.
fn is_plain(entry: &Entry, installed: &str) -> bool {
    installed == entry.path
        || entry.path.ends_with(&format!("/{installed}"))
        || installed.ends_with(&format!("/{}", entry.path))
}

/// What is worth knowing about an entry, in a few words each.
fn notable(entry: &Entry) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(installed) = entry.installed.as_deref().filter(|installed| !is_plain(entry, installed)) {
        facts.push(format!("installed as {installed}"));
    }
    if let Some(mode) = entry.installed_mode.filter(|mode| *mode != PLAIN_MODE) {
        facts.push(format!("mode {mode:o}"));
    }
    match &entry.kind {
        EntryKind::Symlink { target } => facts.push(format!("symbolic link to {target}")),
        EntryKind::Hardlink { target } => facts.push(format!("hard link to {target}")),
        EntryKind::Special => facts.push("neither file nor folder".to_owned()),
        EntryKind::Blob { .. } => facts.push("bytes of no entry".to_owned()),
        EntryKind::File | EntryKind::Directory => {}
    }
    facts.extend(entry.maps.iter().map(map));
    facts.extend(entry.links.iter().filter(|link| link.in_force).filter_map(link));
    for secret in &entry.secrets {
        facts.push(format!("{} {}", secret.rule, secret.redacted));
    }
    for mention in &entry.mentions {
        facts.push(format!("{} {}", wire::word(mention.kind).replace('_', " "), mention.what));
    }
    if let Some(binary) = &entry.binary {
        let debug: u64 =
            binary.debug_sections.iter().map(|section| section.bytes).fold(0, u64::saturating_add);
        facts.push(match debug {
            0 => binary.format.to_owned(),
            debug => format!("{}, {} of debug information", binary.format, bytes(debug)),
        });
        if let Some(local) = binary.local_paths.first() {
            facts.push(format!("names {}", local.path));
        }
    }
    if let Some(program) = &entry.program {
        facts.push(format!("{} program inside", program.packer));
    }
    facts.extend(entry.signs.iter().map(|sign| (*sign).to_owned()));
    facts
}

fn map(map: &SourceMap) -> String {
    let with_text = map.sources.iter().filter(|source| source.text.is_some()).count() as u64;
    let sources = counted(map.sources.len() as u64, "source");
    match with_text {
        0 => format!("map of {sources}, no text"),
        some => format!("map of {sources}, {} with text", number(some)),
    }
}

fn link(link: &Link) -> Option<String> {
    match &link.target {
        LinkTarget::Inline { .. } => None,
        LinkTarget::Relative { url } | LinkTarget::Remote { url } => Some(format!("links to {url}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::numbered;
    use crate::inventory::{Artifact, Kind, Media, Package};

    fn sample() -> Inventory {
        let package = Package { name: "acme".into(), version: "1.0.0".into(), ..Package::default() };
        Inventory {
            artifact: Artifact {
                path: "acme.tgz".into(),
                bytes: 900,
                sha256: "ab".into(),
                ..Artifact::default()
            },
            kind: Kind::Npm,
            package: Some(package),
            entries: numbered([
                Entry { place: "package/a.js".into(), size: 2000, media: Media::Text, ..Entry::default() },
                Entry {
                    place: "package/\u{1b}[2J".into(),
                    kind: EntryKind::Symlink { target: "/etc/passwd".into() },
                    ..Entry::default()
                },
            ]),
            ..Inventory::default()
        }
    }

    fn look() -> Look {
        Look {
            width: None,
            hyperlinks: false,
            colour: false,
            unicode: false,
            quiet: false,
            fail_on: crate::settings::Level::Error,
            project: None,
            is_fix: false,
            left_out: Vec::new(),
            not_packed: Vec::new(),
        }
    }

    #[test]
    fn for_people() {
        let mut out = Vec::new();
        human(&[sample()], &look(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains("package   acme 1.0.0\n"), "{text}");
        assert!(text.contains("     2.0 kB  text      package/a.js\n"), "{text}");
        assert!(text.contains("package/\\u{1b}[2J  symbolic link to /etc/passwd\n"), "{text}");
    }

    #[test]
    fn as_json() {
        let mut out = Vec::new();
        json(&[sample()], &mut out).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(value["schema"], "packgate/inventory/v1");
        assert_eq!(value["artifacts"][0]["entries"][1]["type"], "symlink");
        assert_eq!(value["artifacts"][0]["entries"][0]["media"], "text");
    }
}
