#!/bin/sh
# Installs mlsearch from a release, without root:
#
#   curl -fsSL https://github.com/mlsearch/mlsearch/releases/latest/download/mlsearch-installer.sh | sh
#   sh mlsearch-installer.sh --to ~/bin --version 0.1.0
#
# The archive must have the SHA-256 digest that the release states for it, and the program must start
# here before it takes the place of an older one, in one step. Whatever goes wrong leaves that one alone.
set -eu

usage() {
  cat <<'END'
Installs mlsearch from a release, without root.

Usage: sh mlsearch-installer.sh [OPTIONS]

Options:
  --to DIR           Where the program goes [default: ~/.local/bin]
  --version VERSION  Which one, such as 0.1.0 [default: the newest]
  --target TARGET    For which platform [default: this one]
  --help             Print this help

Environment:
  MLSEARCH_RELEASES  A mirror of https://github.com/mlsearch/mlsearch/releases
END
}

fail() {
  printf 'mlsearch-installer: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Rust's name of this platform, as the archives have it.
this_target() {
  system=$(uname -s)
  machine=$(uname -m)
  # Under Rosetta a shell of Intel's kind sees a processor of that kind.
  if [ "$system" = Darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then
    machine=arm64
  fi
  case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) machine= ;;
  esac
  case $machine-$system in
    -*) ;;
    *-Linux) printf '%s-unknown-linux-%s\n' "$machine" "$(libc)" ;;
    *-Darwin) printf '%s-apple-darwin\n' "$machine" ;;
  esac
}

# `gnu` where glibc is new enough and of 64 bits, else `musl`, which needs no library.
libc() {
  version=$(getconf GNU_LIBC_VERSION 2>/dev/null) || version=
  version=${version#glibc }
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  case $major$minor in
    '' | *[!0-9]*) echo musl ;;
    *)
      if [ "$(getconf LONG_BIT 2>/dev/null)" = 64 ] && [ "$((major * 1000 + minor))" -ge 2035 ]; then
        echo gnu
      else
        echo musl
      fi
      ;;
  esac
}

# fetch URL FILE
fetch() {
  if has curl; then
    curl --fail --silent --show-error --location --proto "=$protocols" --retry 3 --output "$2" -- "$1"
  else
    wget -q -O "$2" -- "$1"
  fi || fail "\`$1\` could not be fetched" "look at $releases for the versions that exist"
}

sha256() {
  if has sha256sum; then
    sha256sum <"$1"
  elif has shasum; then
    shasum -a 256 <"$1"
  else
    openssl dgst -sha256 -r <"$1"
  fi | cut -d ' ' -f 1
}

main() {
  releases=${MLSEARCH_RELEASES:-https://github.com/mlsearch/mlsearch/releases}
  releases=${releases%/}
  to=
  version=
  target=
  while [ $# -gt 0 ]; do
    case $1 in
      --to=* | --version=* | --target=*)
        argument=$1
        shift
        set -- "${argument%%=*}" "${argument#*=}" "$@"
        continue
        ;;
      --to | --version | --target)
        [ "${2-}" ] || fail "\`$1\` needs a value" "run with --help"
        case $1 in
          --to) to=$2 ;;
          --version) version=${2#v} ;;
          --target) target=$2 ;;
        esac
        shift 2
        ;;
      -h | --help)
        usage
        return
        ;;
      *) fail "\`$1\` is no option of the installer" "run with --help" ;;
    esac
  done

  # A digest that came by plain HTTP is worth nothing, save from this machine itself.
  case $releases in
    *@*) fail "\`$releases\` has a user name in it" "set MLSEARCH_RELEASES to an address without one" ;;
    https://*) protocols=https ;;
    http://127.0.0.1[:/]* | http://localhost[:/]*) protocols=http,https ;;
    *) fail "\`$releases\` is no https address" "set MLSEARCH_RELEASES to one, or to none" ;;
  esac
  case $version in
    *[!0-9A-Za-z.+-]*) fail "\`$version\` is no version" "name one as 0.1.0" ;;
  esac
  [ "$target" ] || target=$(this_target)
  case $target in
    *-linux-* | *-apple-*) ;;
    *) fail "there is no archive for ${target:-$(uname -s) on $(uname -m)}" "build it: cargo install mlsearch" ;;
  esac
  case $target in
    *[!a-z0-9_-]*) fail "\`$target\` is no platform" "leave --target out" ;;
  esac
  has curl || has wget || fail "neither curl nor wget is here" "install one of them, and run this again"
  has sha256sum || has shasum || has openssl ||
    fail "no program here computes SHA-256" "install coreutils or openssl, and run this again"
  [ "$to" ] || [ "${HOME-}" ] || fail "there is no home folder" "name a folder with --to DIR"
  [ "$to" ] || to=$HOME/.local/bin
  case $to in
    /*) ;;
    *) to=$PWD/$to ;;
  esac
  mkdir -p "$to" || fail "\`$to\` cannot be made" "name another folder with --to DIR"
  [ ! -d "$to/mlsearch" ] || fail "\`$to/mlsearch\` is a folder" "name another folder with --to DIR"

  # Beside the program, so that taking its place is one renaming.
  work=$(mktemp -d "$to/.mlsearch-installer.XXXXXX") ||
    fail "nothing can be written into \`$to\`" "name another folder with --to DIR"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' HUP INT TERM

  # The newest version is the one whose archive the newest release names.
  if [ "$version" ]; then
    fetch "$releases/download/v$version/SHA256SUMS" "$work/SHA256SUMS"
  else
    fetch "$releases/latest/download/SHA256SUMS" "$work/SHA256SUMS"
    version=$(sed -n "s/^[0-9a-f]\{64\}  mlsearch-\([0-9A-Za-z.+-]*\)-$target\.tar\.gz\$/\1/p" "$work/SHA256SUMS")
    case $version in
      '' | *[!0-9A-Za-z.+-]*) fail "the newest release has no archive for $target" "look at $releases" ;;
    esac
  fi
  name=mlsearch-$version-$target
  stated=$(awk -v name="$name.tar.gz" '$2 == name { print $1 }' "$work/SHA256SUMS")
  case $stated in
    '') fail "SHA256SUMS of $version does not name \`$name.tar.gz\`" "look at $releases" ;;
    *[!0-9a-f]*) fail "SHA256SUMS of $version names \`$name.tar.gz\` in no way that can be read" "look at $releases" ;;
  esac
  fetch "$releases/download/v$version/$name.tar.gz" "$work/archive"
  found=$(sha256 "$work/archive")
  [ "$found" = "$stated" ] || fail "\`$name.tar.gz\` is not what the release says it is: its SHA-256 is
  $found, and should be
  $stated; nothing was installed" "fetch it once more; if that fails again, tell $releases"

  tar -xzf "$work/archive" -C "$work" "$name/mlsearch" || fail "\`$name.tar.gz\` has no program in it"
  program=$work/$name/mlsearch
  [ -f "$program" ] && [ ! -L "$program" ] || fail "\`$name.tar.gz\` has no program in it"
  chmod 755 "$program"
  says=$("$program" --version 2>&1) || fail "the program for $target does not run here: $says" \
    "try another one: --target $(uname -m)-unknown-linux-musl"
  mv -f "$program" "$to/mlsearch"

  printf 'installed %s as %s\n' "$says" "$to/mlsearch"
  case :${PATH-}: in
    *:"$to":*) ;;
    *) printf 'hint: add %s to your PATH\n' "$to" >&2 ;;
  esac
}

# At the end, so that half of this text does nothing.
main "$@"
