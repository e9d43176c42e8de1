//! Rules that could not be applied, so that their silence means nothing.

use std::borrow::Cow;

use crate::inventory::FromCommit;
use crate::settings::OwnMode;
use crate::words;

use super::{
    Context, contents_drift, differs_from_commit, internal_code, internal_package, not_in_commit,
    own_comments, own_source,
};

/// A rule that could not be applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotApplied {
    /// The rule.
    pub rule: &'static str,
    /// What it lacks, and how to give it that.
    pub lacks: Cow<'static, str>,
}

/// What all rules lack that go by the project.
const PROJECT: &str =
    "this package's project is not available (run packgate there, or name the folder with --project)";

/// The rules that had nothing to go by, though the settings ask for them. Away from its project that is true of all
/// that goes by the project's text, its workspace or its lock.
pub fn not_applied(context: &Context<'_>) -> Vec<NotApplied> {
    const TEXT: &str =
        "the project has no source text to look for: too few lines, or in no language that packgate knows";
    let settings = context.settings;
    let has_no_text = context.inventory.own.is_none() && settings.own.mode != OwnMode::Off;
    let is_away = context.is_away;
    let (packages, code) = (&settings.internal.packages, &settings.internal);
    let rules = [
        (own_source::RULE.name, has_no_text),
        (own_comments::RULE.name, has_no_text),
        (internal_package::RULE.name, is_away && packages.is_empty()),
        (internal_code::RULE.name, is_away && code.roots.is_empty() && code.fingerprints.is_empty()),
        (contents_drift::RULE.name, is_away && context.lock.is_none()),
    ];
    let missed = rules
        .into_iter()
        .filter(|(_, is_missed)| *is_missed)
        .map(|(rule, _)| NotApplied { rule, lacks: if is_away { PROJECT } else { TEXT }.into() });
    missed.chain(commits(context)).collect()
}

/// What could not be compared with a commit.
fn commits(context: &Context<'_>) -> Vec<NotApplied> {
    let inventory = context.inventory;
    match &inventory.from_commit {
        Some(FromCommit::Not(why)) => {
            let lacks = if context.is_away { PROJECT.into() } else { Cow::from(why.clone()) };
            [differs_from_commit::RULE.name, not_in_commit::RULE.name]
                .map(|rule| NotApplied { rule, lacks: lacks.clone() })
                .into()
        }
        Some(FromCommit::Compared(comparison)) if !comparison.untold.is_empty() => {
            let places = comparison.untold.iter().filter_map(|id| inventory.entry(*id));
            let places: Vec<&str> = places.take(3).map(|entry| entry.place.as_str()).collect();
            let files = words::counted(comparison.untold.len() as u64, "file");
            let lacks = format!(
                "{files} from a submodule that isn't checked out, or by a link that leads out of the repository: {}",
                places.join(", ")
            );
            vec![NotApplied { rule: differs_from_commit::RULE.name, lacks: lacks.into() }]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Inventory, OwnKnown};
    use crate::settings::{Own, Settings};

    fn rules(own: Option<OwnKnown>, mode: OwnMode) -> Vec<&'static str> {
        let inventory = Inventory { own, ..Inventory::default() };
        let settings = Settings { own: Own { mode, ..Own::default() }, ..Settings::default() };
        not_applied(&Context::new(&inventory, &settings)).iter().map(|rule| rule.rule).collect()
    }

    #[test]
    fn without_a_project_its_text_is_not_looked_for() {
        assert_eq!(rules(None, OwnMode::Auto), ["own-source", "own-comments"]);
        assert!(rules(None, OwnMode::Off).is_empty());
        assert!(rules(Some(OwnKnown { files: 3 }), OwnMode::Auto).is_empty());
    }

    #[test]
    fn away_from_the_project_more_is_missed() {
        let (inventory, mut settings) = (Inventory::default(), Settings::default());
        let rules = |settings: &Settings| -> Vec<&str> {
            let context = Context::new(&inventory, settings).away(true);
            not_applied(&context).iter().map(|rule| rule.rule).collect()
        };
        let expected = ["own-source", "own-comments", "internal-package", "internal-code", "contents-drift"];
        assert_eq!(rules(&settings), expected);
        settings.internal.packages = vec!["@acme".to_owned()];
        settings.own.mode = OwnMode::Off;
        assert_eq!(rules(&settings), ["internal-code", "contents-drift"]);
    }
}
