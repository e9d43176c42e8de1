"""A batch through the program, whatever is in it."""

import gzip
import os
import secrets
import zlib

from conftest import expected, findings_in, findings_of, checked, npm, source_map, token

from packgate_fleet.key import part
from packgate_fleet.listing import row
from packgate_fleet.run import Program, audit, lines


def jobs(paths):
    return [{**row(path, os.path.getsize(path) if os.path.exists(path) else None), "published_at": 0} for path in paths]


def run(program, paths):
    batch = jobs(paths)
    tables = audit(program, batch, part(batch))
    return tables["artifacts"].to_pylist(), tables["findings"].to_pylist()


def poison(folder):
    """Files that are no packages, or none that can be read whole."""
    whole = open(npm(folder / "whole-1.0.0.tgz", "whole", "1.0.0", source_map(3, 400)), "rb").read()
    contents = {
        "truncated-1.0.0.tgz": whole[: len(whole) // 2],
        "empty-1.0.0.tgz": b"",
        "noise-1.0.0.tgz": secrets.token_bytes(10_000),
        "page-1.0.0.tgz": b"<html><body>404 not found</body></html>",
        "zeros-1.0.0.tgz": gzip.compress(bytes(64 << 20)),
        "hostile-1.0.0.tgz": gzip.compress(b"package/../../etc/passwd".ljust(512, b"\0") * 3),
    }
    # Half a gigabyte and more in one entry, of a few hundred kilobytes.
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    header = b"package/huge".ljust(100, b"\0") + b"0000644\0" + b"0" * 7 + b"\0" + b"0" * 7 + b"\0" + b"%011o\0" % (600 << 20)
    header = (header + b"0" * 11 + b"\0").ljust(148, b"\0") + b" " * 8 + b"0"
    header = header.ljust(257, b"\0") + b"ustar\x0000"
    header = header.ljust(512, b"\0")
    header = header[:148] + b"%06o\0 " % sum(header) + header[156:]
    blocks = [deflate.compress(header), *(deflate.compress(bytes(1 << 20)) for _ in range(600)), deflate.flush()]
    contents["huge-1.0.0.tgz"] = b"".join(blocks)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in contents]


def test_rows_are_what_the_program_says(tmp_path, packgate, project):
    paths = [
        npm(tmp_path / "plain-1.0.0.tgz", "plain", "1.0.0", license="MIT"),
        npm(tmp_path / "mapped-1.0.0.tgz", "mapped", "1.0.0", source_map(3)),
        npm(tmp_path / "secret-1.0.0.tgz", "secret", "1.0.0", {".npmrc": f"//npm.acme.example/:_authToken={token()}\n"}),
        *poison(tmp_path),
    ]
    plain = checked(packgate, project, paths)
    artifacts, findings = run(Program(packgate, project), paths)
    assert [one["uri"] for one in artifacts] == paths
    for one in artifacts:
        wanted = expected(plain[one["uri"]])
        assert {name: one[name] for name in wanted} == wanted
        assert findings_in(f for f in findings if f["uri"] == one["uri"]) == findings_of(plain[one["uri"]])
    verdicts = {os.path.basename(one["uri"]): one["verdict"] for one in artifacts}
    assert verdicts["plain-1.0.0.tgz"] == "pass" and verdicts["mapped-1.0.0.tgz"] == "blocked"
    assert {verdicts[os.path.basename(path)] for path in paths[3:]} == {"incomplete"}
    assert any(finding["rule"] == "secret-npm-token" for finding in findings)


def test_what_ends_the_program_is_a_row_and_the_rest_goes_on(tmp_path, poisoned, packgate, project):
    names = ["a", "crash-1", "b", "c", "hang-1", "crash-2", "crash-3", "d"]
    paths = [npm(tmp_path / f"{name}.tgz", name, "1.0.0", license="MIT") for name in names]
    paths.insert(3, str(tmp_path / "absent.tgz"))
    artifacts, _ = run(Program(poisoned, project, timeout=5), paths)
    told = {os.path.basename(one["uri"]).removesuffix(".tgz"): (one["verdict"], one["error"]) for one in artifacts}
    assert list(told) == [os.path.basename(path).removesuffix(".tgz") for path in paths]
    for name, (verdict, error) in told.items():
        if name in "abcd":
            assert (verdict, error) == ("pass", None), name
        else:
            wanted = {"c": "ended with -11", "h": "no answer within 5 s", "a": "No such file"}[name[0]]
            assert verdict == "incomplete" and wanted in error, (name, error)


