#!/usr/bin/env bash
# One archive of a release, with the names of docs/releasing.md; the same files make the same bytes:
#
#   packaging/release/archive.sh VERSION TARGET PROGRAM EXTRAS OUT
#
# EXTRAS is the folder that extras.sh has made, OUT the one that gets the archive.
# SOURCE_DATE_EPOCH is the time that all files have in it.
set -euo pipefail

[ $# -eq 5 ] || { echo "usage: $0 VERSION TARGET PROGRAM EXTRAS OUT" >&2; exit 2; }
version=$1 target=$2 program=$3 extras=$4
mkdir -p "$5"
out=$(realpath "$5")
time=${SOURCE_DATE_EPOCH:-0}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=mlsearch-$version-$target
mkdir "$work/$name"
cp -R "$extras/." "$work/$name/"
case $target in
  *-windows-*) install -m 755 "$program" "$work/$name/mlsearch.exe" ;;
  *) install -m 755 "$program" "$work/$name/mlsearch" ;;
esac
chmod -R u=rwX,go=rX "$work/$name"
find "$work" -exec touch --no-dereference --date "@$time" {} +

cd "$work"
case $target in
  *-windows-*)
    rm -f "$out/$name.zip"
    find "$name" | LC_ALL=C sort | TZ=UTC zip --quiet -X -9 "$out/$name.zip" -@
    ;;
  *)
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" --format=ustar -cf - "$name" |
      gzip -9 --no-name >"$out/$name.tar.gz"
    ;;
esac
