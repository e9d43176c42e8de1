//! The order in which packages of a workspace can be published.

use crate::ecosystem::dependencies;
use crate::project::{Member, Project};

/// The members, those that others need before these, and otherwise as they are. Those that need each other in a circle
/// stay as they are too.
pub fn in_order(members: &[Member]) -> Vec<Member> {
    let needs: Vec<Vec<String>> =
        members.iter().map(|member| dependencies(&Project::new(&member.folder))).collect();
    let mut order = Vec::new();
    let mut seen = vec![false; members.len()];
    for first in 0..members.len() {
        // Each with how many of its needs were looked at, so that a long chain doesn't recurse.
        let mut path = vec![(first, 0)];
        while let Some((at, looked)) = path.pop() {
            if looked == 0 && std::mem::replace(seen.get_mut(at).unwrap_or(&mut true), true) {
                continue;
            }
            let need = needs.get(at).and_then(|needs| needs.get(looked));
            let Some(need) = need else {
                order.extend(members.get(at).cloned());
                continue;
            };
            path.push((at, looked + 1));
            path.extend(members.iter().position(|member| &member.name == need).map(|next| (next, 0)));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_need_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let member = |name: &str, needs: &[&str]| {
            let own = folder.path().join(name);
            std::fs::create_dir(&own).unwrap();
            let needs: Vec<String> = needs.iter().map(|name| format!("\"{name}\": \"*\"")).collect();
            let text = format!("{{\"name\": \"{name}\", \"dependencies\": {{{}}}}}", needs.join(", "));
            std::fs::write(own.join("package.json"), text).unwrap();
            Member {
                name: name.to_owned(),
                version: "1.0.0".to_owned(),
                folder: own,
                private: false,
                held_back: None,
                manifest: "package.json",
            }
        };
        let all = [
            member("a", &["c", "left-pad"]),
            member("b", &["b", "d"]),
            member("c", &[]),
            member("d", &["b"]),
        ];
        let names: Vec<String> = in_order(&all).into_iter().map(|member| member.name).collect();
        assert_eq!(names, ["c", "a", "d", "b"]);
    }
}
