use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use packgate::audit::{Audit, AuditContext, Options};
use packgate::fetch::ClientError;
use packgate::policy::{Verdict, settle};
use packgate::publish::{Comparison, Dispatch, Parcel, PublishError, Shipment};
use packgate::report;
use packgate::settings::Level;
use packgate::surroundings::Workspace;

use super::attest::Attestations;
use super::check::fail_on;
use super::gate::Gate;
use super::known::Known;
use super::policy::policies;
use super::targets::{Packing, Target, Targets};
use super::{Exit, complain, output};

/// Audit artifacts, send exactly those files, and look at what the registry serves then
///
/// Each file is copied into a private folder, and that copy is audited and handed to the ecosystem's own client, with
/// the client's configuration and login: npm, pnpm, twine, uv, vsce, ovsx, gem, dotnet. cargo takes no file: it packs the
/// folder again, and gets its login only for the same bytes. If one of the artifacts doesn't
/// pass, nothing is sent. What the registry serves already is passed over, so that a second run goes on where the first
/// one stopped.
#[derive(Debug, clap::Args)]
pub(crate) struct Publish {
    /// Artifacts, or folders, which are packed by their own client first [default: the working directory]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Do all but send
    #[arg(long)]
    dry_run: bool,
    /// The client that sends, where an ecosystem has several: npm, npm-stage, pnpm; twine, uv; vsce, ovsx
    #[arg(long, value_name = "CLIENT")]
    with: Option<String>,
    /// The address at which the registry hands out what it serves, where the client isn't to find it by itself
    #[arg(long, value_name = "URL")]
    index: Option<String>,
    /// How long to wait until the registry serves what was sent
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    wait: u64,
    /// A policy by name, or a policy file
    #[arg(long, value_name = "POLICY", value_parser = Known(policies))]
    policy: Option<String>,
    /// The level that blocks
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = fail_on())]
    fail_on: Level,
    /// Where the artifacts came from; the clients run there
    #[arg(long, value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Write a statement about each artifact that passes into this folder, for somebody to sign
    #[arg(long, value_name = "DIR")]
    attest: Option<PathBuf>,
    /// Print the verdict only
    #[arg(long, short)]
    quiet: bool,
    /// What the client gets behind the file: `-- --access public`
    #[arg(last = true, value_name = "CLIENT ARGS")]
    arguments: Vec<OsString>,
}

/// How a run ends: by our own status, or by the client's.
pub(crate) enum End {
    /// Ours.
    Own(Exit),
    /// That of a client that failed.
    Client(u8),
}

/// An artifact that passed, and the way that it takes.
struct Consignment {
    parcel: Parcel,
    shipment: Shipment,
    packed_from: Option<PathBuf>,
}

impl Publish {
    /// Audits all, sends one after the other, and returns how it ended.
    pub(crate) fn run(&self) -> Result<End, String> {
        let (consignments, audits) = match self.audited()? {
            Audited::Nothing(exit) => return Ok(End::Own(exit)),
            Audited::All(consignments, audits) => (consignments, audits),
        };
        let worst = audits.iter().map(|audit| audit.verdict).max().unwrap_or_default();
        let human = report::find("human").ok_or("there is no human report")?;
        output::print(|look, out| {
            let look = report::Look { quiet: self.quiet, fail_on: self.fail_on, ..look.clone() };
            (human.write)(&audits, &look, out)
        })?;
        if worst != Verdict::Pass {
            complain(&"nothing was sent");
            return Ok(End::Own(if worst == Verdict::Blocked { Exit::Blocked } else { Exit::Incomplete }));
        }
        let mut exit = Exit::Passed;
        for consignment in &consignments {
            match self.ship(consignment)? {
                End::Own(Exit::Passed) => {}
                // It was sent, and so can the others be.
                End::Own(Exit::Incomplete) => exit = Exit::Incomplete,
                end => return Ok(end),
            }
        }
        Ok(End::Own(exit))
    }

