use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use serde::Serialize;

use crate::outcome::Audit;
use crate::policy::{Judged, Verdict};
use crate::rules::{self, Family};
use crate::settings::Level;

use super::repository::{Repository, RepositoryFile, uri};
use super::{Look, Reporter, phrases};
use crate::escape::{self, shown, shown_lines};
use crate::words;

/// SARIF 2.1.0 (OASIS standard), in the subset that GitHub code scanning shows and its limits.
pub(super) const REPORTER: Reporter = Reporter { name: "sarif", needs_entries: false, write, parts: None };

/// GitHub rejects a run with more results.
const MOST_RESULTS: usize = 25_000;

fn write(audits: &[Audit], look: &Look, out: &mut dyn Write) -> io::Result<()> {
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run::of(audits, look)],
    };
    escape::write_json(&log, out)
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    /// One for all artifacts: code scanning takes a single run of a tool per upload.
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    logical_locations: Vec<LogicalLocation>,
    results: Vec<SarifResult>,
    column_kind: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Text,
    help_uri: String,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
    /// From 0 to 10, by which GitHub calls an alert low, medium, high or critical.
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_configuration_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
    locations: [Location; 1],
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
    length: u64,
    roles: [&'static str; 1],
    hashes: BTreeMap<&'static str, String>,
    properties: ArtifactProperties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactProperties {
    policy: String,
    policy_because: String,
    verdict: &'static str,
    exposed_files: u64,
    exposed_lines: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct ResultProperties {
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u64>,
    help: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalReference>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalReference {
    index: usize,
    fully_qualified_name: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

impl Run {
    fn of(audits: &[Audit], look: &Look) -> Self {
        let repository = Repository::of(look);
        let mut chains = Chains::default();
        let rules = used_rules(audits);
        let mut results = Vec::new();
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut execution = Vec::new();
        let mut configuration = Vec::new();
        for audit in audits {
            for part in audit.unexamined() {
                let place = chains.of(audit, &part.place);
                let text = format!("{}: not examined: {}", place.fully_qualified_name, part.why);
                let location = Location::new(repository.manifest(audit), Some(place));
                let level = sarif_level(audit.weight(part).max(Level::Note));
                execution.push(Notification::new(level, &text, location));
            }
            for judged in &audit.findings {
                let place = chains.of(audit, &judged.finding.place.path);
                let file = repository.file(audit, &judged.finding.place);
                let index = rules.iter().position(|(name, _)| *name == judged.finding.rule).unwrap_or(0);
                let repeated = seen.entry(judged.finding_id.as_str()).or_insert(0);
                *repeated += 1;
                let location = Location::new(file, Some(place));
                results.push(SarifResult::of(audit, judged, *repeated, index, location));
            }
            for waiver in &audit.waivers {
                let location = Location::new(repository.manifest(audit), None);
                configuration.push(Notification::new("warning", &phrases::idle_waiver(waiver), location));
            }
        }
        if results.len() > MOST_RESULTS
            && let Some(audit) = audits.first()
        {
            let text = format!(
                "Only {} of {} findings are in this file, the most severe first: code scanning accepts no more.",
                words::number(MOST_RESULTS as u64),
                words::number(results.len() as u64)
            );
            execution.push(Notification::new(
                "warning",
                &text,
                Location::new(repository.manifest(audit), None),
            ));
            results.sort_by_key(|result| severity_order(result.level));
            results.truncate(MOST_RESULTS);
        }
        Self {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    rules: rules.iter().map(|(name, level)| Rule::of(name, *level)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: audits
                    .iter()
                    .all(|audit| audit.verdict != Verdict::Incomplete && audit.error.is_none()),
                tool_execution_notifications: execution,
                tool_configuration_notifications: configuration,
            }],
            artifacts: audits.iter().map(|audit| Artifact::of(audit, &repository)).collect(),
            logical_locations: chains.table,
            results,
            column_kind: "unicodeCodePoints",
        }
    }
}

/// The rules that found something, each with its most severe level here.
fn used_rules(audits: &[Audit]) -> Vec<(&'static str, Level)> {
    let mut used: Vec<(&'static str, Level)> = Vec::new();
    for judged in audits.iter().flat_map(|audit| &audit.findings) {
        match used.iter_mut().find(|(name, _)| *name == judged.finding.rule) {
            Some((_, level)) => *level = judged.level.max(*level),
            None => used.push((judged.finding.rule, judged.level)),
        }
    }
    used
}

impl Rule {
    fn of(name: &'static str, level: Level) -> Self {
        let rule = rules::find(name);
        let summary = rule.map_or(name, |rule| rule.summary);
        let docs = rule.map_or("", |rule| rule.docs).trim();
        let mut tags = vec!["security".to_string()];
        tags.extend(rule.map(|rule| rule.family.title().to_lowercase().replace(' ', "-")));
        Self {
            id: name,
            name: pascal_case(name),
            short_description: Text::plain(summary),
            full_description: Text::plain(&what_it_does(docs).unwrap_or_else(|| summary.to_string())),
            help: Text {
                text: if docs.is_empty() { summary.into() } else { docs.into() },
                markdown: Some(if docs.is_empty() { summary.into() } else { docs.into() }),
            },
            help_uri: phrases::rule_page(name),
            default_configuration: Configuration { level: sarif_level(level) },
            properties: RuleProperties {
                tags,
                precision: "high",
                severity: match level {
                    Level::Error => "error",
                    Level::Warning => "warning",
                    Level::Note | Level::Off => "recommendation",
                },
                security_severity: match (level, rule.map(|rule| rule.family)) {
                    (Level::Error, Some(Family::Secrets)) => "9.5",
                    (Level::Error, _) => "8.0",
                    (Level::Warning, _) => "5.0",
                    (Level::Note | Level::Off, _) => "2.0",
                },
            },
        }
    }
}

/// The first paragraph under `## What it does`.
fn what_it_does(docs: &str) -> Option<String> {
    let (_, text) = docs.split_once("## What it does")?;
    let paragraph = text.trim_start().split("\n\n").next()?;
    Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `source-map-embedded` as `SourceMapEmbedded`, as SARIF wants names.
fn pascal_case(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut chars = word.chars();
            chars.next().into_iter().map(|first| first.to_ascii_uppercase()).chain(chars)
        })
        .collect()
}

impl Artifact {
    fn of(audit: &Audit, repository: &Repository) -> Self {
        let file = &audit.inventory.artifact;
        Self {
            location: ArtifactLocation::new(&repository.artifact(audit)),
            length: file.bytes,
            roles: ["analysisTarget"],
            hashes: BTreeMap::from([("sha-256", file.sha256.clone())]),
            properties: ArtifactProperties {
                policy: shown(&audit.policy.name).to_string(),
                policy_because: shown(&audit.policy.because).to_string(),
                verdict: phrases::verdict(audit.verdict),
                exposed_files: audit.totals.exposure.files,
                exposed_lines: audit.totals.exposure.lines,
            },
        }
    }
}

impl SarifResult {
    fn of(audit: &Audit, judged: &Judged, repeated: usize, rule_index: usize, location: Location) -> Self {
        let finding = &judged.finding;
        let place = phrases::place(audit, &finding.place);
        let mut text = format!("{place}: {}", finding.message);
        if !finding.help.is_empty() {
            text.push_str(&format!("\nWhat to do: {}", finding.help));
        }
        let waived = judged.waived.iter().map(|reason| Suppression {
            kind: "external",
            status: "accepted",
            justification: shown(reason).to_string(),
        });
        Self {
            rule_id: finding.rule,
            rule_index,
            level: sarif_level(judged.level),
            message: Text::message(&text),
            locations: [location],
            partial_fingerprints: BTreeMap::from([
                ("packgate/v1", shown(&judged.finding_id).to_string()),
                // Where it is missing, GitHub computes it from the line of the file, and findings of one line are one.
                ("primaryLocationLineHash", line_hash(judged, repeated)),
            ]),
            suppressions: waived.collect(),
            properties: ResultProperties {
                place: shown(&finding.place.path).to_string(),
                line: finding.place.line,
                column: finding.place.column,
                offset: finding.place.offset,
                help: shown_lines(&finding.help).to_string(),
            },
        }
    }
}

/// What tells a finding apart in code scanning: the same from release to release, and no other finding's.
fn line_hash(judged: &Judged, repeated: usize) -> String {
    format!("{}:{repeated}", shown(&judged.finding_id))
}

impl Notification {
    fn new(level: &'static str, text: &str, location: Location) -> Self {
        Self { level, message: Text::message(text), locations: [location] }
    }
}

impl Location {
    fn new(file: RepositoryFile, place: Option<LogicalReference>) -> Self {
        Self {
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation::new(&file.path),
                region: Region {
                    start_line: file.line.unwrap_or(1),
                    start_column: file.column.filter(|_| file.line.is_some()),
                },
            },
            logical_locations: place.into_iter().collect(),
        }
    }
}

impl ArtifactLocation {
    fn new(path: &str) -> Self {
        Self { uri: uri(path), uri_base_id: "%SRCROOT%" }
    }
}

impl Text {
    fn plain(text: &str) -> Self {
        Self { text: shown_lines(text).to_string(), markdown: None }
    }

    /// A message of a result. In those, `[text](target)` would be a link and `{0}` an argument (§3.11).
    fn message(text: &str) -> Self {
        let mut out = String::with_capacity(text.len());
        let text = shown_lines(text).to_string();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                (']', Some('(')) => out.push_str("\\]"),
                ('{', Some('0'..='9')) => out.push_str("{{"),
                _ => out.push(c),
            }
        }
        Self { text: out, markdown: None }
    }
}

