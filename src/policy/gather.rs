//! Files of one folder that could not be examined, told as one finding: a reader's tests have dozens of them, broken on
//! purpose. Only what blocks nothing and nobody waived is gathered, so that each error keeps a place to waive.

use std::collections::BTreeMap;

use crate::paths;
use crate::settings::{Level, UNEXAMINED};

use super::judged::Judged;

/// So many of a folder stand each for itself.
const MOST_ALONE: usize = 3;

/// Puts the first of a folder's files in the place of all. `judged` are in order, and stay so.
pub(super) fn unexamined(judged: &mut Vec<Judged>) {
    let is_one =
        |one: &Judged| one.finding.rule == UNEXAMINED && one.level < Level::Error && one.waived.is_none();
    let mut folders: BTreeMap<(Level, String), Vec<String>> = BTreeMap::new();
    for one in judged.iter().filter(|one| is_one(one)) {
        let path = &one.finding.place.path;
        folders.entry((one.level, paths::folder(path).to_owned())).or_default().push(path.clone());
    }
    folders.retain(|_, files| files.len() > MOST_ALONE);
    judged.retain_mut(|one| {
        let key = (one.level, paths::folder(&one.finding.place.path).to_owned());
        let Some(files) = folders.get_mut(&key).filter(|_| is_one(one)) else { return true };
        // the first takes the list, the others find it empty
        let mut files = std::mem::take(files);
        if files.is_empty() {
            return false;
        }
        files.retain(|file| *file != one.finding.place.path);
        files.sort();
        let more = crate::words::counted(files.len() as u64, "more file");
        one.finding
            .message
            .push_str(&format!(" The same goes for {more} of this folder, each for its own reason."));
        one.others = files;
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Finding;

    fn judged(path: &str, level: Level) -> Judged {
        let mut finding = Finding { rule: UNEXAMINED, ..Finding::default() };
        finding.place.path = path.to_owned();
        Judged::new(finding.message("It is damaged."), level)
    }

    #[test]
    fn many_of_a_folder_are_one() {
        let many = ["t/b.xz", "t/c.xz", "t/a.xz", "t/d.xz"];
        let mut all: Vec<Judged> = many.iter().map(|path| judged(path, Level::Warning)).collect();
        all.push(judged("u/a.xz", Level::Warning));
        all.push(judged("t/e.xz", Level::Error));
        unexamined(&mut all);
        let left: Vec<&str> = all.iter().map(|one| one.finding.place.path.as_str()).collect();
        assert_eq!(left, ["t/b.xz", "u/a.xz", "t/e.xz"]);
        assert_eq!(all[0].others, ["t/a.xz", "t/c.xz", "t/d.xz"]);
        assert!(all[0].finding.message.contains("3 more files"), "{}", all[0].finding.message);
    }

    #[test]
    fn few_errors_and_waived_ones_stand_for_themselves() {
        let four =
            |level: Level| ["a", "b", "c", "d"].map(|name| judged(&format!("t/{name}"), level)).to_vec();
        for mut all in [four(Level::Error), four(Level::Warning)[..3].to_vec(), {
            let mut waived = four(Level::Warning);
            waived.iter_mut().take(1).for_each(|one| one.waived = Some("made so".to_owned()));
            waived
        }] {
            let before = all.len();
            unexamined(&mut all);
            assert_eq!(all.len(), before);
        }
    }
}
