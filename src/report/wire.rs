//! The JSON report, version 1: separate structs, so that the internal ones can change without changing the report.
//!
//! Within version 1 fields are only ever added. `docs/report.schema.json` is generated from these types.

#[cfg(test)]
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::inventory::Comparison;
use crate::outcome::Audit;
use crate::policy::{Judged, Verdict, WaiverUse};
use crate::rules::Evidence;
use crate::settings::Level as PolicyLevel;

/// The value of `schema`.
pub const SCHEMA: &str = "packgate/report/v1";

/// What `packgate check --format json` prints.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(title = "packgate report, version 1"))]
#[non_exhaustive]
pub struct Report<'a> {
    /// Always `packgate/report/v1`.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The program that made the report.
    pub tool: Tool,
    /// The worst verdict of all artifacts: `incomplete` before `blocked` before `pass`.
    pub verdict: Verdict,
    /// The artifacts in the order of the command line.
    pub artifacts: Vec<Artifact<'a>>,
    /// Counts over all artifacts.
    pub summary: Summary,
}

/// The value of `schema` in a line.
pub const LINE_SCHEMA: &str = "packgate/report-line/v1";

/// One line of what `packgate check --format ndjson` prints: an artifact, with what the report says of the whole.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[cfg_attr(test, schemars(title = "a line of packgate's report, version 1"))]
#[non_exhaustive]
pub struct Line<'a> {
    /// Always `packgate/report-line/v1`.
    #[cfg_attr(test, schemars(extend("const" = LINE_SCHEMA)))]
    pub schema: &'static str,
    /// The program that made the report.
    pub tool: Tool,
    /// The artifact, whose fields stand beside these.
    #[serde(flatten)]
    pub artifact: Artifact<'a>,
}

/// The program.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Tool {
    /// Always `packgate`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// One artifact and what was found in it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Artifact<'a> {
    /// The path as it was given on the command line.
    pub path: &'a str,
    /// The kind of artifact.
    pub kind: Kind,
    /// Size of the file in bytes; for a folder, of all files in it.
    pub bytes: u64,
    /// SHA-256 of the bytes that were judged, in hex; for a folder, of its sorted listing.
    pub sha256: &'a str,
    /// What the manifest says; `null` when there is none.
    pub package: Option<Package<'a>>,
    /// The policy that applies.
    pub policy: Policy<'a>,
    /// The verdict on this artifact.
    pub verdict: Verdict,
    /// Whether every part of it was examined.
    pub complete: bool,
    /// What was not examined.
    pub skipped: Vec<Skipped<'a>>,
    /// Totals.
    pub totals: Totals,
    /// Why there was nothing to audit, or no way to; `null` if it was audited.
    pub error: Option<&'a str>,
    /// The commit that its files were compared with; `null` when they weren't.
    pub commit: Option<Commit<'a>>,
    /// The findings, the waived ones included.
    pub findings: Vec<Finding<'a>>,
    /// What would block next, once the files are gone that blocking findings say to leave out.
    pub later: Vec<Finding<'a>>,
    /// Rules that could not be applied, so that their silence means nothing.
    pub not_applied: Vec<NotApplied<'a>>,
    /// Waivers of the settings that had no effect.
    pub idle_waivers: Vec<IdleWaiver<'a>>,
}

/// The kinds of artifact.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Kind {
    Npm,
    Crate,
    Wheel,
    Sdist,
    Vsix,
    Gem,
    Nupkg,
    Jar,
    Zip,
    Tar,
    Directory,
}

/// What the manifest says.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Package<'a> {
    /// Name; empty if the manifest has none.
    pub name: &'a str,
    /// Version; empty if the manifest has none.
    pub version: &'a str,
    /// Licence as written.
    pub license: Option<&'a str>,
}

/// The policy that applies, and why.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Policy<'a> {
    /// `proprietary`, `open-source`, `strict`, or the path of a policy file.
    pub name: &'a str,
    /// Why it applies.
    pub because: &'a str,
    /// SHA-256, in hex, of all that is in force, in a canonical form; what `packgate policy show --digest` prints.
    pub digest: &'a str,
}

/// A part of the artifact that was not examined.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Skipped<'a> {
    /// Path inside the artifact, nested ones joined by `!`; empty for the artifact itself.
    pub place: &'a str,
    /// Why it was not examined.
    pub why: &'a str,
}

