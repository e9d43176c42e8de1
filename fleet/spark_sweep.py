#!/usr/bin/env python3
"""A sweep on Spark, for those who run it: the same batches, committed by the same workers."""

import os
import sys

from pyspark.sql import SparkSession

from packgate_fleet.sweep import Progress, arguments, plan, slices

# Workers would take whatever python3 is first on their PATH.
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def main():
    parser = arguments(__doc__)
    parser.add_argument("--master", help="instead of what spark-submit says; for one machine, local[2,4]")
    options = parser.parse_args()
    sweep, missing = plan(options)
    progress = Progress(missing)
    builder = SparkSession.builder.appName("packgate").config("spark.ui.showConsoleProgress", "false")
    spark = (builder.master(options.master) if options.master else builder).getOrCreate()
    try:
        for batches in slices(missing, options):
            done = spark.sparkContext.parallelize(batches, len(batches)).map(sweep.work)
            for row in done.toLocalIterator(prefetchPartitions=True):
                progress.add(row)
        progress.end(sweep)
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
