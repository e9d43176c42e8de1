"""A batch of artifacts through the program. Whatever is wrong with an artifact is a row, so that no engine's retry is
spent on it."""

import contextlib
import json
import os
import queue
import resource
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

import pyarrow as pa

from . import schema
from .storage import is_local, locate

#: Seconds to wait before a store is asked again.
PAUSES = (1, 4, 16)

#: How the program ends when its call or its settings are wrong: no artifact's fault, unless it failed at a place of its own
#: source.
USAGE = 2


@dataclass(frozen=True)
class Program:
    """The program and its settings: those of the run, never of the machine that a batch happens to be on."""

    path: str = "packgate"
    project: str = "."
    policy: str | None = None
    #: Seconds for one artifact.
    timeout: float = 600
    #: Bytes that one process may take: it keeps to them itself, and is ended beyond the double.
    memory: int | None = None
    arguments: tuple = field(default=())

    def command(self, command):
        """The command line that reads a list on stdin and writes a line an artifact."""
        line = [self.path, command, "--format", "ndjson", "--project", self.project, "--as-is", "--jobs", "1"]
        if command == "check":
            line += ["--quiet", *(["--policy", self.policy] if self.policy else [])]
        if self.memory:
            line += ["--memory-limit", str(self.memory)]
        return [*line, *self.arguments, "-"]


def lines(program, paths, command="check"):
    """The program's line on each of these files, in their order, with the milliseconds that it took; or, for a file at
    which the program ended or fell silent, why.

    A line comes out when its artifact is judged. So if the program dies, those before are known, and the next is looked
    at alone: what dies then is to blame, and the rest goes on together. That takes one more process for each such file.
    """
    rest, alone = list(paths), False
    while rest:
        asked, done, why = rest[:1] if alone else rest, 0, None
        for line in _lines(program, asked, command):
            if isinstance(line, str):
                why = line
                break
            yield line
            done += 1
        if why and alone and done == 0:
            yield why, 0
            done = 1
            why = None
        alone = why is not None
        rest = rest[done:]


