//! What the rules about source maps share: grouping, words, and advice for each bundler.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::ecosystem::{self, Remedy};
use crate::inventory::{BuildOption, Entry, EntryId, Inventory, Making, MapForm, MentionKind, SourceMap};
use crate::recoverable::{Exposure, MapReport, MapState};
use crate::words::counted;

use super::{Context, Finding, Place, Rule};

/// With more findings than this, one per folder is enough; with more folders, one for the artifact.
const MOST_SINGLE: usize = 20;
/// Paths in the evidence of a finding.
const MOST_PATHS: usize = 20;

/// Maps that one finding is about.
pub(super) struct Group<'a> {
    /// One entry, or with `folder` several.
    pub(super) reports: Vec<&'a MapReport<'a>>,
    /// The folder's place, if the finding is about all entries of a folder.
    folder: Option<String>,
}

impl<'a> Group<'a> {
    /// Groups the maps of an entry, or of a folder if there are many entries.
    pub(super) fn all(reports: impl Iterator<Item = &'a MapReport<'a>>) -> Vec<Self> {
        let mut by_entry: Vec<Self> = Vec::new();
        for report in reports {
            match by_entry.last_mut() {
                Some(last) if last.entry().id == report.entry.id => last.reports.push(report),
                _ => by_entry.push(Self { reports: vec![report], folder: None }),
            }
        }
        if by_entry.len() <= MOST_SINGLE {
            return by_entry;
        }
        Self::at_most(MOST_SINGLE, Self::folders(by_entry))
    }

    /// The groups of folders, or of all of them together if they are more.
    fn at_most(most: usize, by_folder: BTreeMap<String, Self>) -> Vec<Self> {
        if by_folder.len() <= most {
            return by_folder.into_values().collect();
        }
        let folder = Some(shared_folder(by_folder.keys().map(String::as_str)).to_owned());
        vec![Self { folder, reports: by_folder.into_values().flat_map(|group| group.reports).collect() }]
    }

    /// Groups the maps of an entry, or of a folder if there are more than a few entries in it, or of all folders if these
    /// are more than a few: it is one build that wrote them.
    pub(super) fn few(reports: impl Iterator<Item = &'a MapReport<'a>>) -> Vec<Self> {
        /// Lines that are read one by one.
        const FEW: usize = 3;
        /// Folders that are.
        const FEW_FOLDERS: usize = 5;
        /// Lines in all.
        const MOST_LINES: usize = 8;
        let all = Self::all(reports);
        if all.iter().any(|group| group.folder.is_some()) {
            let by_folder = all.into_iter().filter_map(|group| Some((group.folder.clone()?, group)));
            return Self::at_most(FEW_FOLDERS, by_folder.collect());
        }
        let (many, mut single): (Vec<Self>, Vec<Self>) = {
            let mut in_folder: BTreeMap<String, usize> = BTreeMap::new();
            for group in &all {
                *in_folder.entry(group.own_folder()).or_default() += 1;
            }
            all.into_iter()
                .partition(|group| in_folder.get(&group.own_folder()).is_some_and(|count| *count > FEW))
        };
        single.extend(Self::at_most(FEW_FOLDERS, Self::folders(many)));
        match single.len() {
            0..=MOST_LINES => single,
            _ => Self::at_most(FEW_FOLDERS, Self::folders(single)),
        }
    }

    /// The same maps, those of a folder together.
    fn folders(by_entry: Vec<Self>) -> BTreeMap<String, Self> {
        let mut by_folder: BTreeMap<String, Self> = BTreeMap::new();
        for group in by_entry {
            let folder = group.own_folder();
            let known = by_folder.entry(folder.clone());
            known
                .or_insert_with(|| Self { reports: Vec::new(), folder: Some(folder) })
                .reports
                .extend(group.reports);
        }
        by_folder
    }

    /// The folder that its first map is in.
    fn own_folder(&self) -> String {
        let place = &self.entry().place;
        place.rsplit_once(['/', '!']).map_or(String::new(), |(folder, _)| folder.to_owned())
    }