/// Totals for an artifact.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Totals {
    /// Entries, those of nested archives included.
    pub entries: u64,
    /// Bytes produced by unpacking, over all levels.
    pub unpacked_bytes: u64,
    /// Original first-party files that a stranger could recover.
    pub exposed_files: u64,
    /// Their lines.
    pub exposed_lines: u64,
    /// Their bytes.
    pub exposed_bytes: u64,
}

/// One finding.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Finding<'a> {
    /// The rule; `packgate explain RULE` says more.
    pub rule: &'a str,
    /// Its level under the policy.
    pub level: Level,
    /// Path inside the artifact, nested ones joined by `!`; empty for the artifact as a whole.
    pub place: &'a str,
    /// Line from 1, in texts.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub line: Option<u64>,
    /// Column in characters from 1, in texts.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub column: Option<u64>,
    /// Byte offset, in binaries and containers.
    pub offset: Option<u64>,
    /// What was found and what a stranger could do with it.
    pub message: &'a str,
    /// What to do about it; may have several lines.
    pub help: &'a str,
    /// The facts behind it; their form depends on the rule.
    #[serde(serialize_with = "object")]
    #[cfg_attr(test, schemars(with = "serde_json::Map<String, Value>"))]
    pub evidence: &'a Evidence,
    /// Stays the same from release to release as long as the finding does.
    pub fingerprint: &'a str,
    /// The reason given in the waiver that covers it; `null` if none does.
    pub waived: Option<&'a str>,
}

/// The commit that an artifact's files were compared with.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Commit<'a> {
    /// Its full id.
    pub id: &'a str,
    /// Why this one: `HEAD`, `--commit v1.2.0`, `tag v1.2.0`, `the commit of .cargo_vcs_info.json`.
    pub because: &'a str,
    /// The tag of the artifact's version; `null` if there is none.
    pub tag: Option<Tag<'a>>,
    /// How many files were compared.
    pub files: u64,
    /// How many differ.
    pub differing: usize,
    /// How many it doesn't hold, in packages of sources.
    pub absent: usize,
}

/// The tag of a version.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Tag<'a> {
    /// Its name.
    pub name: &'a str,
    /// The commit that it names.
    pub commit: &'a str,
}

impl<'a> Commit<'a> {
    fn of(comparison: &'a Comparison) -> Self {
        Self {
            id: &comparison.commit,
            because: &comparison.because,
            tag: comparison.tag.as_ref().map(|tag| Tag { name: &tag.name, commit: &tag.commit }),
            files: comparison.files,
            differing: comparison.differing.len(),
            absent: comparison.absent.len(),
        }
    }
}

/// A rule that could not be applied.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct NotApplied<'a> {
    /// The rule.
    pub rule: &'a str,
    /// What it lacks, and how to give it that.
    pub lacks: &'a str,
}

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// For information.
    Note,
    /// Worth a look.
    Warning,
    /// Stops the release.
    Error,
}

/// A waiver that had no effect.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct IdleWaiver<'a> {
    /// The rule that it names.
    pub rule: &'a str,
    /// Where it is in the settings.
    pub origin: &'a str,
    /// `unused` when it matched nothing, `expired` when its day has passed.
    pub state: IdleState,
    /// Findings that an expired waiver would have matched.
    pub findings: usize,
}

/// Why a waiver had no effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum IdleState {
    /// It matched nothing.
    Unused,
    /// Its day has passed.
    Expired,
}

/// Counts over all artifacts. A waived finding counts only as waived.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(JsonSchema))]
#[non_exhaustive]
pub struct Summary {
    /// Artifacts audited.
    pub artifacts: usize,
    /// Findings at level error.
    pub errors: usize,
    /// Findings at level warning.
    pub warnings: usize,
    /// Findings at level note.
    pub notes: usize,
    /// Findings that a waiver covers.
    pub waived: usize,
    /// Artifacts that could not be fully examined.
    pub incomplete: usize,
}

impl<'a> Report<'a> {
    /// The report on these audits.
    pub fn new(audits: &'a [Audit]) -> Self {
        Self {
            schema: SCHEMA,
            tool: Tool::THIS,
            verdict: audits.iter().map(|audit| audit.verdict).max().unwrap_or_default(),
            artifacts: audits.iter().map(Artifact::new).collect(),
            summary: Summary::new(audits),
        }
    }
}

impl Tool {
    pub(in crate::report) const THIS: Self =
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") };
}

impl<'a> Line<'a> {
    /// The line on this audit.
    pub fn new(audit: &'a Audit) -> Self {
        Self { schema: LINE_SCHEMA, tool: Tool::THIS, artifact: Artifact::new(audit) }
    }
}

