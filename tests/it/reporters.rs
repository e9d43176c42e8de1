//! Every reporter shows every finding, and nothing that an archive says comes out raw.

use std::path::Path;

use packgate::audit::{Audit, Totals};
use packgate::diff::Diff;
use packgate::inventory::{
    Entry, EntryId, Inventory, Kind, Media, Package, SourceFacts, SourceMap, TextDigest, TextFacts,
    Unexamined,
};
use packgate::policy::{Judged, Policy, Verdict, WaiverUse};
use packgate::recoverable::Exposure;
use packgate::report::{Look, REPORTERS, Reporter, STEP_SUMMARY};
use packgate::rules::{Evidence, Finding, NotApplied, Place};
use packgate::settings::Level;

use crate::clients;

/// Names that somebody could give to an entry.
const HOSTILE: &[&str] = &[
    "\u{1b}[31mred\u{7}\u{1b}]8;;http://x\u{1b}\\.js",
    "evil\u{202e}sj.exe",
    "zero\u{200b}width\u{feff}.js",
    "c1\u{9b}2J.js",
    "tags\u{e0041}\u{e007f}.js",
    "::error::pwned",
    " ::error file=a.js,line=1::pwned",
    "\n::add-mask::pwned\r\n::error::pwned",
    "##[error]pwned",
    "%0A::error::pwned",
    "<script>alert(1)</script>.js",
    "<img src=x onerror=alert(1)>",
    "\"onmouseover=\"alert(1)\" '.js",
    "-->]]></failure><!--",
    "</details></summary><h1>pwned",
    "`<script>alert(1)</script>`",
    "a`b``c|d|*e*_f_[g](javascript:alert(1))",
    "@everyone https://pwned.test www.pwned.test",
    "${{ secrets.TOKEN }}$(id)",
    "\u{2028}line\u{2029}paragraph\u{85}next",
    "{0}{{1}}",
    "日本語-ünï.js",
];

fn look() -> Look {
    Look {
        width: None,
        hyperlinks: false,
        colour: false,
        unicode: true,
        quiet: false,
        fail_on: Level::Error,
        project: Some(Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()),
        is_fix: false,
        left_out: Vec::new(),
        not_packed: Vec::new(),
    }
}

/// A value with some fields set, for types that only their own crate can write out.
fn with<T: Default>(set: impl FnOnce(&mut T)) -> T {
    let mut value = T::default();
    set(&mut value);
    value
}

fn text_entry(id: EntryId, path: &str, size: u64) -> Box<Entry> {
    Box::new(with(|entry: &mut Entry| {
        entry.id = id;
        entry.path = path.to_owned();
        entry.place = path.to_owned();
        entry.size = size;
        entry.media = Media::Text;
    }))
}

fn finding(rule: &'static str, place: Place, message: String, help: String, evidence: Evidence) -> Finding {
    with(|finding: &mut Finding| {
        finding.rule = rule;
        finding.place = place;
        finding.message = message;
        finding.help = help;
        finding.evidence = evidence;
    })
}

