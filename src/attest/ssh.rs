//! Signatures by SSH keys, as `ssh-keygen -Y sign -n packgate FILE` makes them. `ssh-keygen` checks them.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::refusal::Refusal;
use crate::scratch;

/// What a signature is for; one for another purpose doesn't count.
pub const NAMESPACE: &str = "packgate";

/// Checks that one of the allowed signers has signed a file.
///
/// # Errors
/// `ssh-keygen` can't be run; inside, why the signature doesn't hold.
pub(super) fn check(
    file: &Path,
    signature: &Path,
    allowed_signers: &Path,
) -> io::Result<Result<(), Refusal>> {
    let mut find = Command::new("ssh-keygen");
    find.args(["-Y", "find-principals", "-s"]).arg(signature).arg("-f").arg(allowed_signers);
    let found = scratch::output(find.stdin(Stdio::null()))?;
    let refusal = |output: &[u8]| {
        let said = String::from_utf8_lossy(output);
        Refusal::SshSignature(said.lines().next().unwrap_or("no such signer").trim().to_owned())
    };
    let principals = String::from_utf8_lossy(&found.stdout).into_owned();
    if !found.status.success() || principals.trim().is_empty() {
        return Ok(Err(refusal(&found.stderr)));
    }
    let mut last = Err(Refusal::SshSignature("no such signer".to_owned()));
    for principal in principals.lines().flat_map(|line| line.split(',')) {
        let mut verify = Command::new("ssh-keygen");
        verify.args(["-Y", "verify", "-n", NAMESPACE, "-I", principal.trim(), "-f"]).arg(allowed_signers);
        verify.arg("-s").arg(signature).stdin(File::open(file)?);
        let output = scratch::output(&mut verify)?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        last = Err(refusal(if output.stderr.is_empty() { &output.stdout } else { &output.stderr }));
    }
    Ok(last)
}