impl<'a> Artifact<'a> {
    fn new(audit: &'a Audit) -> Self {
        let file = &audit.inventory.artifact;
        let skipped = audit.unexamined().iter();
        Self {
            path: &file.path,
            kind: audit.kind().into(),
            bytes: file.bytes,
            sha256: &file.sha256,
            package: audit.inventory.package.as_ref().map(|package| Package {
                name: &package.name,
                version: &package.version,
                license: package.license.as_deref(),
            }),
            policy: Policy {
                name: &audit.policy.name,
                because: &audit.policy.because,
                digest: audit.policy.digest(),
            },
            verdict: audit.verdict,
            complete: audit.inventory.is_complete(),
            skipped: skipped.map(|part| Skipped { place: &part.place, why: &part.why }).collect(),
            totals: Totals {
                entries: audit.totals.entries,
                unpacked_bytes: audit.totals.unpacked_bytes,
                exposed_files: audit.totals.exposure.files,
                exposed_lines: audit.totals.exposure.lines,
                exposed_bytes: audit.totals.exposure.bytes,
            },
            error: audit.error.as_deref(),
            commit: audit.commit().map(Commit::of),
            findings: audit.findings.iter().filter_map(Finding::new).collect(),
            later: audit.later.iter().filter_map(Finding::new).collect(),
            not_applied: audit
                .not_applied
                .iter()
                .map(|rule| NotApplied { rule: rule.rule, lacks: &rule.lacks })
                .collect(),
            idle_waivers: audit.waivers.iter().map(IdleWaiver::new).collect(),
        }
    }
}

impl<'a> Finding<'a> {
    fn new(judged: &'a Judged) -> Option<Self> {
        let finding = &judged.finding;
        Some(Self {
            rule: finding.rule,
            level: Level::of(judged.level)?,
            place: &finding.place.path,
            line: finding.place.line,
            column: finding.place.column,
            offset: finding.place.offset,
            message: &finding.message,
            help: &finding.help,
            evidence: &finding.evidence,
            fingerprint: &judged.finding_id,
            waived: judged.waived.as_deref(),
        })
    }
}

fn object<S: serde::Serializer>(evidence: &Evidence, serializer: S) -> Result<S::Ok, S::Error> {
    match evidence.value() {
        Value::Null => serde_json::Map::new().serialize(serializer),
        Value::Object(fields) => fields.serialize(serializer),
        other => serde_json::json!({ "value": other }).serialize(serializer),
    }
}

impl Level {
    /// The level in reports; `None` for a rule that is off, whose findings are not reported.
    fn of(level: PolicyLevel) -> Option<Self> {
        match level {
            PolicyLevel::Off => None,
            PolicyLevel::Note => Some(Self::Note),
            PolicyLevel::Warning => Some(Self::Warning),
            PolicyLevel::Error => Some(Self::Error),
        }
    }
}

impl<'a> IdleWaiver<'a> {
    fn new(waiver: &'a WaiverUse) -> Self {
        match waiver {
            WaiverUse::Unused { rule, origin, .. } => {
                Self { rule, origin, state: IdleState::Unused, findings: 0 }
            }
            WaiverUse::Expired { rule, origin, findings } => {
                Self { rule, origin, state: IdleState::Expired, findings: *findings }
            }
        }
    }
}

impl Summary {
    /// Counts over these audits.
    pub fn new(audits: &[Audit]) -> Self {
        let mut summary = Self { artifacts: audits.len(), ..Self::default() };
        for audit in audits {
            summary.incomplete += usize::from(!audit.inventory.is_complete());
            for judged in &audit.findings {
                match judged.level {
                    _ if judged.waived.is_some() => summary.waived += 1,
                    PolicyLevel::Error => summary.errors += 1,
                    PolicyLevel::Warning => summary.warnings += 1,
                    PolicyLevel::Note => summary.notes += 1,
                    PolicyLevel::Off => {}
                }
            }
        }
        summary
    }
}

impl From<crate::inventory::Kind> for Kind {
    fn from(kind: crate::inventory::Kind) -> Self {
        use crate::inventory::Kind as Inner;
        match kind {
            Inner::Npm => Self::Npm,
            Inner::Crate => Self::Crate,
            Inner::Wheel => Self::Wheel,
            Inner::Sdist => Self::Sdist,
            Inner::Vsix => Self::Vsix,
            Inner::Gem => Self::Gem,
            Inner::Nupkg => Self::Nupkg,
            Inner::Jar => Self::Jar,
            Inner::Zip => Self::Zip,
            Inner::Tar => Self::Tar,
            Inner::Directory => Self::Directory,
        }
    }
}
