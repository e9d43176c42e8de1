#!/usr/bin/env bash
# Puts packgate on the PATH of the steps that follow.
set -euo pipefail

here=$GITHUB_ACTION_PATH
into=${RUNNER_TEMP:?}/packgate
version=${PACKGATE_VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/Cargo.toml" | head -n 1)}

from_release() {
  local target archive
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) target=x86_64-unknown-linux-musl ;;
    Linux-aarch64) target=aarch64-unknown-linux-musl ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
    *) echo "no release is built for $(uname -s) on $(uname -m)" >&2; return 1 ;;
  esac
  archive=packgate-$target.tar.gz
  gh release download "v$version" --repo packgate/packgate --dir "$into" --clobber \
    --pattern "$archive" --pattern "$archive.sha256" || return 1
  (cd "$into" && sha256sum --check --strict "$archive.sha256") || return 1
  mkdir -p "$into/bin"
  tar -xzf "$into/$archive" -C "$into/bin"
}

from_crates() { cargo install --locked --root "$into" --version "$version" packgate; }

from_source() { cargo install --locked --root "$into" --path "$here"; }

mkdir -p "$into"
case "${PACKGATE_INSTALL:-auto}" in
  none) packgate --version; exit ;;
  release) from_release ;;
  crates) from_crates ;;
  source) from_source ;;
  auto) from_release || { echo "no release binary: building packgate instead" >&2; from_source; } ;;
  *) echo "install: one of auto, release, crates, source, none" >&2; exit 2 ;;
esac
"$into/bin/packgate" --version
echo "$into/bin" >> "$GITHUB_PATH"