def test_each_file_that_ends_the_program_takes_two_processes_more(tmp_path, poisoned, project):
    """One that dies at it, and one that shows that it was to blame."""
    names = [*"abcdefgh", "crash", *"ijkl"]
    paths = [npm(tmp_path / f"{name}.tgz", name, "1.0.0") for name in names]
    import packgate_fleet.run as module

    asked, whole = [], module._lines
    module._lines = lambda program, paths, command: asked.append(len(paths)) or whole(program, paths, command)
    try:
        answers = list(lines(Program(poisoned, project), paths))
    finally:
        module._lines = whole
    assert [isinstance(answer, str) for answer, _ in answers] == [name == "crash" for name in names]
    assert asked == [13, 1, 4]


def test_settings_come_from_the_run(tmp_path, packgate, project, monkeypatch):
    """Neither from the folder that a worker stands in, nor from what a CI sets."""
    path = npm(tmp_path / "mapped-1.0.0.tgz", "mapped", "1.0.0", source_map(2))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "packgate.toml").write_text('[rules]\nsource-map-embedded = "off"\n')
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    artifacts, _ = run(Program(packgate, project), [path])
    assert artifacts[0]["verdict"] == "blocked" and not (tmp_path / "summary").exists()
    artifacts, _ = run(Program(packgate, project, policy="open-source"), [path])
    assert artifacts[0]["policy"] == "open-source"


def test_a_digest_that_the_listing_has_otherwise_is_told(tmp_path, packgate, project):
    path = npm(tmp_path / "plain-1.0.0.tgz", "plain", "1.0.0", license="MIT")
    job = {**row(path, 1, "0" * 64), "published_at": None}
    artifacts = audit(Program(packgate, project), [job], "p")["artifacts"].to_pylist()
    assert artifacts[0]["error"] == f"the listing says {'0' * 64}"


def test_entries_are_a_table_on_request(tmp_path, packgate, project):
    paths = [npm(tmp_path / f"{name}.tgz", name, "1.0.0", source_map()) for name in "ab"]
    batch = jobs(paths)
    entries = audit(Program(packgate, project), batch, "p", entries=True)["entries"].to_pylist()
    assert sorted({one["place"] for one in entries}) == ["package/index.js", "package/index.js.map", "package/package.json"]
    assert {one["uri"] for one in entries} == set(paths) and all(len(one["entry_sha256"]) == 64 for one in entries)


def test_a_store_that_stumbles_is_asked_again(tmp_path, packgate, project, monkeypatch):
    """What it never gives is a row."""
    import pyarrow.fs

    import packgate_fleet.run as module

    paths = [npm(tmp_path / f"{name}-1.0.0.tgz", name, "1.0.0", license="MIT") for name in ("once", "never")]
    asked = []

    class Stumbling:
        """Somewhere else."""

        type_name = "far"

        def open_input_stream(self, path):
            asked.append(path)
            if "never" in path or asked.count(path) < 2:
                raise OSError("busy")
            return pyarrow.fs.LocalFileSystem().open_input_stream(path)

    monkeypatch.setattr(module, "locate", lambda uri: (Stumbling(), uri))
    monkeypatch.setattr(module, "PAUSES", (0, 0))
    artifacts, _ = run(Program(packgate, project), paths)
    assert [one["error"] for one in artifacts] == [None, f"cannot read {paths[1]}: busy"]
    assert [asked.count(path) for path in paths] == [2, 3]
    assert artifacts[0]["verdict"] == "pass" and os.listdir(tmp_path / "settings") == ["packgate.toml"]


def test_wrong_settings_are_no_fault_of_artifacts(tmp_path, packgate, project):
    import pytest

    path = npm(tmp_path / "plain-1.0.0.tgz", "plain", "1.0.0")
    (tmp_path / "settings" / "packgate.toml").write_text('policy = "lax"\n')
    with pytest.raises(RuntimeError, match="lax"):
        run(Program(packgate, project), [path])
