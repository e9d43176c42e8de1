"""Layouts of registries, as their files say it."""

import datetime
import json

import pytest

from packgate_fleet import listing


def write(folder, files):
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if isinstance(text, str) else json.dumps(text))


def test_a_folder(tmp_path):
    write(tmp_path, {"a/x-1.0.0.tgz": "1", "b/y.whl": "22", "b/readme.md": "", "z.jar": "4444"})
    rows = listing.table(listing.files(str(tmp_path))).to_pylist()
    assert [(row["uri"].removeprefix(f"{tmp_path}/"), row["bytes"]) for row in rows] == [("a/x-1.0.0.tgz", 1), ("b/y.whl", 2), ("z.jar", 4)]
    before = {row["listed"] for row in rows}
    write(tmp_path, {"b/y.whl": "333"})
    assert len({row["listed"] for row in listing.files(str(tmp_path))} - before) == 1


def test_a_url_that_only_fsspec_knows():
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/bucket/a-1.0.0.tgz", b"12345")
    rows = list(listing.files("memory://bucket"))
    assert [row["bytes"] for row in rows] == [5] and rows[0]["uri"].endswith("bucket/a-1.0.0.tgz")


def test_artifactory(tmp_path):
    files = [
        {"uri": "/acme/-/acme-1.0.0.tgz", "size": 7, "lastModified": "2026-03-01T10:00:00.000Z", "folder": False, "sha2": "ab" * 32},
        {"uri": "/acme/.npm/package.json", "size": 7, "folder": False},
    ]
    aql = [{"path": "acme/-", "name": "acme-1.1.0.tgz", "size": 8, "created": "2026-04-01T10:00:00.000Z", "sha256": "cd" * 32}]
    write(tmp_path, {"list.json": {"files": files}, "aql.json": {"results": aql}})
    base = "https://repo.example/npm-local"
    one, = listing.artifactory(str(tmp_path / "list.json"), base)
    two, = listing.artifactory(str(tmp_path / "aql.json"), base + "/")
    assert (one["uri"], one["sha256"], one["listed"]) == (f"{base}/acme/-/acme-1.0.0.tgz", "ab" * 32, "ab" * 32)
    assert (two["uri"], two["bytes"]) == (f"{base}/acme/-/acme-1.1.0.tgz", 8)
    assert one["published_at"] == datetime.datetime(2026, 3, 1, 10, tzinfo=datetime.timezone.utc)


def test_verdaccio(tmp_path):
    dist = {"tarball": "http://localhost:4873/@acme%2fui/-/ui-1.0.0.tgz", "integrity": "sha512-x", "shasum": "1"}
    manifest = {"name": "@acme/ui", "versions": {"1.0.0": {"dist": dist}}, "time": {"1.0.0": "2026-03-01T10:00:00.000Z"}}
    write(tmp_path, {"@acme/ui/package.json": manifest, "@acme/ui/ui-1.0.0.tgz": "x"})
    row, = listing.verdaccio(str(tmp_path))
    assert (row["uri"], row["listed"]) == (f"{tmp_path}/@acme/ui/ui-1.0.0.tgz", "sha512-x")


def test_devpi(tmp_path):
    write(tmp_path, {"+files/root/prod/+f/abc/0123456789abc/acme-1.0.0.tar.gz": "x", "other/acme-1.0.0.whl": "x"})
    rows = sorted(listing.devpi(str(tmp_path)), key=lambda row: row["uri"])
    assert rows[0]["listed"] == "sha256:abc0123456789abc" and rows[1]["listed"].startswith("1@")


@pytest.mark.parametrize("base", ["https://crates.example/api/v1/crates", "https://static.example/{crate}/{crate}-{version}.crate"])
def test_cargo(tmp_path, base):
    lines = [json.dumps({"name": "acme", "vers": version, "deps": [], "cksum": "ef" * 32}) for version in ("1.0.0", "1.1.0")]
    write(tmp_path, {"ac/me/acme": "\n".join(lines), "config.json": {"dl": base}, ".git/HEAD": "ref: refs/heads/main\n"})
    rows = listing.table(listing.cargo(str(tmp_path), base)).to_pylist()
    ending = "acme-1.0.0.crate" if "{" in base else "acme/1.0.0/download"
    assert rows[0]["uri"].endswith(ending) and [row["sha256"] for row in rows] == ["ef" * 32] * 2


def test_batches_end_at_a_number_or_at_bytes():
    jobs = [listing.row(str(number), size) for number, size in enumerate([1, 1, 1, 9, 9, 100, 1])]
    cut = [[job["bytes"] for job in batch] for batch in listing.batches(jobs, 3, 10)]
    assert cut == [[1, 1, 1], [9], [9], [100], [1]]