    fn entry(&self) -> &'a Entry {
        // A group is never empty, by its constructor.
        #[expect(clippy::indexing_slicing, reason = "a group has at least one map")]
        self.reports[0].entry
    }

    fn first(&self) -> &'a MapReport<'a> {
        #[expect(clippy::indexing_slicing, reason = "a group has at least one map")]
        self.reports[0]
    }

    /// Whether its maps are in the programs that they are of.
    pub(super) fn is_inline(&self) -> bool {
        self.first().map.form == MapForm::Inline
    }

    /// Entries that it is about.
    fn entries(&self) -> usize {
        let mut last = None;
        self.reports.iter().filter(|report| last.replace(report.entry.id) != Some(report.entry.id)).count()
    }

    /// What its maps give away together; a text in two of them counts twice.
    pub(super) fn exposure(&self) -> Exposure {
        self.reports.iter().fold(Exposure::default(), |mut sum, report| {
            sum.files += report.exposure.files;
            sum.lines += report.exposure.lines;
            sum.bytes += report.exposure.bytes;
            sum.third_party_files += report.exposure.third_party_files;
            sum
        })
    }

    /// `This source map`, `3 inline source maps of this file`, `28 source maps in this folder`.
    pub(super) fn subject(&self) -> String {
        let name = form_name(self.first().map.form);
        match (&self.folder, self.reports.len()) {
            (Some(_), _) => format!("{} in this folder", counted(self.reports.len() as u64, name)),
            (None, 1) => format!("This {name}"),
            (None, maps) => format!("{} of this file", counted(maps as u64, name)),
        }
    }

    /// A finding at its place, with evidence but no message yet.
    pub(super) fn finding(&self, rule: &Rule) -> Finding {
        let place = match &self.folder {
            Some(folder) => Place { path: folder.clone(), ..Place::default() },
            None if self.first().map.at.offset == 0 && self.first().map.at.inside.is_none() => {
                Place::entry(self.entry())
            }
            None => Place::at(self.entry(), &self.first().map.at),
        };
        let key = match &self.folder {
            Some(_) => "folder",
            None => form_name(self.first().map.form),
        };
        Finding::new(rule, place).evidence(self.evidence()).key(key)
    }

    fn evidence(&self) -> Evidence<'_> {
        let exposure = self.exposure();
        let sources = self.reports.iter().flat_map(|report| {
            let indices = if report.exposed.is_empty() { &report.missing } else { &report.exposed };
            indices.iter().filter_map(|index| report.map.sources.get(*index))
        });
        Evidence {
            form: self.first().map.form,
            state: self.reports.iter().map(|report| report.state).max(),
            maker: self.maker(),
            maps: self.reports.len(),
            entries: self.entries(),
            files: exposure.files,
            lines: exposure.lines,
            bytes: exposure.bytes,
            third_party_files: exposure.third_party_files,
            sources: sources.map(|source| source.path.as_str()).take(MOST_PATHS).collect(),
            damage: self.reports.iter().find_map(|report| report.map.damage.as_deref()),
        }
    }

    /// The tool that wrote its maps, if they agree.
    pub(super) fn maker(&self) -> Option<&'static str> {
        let first = maker(self.first());
        first.filter(|_| self.reports.iter().all(|report| maker(report) == first))
    }

    /// ` (it could not be read to its end: ...)`, or nothing.
    pub(super) fn damage(&self) -> String {
        let damage = self.reports.iter().find_map(|report| report.map.damage.as_deref());
        damage.map(|why| format!(" It could not be read as valid JSON: {why}.")).unwrap_or_default()
    }
}

/// The folder that all of these are in.
fn shared_folder<'a>(mut folders: impl Iterator<Item = &'a str>) -> &'a str {
    let first = folders.next().unwrap_or_default();
    folders.fold(first, |shared, folder| {
        let mut ends = shared.match_indices('/').map(|(at, _)| at).chain([shared.len()]).rev();
        let is_above = |end: &usize| {
            let head = shared.get(..*end).unwrap_or_default();
            folder.strip_prefix(head).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        ends.find(is_above).and_then(|end| shared.get(..end)).unwrap_or_default()
    })
}

/// The facts behind a finding about maps.
#[derive(Debug, Serialize)]
struct Evidence<'a> {
    form: MapForm,
    state: Option<MapState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<&'static str>,
    maps: usize,
    entries: usize,
    files: u64,
    lines: u64,
    bytes: u64,
    third_party_files: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    damage: Option<&'a str>,
}

