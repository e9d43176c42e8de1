use std::path::PathBuf;

use packgate::escape::shown;
use packgate::project::Project;
use packgate::recoverable::{self, Known, Recovery};
use packgate::settings::Settings;

use super::targets::{Packing, Targets};
use super::{Exit, complain, output};

/// Write out the original files that a stranger could recover from source maps and bundles
#[derive(Debug, clap::Args)]
pub(crate) struct Recover {
    /// Artifact or folder [default: the working directory]
    #[arg(value_name = "ARTIFACT")]
    target: Option<PathBuf>,
    /// The folder to write to; it must be empty or not exist
    #[arg(long, short, value_name = "DIR", required_unless_present = "list")]
    output: Option<PathBuf>,
    /// Only list what would be written
    #[arg(long)]
    list: bool,
    /// Where the artifact came from
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Take a folder as it is instead of packing it first
    #[arg(long)]
    as_is: bool,
}

impl Recover {
    /// Recovers, writes or lists, and returns how it ended.
    pub(crate) fn run(&self) -> Result<Exit, String> {
        let settings = Settings::load(&self.project, None).map_err(|errors| errors.to_string())?;
        let target = self.target.clone().unwrap_or_else(|| PathBuf::from("."));
        let mut wrong = Vec::new();
        let targets = Targets::gather(&[target], &Packing::as_is(self.as_is), &mut wrong)?;
        wrong.extend(targets.under_way.iter().cloned());
        if let Some(message) = wrong.first() {
            return Err(message.clone());
        }
        let [target] = targets.all.as_slice() else {
            return Err("recover takes one artifact at a time".to_owned());
        };
        let project = Project::new(&self.project);
        let own = packgate::own::source(&settings, Some(&project)).map_err(|error| error.to_string())?;
        let known = Known { own: own.map(std::sync::Arc::new), mode: settings.own.mode };
        let recovery = recoverable::recover(&target.path, &settings.limits, &known, 2)
            .map_err(|error| error.to_string())?;
        if let Some(folder) = self.output.as_ref().filter(|_| !self.list) {
            recovery.write(folder).map_err(|error| error.to_string())?;
        }
        self.tell(&recovery)?;
        for unexamined in &recovery.unexamined {
            complain(&format_args!("not examined: {}: {}", shown(&unexamined.place), shown(&unexamined.why)));
        }
        Ok(if recovery.unexamined.is_empty() { Exit::Passed } else { Exit::Incomplete })
    }

    fn tell(&self, recovery: &Recovery) -> Result<(), String> {
        output::print(|_, out| {
            if self.list {
                for file in &recovery.files {
                    writeln!(
                        out,
                        "{:>8} lines  {}  ({})",
                        file.lines,
                        shown(&file.path),
                        shown(&file.place)
                    )?;
                }
            }
            let exposure = recovery.exposure;
            let files = if exposure.files == 1 { "file" } else { "files" };
            let lines = if exposure.lines == 1 { "line" } else { "lines" };
            let verb = if self.list { "recoverable" } else { "recovered" };
            writeln!(
                out,
                "{} {files}, {} {lines}, {} bytes {verb}",
                exposure.files, exposure.lines, exposure.bytes
            )
        })
    }
}
