#!/bin/sh
# Installs packgate's program from its release, for Linux and macOS.
#
#   sh install.sh [VERSION]
#
# PACKGATE_INSTALL_DIR is where to, ~/.local/bin unless said otherwise; PACKGATE_DOWNLOAD where from. Nothing is written
# there before the checksum holds and the program has said its version. Who has `gh` can ask where the archive was made:
#
#   gh attestation verify ARCHIVE --repo packgate/packgate --signer-workflow packgate/packgate/.github/workflows/release.yml
set -eu

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

target() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64 | Linux-amd64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64 | Linux-arm64) echo aarch64-unknown-linux-musl ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    *) fail "no program is released for $(uname -s) on $(uname -m); see https://github.com/packgate/packgate" ;;
  esac
}

# Short options only: those of BusyBox and of macOS are no others.
fetch() {
  if command -v curl > /dev/null; then
    curl -fsSL -o "$work/$1" "$from/$1"
  elif command -v wget > /dev/null; then
    wget -q -O "$work/$1" "$from/$1"
  else
    fail "neither curl nor wget is installed"
  fi || fail "cannot fetch $from/$1"
}

sums() {
  if command -v sha256sum > /dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# Called by the last line, so that a script of which only a part has arrived does nothing.
main() {
  version=${1:-latest}
  into=${PACKGATE_INSTALL_DIR:-${HOME:+$HOME/.local/bin}}
  [ -n "$into" ] || fail "neither HOME nor PACKGATE_INSTALL_DIR says where to"
  from=${PACKGATE_DOWNLOAD:-https://github.com/packgate/packgate/releases}
  case $version in
    latest) from=$from/latest/download ;;
    *) from=$from/download/v${version#v} ;;
  esac
  folder=packgate-$(target)
  archive=$folder.tar.gz

  work=$(mktemp -d)
  new=
  trap 'rm -rf "$work" ${new:+"$new"}' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  fetch "$archive"
  fetch sha256.sum
  grep "^[0-9a-f]\{64\}  $archive\$" "$work/sha256.sum" > "$work/sum" || fail "sha256.sum has no $archive"
  (cd "$work" && sums -c sum > /dev/null 2>&1) || fail "$archive is not what sha256.sum says"
  tar -xzf "$work/$archive" -C "$work" || fail "$archive can't be unpacked"
  [ -f "$work/$folder/packgate" ] || fail "$archive has no program in it"

  mkdir -p "$into" || fail "cannot make $into"
  into=$(cd "$into" && pwd)
  # Moved within one folder at the end: who runs packgate meanwhile finds the old one or the new one.
  new=$into/.packgate-new.$$
  cp "$work/$folder/packgate" "$new" || fail "cannot write to $into"
  chmod 755 "$new"
  said=$("$new" --version) || fail "the program of $archive doesn't run here"
  mv -f "$new" "$into/packgate"
  echo "$said is in $into"
  case ":${PATH:-}:" in
    *":$into:"*) ;;
    *) echo "$into is not on the PATH" ;;
  esac
}

main "$@"
