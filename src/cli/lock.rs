use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use packgate::audit::{Audit, AuditContext, Options};
use packgate::escape::shown;
use packgate::init::Survey;
use packgate::inventory::{Inventory, Unexamined};
use packgate::lock::{self, Change};
use packgate::policy::Judged;
use packgate::rules;
use packgate::settings::Level;
use packgate::surroundings::Workspace;

use super::file::save;
use super::gate::Gate;
use super::lock_file::{create, plain};
use super::targets::{Packing, Targets};
use super::{Exit, complain, output};

/// Write packgate.lock: the files that releases may contain
///
/// One that is there already is brought up to date: shows the difference and asks first.
///
/// A folder is packed by its own client first, and the lock is written there; of an app that isn't published, it is made
/// of the folder that its build leaves for the server. The lock of artifacts is in the
/// project's folder; several platforms of a package, or several packages, share one file.
#[derive(Debug, clap::Args)]
pub(crate) struct Lock {
    /// Artifacts or folders [default: the working directory]
    #[arg(value_name = "TARGET")]
    targets: Vec<PathBuf>,
    /// Bring an existing lock up to date; it is without this too
    #[arg(long, hide = true)]
    update: bool,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    /// Where the lock of artifacts is kept
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Take folders as they are instead of packing them first
    #[arg(long)]
    as_is: bool,
}

impl Lock {
    /// Writes the lock and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let mut wrong = Vec::new();
        // Where nothing is published, what a release may contain is what is deployed.
        let deployed = match self.targets.is_empty() && !self.as_is {
            true => Survey::of(Path::new(".")).deploy_folder().map(PathBuf::from),
            false => None,
        };
        let named = deployed.as_ref().map_or(self.targets.as_slice(), std::slice::from_ref);
        let packing = Packing::as_is(self.as_is || deployed.is_some());
        let targets = Targets::gather(named, &packing, &mut wrong)?;
        wrong.extend(targets.under_way.iter().cloned());
        wrong.extend(targets.failed.iter().map(|one| format!("{}: {}", one.name, one.why)));
        if let Some(message) = wrong.first() {
            return Err(message.clone());
        }
        let workspace = Workspace::new(&self.project, None);
        let gate = Gate::new(workspace, false, Options::default());
        let mut locked = Vec::new();
        let mut files: Vec<(PathBuf, Vec<Inventory>)> = Vec::new();
        for target in &targets.all {
            let folder = target.named.as_ref().unwrap_or(&self.project);
            let (auditor, mut inventory) =
                gate.stock(target, &target.path, 2).map_err(|failure| failure.to_string())?;
            if let Some(part) = inventory.cut_short() {
                complain(&not_all_read(&target.path, part));
                return Ok(Exit::Incomplete);
            }
            target.name(&mut inventory);
            locked.push((target, auditor, inventory.clone()));
            let file = folder.join(lock::FILE_NAME);
            match files.iter_mut().find(|(other, _)| *other == file) {
                Some((_, inventories)) => inventories.push(inventory),
                None => files.push((file, vec![inventory])),
            }
        }
        let mut exit = Exit::Passed;
        for (file, inventories) in &files {
            exit = exit.max(self.write(file, inventories)?);
        }
        if exit != Exit::Passed {
            return Ok(exit);
        }
        // Only now: judging reads the lock, and an old one may not know the package.
        for (target, auditor, inventory) in locked {
            let beside = AuditContext { folder: target.folder.as_deref(), previous: None, workers: 2 };
            let audit = auditor.judge_in(inventory, &beside).map_err(|error| error.to_string())?;
            blocks(&audit).iter().for_each(|why| output::note(why));
        }
        Ok(exit)
    }

    fn write(&self, file: &Path, inventories: &[Inventory]) -> Result<Exit, String> {
        let before = lock::read(file).map_err(|error| error.to_string())?;
        let Some(before) = before else {
            let new = create(file, inventories)?;
            output::line(format_args!(
                "{} written: {}. Commit it along with the manifest.",
                plain(file),
                shown(&new)
            ))?;
            return Ok(Exit::Passed);
        };
        let updated = lock::update(&before, inventories);
        if updated.changes.is_empty() {
            output::line(format_args!("{} is up to date", plain(file)))?;
            return Ok(Exit::Passed);
        }
        show(file, &updated.changes)?;
        if !self.agreed(file)? {
            complain(&format_args!("{} was left as it is", plain(file)));
            return Ok(Exit::Blocked);
        }
        save(file, lock::write(&updated.lock).as_bytes())?;
        output::line(format_args!("{} written", plain(file)))?;
        Ok(Exit::Passed)
    }

    fn agreed(&self, file: &Path) -> Result<bool, String> {
        if self.yes {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            return Err(format!(
                "{} exists already and there is nobody to ask; --yes brings it up to date",
                plain(file)
            ));
        }
        output::text(&format!("Write this to {}? [y/N] ", plain(file)))?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map_err(|error| error.to_string())?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }
}

/// What to say of an artifact of which the lock would allow too little, or hide what is there.
fn not_all_read(path: &Path, part: &Unexamined) -> String {
    let place = if part.place.is_empty() { String::new() } else { format!("{}: ", shown(&part.place)) };
    format!("{}: {place}{}; no lock is written", path.display(), part.why)
}

/// What to say of an artifact that the policy refuses for more than files that aren't locked yet.
fn blocks(audit: &Audit) -> Option<String> {
    let is_error = |judged: &&Judged| judged.waived.is_none() && judged.level == Level::Error;
    let errors = audit.findings.iter().filter(is_error);
    let errors = errors.filter(|judged| judged.finding.rule != rules::CONTENTS_DRIFT).count();
    let s = if errors == 1 { "" } else { "s" };
    (errors > 0).then(|| {
        format!(
            "{} is blocked all the same ({errors} error{s}): a lock only lists files; `packgate check` says what to mend",
            shown(&audit.inventory.artifact.path)
        )
    })
}

/// The difference in the style of a unified diff.
fn show(file: &Path, changes: &[Change]) -> Result<(), String> {
    let green = anstyle::AnsiColor::Green.on_default();
    let red = anstyle::AnsiColor::Red.on_default();
    output::print(|_, out| {
        writeln!(out, "{}", plain(file))?;
        let mut section = None;
        for change in changes {
            if section != Some(&change.subject) {
                writeln!(out, "[{}]", change.subject)?;
                section = Some(&change.subject);
            }
            let (style, sign) = if change.added { (green, '+') } else { (red, '-') };
            writeln!(out, "{style}{sign}{}{style:#}", change.text)?;
        }
        Ok(())
    })
}
