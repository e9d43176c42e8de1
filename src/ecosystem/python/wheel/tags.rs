//! `WHEEL`: the format of the archive and the tags that its file name repeats.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::super::metadata;
use crate::inventory::{ManifestProblem, ManifestTrouble, Mismatch};

/// The tags in the file name, if they differ from those in `WHEEL`: installers choose by the name alone.
pub(super) fn mismatch(file: &str, place: &str, wheel: &[u8]) -> Option<Mismatch> {
    let named = of_name(file)?;
    let fields = metadata::fields(wheel);
    let tags: BTreeSet<String> =
        fields.iter().filter(|(key, _)| key == "tag").flat_map(|(_, value)| expanded(value)).collect();
    let without_policy =
        |tags: &BTreeSet<String>| tags.iter().map(|tag| without_policy(tag)).collect::<BTreeSet<_>>();
    let is_platform = without_policy(&tags) == without_policy(&named);
    (tags != named).then(|| Mismatch {
        what: match is_platform {
            true => "platform tag",
            false if is_for_more(&tags, &named) || is_for_some(&tags, &named) => "python tag",
            false => "tag",
        },
        manifest: listed(&tags),
        elsewhere: "the file name".to_owned(),
        other: listed(&named),
        place: Some(place.to_owned()),
    })
}

/// A tag without the versions of Linux's libraries that it asks for: those of a file that was renamed by hand are found in
/// its name alone, and installers go by the name.
fn without_policy(tag: &str) -> String {
    static POLICY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"-(?:many|musl)linux(?:_[0-9]+_[0-9]+|[0-9]*)_").ok());
    POLICY.as_ref().map_or_else(|| tag.to_owned(), |policy| policy.replace(tag, "-linux_").into_owned())
}

/// Whether a name only adds whole versions of Python to those in `WHEEL`: `py2.py3` for what holds no Python but a program.
fn is_for_more(tags: &BTreeSet<String>, named: &BTreeSet<String>) -> bool {
    let rest =
        |tag: &str| ["py2-", "py3-"].iter().find_map(|python| tag.strip_prefix(python)).map(str::to_owned);
    let known: BTreeSet<Option<String>> = tags.iter().map(|tag| rest(tag)).collect();
    tags.is_subset(named)
        && named.difference(tags).all(|tag| rest(tag).is_some_and(|rest| known.contains(&Some(rest))))
}

/// Whether a name only takes some versions of Python from those in `WHEEL`: `py311` of `py3`, for what holds Python and
/// nothing compiled.
fn is_for_some(tags: &BTreeSet<String>, named: &BTreeSet<String>) -> bool {
    let whole = |tag: &str| {
        let (python, rest) = tag.split_once('-')?;
        let version = python.strip_prefix("py")?;
        let major = version.get(..1).filter(|_| version.len() > 1)?;
        rest.starts_with("none-").then(|| format!("py{major}-{rest}"))
    };
    !named.is_empty() && named.iter().all(|tag| whole(tag).is_some_and(|whole| tags.contains(&whole)))
}

