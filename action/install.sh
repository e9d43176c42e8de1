#!/usr/bin/env bash
# Puts packgate on the PATH of the steps that follow. Checks out nothing.
set -euo pipefail

here=$GITHUB_ACTION_PATH
into=${RUNNER_TEMP:?}/packgate
version=${PACKGATE_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)}

# The Rust target of this runner, or nothing.
target() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64) echo aarch64-unknown-linux-musl ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) echo x86_64-pc-windows-msvc ;;
    MINGW*-aarch64 | MSYS*-aarch64) echo aarch64-pc-windows-msvc ;;
  esac
}

sums() { if command -v sha256sum > /dev/null; then sha256sum "$@"; else shasum --algorithm 256 "$@"; fi; }

# Ends the step at whatever is not as it should be: there is nothing to fall back to from a wrong checksum.
from_release() {
  local target archive
  target=$(target)
  [ -n "$target" ] || { echo "no release is built for $(uname -s) on $(uname -m)" >&2; exit 1; }
  case $target in *windows*) archive=packgate-$target.zip ;; *) archive=packgate-$target.tar.gz ;; esac
  gh release download "v$version" --repo packgate/packgate --dir "$into" --clobber --pattern "$archive" --pattern sha256.sum
  (cd "$into" && grep "  $archive\$" sha256.sum > sum) || { echo "sha256.sum doesn't name $archive" >&2; exit 1; }
  (cd "$into" && sums --check --strict sum)
  gh attestation verify "$into/$archive" --repo packgate/packgate \
    --signer-workflow packgate/packgate/.github/workflows/release.yml
  case $archive in
    *.zip) unzip -q -o "$into/$archive" -d "$into" ;;
    *) tar -xzf "$into/$archive" -C "$into" ;;
  esac
  bin=$into/packgate-$target
}

from_npm() {
  npm install --prefix "$into" --ignore-scripts --no-audit --no-fund --silent "packgate@$version"
  bin=$into/node_modules/.bin
}

from_crates() {
  cargo install --locked --root "$into" --version "$version" packgate
  bin=$into/bin
}

from_source() {
  cargo install --locked --root "$into" --path "$here"
  bin=$into/bin
}

mkdir -p "$into"
case "${PACKGATE_INSTALL:-auto}" in
  none) packgate --version; exit ;;
  npm) from_npm ;;
  release) from_release ;;
  crates) from_crates ;;
  source) from_source ;;
  auto)
    if [ -n "$(target)" ]; then
      from_release
    else
      echo "no release is built for $(uname -s) on $(uname -m): building packgate instead" >&2
      from_source
    fi
    ;;
  *) echo "install: one of auto, release, npm, crates, source, none" >&2; exit 2 ;;
esac
"$bin/packgate" --version
echo "$bin" >> "$GITHUB_PATH"
