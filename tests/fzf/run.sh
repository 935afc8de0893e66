#!/usr/bin/env bash
# The recipe for fzf in docs/terminal.md, as it stands there, with somebody who types:
# `tests/fzf/run.sh MLSEARCH`. Needs fzf and tmux; without them it says so and ends with 77.
set -euo pipefail
for program in fzf tmux; do
  command -v "$program" >/dev/null || { echo "left out: the recipe for fzf, for want of $program" >&2; exit 77; }
done
mlsearch=$(realpath "${1:-target/debug/mlsearch}")
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
tmux() { command tmux -f /dev/null -S "$work/tmux" "$@"; }
trap 'tmux kill-server 2>/dev/null || true; rm -rf "$work"' EXIT

mkdir "$work/bin" "$work/home" "$work/index"
ln -s "$mlsearch" "$work/bin/mlsearch"
printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"%s/opened"\n' "$work" >"$work/bin/browser"
chmod +x "$work/bin/browser"
sed -n '/^mlf() (/,/^)/p' docs/terminal.md >"$work/recipe"
grep -q fzf "$work/recipe"
export HOME=$work/home MLSEARCH_INDEX=$work/index PATH=$work/bin:$PATH BROWSER=browser LC_ALL=C.UTF-8
unset FZF_DEFAULT_OPTS FZF_DEFAULT_COMMAND
cp docs/samples/aliases.toml "$work/index"
mlsearch import docs/samples/library.jsonl 2>&1

# Until the screen shows what is expected.
sees() {
  for _ in $(seq 200); do
    tmux capture-pane -p >"$work/screen"
    grep -qF -- "$1" "$work/screen" && return
    sleep 0.1
  done
  printf 'not on the screen: %s\n' "$1"
  cat "$work/screen"
  exit 1
}
types() { tmux send-keys C-u; tmux send-keys -l -- "$1"; sees "> $1"; }

cd "$work/home"
tmux new-session -d -x 150 -y 30 bash --norc --noprofile
tmux send-keys "source ../recipe && PS1='done$((0)): '; mlf kubernetes" Enter
sees "> kubernetes"
sees "Scaling Kubernetes to Seven Thousand Nodes"
# The article stands beside its title.
sees "https://eng.harbor.example/kubernetes-7000"
cp "$work/screen" "$work/first"

types '"real time" -lamp'
sees "Streaming Features with a Log and a Table"
types 'company:parcel drift'
sees "Watching Features Drift"

# What a shell would obey is words, and so is what looks like an option.
hostile=("'; touch pwned #" '$(touch pwned)' '`touch pwned`' '" & touch pwned; "' '| touch pwned' '--index=pwned'
  '\' "\\'; touch pwned; '" '{3} {q} {}' '>pwned' '-n 0' '%s !!')
for query in "${hostile[@]}"; do types "$query"; done
types 'feature store drift'
sees "A Feature Store for Forty Teams"
sees "3/3"
[ -z "$(find "$work" -name '*pwned*')" ] || { echo "what was typed was run"; exit 1; }

tmux send-keys Enter
sees "done0:"
opened() { grep -qxF "https://blog.example/feature-store" "$work/opened" 2>/dev/null; }
# The browser is not waited for.
for _ in $(seq 200); do opened && break; sleep 0.1; done
opened || { cat "$work/opened"; exit 1; }
cat "$work/first"
echo "the recipe for fzf works, and ${#hostile[@]} texts that a shell would obey are words"