/// The tool that wrote a map; some only show in the paths around it.
fn maker(report: &MapReport<'_>) -> Option<&'static str> {
    let place = report.entry.place.as_str();
    if place.contains("/.next/") {
        Some("Next.js")
    } else if place.ends_with(".hbc.map")
        || place.ends_with(".jsbundle.map")
        || place.ends_with(".bundle.map")
    {
        Some("Metro")
    } else {
        report.map.maker
    }
}

/// Says in a finding about maps what to change so that they no longer ship, or no longer hold text.
pub(super) fn with_advice(finding: Finding, context: &Context<'_>, group: &Group<'_>) -> Finding {
    let form = group.first().map.form;
    match form {
        MapForm::EvalMap | MapForm::Eval => {
            return finding.help(
                "Build for production: in the webpack configuration set mode: \"production\" and devtool: false \
                 (the eval devtools are for development only).",
            );
        }
        MapForm::BundlerReport => {
            let remedy = leave_out(context, group, None);
            return finding
                .remedy(remedy, "Write the bundler's report outside the folder that is published.");
        }
        MapForm::Coverage => {
            let remedy = leave_out(context, group, None);
            return finding.remedy(remedy, "Publish code that is not instrumented.");
        }
        MapForm::File | MapForm::Inline => {}
    }
    let option = build_option(&context.inventory.making, group.maker());
    if group.is_inline() {
        return finding.help(option);
    }
    let remedy = leave_out(context, group, Some("**/*.map"));
    let is_change = !remedy.edits.is_empty();
    let words = match is_change {
        // ng-packagr, whose maps no option turns off
        false if context.inventory.making.generated_from.is_some() => remedy.words,
        true => format!("{option}\nOr leave the maps out of the package. {}", remedy.words),
        false => format!("{option} Or {}", beginning_small(&remedy.words)),
    };
    finding.remedy(Remedy { words, ..remedy }, "")
}

/// A sentence as the second half of another.
fn beginning_small(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// The change that leaves the files of these maps out.
pub(super) fn leave_out(context: &Context<'_>, group: &Group<'_>, usual: Option<&str>) -> Remedy {
    let mut entries: Vec<&Entry> = group.reports.iter().map(|report| report.entry).collect();
    entries.dedup_by_key(|entry| entry.id);
    // The usual pattern takes all maps out, and not only those that this finding is about.
    let is_map = |entry: &&Entry| entry.parent.is_none() && entry.path.ends_with(".map");
    match usual {
        Some(_) if entries.iter().all(is_map) => {
            let all: Vec<&Entry> = context.inventory.files().filter(is_map).collect();
            ecosystem::leave_out(context.inventory, &all, usual)
        }
        _ => ecosystem::leave_out(context.inventory, &entries, None),
    }
}

/// The option that writes the maps: in the project's own settings, or else by the name of the tool.
pub(super) fn build_option(making: &Making, maker: Option<&str>) -> String {
    let is_maker = |option: &&BuildOption| maker.is_none_or(|maker| writes_like(option.tool, maker));
    let mut options: Vec<&BuildOption> = making.map_options.iter().filter(is_maker).collect();
    if options.is_empty() {
        options = making.map_options.iter().collect();
    }
    // Where a bundler writes maps, too, TypeScript merely checks types, as a rule.
    let is_bundler = |option: &&BuildOption| option.tool != "TypeScript";
    if maker.is_none() && options.iter().any(is_bundler) {
        options.retain(is_bundler);
    }
    let words: Vec<String> = options.iter().take(MOST_OPTIONS).map(|option| option_words(option)).collect();
    match words.is_empty() {
        true => format!("{}.", by_tool(maker)),
        false => words.join("\n"),
    }
}

/// How to build without a comment that links to a map: some tools can write the map alone.
pub(super) fn no_link(context: &Context<'_>) -> String {
    let making = &context.inventory.making;
    if making.map_options.is_empty() {
        return "Build without source maps, or with maps that no comment links to: webpack: devtool: \"hidden-source-map\"; Rollup, \
                Vite: sourcemap: \"hidden\"; esbuild: --sourcemap=external; tsc can't, so set \"sourceMap\": false."
            .to_owned();
    }
    format!("Build without source maps: then no comment is written. {}", build_option(making, None))
}

/// Options named in one help.
const MOST_OPTIONS: usize = 3;

fn option_words(option: &BuildOption) -> String {
    let BuildOption { file, line, text, instead, .. } = option;
    match instead.is_empty() {
        true => format!("In {file}, line {line}, leave out `{text}`."),
        false => format!("In {file}, line {line}, write `{instead}` instead of `{text}`."),
    }
}

/// Whether the maps of a tool may look like those of another, which it is built on.
fn writes_like(tool: &str, maker: &str) -> bool {
    let on_it: &[&str] = match maker {
        "esbuild" => &["tsup", "esbuild", "Vite", "a script"],
        "Rollup" | "Vite" => &["Rollup", "Vite", "tsdown", "unbuild", "tsup"],
        "webpack" => &["webpack", "Next.js", "Angular", "Vue CLI"],
        "Rspack" => &["Rspack", "Rsbuild"],
        "Babel" => &["Babel", "a script"],
        other => return tool == other || tool == "a script",
    };
    on_it.contains(&tool)
}

/// How to turn maps off in a tool whose settings are not at hand.
fn by_tool(maker: Option<&str>) -> &'static str {
    match maker {
        Some("TypeScript") => {
            "TypeScript: set \"sourceMap\": false (and \"inlineSourceMap\", \"inlineSources\", \"declarationMap\") in tsconfig.json"
        }
        Some("webpack") => {
            "webpack: set devtool: false; to keep maps for yourself use \"hidden-source-map\" and don't publish the .map \
             files; \"nosources-source-map\" leaves the text out"
        }
        Some("Rspack") => "Rspack: set devtool: false, or \"nosources-source-map\" to leave the text out",
        Some("Next.js" | "Turbopack") => {
            "Next.js: set productionBrowserSourceMaps: false, and leave .next/ out of the package"
        }
        Some("Vite") => "Vite: set build.sourcemap: false (\"hidden\" still writes the files)",
        Some("Rollup") => {
            "Rollup: set output.sourcemap: false, or output.sourcemapExcludeSources: true to leave the text out; \
             in Vite it is build.sourcemap: false"
        }
        Some("esbuild") => {
            "esbuild: leave --sourcemap out, or add --sources-content=false to leave the text out; in tsup it is sourcemap: false"
        }
        Some("Bun") => "Bun: build with --sourcemap=none",
        Some("Parcel") => "Parcel: build with --no-source-maps, or set \"sourceMap\": false for the target",
        Some("Babel") => "Babel or terser: set sourceMaps: false (terser: sourceMap: false)",
        Some("Metro") => {
            "Metro: leave --sourcemap-output out, or write it outside the package; --sourcemap-sources-root doesn't remove text"
        }
        Some("Sass") => "Sass: pass --no-source-map, and no --embed-sources or --embed-source-map",
        _ => {
            "Turn source maps off in the build that is published (tsc and swc: sourceMap(s): false; Rollup, Vite, tsup: \
             sourcemap: false; webpack: devtool: false), or build them without the sources' text"
        }
    }
}

/// What a form is called.
pub(super) fn form_name(form: MapForm) -> &'static str {
    match form {
        MapForm::File => "source map",
        MapForm::Inline => "inline source map",
        MapForm::EvalMap => "source map in eval",
        MapForm::Eval => "module list in eval",
        MapForm::BundlerReport => "bundler report",
        MapForm::Coverage => "coverage record",
    }
}

