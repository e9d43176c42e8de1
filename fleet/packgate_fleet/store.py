"""Results in Parquet: what is missing, commit, compaction.

A batch is one file a table, `TABLE/packgate_version=V/policy_digest=D/PART.parquet`. Its file in `artifacts` is written
last, and makes it count: findings without it are what a killed worker left, and no reader takes them.
"""

import hashlib
import json

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs
import pyarrow.parquet as pq

from .schema import ARTIFACTS, TABLES
from .storage import locate, put

#: A file that replaces those it names, once they are gone.
SUCCESSOR = ".successor"


class Store:
    """A folder of results, for one key."""

    def __init__(self, url, key):
        self.filesystem, self.root = locate(url)
        self.key = key

    def _folder(self, table):
        return f"{self.root}/{table}/{self.key.folder}"

    def _files(self, table, ending=".parquet"):
        selector = pyarrow.fs.FileSelector(self._folder(table), allow_not_found=True)
        files = (info.path for info in self.filesystem.get_file_info(selector))
        return sorted(path for path in files if path.endswith(ending) and not path.rpartition("/")[2].startswith("."))

    def has(self, part):
        """Whether a batch counts."""
        path = f"{self._folder('artifacts')}/{part}.parquet"
        return self.filesystem.get_file_info(path).type == pyarrow.fs.FileType.File

    def commit(self, part, tables):
        """Writes a batch: all of it or nothing that counts."""
        for table in TABLES:
            if table in tables:
                sink = pa.BufferOutputStream()
                pq.write_table(tables[table], sink, compression="zstd")
                put(self.filesystem, f"{self._folder(table)}/{part}.parquet", sink.getvalue())

    def done(self, columns=("uri", "listed")):
        """What is committed under this key."""
        tables = [self._read(path, list(columns)) for path in self._files("artifacts")]
        schema = pa.schema([ARTIFACTS.field(name) for name in columns])
        return pa.concat_tables(tables) if tables else schema.empty_table()

    def missing(self, listing, errors=False):
        """The rows of a listing that are still to be done; with `errors`, those too that there was nothing to audit
        of."""
        done = self.done(("uri", "listed", "error") if errors else ("uri", "listed"))
        if errors:
            done = done.filter(pc.is_null(done["error"]))
        return listing.join(done.select(["uri", "listed"]), ["uri", "listed"], join_type="left anti").sort_by("uri")

    def _read(self, path, columns=None):
        with self.filesystem.open_input_file(path) as file:
            return pq.ParquetFile(file).read(columns)

    def compact(self, rows=1_000_000):
        """Makes few large files of many small ones. Not while a run writes to the same partition."""
        self.recover()
        parts = {path.rpartition("/")[2].removesuffix(".parquet") for path in self._files("artifacts")}
        parts |= set(self.done(("part",))["part"].to_pylist())
        for table in reversed(TABLES):
            group, tables, size = [], [], 0
            for path in self._files(table):
                piece = self._read(path)
                if table != "artifacts":
                    piece = piece.filter(pc.is_in(piece["part"], pa.array(sorted(parts), pa.string())))
                group, size = [*group, path], size + piece.num_rows
                tables.append(piece)
                if size >= rows:
                    self._replace(table, group, tables)
                    group, tables, size = [], [], 0
            if len(group) > 1:
                self._replace(table, group, tables)

    def _replace(self, table, paths, tables):
        """Puts one file in the place of several. If this is interrupted, `recover` finishes it."""
        names = [path.rpartition("/")[2] for path in paths]
        name = "c" + hashlib.sha256("\n".join(names).encode()).hexdigest()[:31]
        successor = f"{self._folder(table)}/{name}{SUCCESSOR}"
        sink = pa.BufferOutputStream()
        whole = pa.concat_tables(tables).combine_chunks()
        whole = whole.replace_schema_metadata({**(whole.schema.metadata or {}), "replaces": json.dumps(names)})
        pq.write_table(whole, sink, compression="zstd")
        put(self.filesystem, successor, sink.getvalue())
        self._succeed(table, successor, names)

    def _succeed(self, table, successor, names):
        for name in names:
            path = f"{self._folder(table)}/{name}"
            if self.filesystem.get_file_info(path).type == pyarrow.fs.FileType.File:
                self.filesystem.delete_file(path)
        self.filesystem.move(successor, successor.removesuffix(SUCCESSOR) + ".parquet")

    def recover(self):
        """Finishes what an interrupted compaction began."""
        for table in TABLES:
            for successor in self._files(table, SUCCESSOR):
                with self.filesystem.open_input_file(successor) as file:
                    metadata = pq.read_schema(file).metadata
                self._succeed(table, successor, json.loads(metadata[b"replaces"]))
