//! What Maven leaves of its projects in an archive: a model and its coordinates for each project that was merged into it.

use quick_xml::events::Event;

use crate::inventory::{Inventory, ManifestFile};

const FOLDER: &str = "META-INF/maven/";

/// Groups of projects that have one licence for all they publish, and say so in a parent that the archive lacks: told by
/// the group, which a central registry gives to nobody else.
const OF_GROUPS: &[(&str, &str)] = &[
    ("org.apache", "Apache-2.0"),
    ("org.eclipse", "EPL-2.0"),
    ("ch.qos.logback", "EPL-1.0 OR LGPL-2.1-only"),
    ("com.fasterxml", "Apache-2.0"),
    ("com.google.guava", "Apache-2.0"),
    ("com.squareup", "Apache-2.0"),
    ("io.micrometer", "Apache-2.0"),
    ("io.netty", "Apache-2.0"),
    ("io.quarkus", "Apache-2.0"),
    ("io.vertx", "Apache-2.0"),
    ("net.bytebuddy", "Apache-2.0"),
    ("net.sourceforge.pmd", "BSD-4-Clause"),
    ("org.antlr", "BSD-3-Clause"),
    ("org.assertj", "Apache-2.0"),
    ("org.clojure", "EPL-1.0"),
    ("org.codehaus.mojo", "Apache-2.0"),
    ("org.codehaus.plexus", "Apache-2.0"),
    ("org.drools", "Apache-2.0"),
    ("org.glassfish", "EPL-2.0"),
    ("org.infinispan", "Apache-2.0"),
    ("org.jetbrains.kotlin", "Apache-2.0"),
    ("org.junit", "EPL-2.0"),
    ("org.keycloak", "Apache-2.0"),
    ("org.kie", "Apache-2.0"),
    ("org.mockito", "MIT"),
    ("org.optaplanner", "Apache-2.0"),
    ("org.osgi", "Apache-2.0"),
    ("org.ow2.asm", "BSD-3-Clause"),
    ("org.scala-lang", "Apache-2.0"),
    ("org.slf4j", "MIT"),
    ("org.springframework", "Apache-2.0"),
    ("org.wildfly", "Apache-2.0"),
];

pub(super) fn is_properties(path: &str) -> bool {
    path.starts_with(FOLDER) && path.ends_with("/pom.properties")
}

pub(super) fn is_model(path: &str) -> bool {
    path.starts_with(FOLDER) && path.ends_with("/pom.xml")
}

/// The licences in the archive's own project.
pub(super) fn licences(inventory: &Inventory) -> Option<String> {
    let model = own(inventory, is_model)?;
    let mut reader = quick_xml::Reader::from_reader(model.bytes.as_slice());
    let (mut buffer, mut path, mut names) = (Vec::new(), Vec::new(), Vec::new());
    while path.len() <= 64 {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(element) => path.push(element.local_name().as_ref().to_owned()),
            Event::End(_) => drop(path.pop()),
            Event::Text(text) if path.iter().eq(["project", "licenses", "license", "name"]) => {
                names.push(text.trim().to_owned());
            }
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    (!names.is_empty()).then(|| names.join(" OR "))
}

/// The licence of the group that the archive's own project is of.
pub(super) fn licence_of_group(inventory: &Inventory) -> Option<String> {
    let (group, _) = coordinates(&own(inventory, is_properties)?.path)?;
    let is_of =
        |of: &str| group.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (of, licence) = OF_GROUPS.iter().find(|(of, _)| is_of(of))?;
    Some(format!("{licence} (as all of {of})"))
}

/// The file of the archive's own project: the only one, or where several projects were merged, the one that it is named
/// after.
fn own(inventory: &Inventory, is: impl Fn(&str) -> bool) -> Option<&ManifestFile> {
    let all: Vec<&ManifestFile> = inventory.manifests.iter().filter(|kept| is(&kept.path)).collect();
    if let [only] = all.as_slice() {
        return Some(only);
    }
    let file = inventory.artifact.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut named = all.into_iter().filter(|kept| {
        let behind = coordinates(&kept.path).and_then(|(_, artifact)| file.strip_prefix(artifact));
        behind.is_some_and(|rest| {
            let version = rest.strip_prefix('-').unwrap_or_default();
            rest.starts_with('.') || version.starts_with(|first: char| first.is_ascii_digit())
        })
    });
    named.next().filter(|_| named.next().is_none())
}

/// Group and artifact, as the path has them.
fn coordinates(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.strip_prefix(FOLDER)?.split('/');
    Some((parts.next()?, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystem::tests::inventory;

    fn model(licence: &str) -> String {
        format!("<project><licenses><license><name>{licence}</name></license></licenses></project>")
    }

    #[test]
    fn of_several_projects_the_one_that_the_archive_is_named_after() {
        let (mine, other) = (model("MIT"), model("Acme Internal"));
        let files =
            [("META-INF/maven/g/tool/pom.xml", &*mine), ("META-INF/maven/h/tool-core/pom.xml", &*other)];
        for (file, expected) in [
            ("tool-1.0.jar", Some("MIT")),
            ("out/tool.jar", Some("MIT")),
            ("tool-core-1.0.jar", Some("Acme Internal")),
            ("tool-all-1.0.jar", None),
            ("tools.jar", None),
        ] {
            assert_eq!(licences(&inventory(file, "zip", &files)).as_deref(), expected, "{file}");
        }
        let twice = [("META-INF/maven/g/tool/pom.xml", &*mine), ("META-INF/maven/h/tool/pom.xml", &*other)];
        assert_eq!(licences(&inventory("tool-1.0.jar", "zip", &twice)), None);
    }

    #[test]
    fn groups_that_have_one_licence() {
        let of = |group: &str| {
            let path = format!("META-INF/maven/{group}/a/pom.properties");
            licence_of_group(&inventory("a-1.jar", "zip", &[(path.as_str(), "")]))
        };
        assert_eq!(of("org.optaplanner").as_deref(), Some("Apache-2.0 (as all of org.optaplanner)"));
        assert_eq!(
            of("org.springframework.boot").as_deref(),
            Some("Apache-2.0 (as all of org.springframework)")
        );
        assert_eq!(of("org.springframeworks"), None);
        assert_eq!(of("com.acme"), None);
    }

    #[test]
    fn licences_of_groups_are_known_ones() {
        for (group, licence) in OF_GROUPS {
            assert!(spdx::Expression::parse(licence).is_ok(), "{group}");
        }
    }
}