/// An audit with a finding for every hostile name and level; their messages hold `token1`, `token2`, ...
fn hostile() -> Audit {
    let rules = ["source-map-embedded", "stray-agent", "debug-info"];
    let levels = [Level::Error, Level::Warning, Level::Note];
    let mut inventory = Inventory::default();
    inventory.artifact.path = "out/evil\u{1b}[2J<b>-1.0.0.tgz".into();
    inventory.artifact.bytes = 34_567;
    inventory.artifact.sha256 = "5f".repeat(32);
    inventory.artifact.containers = vec!["gzip", "tar"];
    inventory.artifact.unpacked_bytes = 123_456;
    inventory.kind = Kind::Npm;
    inventory.package = Some(with(|package: &mut Package| {
        package.name = "@evil/\u{202e}<script>".into();
        package.version = "1.0.0".into();
        package.license = Some("SEE LICENSE IN <b>".into());
        package.manifest = "package/package.json".into();
        package.root = "package".into();
    }));
    inventory.unexamined = vec![
        Unexamined::new(
            "package/\u{1b}[31m<script>.zip",
            "skip1 at byte 7: \u{202e}<script>alert(1)</script>",
        ),
        Unexamined::new("", "skip2"),
    ];
    let mut findings = Vec::new();
    for (n, name) in HOSTILE.iter().enumerate() {
        let path = format!("package/{name}");
        let id = EntryId(u32::try_from(n).unwrap());
        inventory.entries.push(text_entry(id, &path, 1 << n));
        for (m, (rule, level)) in rules.iter().zip(levels).enumerate() {
            let place = with(|place: &mut Place| match m {
                0 => {
                    place.path.clone_from(&path);
                    (place.line, place.column, place.entry) = (Some(3), Some(4), Some(id));
                }
                1 => (place.path, place.offset) = (format!("{path}!{name}"), Some(4096)),
                _ => {}
            });
            let finding = finding(
                rule,
                place,
                format!("Found token{} in `{name}` and {name}.", n * 3 + m),
                format!("Leave it out:\n  \"files\": [\"!{name}\"]\nor so: {name}"),
                Evidence::of(serde_json::json!({ "name": name, *name: [name] })),
            );
            let mut judged = Judged::new(finding, level);
            judged.finding_id = format!("{:016x}", n * 3 + m);
            judged.waived = (n % 4 == 3).then(|| format!("reason{} {name}", n * 3 + m));
            findings.push(judged);
        }
    }
    let policy = with(|policy: &mut Policy| {
        policy.name = "proprietary".into();
        policy.because = "licence \"SEE LICENSE IN <b>\u{202e}\"".into();
    });
    let mut audit = Audit::new(inventory, policy, Verdict::Incomplete);
    audit.totals.entries = 22;
    audit.totals.unpacked_bytes = 123_456;
    audit.totals.exposure =
        Exposure { files: 1906, lines: 512_664, bytes: 59_766_257, third_party_files: 2850 };
    audit.findings = findings;
    audit.not_applied = vec![with(|rule: &mut NotApplied| {
        (rule.rule, rule.lacks) = ("own-source", "no source text is at hand".into());
    })];
    audit.waivers = vec![
        WaiverUse::Unused {
            rule: "stray-\u{1b}[0m<b>log".into(),
            origin: "packgate.toml:12".into(),
            inherited: false,
        },
        WaiverUse::Expired { rule: "bytecode".into(), origin: "packgate.toml:17".into(), findings: 2 },
    ];
    audit
}

fn clean() -> Audit {
    let mut audit = hostile();
    audit.inventory.artifact.path = "clean-1.0.0.tgz".into();
    audit.inventory.unexamined.clear();
    audit.findings.clear();
    audit.waivers.clear();
    audit.totals = Totals::default();
    audit.verdict = Verdict::Pass;
    audit
}

fn report(name: &str, audits: &[Audit]) -> String {
    written(REPORTERS.iter().find(|reporter| reporter.name == name).unwrap(), audits)
}

