//! What counts as a place for tests, examples, benchmarks, mocks, demonstrations and documentation: one list for all
//! rules that judge by place.

use crate::ecosystem;
use crate::inventory::{Inventory, Kind};
use crate::paths;

/// Path segments, in lower case.
const ELEMENTS: &[&str] = &[
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "mock",
    "mocks",
    "__mocks__",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "e2e",
    "snapshots",
    "__snapshots__",
    "cypress",
    "fuzz",
    "fuzzer",
    "fuzzers",
    "regress",
    "dummy",
    "dummyserver",
    "acceptance",
    "tck",
    "stub",
    "stubs",
    "molecule",
    "vagrant",
    "tutorial",
    "tutorials",
    "cheatsheet",
    "cheatsheets",
    "cheat-sheets",
    "cheat_sheets",
];
/// Words that a path segment may be made of, in lower case.
const WORDS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "testutil",
    "testutils",
    "spec",
    "mock",
    "mocks",
    "fixture",
    "fixtures",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "bench",
    "benchmark",
    "benchmarks",
    "dummy",
    "fuzz",
    "fuzzing",
    "snakeoil",
    "pytest",
];
/// Words that begin or end with `test` and have nothing to do with it.
const NO_TESTS: &[&str] = &[
    "latest",
    "contest",
    "contests",
    "attest",
    "attests",
    "protest",
    "protests",
    "detest",
    "fastest",
    "greatest",
    "smartest",
    "shortest",
    "cutest",
    "neatest",
    "hottest",
    "lightest",
    "brightest",
    "tightest",
    "testimonial",
    "testimonials",
    "testimony",
    "testament",
    "testify",
];
/// Where distributions of Perl have their tests, and what C has taken over from them.
const PERL: &str = "t";
/// Folders that build tools write to, where a folder of one letter is anything.
const OUTPUT: &[&str] =
    &["dist", "build", "out", "lib", "es", "esm", "cjs", "umd", "bundle", "public", "static", "assets"];
/// The keys that Android's tools sign with while a program is developed: the passphrase is the same for all.
const ANDROID_KEYS: &str = "debug.keystore";
/// Folders of pages, in which nothing is run that an environment file could be made up for.
const OF_PAGES: &[&str] = &["doc", "docs", "documentation"];
/// What Cucumber's tests do at each step of a story.
const STEPS: &[&str] = &["step_definitions", "step-definitions"];

/// Whether a place in an artifact is there for show. `root` is the package's own folder, whose name says nothing of the
/// kind.
pub(crate) fn is_for_show(place: &str, root: &str) -> bool {
    let below = place.strip_prefix(root).filter(|below| !root.is_empty() && below.starts_with('/'));
    let lower = below.unwrap_or(place).to_ascii_lowercase();
    let name = lower.rsplit(['/', '!']).next().unwrap_or(&lower);
    let is_environment = name == ".env" || name.starts_with(".env.");
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    paths::is_page(name)
        || is_description(place)
        || name == ANDROID_KEYS
        || folders(&lower).any(|folder| {
            ELEMENTS.contains(&folder) && !(is_environment && OF_PAGES.contains(&folder))
                || is_of_tests(folder)
                || STEPS.contains(&folder)
                || folder.split(['-', '_']).any(|word| WORDS.contains(&word))
        })
        || is_of_tests(stem)
        || STEPS.contains(&stem)
        || has_perl_tests(&lower)
        || name.split(['.', '-', '_']).any(|word| WORDS.contains(&word))
}

/// The folders of a path. Those of compiled classes are the name of their package, and one that its generator called
/// after `com.example` is nobody's example.
fn folders(lower: &str) -> impl Iterator<Item = &str> {
    const TOPS: &[&str] = &["com", "org", "net", "io", "works", "dev"];
    let all: Vec<&str> = lower.split(['/', '!']).collect();
    let is_domain = |at: usize| {
        lower.ends_with(".class")
            && all.get(at) == Some(&"example")
            && at.checked_sub(1).and_then(|before| all.get(before)).is_some_and(|top| TOPS.contains(top))
    };
    let is_named =
        |at: usize| is_domain(at) || all.get(at) == Some(&"demo") && at.checked_sub(1).is_some_and(is_domain);
    let kept: Vec<&str> = all
        .iter()
        .enumerate()
        .rev()
        .skip(1)
        .filter(|(at, _)| !is_named(*at))
        .map(|(_, folder)| *folder)
        .collect();
    kept.into_iter()
}

/// Whether all of an artifact is tests: builds of Java give a jar of a library's tests a name of its own.
pub(super) fn is_jar_of_tests(inventory: &Inventory) -> bool {
    let name = ecosystem::file_name(&inventory.artifact.path);
    inventory.kind == Kind::Jar
        && ["-tests.jar", "-test-fixtures.jar"].iter().any(|end| name.to_ascii_lowercase().ends_with(end))
}

/// Whether it is what Python's tools make of a README, with fields of their own before it.
pub(super) fn is_description(place: &str) -> bool {
    let lower = place.to_ascii_lowercase();
    let (folder, name) = lower.rsplit_once(['/', '!']).unwrap_or(("", &lower));
    name == "metadata" && folder.ends_with(".dist-info") || name == "pkg-info"
}

