"""queries.sql over a small registry whose answers are known."""

import datetime
import re

import duckdb
import pytest
from conftest import FLEET, npm, source_map, token

from packgate_fleet.key import Key, part
from packgate_fleet.listing import row
from packgate_fleet.run import Program, audit
from packgate_fleet.store import Store

DAYS = {"1.0.0": 1, "1.1.0": 2, "1.2.0": 3, "2.0.0": 4}


def day(number):
    return datetime.datetime(2026, 3, number, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope="module")
def answers(tmp_path_factory, packgate):
    folder = tmp_path_factory.mktemp("registry")
    (folder / "packgate.toml").write_text('policy = "auto"\n')
    secret = {".npmrc": f"//npm.acme.example/:_authToken={token()}\n"}
    big = {"data.js": "export const text = 'one line of many';\n" * 20_000}
    releases = [
        ("acme", "1.0.0", {}), ("acme", "1.1.0", source_map(3, 50)), ("acme", "1.2.0", source_map(1, 10)),
        ("acme", "2.0.0", secret), ("other", "1.0.0", {}), ("other", "1.1.0", big), ("other", "1.2.0", {**secret, **big}),
        ("third", "1.0.0", {}),
    ]
    jobs = []
    for name, version, files in releases:
        path = npm(folder / f"{name}-{version}.tgz", name, version, files, license="UNLICENSED")
        jobs.append({**row(path, 1, listed=version), "published_at": int(day(DAYS[version]).timestamp() * 1e6)})
    cut = folder / "cut-1.0.0.tgz"
    cut.write_bytes((folder / "acme-1.1.0.tgz").read_bytes()[:300])
    jobs += [{**row(str(path), 1), "published_at": None} for path in (cut, folder / "absent-1.0.0.tgz")]
    store = Store(str(folder / "results"), Key.of(packgate, str(folder)))
    for start in range(0, len(jobs), 4):
        batch = jobs[start : start + 4]
        store.commit(part(batch), audit(Program(packgate, str(folder)), batch, part(batch)))
    # A worker that was killed left findings, and no artifacts.
    batch = [jobs[3]]
    store.commit("left", {"findings": audit(Program(packgate, str(folder)), batch, "left")["findings"]})
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"SET VARIABLE results = '{folder / 'results'}'")
    answers = {}
    for text in (FLEET / "queries.sql").read_text().split(";\n"):
        name = re.search(r"-- name: (\w+)", text)
        result = database.execute(text) if "SELECT" in text else None
        if name:
            columns = [column[0] for column in result.description]
            answers[name.group(1)] = [dict(zip(columns, values)) for values in result.fetchall()]
    return answers


def test_which_releases_shipped_a_map(answers):
    assert [(a["name"], a["version"], a["files"]) for a in answers["maps"]] == [("acme", "1.1.0", 3), ("acme", "1.2.0", 1)]
    assert answers["maps"][0]["lines"] == 153 and answers["maps"][0]["published_at"] == day(2)


def test_since_when(answers):
    one, = answers["since"]
    assert (one["name"], one["releases"], one["first_release"], one["last_release"]) == ("acme", 2, "1.1.0", "1.2.0")
    assert (one["since"], one["until"]) == (day(2), day(3))


def test_which_secrets_where(answers):
    one = next(a for a in answers["secrets"] if a["rule"] == "secret-npm-token")
    assert (one["findings"], one["artifacts"], one["packages"], one["since"]) == (2, 2, 2, day(3))
    assert one["releases"] == ["acme 2.0.0", "other 1.2.0"]


def test_which_packages_grew(answers):
    grown = [(a["name"], a["version"], a["earlier"]) for a in answers["growth"]]
    assert ("other", "1.1.0", "1.0.0") in grown and ("other", "1.2.0", "1.1.0") not in grown
    assert ("third", "1.0.0", None) not in grown


def test_what_was_never_examined(answers):
    whys = " ".join(a["why"] for a in answers["unexamined"])
    assert sum(a["artifacts"] for a in answers["unexamined"]) == 2 and "No such file" in whys