fn listed(tags: &BTreeSet<String>) -> String {
    tags.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The tags of a line of `WHEEL`, where some builders also write compressed sets. What isn't a tag is left as it is.
fn expanded(tag: &str) -> BTreeSet<String> {
    match tag.trim().split('-').collect::<Vec<_>>().as_slice() {
        [python, abi, platform] => multiplied(python, abi, platform),
        _ => BTreeSet::from([tag.to_owned()]),
    }
}

/// Compressed sets (`py2.py3`) expanded.
fn multiplied(python: &str, abi: &str, platform: &str) -> BTreeSet<String> {
    let mut tags = BTreeSet::new();
    for python in python.split('.') {
        for abi in abi.split('.') {
            tags.extend(platform.split('.').map(|platform| format!("{python}-{abi}-{platform}")));
        }
    }
    tags
}

/// The tags of a file name; `None` if it isn't a wheel's.
fn of_name(file: &str) -> Option<BTreeSet<String>> {
    let parts: Vec<&str> = file.strip_suffix(".whl")?.split('-').collect();
    let [.., python, abi, platform] = parts.as_slice() else { return None };
    if !(5..=6).contains(&parts.len()) {
        return None;
    }
    Some(multiplied(python, abi, platform))
}

/// A format that today's installers don't know and therefore refuse.
pub(super) fn unknown_format(place: &str, wheel: &[u8]) -> Option<ManifestProblem> {
    let fields = metadata::fields(wheel);
    let version = metadata::field(&fields, "wheel-version");
    if version.is_some_and(|version| version.split('.').next() == Some("1")) {
        return None;
    }
    Some(ManifestProblem {
        kind: ManifestTrouble::Malformed,
        place: place.to_owned(),
        line: None,
        detail: match version {
            Some(version) => format!("its Wheel-Version is {version}, but installers know only 1"),
            None => "it has no Wheel-Version; installers refuse the wheel".to_owned(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_name_and_file() {
        for (file, tags, differs) in [
            ("d-1.0-py3-none-any.whl", &["py3-none-any"][..], false),
            ("d-1.0-py2.py3-none-any.whl", &["py2-none-any", "py3-none-any"], false),
            ("d-1.0-7build-cp39-abi3-a.b.whl", &["cp39-abi3-a", "cp39-abi3-b"], false),
            ("d-1.0-cp39-abi3-a.b.whl", &["cp39-abi3-b.a"], false),
            ("d-1.0-py2.py3-none-a.b.whl", &["py2-none-a.b", "py3-none-b", "py3-none-a"], false),
            ("d-1.0-cp39-abi3-a.whl", &["cp39-abi3-a.b"], true),
            ("d-1.0-py3-none-win_amd64.whl", &["py3-none-any"], true),
            ("d-1.0-py2.py3-none-any.whl", &["py3-none-any"], true),
            ("d-1.0-py3-none-any.whl", &[], true),
            // The name of a file that was only renamed for a moment says nothing.
            ("d.whl", &["py3-none-any"], false),
        ] {
            let wheel: String = tags.iter().map(|tag| format!("Tag: {tag}\r\n")).collect();
            assert_eq!(mismatch(file, "", wheel.as_bytes()).is_some(), differs, "{file} {tags:?}");
        }
    }

    #[test]
    fn a_platform_that_was_renamed_by_hand() {
        let what = |file: &str, tag: &str| {
            mismatch(file, "", format!("Tag: {tag}\n").as_bytes()).map(|found| found.what)
        };
        let linux = "cp39-cp39-linux_x86_64";
        assert_eq!(what("d-1.0-cp39-cp39-manylinux2014_x86_64.whl", linux), Some("platform tag"));
        assert_eq!(
            what("d-1.0-cp39-cp39-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", linux),
            Some("platform tag")
        );
        assert_eq!(what("d-1.0-cp39-cp39-manylinux2014_aarch64.whl", linux), Some("tag"));
        assert_eq!(what("d-1.0-cp310-cp310-manylinux2014_x86_64.whl", linux), Some("tag"));
        assert_eq!(what("d-1.0-cp39-cp39-linux_x86_64.whl", linux), None);
    }

    #[test]
    fn a_name_for_more_versions_of_python() {
        let what = |file: &str, tag: &str| {
            mismatch(file, "", format!("Tag: {tag}\n").as_bytes()).map(|found| found.what)
        };
        assert_eq!(what("d-1.0-py2.py3-none-any.whl", "py3-none-any"), Some("python tag"));
        assert_eq!(what("d-1.0-py311-none-any.whl", "py3-none-any"), Some("python tag"));
        assert_eq!(what("d-1.0-py38.py39-none-any.whl", "py3-none-any"), Some("python tag"));
        assert_eq!(what("d-1.0-py27-none-any.whl", "py3-none-any"), Some("tag"));
        assert_eq!(what("d-1.0-py311-none-win32.whl", "py3-none-any"), Some("tag"));
        assert_eq!(what("d-1.0-py2-none-any.whl", "py3-none-any"), Some("tag"));
        assert_eq!(what("d-1.0-py3-none-any.whl", "py2.py3-none-any"), Some("tag"));
        assert_eq!(what("d-1.0-cp39.cp310-cp39-linux_x86_64.whl", "cp39-cp39-linux_x86_64"), Some("tag"));
    }

    #[test]
    fn formats() {
        for (wheel, is_known) in [
            ("Wheel-Version: 1.0\n", true),
            ("Wheel-Version: 1.9\n", true),
            ("Wheel-Version: 2.0\n", false),
            ("", false),
        ] {
            assert_eq!(unknown_format("", wheel.as_bytes()).is_none(), is_known, "{wheel}");
        }
    }
}