/// Whether a path leads through a folder of Perl's tests.
fn has_perl_tests(lower: &str) -> bool {
    let (folders, _) = lower.rsplit_once(['/', '!']).unwrap_or_default();
    let mut folders = folders.split(['/', '!']).take_while(|folder| !OUTPUT.contains(folder));
    folders.any(|folder| folder == PERL)
}

/// Whether a path segment begins or ends with `test` or `tests`.
fn is_of_tests(element: &str) -> bool {
    let mut words = element.split(['.', '-', '_', ' ']).filter(|word| !word.is_empty());
    let (first, last) = (words.next().unwrap_or_default(), words.next_back());
    let last = last.unwrap_or(first);
    let begins = first.starts_with("test") && !NO_TESTS.contains(&first);
    let ends = (last.ends_with("test") || last.ends_with("tests")) && !NO_TESTS.contains(&last);
    begins || ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_examples_and_documentation_are_for_show() {
        for place in [
            "package/test/a.key",
            "package/t/a.key",
            "package/README.md",
            "package/android/app/debug.keystore",
            "package/src/__mocks__/a.js",
            "a-1.0/test_creds/a.json",
            "a-1.0/tests-e2e/a.json",
            "a-1.0/dummyserver/a.pem",
            "a-1.0/src/gevent/greentest/a.pem",
            "a-1.0/benchmarks/a.pem",
            "a-1.0/molecule/default/a.pem",
            "a-1.0/features/resources/step_definitions.rb",
            "a-1.0/features/step_definitions/a.rb",
            "a-1.0/vagrant/provisioning/id_rsa",
            "acme/cheatsheets/nginx.txt",
            "a-1.0/lib/tls.spec.js",
            "a-1.0/lib/test_tls.py",
            "a-1.0/lib/tls_test.go",
            "a-1.0/lib/TlsTests.java",
            "a-1.0/conftest.py",
            "a.whl!tests/x.zip!a.pem",
            "a-1.0/example-certs/server.pem",
            "a-1.0/docs/x.txt",
            "package/docs/.env.example",
            "package/docs/examples/.env",
            "pytest_server/keys/server.priv",
            "a-1.0/deps/tls/t/assets/server.key",
            "a-1.0/regress/rsa.prv",
            "a-1.0/misc/fuzz-harness/keys.h",
            "a-1.0/record/old-bench-log/10/a.log",
            "acme-1.0.dist-info/METADATA",
            "a-1.0/PKG-INFO",
            "a-1.0/src/a.egg-info/PKG-INFO",
            "com/acme/example/Mailer.class",
            "com/example/examples/Mailer.class",
            "com/acme/demo/Mailer.class",
            "src/main/java/com/example/Mailer.java",
        ] {
            assert!(is_for_show(place, "package"), "{place}");
        }
    }

    #[test]
    fn words_that_only_sound_like_it_are_not() {
        for place in [
            "package/lib/latest/contest.pem",
            "package/lib/server.key",
            "package/dist/attest/a.js",
            "package/dist/testimonials/a.js",
            "package/dist/at/a.js",
            "package/dist/t/a.js",
            "package/lib/t/a.pem",
            "package/t",
            "package/lib/specials/a.js",
            "package/lib/fuzzy/a.pem",
            "package/lib/regression/a.pem",
            "package/lib/workbench/a.pem",
            "package/lib/vagrants/a.pem",
            "package/lib/cheats/a.pem",
            "acme-1.0.dist-info/RECORD",
            "acme/data/METADATA",
            "package/docs/.env.staging",
            "package/docs/api/.env",
            "BOOT-INF/classes/com/example/demo/Mailer.class",
            "com/example/orders/Mailer.class",
        ] {
            assert!(!is_for_show(place, "package"), "{place}");
        }
    }

    #[test]
    fn the_name_of_the_package_says_nothing() {
        for (place, root, expected) in [
            ("demo-1.0/lib/a.pem", "demo-1.0", false),
            ("demo-1.0/lib/a.pem", "", true),
            ("test/lib/a.pem", "test", false),
            ("test/test/a.pem", "test", true),
            ("demo-1.0-x/lib/a.pem", "demo-1.0", true),
            ("demo-1.0/README.md", "demo-1.0", true),
        ] {
            assert_eq!(is_for_show(place, root), expected, "{place} {root}");
        }
    }

    #[test]
    fn a_jar_of_tests_has_a_name_of_its_own() {
        for (path, kind, expected) in [
            ("target/demo-1.3.16-tests.jar", Kind::Jar, true),
            ("demo-1.0-test-fixtures.jar", Kind::Jar, true),
            ("demo-tests-1.0.jar", Kind::Jar, false),
            ("demo-1.0-contests.jar", Kind::Jar, false),
            ("demo-tests.tgz", Kind::Npm, false),
        ] {
            let mut inventory = Inventory { kind, ..Inventory::default() };
            inventory.artifact.path = path.to_owned();
            assert_eq!(is_jar_of_tests(&inventory), expected, "{path}");
        }
    }
}
