//! What applies, for `packgate policy show`: every setting with its origin.

use std::fmt::Write as _;

use serde::Serialize;

use crate::rules::{self, Family};
use crate::settings::{Level, Settings, Waiver};
use crate::unpack::Limits;

use super::judge::Policy;

/// The settings that apply, as `packgate policy show --format json` prints them.
#[derive(Debug, Serialize)]
pub struct Effective<'a> {
    /// `packgate/policy/v1`.
    pub schema: &'static str,
    /// The policy that the levels start from.
    pub policy: Chosen<'a>,
    /// The nearest settings file, if there is one.
    pub settings: Option<String>,
    /// Settings files above it, which it adds to: the outermost first.
    pub inherits: Vec<String>,
    /// Keys that files below can't loosen.
    pub locked: Vec<OriginOf<'a>>,
    /// Where the values below come from, those of lists item by item.
    pub origins: Vec<OriginOf<'a>>,
    /// Every rule, in the order of reports.
    pub rules: Vec<RuleSetting<'a>>,
    /// What is internal.
    pub internal: InternalSettings<'a>,
    /// How the project's own source text is looked for.
    pub own: OwnSettings,
    /// Size budgets in bytes.
    pub size: SizeSettings,
    /// Limits of unpacking.
    pub limits: &'a Limits,
    /// Named exceptions.
    pub waivers: Vec<WaiverSetting<'a>>,
}

/// A key and where its value is written.
#[derive(Debug, Serialize)]
pub struct OriginOf<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    item: &'a str,
    origin: &'a str,
}

/// A policy and why it applies.
#[derive(Debug, Serialize)]
pub struct Chosen<'a> {
    /// Its name or path.
    pub name: &'a str,
    /// Who or what chose it.
    pub because: &'a str,
    /// SHA-256 of all that is in force, in a canonical form.
    pub digest: &'a str,
}

/// A rule's level.
#[derive(Debug, Serialize)]
pub struct RuleSetting<'a> {
    /// The rule.
    pub rule: &'static str,
    /// Its level.
    pub level: Level,
    /// Its level in tests, examples and documentation, if different.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_show: Option<Level>,
    /// File and line that set it.
    pub origin: &'a str,
    /// The reason given there.
    pub why: Option<&'a str>,
    #[serde(skip)]
    family: Family,
}

/// What is internal, as written.
#[derive(Debug, Serialize)]
pub struct InternalSettings<'a> {
    paths: &'a [String],
    markers: Vec<String>,
    packages: &'a [String],
    hosts: &'a [String],
    roots: Vec<String>,
    fingerprints: Vec<String>,
}

/// How the project's own source text is looked for.
#[derive(Debug, Serialize)]
pub struct OwnSettings {
    mode: &'static str,
    folders: Vec<String>,
    fingerprints: Vec<String>,
}

/// Size budgets in bytes.
#[derive(Debug, Serialize)]
pub struct SizeSettings {
    artifact: Option<u64>,
    unpacked: Option<u64>,
    entry: Option<u64>,
    growth_percent: Option<u64>,
}

/// A waiver.
#[derive(Debug, Serialize)]
pub struct WaiverSetting<'a> {
    rule: &'a str,
    package: Option<&'a str>,
    place: Option<&'a str>,
    fingerprint: Option<&'a str>,
    reason: &'a str,
    expires: Option<String>,
    origin: &'a str,
}