    /// Everything on the command line, packed where it is a folder, copied and judged.
    fn audited(&self) -> Result<Audited, String> {
        let workspace = Workspace::new(&self.project, self.policy.as_deref());
        workspace.settings(workspace.folder()).map_err(|errors| errors.to_string())?;
        let attestations = self.attest.as_deref().map(Attestations::into).transpose()?;
        let mut wrong = Vec::new();
        let targets = Targets::gather(&self.files, &Packing::default(), &mut wrong)?;
        wrong.extend(targets.failed.iter().map(|one| format!("{}: {}", one.name, one.why)));
        for message in &targets.under_way {
            complain(message);
        }
        if let Some(message) = wrong.first() {
            return Err(message.clone());
        }
        if targets.all.is_empty() {
            return Ok(Audited::Nothing(Exit::Passed));
        }
        let options =
            Options::default().fail_on(self.fail_on).commit(targets.commit(None, workspace.folder()));
        let gate = Gate::new(workspace, false, options);
        let (mut consignments, mut audits) = (Vec::new(), Vec::new());
        for target in &targets.all {
            let (consignment, audit) = self.prepare(&gate, target, attestations.as_ref())?;
            consignments.extend(consignment);
            audits.push(audit);
        }
        let mut files = BTreeSet::new();
        if let Some(twice) = consignments.iter().find(|one| !files.insert(one.shipment.file())) {
            return Err(format!(
                "two artifacts are {} to the registry; name one of them",
                twice.shipment.file()
            ));
        }
        let waivers = audits.iter_mut().map(|audit| (&mut audit.waivers, audit.used_waivers.as_slice()));
        settle(waivers, targets.has_whole_workspace);
        Ok(Audited::All(consignments, audits))
    }

    /// Copies an artifact and judges the copy.
    fn prepare(
        &self,
        gate: &Gate,
        target: &Target,
        attestations: Option<&Attestations>,
    ) -> Result<(Option<Consignment>, Audit), String> {
        let name = target.path.display();
        let told = |error: &dyn std::fmt::Display| format!("{name}: {error}");
        if target.path.is_dir() {
            return Err(told(&"it is a folder without a manifest to pack it by"));
        }
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let mut parcel = Parcel::of(&target.path).map_err(|error| told(&error))?;
        let (auditor, mut inventory) =
            gate.stock(target, parcel.path(), workers).map_err(|error| told(&error))?;
        inventory.artifact.path = target.path.to_string_lossy().into_owned();
        target.name(&mut inventory);
        let mut shipment = Shipment::of(&inventory);
        if let Ok(shipment) = &mut shipment {
            let dispatch = self.dispatch(shipment).map_err(|error| told(&error))?;
            dispatch.accepts(shipment, target.folder.as_deref()).map_err(|error| told(&error))?;
            dispatch.direct(shipment, &inventory);
            // By the registry's name for it: what it is called here is nobody else's business.
            parcel.call(shipment.file()).map_err(|error| told(&error))?;
        }
        let beside = AuditContext { folder: None, previous: None, workers };
        let audit = auditor.judge_in(inventory, &beside).map_err(|error| told(&error))?;
        if audit.inventory.artifact.sha256 != parcel.sha256() {
            return Err(told(&"it was changed while it was audited"));
        }
        if let Some(attestations) = attestations {
            attestations.write(&audit, parcel.path())?;
        }
        match shipment {
            _ if audit.verdict != Verdict::Pass => Ok((None, audit)),
            Ok(shipment) => {
                let packed_from = target.folder.clone();
                Ok((Some(Consignment { parcel, shipment, packed_from }), audit))
            }
            Err(error) => Err(told(&error)),
        }
    }

