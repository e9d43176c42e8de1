#!/usr/bin/env python3
"""A sweep on Ray Data: listing, less what is done, in batches, to Parquet. On a cluster, `RAY_ADDRESS` names it."""

import logging
import os

from packgate_fleet.sweep import Progress, arguments, plan, slices

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")

import ray  # noqa: E402  # reads its settings when it is imported


def main():
    parser = arguments(__doc__)
    parser.add_argument("--object-store", type=int, default=256 << 20, metavar="BYTES", help="only batches' names are in it")
    options = parser.parse_args()
    sweep, missing = plan(options)
    progress = Progress(missing)
    if missing.num_rows:
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        away = "RAY_ADDRESS" in os.environ
        here = {} if away else {"num_cpus": options.workers, "object_store_memory": options.object_store}
        ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR", **here)
        for batches in slices(missing, options):
            # A block a batch: what a killed worker takes with it is one batch.
            rows = ray.data.from_items([{"batch": batch} for batch in batches], override_num_blocks=len(batches))
            done = rows.map(lambda row: sweep.work(row["batch"]), num_cpus=1)
            for row in done.iter_rows():
                progress.add(row)
    progress.end(sweep)


if __name__ == "__main__":
    main()