/// `3 original files, 1,200 lines`.
pub(super) fn amount(exposure: Exposure) -> String {
    format!("{}, {}", counted(exposure.files, "original file"), counted(exposure.lines, "line"))
}

/// Finds the maps of these forms that give away text, as the rules `source-map-embedded`, `-inline` and `-eval` divide
/// them. `says` makes a sentence of `This source map holds` and `3 original files, 40 lines`.
pub(super) fn exposed(
    rule: &Rule,
    context: &Context<'_>,
    findings: &mut Vec<Finding>,
    forms: &[MapForm],
    says: impl Fn(&str, &str) -> String,
) {
    let survey = context.survey();
    let web_jars = WebJars::of(context.inventory);
    let libraries = Libraries::of(context.inventory);
    let is_theirs = |report: &MapReport<'_>| web_jars.have(report.entry) || libraries.have(report);
    let exposed = survey.maps.iter().filter(|report| is_exposed(report, forms) && !is_theirs(report));
    for group in Group::all(exposed) {
        let verb = if group.reports.len() == 1 { "holds" } else { "hold" };
        let says = says(&format!("{} {verb}", group.subject()), &amount(group.exposure()));
        let finding = group.finding(rule).message(says + &group.damage());
        findings.push(with_advice(finding, context, &group));
    }
}