impl<'a> Effective<'a> {
    /// Collects what applies.
    pub fn new(settings: &'a Settings, policy: &'a Policy) -> Self {
        let rule = |rule: &&'static rules::Rule| {
            let (level, origin, why) = policy.levels.get(rule.name)?;
            let (origin, why) = (origin.as_str(), why.as_deref());
            Some(RuleSetting {
                rule: rule.name,
                level: *level,
                for_show: policy.for_show.get(rule.name).copied(),
                origin,
                why,
                family: rule.family,
            })
        };
        let internal = &settings.internal;
        let paths = |paths: &[std::path::PathBuf]| -> Vec<String> {
            paths.iter().map(|path| path.display().to_string()).collect()
        };
        let patterns = internal.marker_patterns.iter().map(|pattern| format!("/{}/", pattern.as_str()));
        Self {
            schema: "packgate/policy/v1",
            policy: Chosen { name: &policy.name, because: &policy.because, digest: policy.digest() },
            settings: settings.files.last().map(|file| file.display().to_string()),
            inherits: paths(settings.files.split_last().map_or(&[], |(_, above)| above)),
            locked: settings.locks.iter().map(|(key, origin)| OriginOf { key, item: "", origin }).collect(),
            origins: settings
                .origins
                .iter()
                .map(|(key, item, origin)| OriginOf { key, item, origin })
                .collect(),
            rules: rules::ALL.iter().filter_map(rule).collect(),
            internal: InternalSettings {
                paths: &internal.paths,
                markers: internal.markers.iter().cloned().chain(patterns).collect(),
                packages: &internal.packages,
                hosts: &internal.hosts,
                roots: paths(&internal.roots),
                fingerprints: paths(&internal.fingerprints),
            },
            own: OwnSettings {
                mode: settings.own.mode.word(),
                folders: paths(&settings.own.folders),
                fingerprints: paths(&settings.own.fingerprints),
            },
            size: SizeSettings {
                artifact: settings.size.artifact,
                unpacked: settings.size.unpacked,
                entry: settings.size.entry,
                growth_percent: settings.size.growth_percent,
            },
            limits: &settings.limits,
            waivers: settings.waivers.iter().map(WaiverSetting::new).collect(),
        }
    }

    /// The same as JSON, with a line end.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        format!("{text}\n")
    }

    /// The same for people. Has ANSI colours, for the printer to strip.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(text, "policy    {} ({})", self.policy.name, self.policy.because);
        let _ = writeln!(text, "settings  {}", self.settings.as_deref().unwrap_or("none found"));
        for above in self.inherits.iter().rev() {
            let _ = writeln!(text, "inherits  {above}");
        }
        for locked in &self.locked {
            let _ = writeln!(text, "locked    {}  ({})", locked.key, locked.origin);
        }
        self.write_rules(&mut text);
        self.write_internal(&mut text);
        self.write_own(&mut text);
        self.write_bounds(&mut text);
        self.write_waivers(&mut text);
        text
    }

    fn write_rules(&self, text: &mut String) {
        let widest = |of: fn(&RuleSetting<'_>) -> usize| self.rules.iter().map(of).max().unwrap_or(0);
        let (name, origin) = (widest(|rule| rule.rule.len()), widest(|rule| rule.origin.len()));
        let mut family = None;
        for rule in &self.rules {
            if family != Some(rule.family) {
                heading(text, rule.family.title());
                family = Some(rule.family);
            }
            let (start, end) = colour(rule.level);
            let why = rule.why.unwrap_or_default();
            let for_show = rule.for_show.map(|level| format!("{} among tests and examples; ", level.word()));
            let why = for_show.unwrap_or_default() + why;
            let line = format!(
                "  {start}{:7}{end}  {:name$}  {:origin$}  {why}",
                rule.level.word(),
                rule.rule,
                rule.origin
            );
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }

    fn write_internal(&self, text: &mut String) {
        let internal = &self.internal;
        let lists: [(&str, &[String]); 6] = [
            ("paths", internal.paths),
            ("markers", &internal.markers),
            ("packages", internal.packages),
            ("hosts", internal.hosts),
            ("roots", &internal.roots),
            ("fingerprints", &internal.fingerprints),
        ];
        if lists.iter().all(|(_, list)| list.is_empty()) {
            return;
        }
        heading(text, "Internal");
        for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            self.write_list(name, &format!("internal.{name}"), list, text);
        }
    }

    /// A list, each item with its origin if they differ.
    fn write_list(&self, name: &str, key: &str, list: &[String], text: &mut String) {
        let origins: Vec<&str> = list.iter().map(|item| self.origin(key, item)).collect();
        match origins.windows(2).all(|two| two.first() == two.last()) {
            true => {
                let origin = in_brackets(origins.first().copied().unwrap_or_default());
                let _ = writeln!(text, "  {name:12}  {}{origin}", list.join(", "));
            }
            false => {
                for (number, (item, origin)) in list.iter().zip(origins).enumerate() {
                    let name = if number == 0 { name } else { "" };
                    let _ = writeln!(text, "  {name:12}  {item}{}", in_brackets(origin));
                }
            }
        }
    }

    fn origin(&self, key: &str, item: &str) -> &str {
        let origin =
            self.origins.iter().find(|one| one.key == key && (one.item.is_empty() || one.item == item));
        origin.map_or("", |one| one.origin)
    }

    fn write_own(&self, text: &mut String) {
        let own = &self.own;
        heading(text, "Own source text");
        let _ = writeln!(text, "  {:12}  {}{}", "own", own.mode, in_brackets(self.origin("own", "")));
        for (name, list) in [("folders", &own.folders), ("fingerprints", &own.fingerprints)] {
            if !list.is_empty() {
                self.write_list(name, &format!("own-{name}"), list, text);
            }
        }
    }

    fn write_bounds(&self, text: &mut String) {
        let size = &self.size;
        let budgets = [
            ("artifact", size.artifact, " bytes"),
            ("unpacked", size.unpacked, " bytes"),
            ("entry", size.entry, " bytes"),
            ("growth", size.growth_percent, " %"),
        ];
        if budgets.iter().any(|(_, budget, _)| budget.is_some()) {
            heading(text, "Size");
        }
        for (name, budget, unit) in budgets {
            if let Some(budget) = budget {
                let key =
                    if name == "growth" { "size.growth-percent".to_owned() } else { format!("size.{name}") };
                let _ = writeln!(text, "  {name:12}  {budget}{unit}{}", in_brackets(self.origin(&key, "")));
            }
        }
        heading(text, "Limits");
        let limits = self.limits;
        for (name, limit, unit) in [
            ("entries", limits.entries, ""),
            ("entry", limits.entry, " bytes"),
            ("total", limits.total, " bytes"),
            ("ratio", limits.ratio, ""),
            ("nesting", u64::from(limits.nesting), ""),
            ("nested-total", limits.nested_total, " bytes"),
            ("path-depth", limits.path_depth as u64, ""),
            ("json-depth", limits.json_depth as u64, ""),
        ] {
            let origin = in_brackets(self.origin(&format!("limits.{name}"), ""));
            let _ = writeln!(text, "  {name:12}  {limit}{unit}{origin}");
        }
    }

    fn write_waivers(&self, text: &mut String) {
        if !self.waivers.is_empty() {
            heading(text, "Waivers");
        }
        for waiver in &self.waivers {
            let place = waiver.place.or(waiver.fingerprint).unwrap_or("everywhere");
            let package = waiver.package.map_or(String::new(), |package| format!("{package}: "));
            let expires = waiver.expires.as_ref().map_or(String::new(), |day| format!(" until {day}"));
            let _ = writeln!(
                text,
                "  {}  {package}{place}{expires}: {}  ({})",
                waiver.rule, waiver.reason, waiver.origin
            );
        }
    }
}

