"""A sweep without the engine: what to do, a batch at a time, and how it went."""

import argparse
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass

import pyarrow.parquet as pq

from .key import Key, part
from .listing import batches
from .run import Program, audit
from .schema import LISTING
from .storage import locate
from .store import Store


@dataclass(frozen=True)
class Sweep:
    """What every worker needs to know; small, and sent to each."""

    program: Program
    results: str
    key: Key
    scratch: str | None = None
    entries: bool = False

    def work(self, batch):
        """Audits a batch and commits it. One that is committed already is left alone: an engine may hand out twice what
        it didn't hear of."""
        jobs = json.loads(batch)
        store, name = Store(self.results, self.key), part(jobs)
        if not store.has(name):
            store.commit(name, audit(self.program, jobs, name, self.scratch, self.entries))
        return {"artifacts": len(jobs), "bytes": sum(job["bytes"] or 0 for job in jobs)}


def arguments(description):
    """The command line that both engines have."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("listing", help="Parquet file, as `packgate-fleet list` writes it")
    parser.add_argument("results", help="folder or URL of the tables")
    parser.add_argument("--project", required=True, metavar="RUN_SETTINGS", help="folder with the run's packgate.toml")
    parser.add_argument("--packgate", default="packgate", help="the program; on every worker at the same place")
    parser.add_argument("--policy", help="instead of what the settings or each artifact's licence say")
    parser.add_argument("--timeout", type=float, default=600, metavar="SECONDS", help="for one artifact")
    parser.add_argument("--memory", type=int, metavar="BYTES", help="for one process")
    parser.add_argument("--scratch", metavar="DIR", help="where artifacts are fetched to")
    parser.add_argument("--entries", action="store_true", help="write the table of entries, too")
    parser.add_argument("--errors", action="store_true", help="do again what could not be audited")
    parser.add_argument("--workers", type=int, help="processes at a time [default: one per processor]")
    parser.add_argument("--batch", type=int, default=64, help="artifacts a process")
    parser.add_argument("--batch-bytes", type=int, default=64 << 20, help="bytes a process")
    parser.add_argument("--slice", type=int, default=200_000, help="artifacts that are handed to the engine at once")
    return parser


def plan(options):
    """The sweep, and the rows of the listing that are missing."""
    # Workers stand elsewhere.
    options.project = os.path.abspath(options.project)
    options.packgate = shutil.which(options.packgate) or options.packgate
    if "://" not in options.results:
        options.results = os.path.abspath(options.results)
    program = Program(options.packgate, options.project, options.policy, options.timeout, options.memory)
    key = Key.of(options.packgate, options.project, options.policy)
    store = Store(options.results, key)
    store.recover()
    filesystem, path = locate(options.listing)
    with filesystem.open_input_file(path) as file:
        listing = pq.read_table(file).select(LISTING.names).cast(LISTING)
    missing = store.missing(listing, options.errors)
    print(f"{listing.num_rows:,} artifacts listed, {missing.num_rows:,} to do, under {key.folder}", file=sys.stderr)
    return Sweep(program, options.results, key, options.scratch, options.entries), missing


def slices(missing, options):
    """Batches for the engine, so many artifacts at a time, each as JSON."""
    missing = missing.set_column(3, "published_at", missing["published_at"].cast("int64"))
    for start in range(0, missing.num_rows, options.slice):
        jobs = missing.slice(start, options.slice).to_pylist()
        yield [json.dumps(batch) for batch in batches(jobs, options.batch, options.batch_bytes)]


class Progress:
    """Says how far a sweep is, and in the end how it went."""

    def __init__(self, missing):
        self.all, self.begun, self.told = missing.num_rows, time.monotonic(), 0.0
        self.artifacts = self.bytes = 0

    def add(self, done):
        """One more batch."""
        self.artifacts += done["artifacts"]
        self.bytes += done["bytes"]
        if time.monotonic() - self.told > 10:
            self.told = time.monotonic()
            print(self._line(), file=sys.stderr)

    def _line(self):
        took = max(time.monotonic() - self.begun, 1e-3)
        left = (self.all - self.artifacts) * took / max(self.artifacts, 1)
        rate, speed = self.artifacts / took, self.bytes / took / 1e6
        return f"{self.artifacts:,} of {self.all:,}: {rate:.1f} artifacts/s, {speed:.1f} MB/s, {left:,.0f} s left"

    def end(self, sweep):
        """The summary over everything that is committed under this key."""
        print(self._line(), file=sys.stderr)
        done = Store(sweep.results, sweep.key).done(("verdict", "error"))
        counts = {row["values"]: row["counts"] for row in done["verdict"].value_counts().to_pylist()}
        failed = done.num_rows - done["error"].null_count
        verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(counts.items()))
        print(f"{done.num_rows:,} artifacts in {sweep.results}: {verdicts}; {failed:,} of them not audited")
