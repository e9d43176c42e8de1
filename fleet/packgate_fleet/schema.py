"""The tables. A column is never renamed and never changes its meaning; new ones may come at the end."""

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")

#: What there is: one row an artifact.
LISTING = pa.schema([
    ("uri", pa.string()),
    ("bytes", pa.int64()),
    ("sha256", pa.string()),        # as the registry says; null where it doesn't
    ("published_at", TIME),
    ("listed", pa.string()),        # tells one content of this URI from another: the digest, or size and time
])

SKIPPED = pa.struct([("place", pa.string()), ("why", pa.string())])

#: What became of it: one row an artifact.
ARTIFACTS = pa.schema([
    ("uri", pa.string()),
    ("listed", pa.string()),        # from the listing
    ("sha256", pa.string()),        # of the bytes that were judged
    ("bytes", pa.int64()),
    ("kind", pa.string()),
    ("name", pa.string()),
    ("version", pa.string()),
    ("licence", pa.string()),
    ("policy", pa.string()),
    ("digest", pa.string()),        # of the policy that applied to this artifact
    ("verdict", pa.string()),       # pass, blocked, incomplete
    ("complete", pa.bool_()),
    ("error", pa.string()),         # why there was nothing to audit; null if it was audited
    ("skipped", pa.list_(SKIPPED)),
    ("entries", pa.int64()),
    ("unpacked_bytes", pa.int64()),
    ("exposed_files", pa.int64()),
    ("exposed_lines", pa.int64()),
    ("exposed_bytes", pa.int64()),
    ("errors", pa.int32()),
    ("warnings", pa.int32()),
    ("notes", pa.int32()),
    ("waived", pa.int32()),
    ("published_at", TIME),
    ("audited_at", TIME),
    ("milliseconds", pa.int32()),   # between its line and the one before, in the same process
    ("part", pa.string()),          # the batch that it was committed with
])

#: One row a finding, waived ones included.
FINDINGS = pa.schema([
    ("uri", pa.string()),
    ("sha256", pa.string()),
    ("rule", pa.string()),
    ("level", pa.string()),
    ("place", pa.string()),
    ("line", pa.int64()),
    ("column", pa.int64()),
    ("offset", pa.int64()),
    ("message", pa.string()),
    ("evidence", pa.string()),      # JSON
    ("fingerprint", pa.string()),
    ("waived", pa.string()),        # the waiver's reason; null if none covers it
    ("part", pa.string()),
])

#: One row an entry of an artifact; only where it is asked for.
ENTRIES = pa.schema([
    ("uri", pa.string()),
    ("sha256", pa.string()),        # of the artifact
    ("id", pa.int64()),
    ("parent", pa.int64()),
    ("place", pa.string()),
    ("installed", pa.string()),
    ("type", pa.string()),
    ("bytes", pa.int64()),
    ("media", pa.string()),
    ("entry_sha256", pa.string()),
    ("part", pa.string()),
])

#: By the name of their folder. What makes a batch count comes last.
TABLES = {"entries": ENTRIES, "findings": FINDINGS, "artifacts": ARTIFACTS}


def columns(schema):
    """Empty columns, to be filled and made a table."""
    return {name: [] for name in schema.names}
