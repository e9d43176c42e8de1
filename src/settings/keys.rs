//! Every key that settings may have. Validation, suggestions, the reference in `docs/` and the JSON Schema all
//! come from this one list.

/// What a key's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A table with keys of its own.
    Table,
    /// A table from rule names to levels.
    Levels,
    /// A list of tables with keys of their own.
    Tables,
    /// A policy's name or a path.
    Policy,
    /// Any text that isn't empty.
    Text,
    /// A rule's name.
    Rule,
    /// A glob.
    Glob,
    /// A list of texts.
    Texts,
    /// A list of globs.
    Globs,
    /// Bytes: a number or a text with a unit.
    Size,
    /// A whole number from 1.
    Count,
    /// A day.
    Date,
    /// `off`, `auto` or `on`.
    Mode,
}

/// A key, where it may be used, and what it means.
#[derive(Debug)]
pub(super) struct Key {
    /// The table that it is in; empty for the top.
    pub table: &'static str,
    pub name: &'static str,
    pub form: Form,
    /// Markdown, one paragraph.
    pub doc: &'static str,
    /// A value as TOML.
    pub example: &'static str,
}

const fn key(
    table: &'static str,
    name: &'static str,
    form: Form,
    example: &'static str,
    doc: &'static str,
) -> Key {
    Key { table, name, form, doc, example }
}

/// All keys, in the order of the reference.
#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    key("", "policy", Form::Policy, r#""proprietary""#,
        "The policy that the levels start from: `auto` (the default: the manifest's licence decides), `proprietary`, `open-source`, `strict`, or the path of a policy file, relative to this file."),
    key("", "rules", Form::Levels, r#"{ local-path = "error" }"#,
        "A level for each rule that should differ from the policy: `off`, `note`, `warning` or `error`."),
    key("", "internal", Form::Table, r#"{ paths = ["src/internal/**"] }"#,
        "What is internal to your company and must not ship."),
    key("", "own", Form::Mode, r#""auto""#,
        "Whether the project's own source text is looked for in artifacts: `auto` (the default: in those of the project's packages), `on` (in all), `off`."),
    key("", "own-folders", Form::Texts, r#"["."]"#,
        "Folders, relative to this file, whose source text counts as the project's own; without it, the package's folder and those of the workspace members that it depends on."),
    key("", "own-fingerprints", Form::Texts, r#"[]"#,
        "Files written by `packgate fingerprint --own`, relative to this file, to use instead of the text itself."),
    key("", "size", Form::Table, r#"{ artifact = "10MiB" }"#,
        "Budgets for the rules `size-budget` and `unexpected-growth`."),
    key("", "limits", Form::Table, r#"{ entry = "1GiB" }"#,
        "Limits of unpacking. An artifact that exceeds one is incomplete, never clean."),
    key("", "waive", Form::Tables, r#"[{ rule = "debug-info", reason = "symbols wanted by our users" }]"#,
        "Named exceptions, one `[[waive]]` each. Waived findings stay in every report, marked; a waiver that is expired or matched nothing is reported."),

    key("", "inherit", Form::Table, r#"{ locked = ["internal", "rules.secret-*"] }"#,
        "What settings in folders below get from this file. Lists add up there, and other values take the place of these."),

    key("inherit", "locked", Form::Texts, r#"["policy", "rules.secret-*"]"#,
        "Keys that files below can make stricter only, and whose rules they can't waive; `*` stands for any part, a table's name for all in it, `internal` for the rules `internal-*` too."),

    key("internal", "paths", Form::Globs, r#"["src/internal/**"]"#,
        "Globs of files that must never ship, wherever they turn up: as entries, and as sources that a source map names. They match at any depth; a leading `/` ties them to the package's root."),
    key("internal", "markers", Form::Texts, r#"["ACME CONFIDENTIAL", '/ACME-[0-9]{6}/']"#,
        "Texts that must not be in any file. One between slashes is a regular expression."),
    key("internal", "packages", Form::Texts, r#"["@acme-internal", "acme-core-*"]"#,
        "Names of packages that the public must not learn of, or whole scopes; `*` stands for any part of a name."),
    key("internal", "hosts", Form::Texts, r#"["git.acme.example", ".corp.acme.example"]"#,
        "Host names that the public must not learn of. One with a leading dot covers all hosts below it."),
    key("internal", "roots", Form::Texts, r#"["."]"#,
        "Folders, relative to this file, whose text must not ship, not even pasted into a bundle."),
    key("internal", "fingerprints", Form::Texts, r#"[]"#,
        "Files with fingerprints of such folders, relative to this file, for machines that don't have the folders."),

    key("size", "artifact", Form::Size, r#""10MiB""#, "Most bytes of the artifact file."),
    key("size", "unpacked", Form::Size, r#""50MiB""#, "Most bytes of all its entries together."),
    key("size", "entry", Form::Size, r#""5MB""#, "Most bytes of a single entry."),
    key("size", "growth-percent", Form::Count, "20",
        "Most growth of the unpacked bytes over the previous release, in percent."),

    key("limits", "entries", Form::Count, "200000", "Entries per artifact, over all levels of nesting."),
    key("limits", "entry", Form::Size, r#""1GiB""#, "Bytes of one entry."),
    key("limits", "total", Form::Size, r#""4GiB""#, "Bytes produced by the artifact's own container."),
    key("limits", "ratio", Form::Count, "2000", "Produced bytes per packed byte, after the first 10 MiB."),
    key("limits", "nesting", Form::Count, "4", "Archives within archives."),
    key("limits", "nested-total", Form::Size, r#""8GiB""#, "Bytes produced over all levels of nesting."),
    key("limits", "path-depth", Form::Count, "64", "Segments of a path."),
    key("limits", "json-depth", Form::Count, "64", "Nesting of JSON values."),

    key("waive", "rule", Form::Rule, r#""debug-info""#, "The rule that it waives. Required."),
    key("waive", "package", Form::Text, r#""@acme/ui""#,
        "Name of the package, `*` standing for any part of it; without it, every package that these settings are for."),
    key("waive", "place", Form::Glob, r#""prebuilds/**""#,
        "Glob of the places where; without it, everywhere. It is matched with the place as reports print it, and with the same without the package's root folder, so both `prebuilds/**` and `package/prebuilds/**` work."),
    key("waive", "fingerprint", Form::Text, r#""3f1c0a9d2b7e4455""#,
        "The fingerprint of one finding, from the JSON report. It survives a new version and moved lines."),
    key("waive", "reason", Form::Text, r#""symbols wanted by our users""#,
        "Why. Required, and printed with the findings."),
    key("waive", "expires", Form::Date, "2027-03-01", "The last day on which the waiver holds."),
];

/// The keys of one table.
pub(super) fn of(table: &str) -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(move |key| key.table == table)
}