/// The table of logical locations: artifact, entry, entry of the nested archive, each with its parent.
#[derive(Default)]
struct Chains {
    table: Vec<LogicalLocation>,
    known: HashMap<String, usize>,
}

impl Chains {
    fn of(&mut self, audit: &Audit, place: &str) -> LogicalReference {
        let artifact = shown(phrases::file_name(&audit.inventory.artifact.path)).to_string();
        let mut qualified = shown(&audit.inventory.artifact.path).to_string();
        let mut index = self.index(artifact, &qualified, None);
        for name in place.split('!').filter(|name| !name.is_empty()) {
            let name = shown(name).to_string();
            qualified = format!("{qualified}!{name}");
            index = self.index(name, &qualified, Some(index));
        }
        LogicalReference { index, fully_qualified_name: qualified }
    }

    fn index(&mut self, name: String, qualified: &str, parent_index: Option<usize>) -> usize {
        if let Some(index) = self.known.get(qualified) {
            return *index;
        }
        let fully_qualified_name = qualified.to_string();
        self.table.push(LogicalLocation { name, fully_qualified_name, kind: "resource", parent_index });
        self.known.insert(qualified.to_string(), self.table.len() - 1);
        self.table.len() - 1
    }
}

fn sarif_level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
        Level::Off => "none",
    }
}

fn severity_order(level: &str) -> usize {
    ["error", "warning", "note"].iter().position(|known| *known == level).unwrap_or(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_hold_no_links_and_no_arguments() {
        assert_eq!(Text::message("[x](javascript:1) {0} {a}").text, "[x\\](javascript:1) {{0} {a}");
    }

    #[test]
    fn docs_give_the_description() {
        let docs = "## What it does\nFinds maps\nthat embed.\n\nMore.\n## Why";
        assert_eq!(what_it_does(docs).as_deref(), Some("Finds maps that embed."));
        assert_eq!(pascal_case("source-map-embedded"), "SourceMapEmbedded");
    }
}