def _lines(program, paths, command):
    """The lines of one process; last, if it didn't end well, why."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "PACKGATE_"))}
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            program.command(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            cwd=program.project, env=environment,
        )
        try:
            if program.memory:
                most = 2 * program.memory + (1 << 30)
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(process.pid, resource.RLIMIT_AS, (most, most))
            count = 0
            for line, took in _answers(process, paths, program.timeout):
                if line is None:
                    yield f"no answer within {program.timeout:g} s"
                    return
                if count == len(paths) or line["path"] != paths[count]:
                    break  # It speaks of something else: of settings that it can't use.
                yield line, took
                count += 1
            status = process.wait()
            if count != len(paths) or not 0 <= status <= 3:
                errors.seek(0)
                said = errors.read()[-300:].decode(errors="replace").strip()
                if status == USAGE and count == 0 and " failed at " not in said:
                    raise RuntimeError(said)
                yield f"packgate ended with {status}: {said}" if said else f"packgate ended with {status}"
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _answers(process, paths, timeout):
    """What the process writes, line by line; `None` when it says nothing for too long."""
    text = "".join(f"{path}\n" for path in paths).encode()

    def feed():
        with contextlib.suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(text)

    written = queue.SimpleQueue()

    def read():
        with contextlib.suppress(ValueError):
            for line in process.stdout:
                written.put((line, time.monotonic()))
        written.put((b"", 0))

    for work in (feed, read):
        threading.Thread(target=work, daemon=True).start()
    before = time.monotonic()
    while True:
        try:
            line, now = written.get(timeout=timeout)
        except queue.Empty:
            yield None, 0
            return
        if not line.endswith(b"\n"):
            return
        yield json.loads(line), int(1000 * (now - before))
        before = now


def fetched(job, scratch):
    """The artifact as a file on this machine, or why there is none, once trying again has not helped."""
    filesystem, path = locate(job["uri"])
    if is_local(filesystem):
        return path, None
    name = path.rpartition("/")[2]
    into = os.path.join(tempfile.mkdtemp(dir=scratch), name)
    for pause in (*PAUSES, None):
        try:
            with filesystem.open_input_stream(path) as source, open(into, "wb") as file:
                shutil.copyfileobj(source, file, 1 << 20)
            return into, None
        except FileNotFoundError:
            return None, f"cannot read {job['uri']}: not in the store"
        except OSError as error:
            if pause is None:
                return None, f"cannot read {job['uri']}: {error}"
            time.sleep(pause)


def audit(program, jobs, part, scratch=None, entries=False):
    """The tables of a batch."""
    folder = tempfile.mkdtemp(prefix="packgate-fleet-", dir=scratch)
    try:
        places = [fetched(job, folder) for job in jobs]
        paths = [path for path, _ in places if path]
        answers = lines(program, paths)
        artifacts, findings = schema.columns(schema.ARTIFACTS), schema.columns(schema.FINDINGS)
        for job, (path, why) in zip(jobs, places):
            answer, took = next(answers) if path else (why, 0)
            _artifact(artifacts, job, answer, took, part)
            if not isinstance(answer, str):
                _findings(findings, job, answer, part)
        tables = {"artifacts": _table(artifacts, schema.ARTIFACTS), "findings": _table(findings, schema.FINDINGS)}
        if entries:
            tables["entries"] = _entries(program, jobs, places, part)
        return tables
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _table(columns, wanted):
    return pa.Table.from_pydict(columns, wanted)


def _artifact(columns, job, answer, took, part):
    if isinstance(answer, str):
        answer = {"error": answer, "verdict": "incomplete", "complete": False}
    package, policy = answer.get("package") or {}, answer.get("policy") or {}
    levels = {"error": 0, "warning": 0, "note": 0, "waived": 0}
    for finding in answer.get("findings", ()):
        levels["waived" if finding["waived"] is not None else finding["level"]] += 1
    error, digest = answer.get("error"), answer.get("sha256") or None
    if error is None and job["sha256"] and digest != job["sha256"]:
        error = f"the listing says {job['sha256']}"
    values = {
        **{name: job[name] for name in ("uri", "listed", "published_at")},
        "sha256": digest, "bytes": answer.get("bytes") if digest else job["bytes"],
        "kind": answer.get("kind") if digest else None,
        "name": package.get("name"), "version": package.get("version"), "licence": package.get("license"),
        "policy": policy.get("name") or None, "digest": policy.get("digest") or None,
        "verdict": answer["verdict"], "complete": answer["complete"], "error": error,
        "skipped": answer.get("skipped", []),
        "errors": levels["error"], "warnings": levels["warning"], "notes": levels["note"], "waived": levels["waived"],
        "audited_at": int(time.time() * 1_000_000), "milliseconds": took, "part": part,
    }
    totals = answer.get("totals", {})
    for name, column in columns.items():
        column.append(values[name] if name in values else totals.get(name))


def _findings(columns, job, answer, part):
    for finding in answer["findings"]:
        for name, column in columns.items():
            column.append(finding.get(name))
        columns["uri"][-1], columns["sha256"][-1], columns["part"][-1] = job["uri"], answer["sha256"], part
        columns["evidence"][-1] = json.dumps(finding["evidence"], separators=(",", ":"))


def _entries(program, jobs, places, part):
    columns = schema.columns(schema.ENTRIES)
    with_path = [(job, path) for job, (path, _) in zip(jobs, places) if path]
    answers = lines(program, [path for _, path in with_path], "inventory")
    for (job, _), (answer, _) in zip(with_path, answers):
        for entry in [] if isinstance(answer, str) else answer["entries"]:
            for name, column in columns.items():
                column.append(entry.get(name))
            columns["uri"][-1], columns["part"][-1] = job["uri"], part
            columns["sha256"][-1], columns["entry_sha256"][-1] = answer["sha256"], entry.get("sha256")
    return _table(columns, schema.ENTRIES)
