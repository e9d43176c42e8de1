#!/bin/sh
# Installs packgate's program from its release, for Linux and macOS.
#
#   sh install.sh [VERSION]
#
# PACKGATE_INSTALL_DIR is where to, ~/.local/bin unless said otherwise; PACKGATE_DOWNLOAD where from. Nothing is written
# there before the checksum holds. Who has `gh` can ask where the archive was made:
#
#   gh attestation verify ARCHIVE --repo packgate/packgate --signer-workflow packgate/packgate/.github/workflows/release.yml
set -eu

version=${1:-latest}
into=${PACKGATE_INSTALL_DIR:-$HOME/.local/bin}
releases=${PACKGATE_DOWNLOAD:-https://github.com/packgate/packgate/releases}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64) target=aarch64-unknown-linux-musl ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  *) fail "no program is released for $(uname -s) on $(uname -m); see https://github.com/packgate/packgate" ;;
esac
case $version in
  latest) from=$releases/latest/download ;;
  *) from=$releases/download/v${version#v} ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() {
  if command -v curl > /dev/null; then
    curl --fail --silent --show-error --location --output "$work/$1" "$from/$1"
  elif command -v wget > /dev/null; then
    wget --quiet --output-document="$work/$1" "$from/$1"
  else
    fail "neither curl nor wget is installed"
  fi || fail "cannot fetch $from/$1"
}

archive=packgate-$target.tar.gz
fetch "$archive"
fetch sha256.sum
grep "  $archive\$" "$work/sha256.sum" > "$work/sum" || fail "sha256.sum has no $archive"
if command -v sha256sum > /dev/null; then check="sha256sum"; else check="shasum --algorithm 256"; fi
(cd "$work" && $check --check sum > /dev/null 2>&1) || fail "$archive is not what sha256.sum says"

tar -xzf "$work/$archive" -C "$work"
mkdir -p "$into"
# Moved within one folder at the end: who runs packgate meanwhile finds the old one or the new one.
cp "$work/packgate-$target/packgate" "$into/.packgate-new"
mv "$into/.packgate-new" "$into/packgate"
echo "$("$into/packgate" --version) is in $into"
case ":$PATH:" in
  *":$into:"*) ;;
  *) echo "$into is not on the PATH" ;;
esac
