"""What a result holds for: the bytes, the program's version, and the settings that were in force."""

import hashlib
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """Program and settings of a run: the partition that its results are in."""

    version: str
    digest: str

    @classmethod
    def of(cls, program, project, policy=None):
        """Asks the program. Without a policy the artifact's licence decides, so the digest stands for all it may
        decide on."""

        def ask(*arguments):
            done = subprocess.run([program, *arguments], capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr.strip() or f"{program} ended with {done.returncode}")
            return done.stdout.strip()

        def digest(*named):
            return ask("policy", "show", "--digest", "--project", project, *named)

        version = ask("--version").split()[-1]
        if policy:
            return cls(version, digest("--policy", policy))
        choices = [digest(), digest("--policy", "proprietary"), digest("--policy", "open-source")]
        return cls(version, hashlib.sha256(" ".join(choices).encode()).hexdigest())

    @property
    def folder(self):
        """The partition's folder below a table's."""
        return f"packgate_version={self.version}/policy_digest={self.digest}"


def part(jobs):
    """The name of a batch: the same jobs give the same, so that a batch that is done twice is there once."""
    whole = hashlib.sha256()
    for job in jobs:
        whole.update(f"{job['uri']}\0{job['listed']}\0".encode())
    return whole.hexdigest()[:32]
