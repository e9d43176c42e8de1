"""Whole sweeps over an S3 on this machine: rows as the program's, and nothing lost, doubled or redone when a worker and
the driver are killed. `PACKGATE_FLEET_ARTIFACTS` says how many artifacts; `PACKGATE_ARTIFACTS` names a folder of real ones
that come to them; `PACKGATE_SPARK=1` runs the same on Spark."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.fs
import pyarrow.parquet as pq
import pytest
from conftest import FLEET, SAMPLES, checked, expected, findings_in, findings_of, npm, source_map, token

COUNT = int(os.environ.get("PACKGATE_FLEET_ARTIFACTS", "2000"))
ENGINES = ["ray", *(["spark"] if os.environ.get("PACKGATE_SPARK") else [])]


@pytest.fixture(scope="module")
def s3():
    """An S3 of our own."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    names = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(names)
    filesystem = pyarrow.fs.S3FileSystem(
        endpoint_override=f"{host}:{port}", scheme="http", region="us-east-1", allow_bucket_creation=True,
        allow_delayed_open=True,
    )
    yield filesystem
    server.stop()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(scope="module")
def registry(s3, tmp_path_factory):
    """A bucket of artifacts, and the same files here."""
    folder = tmp_path_factory.mktemp("registry")
    seed = random.randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    real = [path for path in SAMPLES.iterdir() if path.suffix == ".tgz"]
    if os.environ.get("PACKGATE_ARTIFACTS"):
        found = sorted(path for path in Path(os.environ["PACKGATE_ARTIFACTS"]).rglob("*") if path.is_file())
        real += dice.sample(found, min(len(found), COUNT // 2))
    for number, path in enumerate(real):
        (folder / f"real-{number:05}-{path.name}").write_bytes(path.read_bytes())
    for number in range(COUNT - len(real)):
        files = {f"lib/{file}.js": f"export const x = {dice.random()};\n" * dice.randrange(40) for file in range(dice.randrange(6))}
        if dice.random() < 0.2:
            files |= source_map(dice.randrange(1, 5))
        if dice.random() < 0.1:
            files[".npmrc"] = f"//npm.acme.example/:_authToken={token()}\n"
        licence = dice.choice(["MIT", "UNLICENSED"])
        path = npm(folder / f"made-{number:05}-1.0.0.tgz", f"made-{number:05}", "1.0.0", files, license=licence)
        if dice.random() < 0.02:
            os.truncate(path, os.path.getsize(path) // 2)
    s3.create_dir("registry")
    s3.create_dir("results")
    pyarrow.fs.copy_files(str(folder), "registry/npm", destination_filesystem=s3)
    return folder


def start(engine, listing, results, project, packgate, *arguments):
    command = [sys.executable, str(FLEET / f"{engine}_sweep.py"), listing, results, "--project", project, "--packgate", packgate]
    command += ["--workers", "2"] if engine == "ray" else ["--master", "local[2,4]"]
    # A machine that has more to do than this takes its time.
    patience = {"RAY_raylet_start_wait_time_s": "300", "RAY_worker_register_timeout_seconds": "300"}
    environment = {**os.environ, **patience, "PYTHONPATH": str(FLEET)}
    environment.pop("RAY_ADDRESS", None)
    return subprocess.Popen(
        [*command, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(process):
    out, errors = process.communicate(timeout=900)
    assert process.returncode == 0, errors[-3000:]
    return out, errors


def parts(s3, results):
    """The files that count, with their times."""
    selector = pyarrow.fs.FileSelector(f"{results}/artifacts", recursive=True, allow_not_found=True)
    return {info.path: info.mtime for info in s3.get_file_info(selector) if info.path.endswith(".parquet")}


def rows(s3, results, table):
    selector = pyarrow.fs.FileSelector(f"{results}/{table}", recursive=True)
    paths = [info.path for info in s3.get_file_info(selector) if info.path.endswith(".parquet")]
    return [row for path in paths for row in pq.ParquetFile(s3.open_input_file(path)).read().to_pylist()]


def listed(tmp_path):
    """A listing of the bucket."""
    path = str(tmp_path / "listing.parquet")
    command = [sys.executable, "-m", "packgate_fleet", "list", "s3://registry/npm", "--output", path]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(FLEET)}, stdout=subprocess.DEVNULL)
    return path


def descendants(process):
    """The processes below one, by id, with their command lines."""
    parents, names = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                names[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
    found, new = set(), {process}
    while new:
        found |= new
        new = {child for child, parent in parents.items() if parent in new} - found
    return {one: names[one] for one in found - {process} if one in names}


def until(condition, driver=None, seconds=600):
    """Waits for a condition, as long as the driver lives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        assert driver is None or driver.poll() is None, driver.communicate()[1][-3000:]
        time.sleep(0.2)
    raise AssertionError("it didn't come to that")


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("engine", ENGINES)
def test_killed_and_run_again(engine, s3, registry, tmp_path, packgate, project):
    results = f"results/{engine}"
    listing = listed(tmp_path)
    arguments = (engine, listing, f"s3://{results}", project, packgate, "--batch", "16")
    first = start(*arguments)
    until(lambda: len(parts(s3, results)) >= 3, first)
    # One that works: Ray's node falls with its agents, which are no workers and are called `ray::` too.
    marks = ("ray::Map", ) if engine == "ray" else ("pyspark.daemon", "pyspark/daemon", "-m pyspark")
    worker = until(lambda: [one for one, name in descendants(first.pid).items() if any(mark in name for mark in marks)], first)[0]
    below = descendants(first.pid)
    os.kill(worker, signal.SIGKILL)
    before = len(parts(s3, results))
    until(lambda: len(parts(s3, results)) >= before + 4, first)
    below |= descendants(first.pid)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    for one in below:
        if engine == "spark" and alive(one):
            os.kill(one, signal.SIGKILL)
    until(lambda: not any(alive(one) for one in below))
    kept = parts(s3, results)
    assert 7 <= len(kept) < COUNT / 16, "it was killed on the way"
    out, errors = end(start(*arguments))
    after = parts(s3, results)
    assert {path: after.get(path) for path in kept} == kept, "redone"
    artifacts = rows(s3, results, "artifacts")
    wanted = {f"s3://registry/npm/{path.name}": path for path in registry.iterdir()}
    assert sorted(one["uri"] for one in artifacts) == sorted(wanted), "lost or doubled"
    assert f"{COUNT:,} artifacts in s3://{results}" in out and "artifacts/s" in errors
    counting = {one["part"] for one in artifacts}
    findings = {}
    for one in rows(s3, results, "findings"):
        if one["part"] in counting:
            findings.setdefault(one["uri"], []).append(one)
    plain = checked(packgate, project, [str(path) for path in wanted.values()])
    for one in artifacts:
        report = plain[str(wanted[one["uri"]])]
        right = expected(report)
        assert {name: one[name] for name in right} == right
        assert findings_in(findings.get(one["uri"], [])) == findings_of(report)
    assert {one["verdict"] for one in artifacts} == {"pass", "blocked", "incomplete"}
    # Nothing is left to do.
    _, errors = end(start(*arguments))
    assert " 0 to do" in errors and parts(s3, results) == after


@pytest.mark.parametrize("engine", ENGINES)
def test_other_bytes_and_poison(engine, s3, registry, tmp_path, poisoned, project):
    """A rerun takes what changed; what hangs and crashes is a row."""
    folder = tmp_path / "small"
    folder.mkdir()
    for name in ["a", "b", "crash", "hang", *(f"slow{number}" for number in range(8))]:
        npm(folder / f"{name}-1.0.0.tgz", name, "1.0.0", license="MIT")
    listing, results = str(tmp_path / "listing.parquet"), str(tmp_path / "results")
    list_here = [sys.executable, "-m", "packgate_fleet", "list", str(folder), "--output", listing]
    arguments = (engine, listing, results, project, poisoned, "--batch", "4", "--timeout", "8")

    def sweep():
        subprocess.run(list_here, check=True, env={**os.environ, "PYTHONPATH": str(FLEET)}, stdout=subprocess.DEVNULL)
        return end(start(*arguments))

    sweep()
    local = pyarrow.fs.LocalFileSystem()
    errors = {os.path.basename(one["uri"]): one["error"] for one in rows(local, results, "artifacts")}
    assert errors.pop("crash-1.0.0.tgz") == "packgate ended with -11"
    assert errors.pop("hang-1.0.0.tgz") == "no answer within 8 s"
    assert len(errors) == 10 and set(errors.values()) == {None}
    npm(folder / "a-1.0.0.tgz", "a", "1.0.0", source_map(), license="MIT")
    _, said = sweep()
    assert "12 artifacts listed, 1 to do" in said
    both = [one for one in rows(local, results, "artifacts") if one["uri"].endswith("/a-1.0.0.tgz")]
    assert [one["exposed_files"] for one in sorted(both, key=lambda one: one["audited_at"])] == [0, 1]
    assert json.dumps(sorted(one["name"] for one in both)) == '["a", "a"]'
