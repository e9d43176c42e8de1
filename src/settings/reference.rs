//! The reference of settings and policies as Markdown, from the list of keys and the built-in policies.

use std::fmt::Write as _;

use super::builtin;
use super::keys::{self, Form, Key};
use super::rule_names::RuleWords;

const INTRODUCTION: &str = "\
# Settings and policies

<!-- Made from src/settings/keys.rs and policies/*.toml. INSTA_UPDATE=always cargo test generated -->

A *policy* gives every rule a level. Settings change single levels, say what is internal, set bounds, and except
what may pass although a rule says no.

## Where settings stand

Where a package comes from (the folder that was packed, the member of the workspace that has the artifact's name, or
`--project`) and in the folders above it, up to the root of its repository:

- `packgate.toml`
- the table `packgate` in `package.json`
- `[package.metadata.packgate]` or `[workspace.metadata.packgate]` in `Cargo.toml`
- `[tool.packgate]` in `pyproject.toml`

Two of them in one folder are an error. Outside of a repository, the folders up to the root of the package's workspace
count, or its own alone. What stands inside an artifact is never taken for settings. `packgate policy show` prints what
is in force, and where each value comes from.

Settings inherit: those of a folder add to those above it. Lists add up, any other value takes the place of the one
above, and `--policy` that of all. So a package is judged the same from the root of its workspace, from its own folder,
and as a tarball. What a root doesn't want loosened it locks, and trying to is an error in the member's file:

```toml
[inherit]
locked = [\"policy\", \"internal\", \"rules.secret-*\"]
```

Everything that is wrong with the settings is told at once, with line and column, and the exit status is 2: a key
or a rule that doesn't exist, a value of the wrong kind, a glob or a pattern that can't be read, a folder that
isn't there, a waiver without a reason.

## Policies

| policy | for | levels |
| --- | --- | --- |
| `proprietary` | source that nobody outside is to read | `policies/proprietary.toml` on `policies/base.toml` |
| `open-source` | source that is public by licence | `policies/open-source.toml` on `policies/base.toml` |
| `strict` | those who want to look at everything | every rule that isn't off is an error |

Without a choice, the policy is `auto`: the manifest's licence decides. A licence that gives everybody the source
(OSI or FSF approved, and their kin, in whatever spelling manifests have used) means `open-source`. Everything
else means `proprietary`: `UNLICENSED`, `LicenseRef-...`, a source-available licence, a manifest that forbids
publishing, no licence, no manifest. Where the manifest only names a file with the licence (`SEE LICENSE IN ...`,
`license-file`, `License-File`), or says nothing at all, the licence files in the package's own folder decide: each
of them has to be the text of a well-known open licence, or one of the authors' own that lets everybody copy and
change the source and takes nothing back. So they do for a tar, a zip or a folder without a manifest that is read, if
it is a project's sources: a `Makefile`, `go.mod`, `pom.xml` or the like stands beside them. Where there is neither, the README's section on the licence counts if it
names an open one, and in a jar the first comments of the source files, if most of them do and most classes are made
of these. A text of their own also decides for `LicenseRef-...`, unless the name
says `proprietary`, `commercial` or the like. Reports say which policy applies, and what decided.

A policy of your own is a file with `extends` and a table for each rule that differs; ask for it with
`policy = \"path\"` or `--policy path`:

```toml
extends = \"proprietary\"

[stray-tests]
level = \"off\"
why = \"our tests are part of the product\"
```

`for show` in the table below: that level holds in folders of tests, fixtures, examples, benchmarks and documentation,
unless the settings give the rule a level of their own.

The order in which levels override each other: `policies/base.toml`, the policy, the policy file, `[rules]` in the
settings.

`packgate policy show --digest` prints a digest of all that is in force: levels, settings, waivers, the built-in tables
and packgate's version. Two people with the same settings get the same one, wherever their checkouts are and in whatever
order they wrote it; reports have it as `policy.digest`. `--fail-on` isn't part of it: it can only let less pass.

## Globs

`*` and `?` stay within a segment of a path, `**` crosses segments, `[ab]` and `{a,b}` are alternatives. A pattern
that matches a folder matches all that is in it. A pattern without a slash matches a name at any depth, as in
`.gitignore`: `*.map`. In `internal.paths` a pattern with a slash matches at any depth too, unless it begins with
one; in `waive.place` it begins at the artifact's root or at the package's (`package/prebuilds/**` and
`prebuilds/**` mean the same in an npm tarball).

## Sizes

A number of bytes, or a text with a unit: `\"10MiB\"`, `\"1.5GB\"`, `\"500kB\"`. `KiB`, `MiB`, `GiB`, `TiB` count by
1,024, `kB`, `MB`, `GB`, `TB` by 1,000.

## Waivers

A waiver excepts the findings of one rule, everywhere, in some places, or a single one by its fingerprint. Its
findings stay in all reports, marked with its reason, and block nothing. On the day after `expires` it is over.
Waivers that are over, and those that matched nothing, are reported, so that they get cleaned up: one with a `package`
only when that package was audited, one of a workspace's root only when the whole workspace was. What could not be
examined can't be waived.

";

/// The reference as Markdown, for these rules. `docs/policy.md` is this.
pub fn reference(rules: &[RuleWords]) -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("## Keys\n\n");
    for table in tables() {
        let title = match table {
            "" => "### At the top".to_owned(),
            "waive" => "### `[[waive]]`".to_owned(),
            table => format!("### `[{table}]`"),
        };
        let _ = writeln!(text, "{title}\n\n| key | value | example | |\n| --- | --- | --- | --- |");
        for key in keys::of(table) {
            let example = key.example.replace('|', "\\|");
            let _ = writeln!(text, "| `{}` | {} | `{example}` | {} |", key.name, word(key), key.doc);
        }
        text.push('\n');
    }
    rules_table(rules, &mut text);
    text
}

/// The tables that have keys, in the order of the list.
fn tables() -> Vec<&'static str> {
    let mut tables: Vec<&str> = keys::KEYS.iter().map(|key| key.table).collect();
    tables.dedup();
    tables
}

fn word(key: &Key) -> &'static str {
    match key.form {
        Form::Table | Form::Levels => "table",
        Form::Tables => "list of tables",
        Form::Policy => "name or path",
        Form::Text => "string",
        Form::Rule => "rule",
        Form::Glob => "glob",
        Form::Texts => "list of strings",
        Form::Globs => "list of globs",
        Form::Size => "size",
        Form::Count => "number",
        Form::Date => "date",
        Form::Mode => "`off`, `auto` or `on`",
    }
}

fn rules_table(rules: &[RuleWords], text: &mut String) {
    text.push_str("## Levels of the built-in policies\n\n");
    let (base, closed) = (builtin::levels("base"), builtin::levels("proprietary"));
    let (open, strict) = (builtin::levels("open-source"), builtin::levels("strict"));
    let for_show = builtin::levels_for_show("open-source");
    let mut families: Vec<&str> = Vec::new();
    for rule in rules {
        if !families.contains(&rule.family) {
            families.push(rule.family);
        }
    }
    for family in families {
        let _ = writeln!(text, "### {family}\n");
        text.push_str(
            "| rule | proprietary | open-source | strict | why |\n| --- | --- | --- | --- | --- |\n",
        );
        for rule in rules.iter().filter(|rule| rule.family == family) {
            let level = |levels: &super::Levels| levels.get(rule.name).map_or("", |(level, ..)| level.word());
            let why = base.get(rule.name).and_then(|(_, _, why)| why.clone()).unwrap_or_default();
            let milder = for_show.get(rule.name).map(|level| format!(" ({} for show)", level.word()));
            let open = format!("{}{}", level(&open), milder.unwrap_or_default());
            let (closed, strict) = (level(&closed), level(&strict));
            let _ = writeln!(text, "| `{}` | {closed} | {open} | {strict} | {why} |", rule.name);
        }
        text.push('\n');
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('\n');
}