    fn dispatch(&self, shipment: &Shipment) -> Result<Dispatch<'_>, PublishError> {
        Dispatch::of(shipment, self.with.as_deref(), &self.project, &self.arguments)
    }

    /// Sends one artifact, unless it is there already, and looks at what is served then.
    fn ship(&self, consignment: &Consignment) -> Result<End, String> {
        let Consignment { parcel, shipment, packed_from } = consignment;
        let title = shipment.title();
        let told = |error: &dyn std::fmt::Display| format!("{title}: {error}");
        let dispatch = self.dispatch(shipment).map_err(|error| told(&error))?;
        let mut unasked = None;
        match self.compare(consignment) {
            Ok(Comparison::Same) => {
                output::line(format_args!("{title}: the registry serves this file already"))?;
                return Ok(End::Own(Exit::Passed));
            }
            Ok(other @ (Comparison::Other(_) | Comparison::Broken(_))) => {
                complain(&format_args!("{title}: nothing was sent: {}", differs(&other)));
                return Ok(End::Own(Exit::Blocked));
            }
            // What can't be told now is the client's and the registry's to refuse.
            Ok(Comparison::Nothing | Comparison::NotHandedOut) => {}
            Err(error) => unasked = Some(error),
        }
        // Where that fails, too, this may be why.
        let tell_unasked = || {
            if let Some(error) = &unasked {
                complain(&format_args!("{title}: the registry could not be asked what it serves: {error}"));
            }
        };
        if self.dry_run {
            output::line(format_args!("{title}: would be sent by {}", dispatch.command()))?;
            return Ok(End::Own(Exit::Passed));
        }
        let mut said = |text: &[u8]| {
            let _ = anstream::stderr().lock().write_all(text);
        };
        let status = dispatch
            .send((shipment, parcel), packed_from.as_deref(), &self.project, &mut said)
            .inspect_err(|_| tell_unasked())
            .map_err(|error| told(&error))?;
        if !status.success() {
            tell_unasked();
            complain(&format_args!("{title}: {} failed ({status})", dispatch.command()));
            return Ok(End::Client(code(status)));
        }
        if dispatch.is_staged() {
            output::line(format_args!(
                "{title}: sent; when somebody has approved it, `packgate verify FILE --published` looks at it"
            ))?;
            return Ok(End::Own(Exit::Passed));
        }
        self.look(consignment)
    }

    /// Waits until the registry serves something, and says whether it is what was sent.
    fn look(&self, consignment: &Consignment) -> Result<End, String> {
        let title = consignment.shipment.title();
        let begun = Instant::now();
        let mut pause = Duration::from_secs(1);
        loop {
            let comparison = self.compare(consignment);
            match &comparison {
                Ok(Comparison::Same) => {
                    let sha256 = consignment.parcel.sha256();
                    output::line(format_args!("{title}: sent, and the registry serves it: sha256 {sha256}"))?;
                    return Ok(End::Own(Exit::Passed));
                }
                Ok(Comparison::NotHandedOut) => {
                    output::line(format_args!(
                        "{title}: sent; no client hands out what the registry serves"
                    ))?;
                    return Ok(End::Own(Exit::Passed));
                }
                Ok(other @ (Comparison::Other(_) | Comparison::Broken(_))) => {
                    complain(&format_args!("{title}: sent, but {}", differs(other)));
                    return Ok(End::Own(Exit::Blocked));
                }
                Ok(Comparison::Nothing) | Err(_) => {}
            }
            let is_missing = matches!(comparison, Err(PublishError::Client(ClientError::Missing { .. })));
            if is_missing || begun.elapsed() + pause > Duration::from_secs(self.wait) {
                let why = match comparison {
                    Err(error) => error.to_string(),
                    Ok(_) => "the registry doesn't serve it yet".to_owned(),
                };
                complain(&format_args!(
                    "{title}: sent, but what is served can't be told: {why}; `packgate verify FILE --published` asks \
                     again"
                ));
                return Ok(End::Own(Exit::Incomplete));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_secs(15));
        }
    }

    fn compare(&self, consignment: &Consignment) -> Result<Comparison, PublishError> {
        let Consignment { parcel, shipment, .. } = consignment;
        shipment.compare(parcel.sha256(), &self.project, self.index.as_deref())
    }
}

enum Audited {
    /// There is nothing to do.
    Nothing(Exit),
    /// The artifacts and the verdicts on them.
    All(Vec<Consignment>, Vec<Audit>),
}

/// What is wrong with what the registry serves.
pub(super) fn differs(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Other(sha256) => format!("the registry serves another file: sha256 {sha256}"),
        Comparison::Broken(why) => format!("the registry is at odds with itself: {why}"),
        Comparison::Same => "the registry serves this file".to_owned(),
        Comparison::Nothing => "the registry serves no such file".to_owned(),
        Comparison::NotHandedOut => "no client hands out what the registry serves".to_owned(),
    }
}

/// The client's status, or that of a failure of ours when a signal ended it.
fn code(status: ExitStatus) -> u8 {
    status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(Exit::Usage as u8)
}