/// Maps of dependencies that are packed whole, as their makers published them, and the others. A dependency is one of
/// others if it has a licence file of its own and a name that isn't of the package's family.
pub(super) fn apart<'a>(
    context: &Context<'_>,
    reports: impl Iterator<Item = &'a MapReport<'a>>,
) -> (Vec<&'a MapReport<'a>>, Vec<&'a MapReport<'a>>) {
    let mut licensed: Option<BTreeSet<&str>> = None;
    let own = context.inventory.package.as_ref().map_or("", |package| package.name.as_str());
    reports.partition(|report| {
        let Some(folder) = dependency(&report.entry.place) else { return false };
        let name = folder.rsplit_once("node_modules/").map_or(folder, |(_, name)| name);
        let licensed = licensed.get_or_insert_with(|| {
            let files = context.inventory.files().filter(|entry| crate::paths::is_licence(entry.file_name()));
            files.filter_map(|entry| entry.place.rsplit_once('/')).map(|(folder, _)| folder).collect()
        });
        family(name) != family(own) && licensed.contains(folder)
    })
}

/// Libraries of others that are packed in jars: below `META-INF/resources/webjars/NAME/`, where the manifest of their jar,
/// which those who pack them write, is in the same one. An application's own pages may lie beside them.
struct WebJars<'a>(BTreeSet<(Option<EntryId>, &'a str)>);

impl<'a> WebJars<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let name = |entry: &'a Entry| {
            let (group, rest) = entry.path.strip_prefix("META-INF/maven/")?.split_once('/')?;
            let is_theirs = group == "org.webjars" || group.starts_with("org.webjars.");
            Some((entry.parent, rest.split_once('/')?.0)).filter(|_| is_theirs)
        };
        Self(inventory.files().filter_map(name).collect())
    }

    fn have(&self, entry: &Entry) -> bool {
        let below = entry.path.strip_prefix("META-INF/resources/webjars/");
        let name = below.and_then(|below| below.split_once('/')).map(|(name, _)| name);
        name.is_some_and(|name| self.0.contains(&(entry.parent, name)))
    }
}

/// Libraries of others that lie in a package as their makers publish them: the places of their scripts, with the name that
/// the comment at the top gives.
pub(super) struct Libraries<'a>(BTreeMap<&'a str, String>);

impl<'a> Libraries<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Self {
        let own = inventory.package.as_ref().map_or(String::new(), |package| letters(&package.name));
        let library = |entry: &'a Entry| {
            let mention = entry.mentions.iter().find(|mention| mention.kind == MentionKind::Library)?;
            let name = mention.what.rsplit_once(' ').map_or("", |(name, _)| name);
            let is_own = own.contains(&letters(name)) || letters(name).contains(&own) && !own.is_empty();
            (!is_own).then(|| (entry.place.as_str(), letters(name)))
        };
        Self(inventory.files().filter_map(library).collect())
    }

    /// Whether a script or style sheet is such a library.
    pub(super) fn has(&self, place: &str) -> bool {
        self.0.contains_key(place)
    }

    /// Whether a map is of such a script. One that lists the library as a dependency is of a bundle that begins with it.
    fn have(&self, report: &MapReport<'_>) -> bool {
        let script = report.entry.place.strip_suffix(".map").unwrap_or_default();
        self.0.get(script).is_some_and(|name| {
            let dependency =
                |path: &str| path.rfind("node_modules/").and_then(|at| Some(letters(path.get(at + 13..)?)));
            let sources = report.map.sources.iter();
            !sources.filter_map(|source| dependency(&source.path)).any(|path| path.starts_with(name))
        })
    }
}

