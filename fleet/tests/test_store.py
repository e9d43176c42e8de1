"""What is committed counts once, whatever is interrupted."""

import pyarrow as pa
import pytest

from packgate_fleet.key import Key, part
from packgate_fleet.listing import row, table
from packgate_fleet.schema import ARTIFACTS, FINDINGS
from packgate_fleet.store import Store

KEY = Key("1.2.3", "d" * 64)


def jobs(first, last, listed="x"):
    return [row(f"u{number:03}", 10, listed=listed) for number in range(first, last)]


def tables(batch, name, error=None):
    artifacts = [{"uri": job["uri"], "listed": job["listed"], "verdict": "pass", "error": error, "part": name} for job in batch]
    findings = [{"uri": job["uri"], "rule": "r", "part": name} for job in batch]
    return {
        "artifacts": pa.Table.from_pylist(artifacts, ARTIFACTS), "findings": pa.Table.from_pylist(findings, FINDINGS)
    }


def commit(store, batch, **values):
    name = part(batch)
    store.commit(name, tables(batch, name, **values))
    return name


def rows(store, name="artifacts"):
    read = [store._read(path, ["uri"]) for path in store._files(name)]
    return sorted(uri for piece in read for uri in piece["uri"].to_pylist())


def missing(store, listing, **options):
    return store.missing(listing, **options)["uri"].to_pylist()


def test_only_what_is_missing_is_done(tmp_path):
    store = Store(str(tmp_path), KEY)
    listing = table(jobs(0, 10))
    assert len(missing(store, listing)) == 10
    name = commit(store, jobs(0, 4))
    assert store.has(name) and not store.has(part(jobs(0, 5)))
    assert missing(store, listing) == [f"u{number:03}" for number in range(4, 10)]
    commit(store, jobs(0, 4))
    assert rows(store) == [f"u{number:03}" for number in range(4)]
    # Other bytes at the same URI, another version, other settings: done again.
    assert missing(store, table(jobs(0, 2, "y"))) == ["u000", "u001"]
    assert len(missing(Store(str(tmp_path), Key("1.2.4", KEY.digest)), listing)) == 10
    assert len(missing(Store(str(tmp_path), Key(KEY.version, "e" * 64)), listing)) == 10


def test_what_could_not_be_audited_is_done_again_on_request(tmp_path):
    store = Store(str(tmp_path), KEY)
    commit(store, jobs(0, 2), error="not in the store")
    listing = table(jobs(0, 3))
    assert missing(store, listing) == ["u002"]
    assert missing(store, listing, errors=True) == ["u000", "u001", "u002"]


def test_a_batch_without_its_artifacts_does_not_count(tmp_path):
    store = Store(str(tmp_path), KEY)
    name = part(jobs(0, 3))
    store.commit(name, {"findings": tables(jobs(0, 3), name)["findings"]})
    assert not store.has(name) and len(missing(store, table(jobs(0, 3)))) == 3
    commit(store, jobs(0, 2))
    store.compact()
    assert rows(store, "findings") == ["u000", "u001"]


class Interrupted(Exception):
    """A process that ends."""


@pytest.mark.parametrize("after", range(12))
def test_compaction_loses_and_doubles_nothing(tmp_path, after):
    store = Store(str(tmp_path), KEY)
    for first in range(0, 30, 5):
        commit(store, jobs(first, first + 5))
    left = after

    class Fragile:
        """A file system that gives up after some changes."""

        def __getattr__(self, name):
            do = getattr(whole, name)

            def counted(*arguments, **options):
                nonlocal left
                if name in ("delete_file", "move"):
                    if left == 0:
                        raise Interrupted
                    left -= 1
                return do(*arguments, **options)

            return counted if name in ("delete_file", "move") else do

    whole, store.filesystem = store.filesystem, Fragile()
    with pytest.raises(Interrupted):
        store.compact()
    store.filesystem = whole
    store.recover()
    for name in ("artifacts", "findings"):
        assert rows(store, name) == [f"u{number:03}" for number in range(30)], name
    store.compact()
    assert len(store._files("artifacts")) == 1 and rows(store, "findings") == rows(store)
    assert not missing(store, table(jobs(0, 30)))
