"""Prints the findings of contents-drift in a JSON report, one a line."""

import json
import sys

for artifact in json.load(open(sys.argv[1], encoding="utf-8"))["artifacts"]:
    for finding in artifact["findings"]:
        if finding["rule"] == "contents-drift":
            print(finding["evidence"]["change"], finding["place"], finding["evidence"]["count"])
