#!/usr/bin/env bash
# The tools for agents, asked by the clients that others have written: `tests/mcp/run.sh MLSEARCH`.
# Needs Python with pip, and Node with npm, and their registries; without one it says what it leaves out.
set -euo pipefail
MLSEARCH=$(realpath "${1:-target/debug/mlsearch}")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
left_out=0
leave_out() { echo "left out: $*" >&2; left_out=77; }

python3 documents.py >"$work/documents.jsonl"
"$MLSEARCH" --index "$work/index" import "$work/documents.jsonl"

if python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --require-hashes -r requirements.txt; then
  "$work/venv/bin/python" clients.py "$MLSEARCH" "$work/index"
else
  leave_out "the client of PyPI: no venv, or no packages"
fi

if command -v npm >/dev/null && npm ci --no-audit --no-fund --silent; then
  node client.mjs "$MLSEARCH" "$work/index"
else
  leave_out "the client of npm: no npm, or no packages"
fi
exit "$left_out"