impl<'a> WaiverSetting<'a> {
    fn new(waiver: &'a Waiver) -> Self {
        Self {
            rule: &waiver.rule,
            package: waiver.package.as_ref().map(|(pattern, _)| pattern.as_str()),
            place: waiver.place.as_ref().map(|(pattern, _)| pattern.as_str()),
            fingerprint: waiver.finding_id.as_deref(),
            reason: &waiver.reason,
            expires: waiver.expires.map(|day| day.to_string()),
            origin: &waiver.origin,
        }
    }
}

/// An origin behind its value, if it has one.
fn in_brackets(origin: &str) -> String {
    if origin.is_empty() { String::new() } else { format!("  ({origin})") }
}

fn heading(text: &mut String, title: &str) {
    let _ = writeln!(text, "\n\x1b[1m{title}\x1b[0m");
}

fn colour(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Off => ("\x1b[2m", "\x1b[0m"),
        Level::Note => ("\x1b[36m", "\x1b[0m"),
        Level::Warning => ("\x1b[33m", "\x1b[0m"),
        Level::Error => ("\x1b[31m", "\x1b[0m"),
    }
}

/// The policies that can be named, for `packgate policy list`.
pub fn list() -> String {
    let mut text = String::new();
    for (name, words) in [
        ("auto", "the manifest's licence decides between the next two (the default)"),
        ("proprietary", "source that outsiders must not read: recoverable originals stop the release"),
        (
            "open-source",
            "source that is public by licence: maps are noted, strays and secrets stop the release",
        ),
        ("strict", "every rule that isn't off is an error"),
    ] {
        let _ = writeln!(text, "\x1b[1m{name:12}\x1b[0m {words}");
    }
    text.push_str("\nOr the path of a policy file, which extends one of them: see docs/policy.md.\n");
    text
}