/// A name with nothing but its letters and digits, in small letters.
fn letters(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The folder of the dependency that a file in `node_modules` belongs to.
fn dependency(place: &str) -> Option<&str> {
    let start = place.rfind("node_modules/")? + "node_modules/".len();
    let below = place.get(start..)?;
    let parts = if below.starts_with('@') { 2 } else { 1 };
    let end = below.match_indices('/').nth(parts - 1)?.0;
    (!below.starts_with('.')).then(|| place.get(..start + end)).flatten()
}

/// `acme`, for `@acme/cli` as for `acme-core`.
fn family(name: &str) -> &str {
    let scope = name.strip_prefix('@').and_then(|name| name.split_once('/')).map(|(scope, _)| scope);
    scope.or(name.split(['-', '.', '_']).next()).unwrap_or(name)
}

/// Whether a map is of one of these forms, and gives away text.
fn is_exposed(report: &MapReport<'_>, forms: &[MapForm]) -> bool {
    forms.contains(&report.map.form) && report.exposure.files > 0
}

/// Whether a map gives away nothing of one's own. Reports and coverage without text are strays, not maps.
pub(super) fn is_harmless(report: &MapReport<'_>) -> bool {
    report.exposure.files == 0 && !matches!(report.map.form, MapForm::BundlerReport | MapForm::Coverage)
}

/// Whether it is about declarations only (`.d.ts.map`).
pub(super) fn is_declaration(map: &SourceMap, entry: &Entry) -> bool {
    let generated = |name: &str| [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| name.ends_with(end));
    map.file.as_deref().is_some_and(generated) || entry.path.strip_suffix(".map").is_some_and(generated)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recoverable::testing;
    use crate::rules::testing::{entry, inventory};
    use crate::settings::Settings;

    #[test]
    fn folders_share_what_is_above_them_all() {
        for (folders, shared) in [
            (&["p/dist/a", "p/dist/b/c", "p/dist"][..], "p/dist"),
            (&["p/dist/a", "p/dist/ab"], "p/dist"),
            (&["p/dist", "p/distant"], "p"),
            (&["a/b", "c"], ""),
            (&["a.zip!x/y", "a.zip!x/z"], "a.zip!x"),
            (&["", "a"], ""),
            (&["a"], "a"),
            (&[], ""),
        ] {
            assert_eq!(shared_folder(folders.iter().copied()), shared, "{folders:?}");
        }
    }

    #[test]
    fn maps_of_libraries_are_left_to_their_makers() {
        let banner = "/*!\n  * Bootstrap v5.3.3\n  * Licensed under MIT\n  */\n!function(){}()\n";
        let map = |sources: &[&str]| {
            let texts: Vec<&str> = sources.iter().map(|_| "// one\nlet a;\n").collect();
            serde_json::json!({ "version": 3, "sources": sources, "sourcesContent": texts, "mappings": "" })
                .to_string()
        };
        let is_exposed = |name: &str, sources: &[&str]| {
            let (script, map) = (format!("package/dist/{name}"), map(sources));
            let inventory = testing::inventory(&[(&script, banner), (&format!("{script}.map"), &map)]);
            let mut findings = Vec::new();
            let settings = Settings::default();
            let context = Context::new(&inventory, &settings);
            exposed(
                &super::super::source_map_embedded::RULE,
                &context,
                &mut findings,
                &[MapForm::File],
                |a, b| format!("{a} {b}"),
            );
            !findings.is_empty()
        };
        let theirs = ["../../js/src/a.js", "../../node_modules/@popperjs/core/lib/a.js"];
        assert!(!is_exposed("bootstrap.bundle.min.js", &theirs));
        assert!(is_exposed("quay.js", &theirs));
        assert!(is_exposed(
            "bootstrap.js",
            &["../src/bootstrap.ts", "../node_modules/bootstrap/dist/js/bootstrap.js"]
        ));
    }

    #[test]
    fn libraries_in_jars_are_told_by_the_manifest_of_those_who_packed_them() {
        let paths = [
            "META-INF/maven/org.webjars.npm/chart/pom.properties",
            "META-INF/maven/com.acme/board/pom.properties",
            "META-INF/resources/webjars/chart/1.2.3/chart.js.map",
            "META-INF/resources/webjars/board/1.0.0/app.js.map",
            "webjars/chart/1.2.3/a.js.map",
        ];
        let inventory = inventory(paths.into_iter().map(entry).collect());
        let web_jars = WebJars::of(&inventory);
        let found = inventory.files().filter(|entry| web_jars.have(entry));
        assert_eq!(found.map(|entry| entry.path.as_str()).collect::<Vec<_>>(), [paths[2]]);
    }
}
