#!/usr/bin/env bash
# The packages of a release for Debian, Fedora and their kin, with the names of docs/releasing.md:
#
#   packaging/release/packages.sh OUT
#
# Needs target/release/mlsearch, target/extras, cargo-deb and cargo-generate-rpm.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
mkdir -p "$1"
out=$(realpath "$1")
cd "$(dirname "$0")/../.."
version=$(cargo metadata --locked --no-deps --format-version 1 | jq -r '.packages[0].version')

# Debian wants a changelog in a form of its own; what has changed is in ours.
cat >target/extras/changelog.Debian <<END
mlsearch ($version-1) unstable; urgency=medium

  * CHANGELOG.md beside this file says what has changed.

 -- The mlsearch developers <mlsearch@users.noreply.github.com>  $(LC_ALL=C date --utc --rfc-email --date "@${SOURCE_DATE_EPOCH:-0}")
END
cargo deb --locked --no-build --output "$out/"
cargo generate-rpm --output "$out/"
