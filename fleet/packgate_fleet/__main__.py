"""`packgate-fleet list` and `packgate-fleet compact`: what needs no engine."""

import argparse

import pyarrow as pa
import pyarrow.parquet as pq

from .key import Key
from .listing import LAYOUTS, NEED_BASE, table
from .storage import locate, put
from .store import Store


def main():
    """The command line."""
    parser = argparse.ArgumentParser(prog="packgate-fleet", description=__doc__)
    commands = parser.add_subparsers(required=True)
    listing = commands.add_parser("list", help="write down what there is")
    listing.add_argument("places", nargs="+", help="folder or URL; for `artifactory`, the saved answer")
    listing.add_argument("--layout", choices=sorted(LAYOUTS), default="files")
    listing.add_argument("--base", help="where the files of an index are: the URL before their paths")
    listing.add_argument("--output", required=True, help="the listing, a Parquet file")
    listing.set_defaults(run=write_listing)
    compact = commands.add_parser("compact", help="make few large files of many small ones, while no sweep runs")
    compact.add_argument("results")
    compact.add_argument("--project", required=True)
    compact.add_argument("--packgate", default="packgate")
    compact.add_argument("--policy")
    compact.set_defaults(run=make_compact)
    options = parser.parse_args()
    options.run(options)


def write_listing(options):
    """Lists every place."""
    if (options.layout in NEED_BASE) != bool(options.base):
        raise SystemExit(f"--base goes with {' and '.join(NEED_BASE)}")
    bases = [options.base] if options.base else []
    rows = [row for place in options.places for row in LAYOUTS[options.layout](place, *bases)]
    listed = table(rows)
    sink = pa.BufferOutputStream()
    pq.write_table(listed, sink, compression="zstd")
    put(*locate(options.output), sink.getvalue())
    print(f"{listed.num_rows:,} artifacts, {sum(row['bytes'] or 0 for row in rows) / 1e6:,.0f} MB")


def make_compact(options):
    """Compacts one partition."""
    Store(options.results, Key.of(options.packgate, options.project, options.policy)).compact()


if __name__ == "__main__":
    main()
