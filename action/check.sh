#!/usr/bin/env bash
# Audits, and says how it ended. Annotations and the step summary are packgate's own doing.
set -uo pipefail

# Calls a function with each line that is not empty.
each() {
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    if [ -n "$line" ]; then "$1" "$line"; fi
  done <<< "$2"
}

arguments=(check --format "sarif=$PACKGATE_SARIF" --fail-on "$PACKGATE_FAIL_ON" --project "$PACKGATE_PROJECT")
add_format() { arguments+=(--format "$1"); }
each add_format "${PACKGATE_FORMAT:-}"
if [ -n "${PACKGATE_HTML:-}" ]; then arguments+=(--format "html=$PACKGATE_HTML"); fi
if [ -n "$PACKGATE_POLICY" ]; then arguments+=(--policy "$PACKGATE_POLICY"); fi
if [ -n "${PACKGATE_AGAINST:-}" ]; then arguments+=(--against "$PACKGATE_AGAINST"); fi
arguments+=(--)

# What is there is a target as it is written; what is not may be a pattern, which matches in the shell's order. A pattern
# without a match is handed on, and packgate says that there is no such file: nothing audited is never a pass.
add_target() {
  local found
  if [ -e "$1" ] || ! found=$(compgen -G "$1"); then
    arguments+=("$1")
  else
    each add_file "$found"
  fi
}
add_file() { arguments+=("$1"); }
each add_target "$PACKGATE_TARGETS"

rm -f "$PACKGATE_SARIF"
packgate "${arguments[@]}"
status=$?
{
  echo "status=$status"
  # The file is opened before the audit; without an audit it stays empty.
  if [ -s "$PACKGATE_SARIF" ]; then echo "sarif=true"; else echo "sarif=false"; fi
} >> "$GITHUB_OUTPUT"
exit "$status"
