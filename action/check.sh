#!/usr/bin/env bash
# Audits, and says how it ended. Annotations and the step summary are packgate's own doing.
set -uo pipefail

arguments=(check --format "sarif=$PACKGATE_SARIF" --fail-on "$PACKGATE_FAIL_ON" --project "$PACKGATE_PROJECT")
if [ -n "$PACKGATE_POLICY" ]; then
  arguments+=(--policy "$PACKGATE_POLICY")
fi
arguments+=(--)
while IFS= read -r target; do
  if [ -n "$target" ]; then
    arguments+=("$target")
  fi
done <<< "$PACKGATE_TARGETS"

rm -f "$PACKGATE_SARIF"
packgate "${arguments[@]}"
status=$?
{
  echo "status=$status"
  # The file is opened before the audit; without an audit it stays empty.
  if [ -s "$PACKGATE_SARIF" ]; then echo "sarif=true"; else echo "sarif=false"; fi
} >> "$GITHUB_OUTPUT"
exit "$status"
