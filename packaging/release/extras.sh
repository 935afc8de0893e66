#!/usr/bin/env bash
# What goes with the program into an archive or a package, made by the program:
#
#   packaging/release/extras.sh PROGRAM DIR
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 PROGRAM DIR" >&2; exit 2; }
program=$(realpath "$1")
mkdir -p "$2/completions"
out=$(realpath "$2")
cd "$(dirname "$0")/../.."

"$program" man >"$out/mlsearch.1"
"$program" completions bash >"$out/completions/mlsearch.bash"
"$program" completions zsh >"$out/completions/_mlsearch"
"$program" completions fish >"$out/completions/mlsearch.fish"
"$program" completions powershell >"$out/completions/_mlsearch.ps1"
"$program" completions elvish >"$out/completions/mlsearch.elv"
cp README.md CHANGELOG.md LICENSE-MIT LICENSE-APACHE NOTICE "$out/"
