#!/usr/bin/env bash
# Prints docs/samples.md: what searches of a small library look like at 80 columns.
# Run it as: docs/samples.sh [MLSEARCH] > docs/samples.md
set -euo pipefail
exe=$(realpath "${1:-target/release/mlsearch}")
cd "$(dirname "$0")/samples"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export MLSEARCH_INDEX=$work/index XDG_CACHE_HOME=$work/cache
mkdir "$MLSEARCH_INDEX"
cp aliases.toml "$MLSEARCH_INDEX"
"$exe" import library.jsonl >"$work/said"

cat <<'EOF'
# What searches look like

The output of `docs/samples.sh`, which searches the small made-up library in `docs/samples/`.
On a terminal titles are bold links that lead to the passage, and words that match are highlighted.
EOF

sample() {
  printf '\n## %s\n\n```console\n$ mlsearch' "$1"
  shift
  for word in "$@"; do
    case $word in *[\ \"\*]*) printf " '%s'" "$word" ;; *) printf ' %s' "$word" ;; esac
  done
  printf '\n'
  "$exe" "$@" 2>&1 | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
  printf '```\n'
}

sample "A few words" feature store drift -n 2
sample "A phrase, and without a word" '"real time" -lamp'
sample "A misspelled word" kuberntes
sample "A beginning, newest first, since a date" 'deplo*' --after 2022-06 --sort date
sample "What else there is" inference --facets -n 1 --snippets 0
