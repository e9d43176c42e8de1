use std::path::PathBuf;

use packgate::escape::shown;
use packgate::init::{SETTINGS_FILE, Survey};
use packgate::lock;
use packgate::pack::{self, ClientError, PackError};
use packgate::settings::Settings;

use super::file::save;
use super::lock_file::{create, plain, stock};
use super::{Exit, output};

/// Write packgate.toml and the first packgate.lock for a project
///
/// Says what it found and what follows. Existing files are left as they are, so it can be run again.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The project's folder [default: the working directory]
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    /// Don't pack the project, and don't write packgate.lock
    #[arg(long)]
    no_lock: bool,
}

impl Init {
    /// Writes what is missing and returns the exit status.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        if !self.folder.is_dir() {
            return Err(format!("{}: no such folder", self.folder.display()));
        }
        let survey = Survey::of(&self.folder);
        output::print(|_, out| {
            for (name, text) in survey.lines() {
                writeln!(out, "{name:<9} {}", shown(&text))?;
            }
            writeln!(out)
        })?;
        self.settings(&survey)?;
        let exit = if self.no_lock { Exit::Passed } else { self.lock(&survey)? };
        output::print(|_, out| {
            writeln!(out)?;
            survey.advice().iter().try_for_each(|line| writeln!(out, "{line}"))
        })?;
        Ok(exit)
    }

    fn settings(&self, survey: &Survey) -> Result<(), String> {
        let there = Settings::load(&self.folder, None).map_err(|errors| errors.to_string())?.file;
        if let Some(file) = there {
            output::line(format_args!("{} exists already and is left as it is", file.display()))?;
            return Ok(());
        }
        let file = self.folder.join(SETTINGS_FILE);
        save(&file, survey.settings().as_bytes())?;
        output::line(format_args!("{} written", plain(&file)))?;
        Ok(())
    }

    fn lock(&self, survey: &Survey) -> Result<Exit, String> {
        let file = self.folder.join(lock::FILE_NAME);
        if lock::read(&file).map_err(|error| error.to_string())?.is_some() {
            output::line(format_args!("{} exists already and is left as it is", plain(&file)))?;
            return Ok(Exit::Passed);
        }
        if survey.packed_by.is_empty() {
            output::line(format_args!(
                "no lock: `packgate lock FOLDER` writes one for a folder that is deployed"
            ))?;
            return Ok(Exit::Passed);
        }
        let packed = match pack::pack(&self.folder) {
            Ok(packed) => packed,
            Err(error @ PackError::Client(ClientError::Missing { .. })) => {
                output::line(format_args!("no lock yet: {error}; then run `packgate lock`"))?;
                return Ok(Exit::Passed);
            }
            Err(error) => {
                return Err(format!(
                    "no lock yet, packing failed: {error}\nrun `packgate lock` once it can be packed"
                ));
            }
        };
        let mut inventories = Vec::new();
        for artifact in &packed.artifacts {
            match stock(artifact, &self.folder)? {
                Ok(inventory) => inventories.push(inventory),
                Err(exit) => return Ok(exit),
            }
        }
        let new = create(&file, &inventories)?;
        output::line(format_args!("{} written: {}", plain(&file), shown(&new)))?;
        Ok(Exit::Passed)
    }
}
