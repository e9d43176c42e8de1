//! Text of internal files, by their fingerprints.

use crate::inventory::CodeMatch;
use crate::paths;

use super::{FactSink, Hit, Inspector, Sample, Scanner};

pub(super) const INSPECTOR: Inspector = Inspector { name: "internal-code", needles: |_| Vec::new(), inspect };

fn inspect(sample: &Sample<'_>, _: &[Hit], scanner: &Scanner, sink: &mut FactSink<'_>) {
    let Some(index) = scanner.options.internal_code.as_ref().filter(|_| sample.media.is_text()) else {
        return;
    };
    if is_licence(sample.path) {
        return;
    }
    for found in index.find(sample.path, sample.bytes) {
        let is_it =
            |known: &&mut CodeMatch| known.file == found.file && known.is_minified == found.is_minified;
        let known = sink.entry.internal_code.iter_mut().find(is_it);
        match known {
            Some(known) => {
                known.found.extend(found.found);
                known.found.sort_unstable();
                known.found.dedup();
            }
            None => sink.entry.internal_code.push(CodeMatch {
                file: found.file,
                is_minified: found.is_minified,
                line: found.line,
                of: found.of,
                found: found.found,
                at: sample.at(found.offset),
            }),
        }
    }
}

/// Licences are nobody's code, and most of the text that small packages have.
fn is_licence(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    paths::is_licence(name) && matches!(extension, "" | "md" | "txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_by_name() {
        for path in ["package/LICENSE", "LICENSE-MIT", "a/licence.md", "COPYING.txt", "License"] {
            assert!(is_licence(path), "{path}");
        }
        for path in ["package/license.js", "licenses.ts", "dist/license", "README.md", "LICENSE/index.js"] {
            assert_eq!(is_licence(path), path == "dist/license", "{path}");
        }
    }
}
