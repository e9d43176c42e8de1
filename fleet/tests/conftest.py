"""Artifacts that are made here, and the program that is held against them."""

import io
import json
import os
import secrets
import string
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

FLEET = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FLEET))
SAMPLES = FLEET.parent / "fixtures" / "samples"


def built():
    """The program of this repository."""
    for place in (os.environ.get("PACKGATE"), "target/release/packgate", "target/debug/packgate"):
        if place and (FLEET.parent / place).is_file():
            return str(FLEET.parent / place)
    pytest.exit("build packgate first, or say with PACKGATE where it is")


@pytest.fixture(scope="session")
def packgate():
    return built()


@pytest.fixture
def project(tmp_path):
    """A run's settings."""
    folder = tmp_path / "settings"
    folder.mkdir()
    (folder / "packgate.toml").write_text('policy = "auto"\n')
    return str(folder)


def npm(path, name, version, files=(), **manifest):
    """An npm tarball."""
    package = {"name": name, "version": version, "license": "UNLICENSED", "main": "index.js", "files": ["*"], **manifest}
    files = {"package.json": json.dumps(package), "index.js": "export const one = 1;\n", **dict(files)}
    with tarfile.open(path, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for place, text in files.items():
            data = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(f"package/{place}")
            member.size, member.mode = len(data), 0o644
            archive.addfile(member, io.BytesIO(data))
    return str(path)


def source_map(files=1, lines=40):
    """A bundle with a map that holds its sources."""
    text = "\n".join(f"export const value{number}: number = {number};" for number in range(lines))
    sources = [f"../src/module{number}.ts" for number in range(files)]
    one = {"version": 3, "file": "index.js", "sources": sources, "names": [], "mappings": "AAAA",
           "sourcesContent": [f"// {source}\n{text}" for source in sources]}
    return {"index.js": "export const value = 1;\n//# sourceMappingURL=index.js.map\n", "index.js.map": json.dumps(one)}


def token():
    """A token of npm's form, made now."""
    letters = string.ascii_letters + string.digits
    import binascii

    def base62(number):
        digits = ""
        while number:
            number, digit = divmod(number, 62)
            digits = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[digit] + digits
        return digits.rjust(6, "0")

    random = "".join(secrets.choice(letters) for _ in range(30))
    return f"npm_{random}{base62(binascii.crc32(random.encode()))}"


def checked(packgate, project, paths, *arguments):
    """What the plain program says of these files, by path."""
    command = [packgate, "check", "--format", "json", "--as-is", "--project", project, *arguments, "-"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    done = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, env=environment)
    return {one["path"]: one for one in json.loads(done.stdout)["artifacts"]}


def expected(one):
    """The columns that a report of the plain program decides."""
    levels = [finding["level"] for finding in one["findings"] if finding["waived"] is None]
    package = one["package"] or {}
    return {
        "sha256": one["sha256"], "bytes": one["bytes"], "kind": one["kind"], "name": package.get("name"),
        "version": package.get("version"), "licence": package.get("license"), "policy": one["policy"]["name"],
        "digest": one["policy"]["digest"], "verdict": one["verdict"], "complete": one["complete"],
        "error": one["error"], "skipped": one["skipped"], **one["totals"],
        "errors": levels.count("error"), "warnings": levels.count("warning"), "notes": levels.count("note"),
        "waived": sum(finding["waived"] is not None for finding in one["findings"]),
    }


FINDING = ("rule", "level", "place", "line", "column", "offset", "message", "fingerprint", "waived")


def findings_of(one):
    """The findings of such a report as rows."""
    rows = [{**{name: finding[name] for name in FINDING}, "evidence": finding["evidence"]} for finding in one["findings"]]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def findings_in(rows):
    """The same of rows of the table."""
    rows = [{**{name: row[name] for name in FINDING}, "evidence": json.loads(row["evidence"])} for row in rows]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


#: In front of the program: falls silent or dies at files that are called so.
POISONED = """#!{python}
import os, signal, subprocess, sys, time
paths = [line.rstrip("\\n") for line in sys.stdin] if sys.argv[-1] == "-" else None
if paths is None:
    os.execv({packgate!r}, [{packgate!r}, *sys.argv[1:]])
worst = 0
for path in paths:
    if "hang" in os.path.basename(path):
        time.sleep(3600)
    if "crash" in os.path.basename(path):
        os.kill(os.getpid(), signal.SIGSEGV)
    if "slow" in os.path.basename(path):
        time.sleep(0.1)
    done = subprocess.run([{packgate!r}, *sys.argv[1:]], input=path.encode(), stdout=subprocess.PIPE)
    sys.stdout.buffer.write(done.stdout)
    sys.stdout.flush()
    worst = max(worst, done.returncode)
sys.exit(worst)
"""


@pytest.fixture
def poisoned(tmp_path, packgate):
    """A program that hangs and crashes on cue."""
    path = tmp_path / "poisoned"
    path.write_text(POISONED.format(python=sys.executable, packgate=packgate))
    path.chmod(0o755)
    return str(path)
