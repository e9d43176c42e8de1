//! An archive within the artifact that can't be opened: incomplete, until a person takes it on.

use packgate::audit::Audit;
use packgate::policy::Verdict;
use packgate::settings::Settings;

use super::audit_with;
use super::build::{Member, Tar, Zip};

/// A zip that ends in the middle.
fn corrupt() -> Vec<u8> {
    let mut zip = Zip::of([Member::file("x", &[b'x'; 900])]).bytes();
    zip.truncate(zip.len() - 30);
    zip
}

fn package() -> Tar {
    Tar::package().file("package/dist/corrupt.zip", &corrupt())
}

/// Audits with this text as the project's settings.
fn audit(bytes: &[u8], settings: &str) -> Audit {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("packgate.toml"), settings).unwrap();
    let settings = Settings::load(project.path(), None).unwrap();
    audit_with("acme-1.0.0.tgz", bytes, |options| options.settings = settings, 1)
}

/// Waives what packgate says of this place, and the archive's being there at all.
fn waiving(place: &str) -> String {
    format!(
        "[rules]\nstray-archive = 'off'\n[[waive]]\nrule = 'unexamined'\nplace = '{place}'\nreason = 'broken on purpose'\n"
    )
}

#[test]
fn without_a_waiver_it_is_incomplete_and_says_how_to_write_one() {
    let audit = audit(&package().tgz(), "");
    assert_eq!(audit.verdict, Verdict::Incomplete);
    let finding = audit.findings.iter().find(|judged| judged.finding.rule == "unexamined").unwrap();
    assert_eq!(finding.finding.place.path, "package/dist/corrupt.zip");
    assert!(finding.finding.help.contains("waive"), "{}", finding.finding.help);
}

#[test]
fn a_milder_level_lifts_it_and_the_report_still_lists_it() {
    for level in ["off", "note", "warning"] {
        let audit =
            audit(&package().tgz(), &format!("[rules]\nunexamined = '{level}'\nstray-archive = 'off'\n"));
        assert_eq!(audit.verdict, Verdict::Pass, "{level}");
        assert_eq!(audit.unexamined().len(), 1, "{level}");
        assert!(!audit.inventory.is_complete(), "{level}");
    }
}

#[test]
fn a_waiver_lifts_it_and_the_report_still_lists_it() {
    for place in ["dist/corrupt.zip", "package/dist/*.zip"] {
        let audit = audit(&package().tgz(), &waiving(place));
        assert_eq!(audit.verdict, Verdict::Pass, "{:?}", audit.unexamined());
        let [part] = audit.unexamined() else { panic!("{:?}", audit.unexamined()) };
        assert_eq!(part.place, "package/dist/corrupt.zip");
        assert!(audit.is_waived(part) && !audit.inventory.is_complete());
    }
}

#[test]
fn a_waiver_covers_one_place_only() {
    let nested = Zip::of([Member::stored("inner.zip", &corrupt())]).bytes();
    let two = package().file("package/dist/other.zip", &nested).tgz();
    let audit = audit(&two, &waiving("dist/corrupt.zip"));
    assert_eq!(audit.verdict, Verdict::Incomplete);
    let open: Vec<_> = audit.unexamined().iter().filter(|part| !audit.is_waived(part)).collect();
    assert!(matches!(open[..], [part] if part.place == "package/dist/other.zip!inner.zip"), "{open:?}");
    let both = waiving("dist/**/*.zip");
    assert_eq!(self::audit(&two, &both).verdict, Verdict::Pass);
}

#[test]
fn damage_to_the_artifact_itself_cannot_be_waived() {
    let mut cut = package().tgz();
    cut.truncate(cut.len() - 20);
    let cut_inside = Tar::package().file("package/dist/a.js", &[b'a'; 3000]);
    let half = super::build::gzip(&cut_inside.0[..cut_inside.0.len() - 1024]);
    for bytes in [cut, half] {
        assert_eq!(audit(&bytes, &waiving("**")).verdict, Verdict::Incomplete);
    }
}

#[test]
fn a_waiver_without_place_is_refused() {
    let project = tempfile::tempdir().unwrap();
    let text = "[[waive]]\nrule = 'unexamined'\nreason = 'all of it'\n";
    std::fs::write(project.path().join("packgate.toml"), text).unwrap();
    let problems = Settings::load(project.path(), None).unwrap_err().to_string();
    assert!(problems.contains("needs a place"), "{problems}");
}