fn written(reporter: &Reporter, audits: &[Audit]) -> String {
    let mut out = Vec::new();
    (reporter.write)(audits, &look(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Every report on the hostile audit, each with its format's name.
fn all() -> Vec<(&'static str, String)> {
    let audits = [hostile(), clean()];
    let every = REPORTERS.iter().chain([&STEP_SUMMARY]);
    every.map(|reporter| (reporter.name, written(reporter, &audits))).collect()
}

#[test]
fn rules_link_to_their_pages_where_the_terminal_can() {
    let human = REPORTERS.iter().find(|reporter| reporter.name == "human").unwrap();
    let text = |hyperlinks| {
        let mut out = Vec::new();
        (human.write)(&[hostile()], &Look { hyperlinks, ..look() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let rule = hostile().findings[0].finding.rule;
    assert!(text(true).contains(&format!("docs/rules/{rule}.md\x1b\\")), "{}", text(true));
    assert!(!text(false).contains("\x1b]8"));
}

#[test]
fn every_reporter_is_in_the_list() {
    let shared = ["alike", "mod", "phrases", "repository", "summary", "wire", "wrap"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|ending| ending == "rs"));
    let mut files: Vec<String> =
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_string()).collect();
    files.retain(|name| !shared.contains(&name.as_str()));
    files.sort();
    let mut names: Vec<_> = REPORTERS.iter().map(|reporter| reporter.name).collect();
    names.sort_unstable();
    assert_eq!(files, names);
}

#[test]
fn every_reporter_shows_every_finding() {
    let audit = hostile();
    for (name, text) in all() {
        let words: std::collections::HashSet<&str> =
            text.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for n in 0..audit.findings.len() {
            assert!(words.contains(format!("token{n}").as_str()), "{name} lost finding {n}");
            if audit.findings[n].waived.is_some() {
                assert!(
                    words.contains(format!("reason{n}").as_str()),
                    "{name} lost the waiver of finding {n}"
                );
            }
        }
        for unexamined in ["skip1", "skip2"] {
            assert!(words.contains(unexamined), "{name} lost {unexamined}");
        }
        // GitLab's format is a list of issues and nothing else.
        assert!(name == "gitlab" || text.contains("clean-1.0.0.tgz"), "{name} lost the clean artifact");
        assert!(
            text.contains("packgate.toml:12") && text.contains("packgate.toml:17"),
            "{name} lost a waiver"
        );
    }
}

#[test]
fn nothing_hidden_or_directing_comes_out_raw() {
    for (name, text) in all() {
        for (at, c) in text.char_indices() {
            let harmless = c == '\n' || c == ' ' || !(c.is_control() || c.is_whitespace());
            let hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
            assert!(harmless && !hidden, "{name}: {c:?} in {:?}", text[..at].lines().next_back());
        }
        assert!(!text.contains("##["), "{name}");
        if name != "github" {
            let order = text.lines().find(|line| line.trim_start().starts_with("::"));
            assert_eq!(order, None, "{name}");
        }
    }
}

#[test]
fn github_gets_its_own_commands_only_and_no_more_than_it_shows() {
    let text = report("github", &[hostile(), clean()]);
    let command = regex::Regex::new(
        r"^::(error|warning|notice) file=[^:,\s]*(,line=[0-9]+(,col=[0-9]+)?)?,title=packgate: [^:,]*::.*$|^::group::(Further|Waived) findings: [0-9]+$|^::endgroup::$",
    )
    .unwrap();
    let mut of_a_kind = std::collections::BTreeMap::<&str, usize>::new();
    for line in text.lines().filter(|line| line.trim_start().starts_with("::")) {
        assert!(command.is_match(line), "{line}");
        *of_a_kind.entry(line.split([' ', ':']).nth(2).unwrap()).or_default() += 1;
    }
    for kind in ["error", "warning", "notice"] {
        assert_eq!(of_a_kind.get(kind), Some(&10), "{kind}");
    }
}

#[test]
fn markdown_renders_without_foreign_elements() {
    let allowed = [
        "details",
        "summary",
        "sub",
        "span",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "strong",
        "code",
        "a",
        "blockquote",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let audits = [hostile(), clean()];
    for text in [report("markdown", &audits), written(&STEP_SUMMARY, &audits)] {
        let mut html = String::new();
        pulldown_cmark::html::push_html(
            &mut html,
            pulldown_cmark::Parser::new_ext(&text, pulldown_cmark::Options::ENABLE_TABLES),
        );
        for tag in html.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap();
            assert!(allowed.contains(&name), "<{name}> in {html}");
            if name == "a" && !tag.starts_with('/') {
                assert!(tag.starts_with("a href=\"https://github.com/packgate/"), "<{tag}");
            }
        }
        assert_eq!(html.matches("<details>").count(), html.matches("</details>").count());
    }
}

#[test]
fn a_comment_that_would_be_too_long_counts_what_it_leaves_out() {
    let mut audit = hostile();
    let one = audit.findings[0].clone();
    audit.findings = (0..5000).map(|_| one.clone()).collect();
    let text = report("markdown", &[audit]);
    assert!(text.len() < 65_536, "{}", text.len());
    let listed = text.matches("Found token0").count();
    let left_out = 5000 - (listed - 1);
    let said = format!("`source-map-embedded` {},{:03}", left_out / 1000, left_out % 1000);
    assert!(text.contains(&said), "{said}: {}", &text[text.len() - 300..]);
}

#[test]
fn junit_counts_agree_with_its_cases() {
    let text = report("junit", &[hostile(), clean()]);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut found = std::collections::BTreeMap::<String, usize>::new();
    let mut said = std::collections::BTreeMap::<String, usize>::new();
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(start) => {
                let name = start.name().as_ref().to_string();
                if name == "testsuite" {
                    for attribute in start.attributes() {
                        let attribute = attribute.unwrap();
                        if let Ok(count) = attribute.value.parse::<usize>() {
                            let key = attribute.key.as_ref().to_string();
                            *said.entry(key).or_default() += count;
                        }
                    }
                }
                *found.entry(name).or_default() += 1;
            }
            _ => {}
        }
    }
    for (element, attribute) in
        [("testcase", "tests"), ("failure", "failures"), ("error", "errors"), ("skipped", "skipped")]
    {
        assert_eq!(found.get(element), said.get(attribute), "{element}");
    }
    assert_eq!(found["testsuite"], 2);
    assert!(found["failure"] > 10 && found["error"] == 2 && found["skipped"] > 10, "{found:?}");
}

#[test]
fn gitlab_issues_have_the_documented_fields_and_fingerprints_of_their_own() {
    let text = report("gitlab", &[hostile(), hostile(), clean()]);
    let issues: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(issues.len(), 2 * (HOSTILE.len() * 3 + 2 + 2));
    let mut fingerprints = std::collections::HashSet::new();
    for issue in &issues {
        assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()), "{issue}");
        assert!(issue["description"].is_string() && issue["check_name"].is_string(), "{issue}");
        assert!(
            ["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().unwrap())
        );
        let path = issue["location"]["path"].as_str().unwrap();
        assert!(!path.starts_with(['/', '.']), "{path}");
        assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
    }
}

#[test]
fn sarif_says_what_was_not_examined_and_what_is_waived() {
    let log: serde_json::Value = serde_json::from_str(&report("sarif", &[hostile(), clean()])).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 2);
    let results = run["results"].as_array().unwrap();
    let audit = hostile();
    assert_eq!(results.len(), audit.findings.len());
    for (result, judged) in results.iter().zip(&audit.findings) {
        assert_eq!(result.get("suppressions").is_some(), judged.waived.is_some());
        let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        let place = &result["locations"][0]["logicalLocations"][0];
        let mut index = place["index"].as_u64();
        let mut chain = Vec::new();
        while let Some(at) = index {
            let location = &run["logicalLocations"][at as usize];
            chain.push(location["name"].as_str().unwrap().to_string());
            index = location["parentIndex"].as_u64();
        }
        let expected = 1 + judged.finding.place.path.split('!').filter(|name| !name.is_empty()).count();
        assert_eq!(chain.len(), expected, "{chain:?}");
    }
    let log: serde_json::Value = serde_json::from_str(&report("sarif", &[clean()])).unwrap();
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

/// A package with ten thousand files whose source map gives everything away.
fn large() -> Audit {
    let mut audit = hostile();
    audit.verdict = Verdict::Blocked;
    audit.inventory.unexamined.clear();
    audit.waivers.clear();
    audit.inventory.artifact.path = "acme-cli-2.1.88.tgz".into();
    audit.inventory.artifact.bytes = 31_802_411;
    audit.policy.because = "licence \"SEE LICENSE IN README.md\"".into();
    audit.inventory.package = Some(with(|package: &mut Package| {
        package.name = "@acme/cli".into();
        package.version = "2.1.88".into();
        package.root = "package".into();
    }));
    let mut paths: Vec<(String, u64)> = vec![
        ("package/cli.js".into(), 13_047_041),
        ("package/cli.js.map".into(), 59_766_257),
        ("package/package.json".into(), 1_204),
        ("package/README.md".into(), 2_007),
        ("package/.env".into(), 64),
        ("package/sdk-tools.d.ts".into(), 117_000),
        ("package/vendor/ripgrep/x64-linux/rg".into(), 6_600_000),
        ("package/vendor/ripgrep/arm64-darwin/rg".into(), 4_400_000),
        ("package/vendor/audio/x64-linux/audio.node".into(), 1_100_000),
    ];
    paths.extend((0..10_000_u64).map(|n| {
        let path =
            format!("package/dist/{}/{}/chunk-{n}.js", ["core", "ui", "locale"][n as usize % 3], n % 17);
        (path, 300 + (n * n) % 6_000)
    }));
    audit.inventory.entries.clear();
    for (n, (path, size)) in paths.into_iter().enumerate() {
        audit.inventory.entries.push(text_entry(EntryId(u32::try_from(n).unwrap()), &path, size));
    }
    audit.inventory.entries[1].maps = [with(|map: &mut SourceMap| {
        map.sources = (0..1906_u64)
            .map(|n| {
                with(|source: &mut SourceFacts| {
                    source.path = format!(
                        "../src/{}/{}/module{n}.ts",
                        ["tools", "services", "components", "utils"][n as usize % 4],
                        n % 23
                    );
                    source.text = Some(with(|text: &mut TextFacts| {
                        (text.bytes, text.lines, text.digest) = (9_000 + n, 269, TextDigest(n.into()));
                    }));
                })
            })
            .collect();
    })]
    .into();
    let judged = |rule, n: usize, level, message: &str, help: &str| {
        let place = Place::entry(&audit.inventory.entries[n]);
        let evidence = Evidence::of(serde_json::json!({ "files": 1906, "lines": 512_664 }));
        let mut judged = Judged::new(finding(rule, place, message.into(), help.into(), evidence), level);
        judged.finding_id = format!("{n:016x}");
        judged
    };
    let mut findings = vec![
        judged(
            "source-map-embedded",
            1,
            Level::Error,
            "This source map holds the original text of 1,906 files, 512,664 lines. Anybody who installs the package can read them.",
            "Leave it out of the package, in `package.json`:\n  \"files\": [\"cli.js\", \"!**/*.map\"]\nor don't write it:\n  sourcemap: \"none\"",
        ),
        judged(
            "stray-credential",
            4,
            Level::Error,
            "`.env` holds settings of a machine, often with secrets.",
            "Delete the file or name what ships in `files`.",
        ),
        judged(
            "local-path",
            0,
            Level::Note,
            "The path `/home/ada/build/cli` tells how the build machine is laid out.",
            "Build with relative paths.",
        ),
    ];
    findings.extend((0..40).map(|n| {
        judged(
            "source-map-dangling",
            9 + n,
            Level::Warning,
            "Links to a source map that isn't in the package.",
            "Build without the comment:\n  sourcemap: false",
        )
    }));
    audit.findings = findings;
    let mut previous = audit.inventory.clone();
    previous.artifact.path = "acme-cli-2.1.87.tgz".into();
    previous.entries.remove(1);
    previous.entries.truncate(9_900);
    previous.entries[0].size = 12_000_000;
    audit.diff = Some(Box::new(Diff::of(&previous, &audit.inventory)));
    audit
}

#[test]
fn a_page_says_a_sentence_once_and_leads_to_those_that_passed() {
    let mut twice = hostile();
    let first = twice.findings.remove(0);
    twice.findings = vec![first.clone(), first];
    twice
        .findings
        .iter_mut()
        .for_each(|judged| judged.finding.message = "This file gives itself away.".into());
    let page = report("html", &[twice]);
    assert_eq!(page.matches("<p>This file gives itself away.</p>").count(), 1);
    assert_eq!(page.matches("<p class=\"place\">").count(), 2);

    let many: Vec<Audit> = std::iter::once(hostile()).chain((0..12).map(|_| clean())).collect();
    let page = report("html", &many);
    assert!(page.contains("<a href=\"#passed-1\">12 passed</a>"));
    assert_eq!(page.matches(" id=\"passed-1\"").count(), 1);
    // A few are listed.
    assert!(!report("html", &[hostile(), clean()]).contains("#passed-"));
}

#[test]
fn members_with_the_same_to_say_are_told_once() {
    let twin = |name: &str| {
        let mut audit = hostile();
        (audit.is_twin, audit.waivers) = (true, Vec::new());
        audit.inventory.artifact.path = format!("{name}-1.0.0.tgz");
        audit.inventory.unexamined = Vec::new();
        if let Some(package) = &mut audit.inventory.package {
            package.name = name.to_owned();
        }
        audit
    };
    let members: Vec<Audit> = (0..20).map(|number| twin(&format!("member{number:02}"))).collect();
    let (one, all) = (report("markdown", &members[..1]), report("markdown", &members));
    assert!(all.len() < one.len() * 2, "{} of {}", one.len(), all.len());
    assert!(all.contains("**The same in 19 other packages:** `member01`, ") && all.contains("`member19`"));
    let page = report("html", &members);
    assert_eq!(page.matches("<details class=\"folded\" id=\"same-").count(), 19);
    assert!(page.contains("the same as <bdi>member00"));
    // Whoever keeps the files needs the digest of each.
    let mut kept = members;
    kept.iter_mut().for_each(|audit| audit.is_twin = false);
    assert!(!report("markdown", &kept).contains("The same in"));
    // A wheel and an sdist have one name.
    let files = ["acme-1.0.0.tar.gz", "acme-1.0.0-py3-none-any.whl"].map(|path| {
        let mut audit = twin("acme");
        audit.inventory.artifact.path = path.to_owned();
        audit
    });
    let words = report("human", &files);
    assert!(words.contains("The same in 1 other artifact: acme-1.0.0-py3-none-any.whl"), "{words}");
}

#[test]
fn ten_thousand_entries_make_a_page_of_bearable_size() {
    let started = std::time::Instant::now();
    let page = report("html", &[large()]);
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(started.elapsed().as_secs() < 5);
    assert!(page.matches("class=\"tile").count() < 1_000);
}

#[test]
fn the_page_loads_nothing_and_runs_nothing() {
    let page = report("html", &[hostile(), clean(), large()]);
    let elements = "a article b bdi body code dd details div dl dt figcaption figure footer h1 h2 h3 h4 head header \
                    html i li main meta nav p pre section small span style summary table tbody td th thead title tr ul";
    let attributes = "aria-label class content charset href http-equiv id lang name open role scope title";
    let tag = regex::Regex::new(r#"^(/?)([a-z0-9]+)((?: [a-z-]+(?:="[^"<>]*")?)*)>"#).unwrap();
    let attribute = regex::Regex::new(r#" ([a-z-]+)(?:="[^"]*")?"#).unwrap();
    let body = page.replacen("<!doctype html>", "", 1);
    // No `<` stands in a text, so each one begins an element of ours, and one of these.
    for piece in body.split('<').skip(1) {
        let found = tag.captures(piece).unwrap_or_else(|| panic!("<{piece}"));
        assert!(elements.split_whitespace().any(|element| element == &found[2]), "<{piece}");
        for name in attribute.captures_iter(&found[3]) {
            assert!(attributes.split(' ').any(|attribute| attribute == &name[1]), "<{piece}");
        }
    }
    for never in ["@import", "url("] {
        assert!(!page.contains(never), "{never}");
    }
    let addresses = regex::Regex::new(r#"(?:href|action)="([^"]*)""#).unwrap();
    for found in addresses.captures_iter(&page) {
        assert!(
            found[1].starts_with('#') || found[1].starts_with("https://github.com/packgate/packgate/"),
            "{}",
            &found[1]
        );
    }
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
}

/// Writes every report into a folder, for programs outside to read.
fn write_samples(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (name, text) in all() {
        let ending = match name {
            "json" | "sarif" | "gitlab" => "json",
            "junit" => "xml",
            "html" => "html",
            "markdown" | "step summary" => "md",
            _ => "txt",
        };
        std::fs::write(folder.join(format!("{}.{ending}", name.replace(' ', "-"))), text).unwrap();
    }
    std::fs::write(folder.join("large.html"), report("html", &[large()])).unwrap();
    std::fs::write(folder.join("clean.html"), report("html", &[clean()])).unwrap();
}

/// Runs a script of `tests/clients` over the samples.
fn reader_accepts(script: &str) {
    let folder = tempfile::tempdir().unwrap();
    write_samples(folder.path());
    let output = std::process::Command::new("node")
        .arg(clients::readers().join(script))
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn sarif_and_json_are_valid_by_their_schemas() {
    if clients::have_readers() {
        reader_accepts("schemas.mjs");
    }
}

#[test]
fn the_page_is_good_in_a_browser() {
    if clients::have_readers() && clients::have(&["chromium"]) {
        reader_accepts("pages.mjs");
    }
}

/// With `PACKGATE_SAMPLES=DIR`, writes every report there, to be looked at.
#[test]
fn samples() {
    if let Some(folder) = std::env::var_os("PACKGATE_SAMPLES") {
        write_samples(Path::new(&folder));
    }
}
