use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use packgate::audit::{Audit, Options};
use packgate::ecosystem;
use packgate::escape::{shown, shown_lines};
use packgate::init::{SETTINGS_FILE, Survey};
use packgate::lock;
use packgate::outcome::LeftOut;
use packgate::policy::Verdict;
use packgate::report::{self, Look};
use packgate::settings::Settings;
use packgate::surroundings::Workspace;

use super::file::{near, save};
use super::gate::Gate;
use super::lock_file::{commit, create, plain};
use super::progress::Progress;
use super::targets::{Packing, Target, Targets};
use super::{Exit, complain_of, output};

/// Set up packgate for a project: settings, a first check, and the first lock
///
/// Says what it found, writes packgate.toml, packs the project and checks it, and writes packgate.lock for what passed.
/// Ends as that check does. Existing files are left as they are, so it can be run again.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The project's folder [default: the working directory]
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// The folder that is deployed, below the project's, where nothing is published to a registry
    #[arg(long, value_name = "FOLDER")]
    deploy: Option<String>,
    /// Don't pack and check the project, and write no packgate.lock
    #[arg(long)]
    no_lock: bool,
}

impl Init {
    /// Writes what is missing and returns how the check ended.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        if !self.folder.is_dir() {
            return Err(format!("{}: no such folder", self.folder.display()));
        }
        if let Some(problem) = ecosystem::broken_manifest(&self.folder) {
            return Err(format!("{problem}; nothing was written"));
        }
        if let Some(written) = ecosystem::published_outside(&self.folder) {
            return Err(format!(
                "{}: what is published of it is {written}, which settings in this folder don't reach: run `packgate init` in \
                 a folder that holds both; nothing was written",
                near(&self.folder).display()
            ));
        }
        let there = Settings::load(&self.folder, None).map_err(|errors| errors.to_string())?.files;
        let survey = Survey::of(&self.folder);
        output::print(|_, out| {
            for (name, text) in survey.lines() {
                writeln!(out, "{name:<9} {}", shown(&text))?;
            }
            writeln!(out)
        })?;
        let deployed = self.deployed(&survey)?;
        let mut written = self.settings(&survey, there.last())?;
        let exit = match self.no_lock {
            true => Exit::Passed,
            false => self.check(&survey, deployed.as_deref(), &mut written)?,
        };
        commit(&self.folder, &written)?;
        output::print(|_, out| {
            writeln!(out)?;
            survey.advice(deployed.as_deref()).iter().try_for_each(|line| writeln!(out, "{line}"))
        })?;
        Ok(exit)
    }

    /// The folder that is deployed, if nothing is published: as named, as answered, or the only one that there is.
    fn deployed(&self, survey: &Survey) -> Result<Option<String>, String> {
        if let Some(folder) = &self.deploy {
            return match self.folder.join(folder).is_dir() {
                true => Ok(Some(folder.clone())),
                false => Err(format!("--deploy {folder}: no such folder; run the build first")),
            };
        }
        if !survey.is_deployed() || survey.packed_by.is_empty() {
            return Ok(None);
        }
        let found = survey.deploy_folder();
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Ok(found);
        }
        let offer = found.as_ref().map_or(String::new(), |found| format!(" [{found}]"));
        output::text(&format!("Nothing here is published to a registry. Which folder is deployed?{offer} "))?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map_err(|error| error.to_string())?;
        match answer.trim() {
            "" => Ok(found),
            folder if self.folder.join(folder).is_dir() => Ok(Some(folder.to_owned())),
            folder => Err(format!("{folder}: no such folder; run the build first")),
        }
    }

    /// Writes the settings, and what keeps them out of releases; returns the files that it wrote.
    fn settings(&self, survey: &Survey, there: Option<&PathBuf>) -> Result<Vec<PathBuf>, String> {
        if let Some(file) = there {
            output::line(format_args!("{} exists already and is left as it is", near(file).display()))?;
            return Ok(Vec::new());
        }
        let file = self.folder.join(SETTINGS_FILE);
        save(&file, survey.settings().as_bytes())?;
        output::line(format_args!("{} written", plain(&file)))?;
        let mut written = vec![file];
        for edit in survey.keep_out(&[SETTINGS_FILE, lock::FILE_NAME]) {
            let file = self.folder.join(&edit.file);
            save(&file, edit.text.as_bytes())?;
            output::line(format_args!(
                "{}: keeps {SETTINGS_FILE} and {} out of releases",
                plain(&file),
                lock::FILE_NAME
            ))?;
            written.push(file);
        }
        Ok(written)
    }

    /// Packs and checks what is released, shows what came of it, and locks what passed. A new lock is added to `written`.
    fn check(
        &self,
        survey: &Survey,
        deployed: Option<&str>,
        written: &mut Vec<PathBuf>,
    ) -> Result<Exit, String> {
        if survey.packed_by.is_empty() || (survey.is_deployed() && deployed.is_none()) {
            if let (None, true, Some((_, built))) = (deployed, survey.packed_by.is_empty(), &survey.built) {
                output::line(format_args!(
                    "nothing to check yet: `{}` builds what `packgate check {}` audits",
                    built.command, built.artifacts
                ))?;
                return Ok(Exit::Passed);
            }
            output::line(format_args!(
                "nothing to check yet: `packgate init --deploy FOLDER` checks and locks a folder that is deployed"
            ))?;
            return Ok(Exit::Passed);
        }
        let within: Vec<&str> = match deployed {
            Some(folder) => vec![folder],
            None => survey.published_from.iter().map(String::as_str).collect(),
        };
        let folder = |within: &&str| match self.folder == Path::new(".") {
            true => PathBuf::from(within),
            false => self.folder.join(within),
        };
        let folders = match within.is_empty() {
            true => vec![self.folder.clone()],
            false => within.iter().map(folder).collect(),
        };
        let mut wrong = Vec::new();
        let progress = Progress::packing(false);
        let targets = Targets::gather(&folders, &Packing::as_is(deployed.is_some()), &mut wrong);
        progress.finish();
        let targets = targets?;
        wrong.extend(targets.failed.iter().map(|one| format!("{}: {}", one.name, one.why)));
        let gate =
            Gate::new(Workspace::new(&self.folder, None), false, Options::default().keep_entries(true));
        let mut audits = Vec::new();
        for target in &targets.all {
            match gate.audit(target, None, 2) {
                Ok(audit) => audits.push(audit),
                Err(failure) => wrong.push(failure.to_string()),
            }
        }
        let look = |look: &Look| look_at(look, &targets.left_out, &targets.failed);
        let human = report::find("human").ok_or("there is no human report")?;
        if !audits.is_empty() {
            output::line(format_args!(""))?;
            output::print(|terminal, out| (human.write)(&audits, &look(terminal), out))?;
        }
        complain_of(&wrong);
        self.own_files(&audits)?;
        written.extend(self.lock(&audits, &targets.all, deployed.is_some())?);
        let worst = audits.iter().map(|audit| audit.verdict).max().unwrap_or_default();
        Ok(super::reporting::exit(worst, !wrong.is_empty()))
    }

    /// Says which of packgate's own files are in an artifact, and what keeps them out.
    fn own_files(&self, audits: &[Audit]) -> Result<(), String> {
        for audit in audits {
            let root = audit.inventory.package.as_ref().map_or("", |package| package.root.as_str());
            let below =
                |path: &'_ str| path.strip_prefix(root).unwrap_or(path).trim_start_matches('/').to_owned();
            let paths: Vec<String> = audit.inventory.top_files().map(|entry| below(&entry.path)).collect();
            if !paths.iter().any(|path| path == SETTINGS_FILE || path == lock::FILE_NAME) {
                continue;
            }
            let help = match ecosystem::allowlist_of(&audit.inventory, &paths) {
                Some(list) => format!("; a list in the manifest keeps them out:\n    {list}"),
                None => String::new(),
            };
            output::line(format_args!(
                "\npackgate's own files are in {}, as is whatever else comes to lie beside them{}",
                shown(&audit.inventory.artifact.path),
                shown_lines(&help)
            ))?;
        }
        Ok(())
    }

    /// Locks what passed; what the policy refuses is no example to hold releases against. Returns the lock, if it is new.
    fn lock(
        &self,
        audits: &[Audit],
        targets: &[Target],
        is_deployed: bool,
    ) -> Result<Option<PathBuf>, String> {
        let file = self.folder.join(lock::FILE_NAME);
        let is_there = lock::read(&file).map_err(|error| error.to_string())?.is_some();
        output::line(format_args!(""))?;
        if is_there {
            output::line(format_args!("{} exists already and is left as it is", plain(&file)))?;
            return Ok(None);
        }
        let passed = audits.iter().filter(|audit| audit.verdict == Verdict::Pass);
        let passed: Vec<_> = passed.map(|audit| audit.inventory.clone()).collect();
        if !passed.is_empty() {
            let new = create(&file, &passed)?;
            output::line(format_args!("{} written: {}", plain(&file), shown(&new)))?;
        }
        if passed.len() < targets.len() {
            let what = if passed.is_empty() { "nothing is locked yet" } else { "the rest is not locked yet" };
            let by_lists = if is_deployed { "" } else { " (`packgate fix` does what can be done by lists)" };
            output::line(format_args!("{what}: mend what is red above{by_lists}, then run `packgate lock`"))?;
        } else if targets.is_empty() {
            output::line(format_args!("nothing is locked yet: when it can be packed, run `packgate lock`"))?;
        }
        Ok((!passed.is_empty()).then_some(file))
    }
}

fn look_at(look: &Look, left_out: &[LeftOut], not_packed: &[LeftOut]) -> Look {
    Look { left_out: left_out.to_vec(), not_packed: not_packed.to_vec(), ..look.clone() }
}
