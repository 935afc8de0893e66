#!/usr/bin/env bash
# Prints the licences of the packages that are built into the program, each text once:
#
#   packaging/release/licences.sh >THIRD-PARTY-LICENCES
set -euo pipefail
cd "$(dirname "$0")/../.."
shopt -s nullglob

built_in=$(cargo tree --locked --edges normal --target all --prefix none --format '{p}' |
  awk '{ print $1, substr($2, 2) }' | LC_ALL=C sort -u)
metadata=$(cargo metadata --locked --format-version 1 |
  jq -r '.packages[] | select(.source) | [.name, .version, .license // "see its file", .manifest_path] | @tsv')

declare -A who
declare -a order texts
while IFS=$'\t' read -r name version expression manifest; do
  grep -qxF "$name $version" <<<"$built_in" || continue
  package="$name $version ($expression)"
  echo "$package"
  while IFS= read -r -d '' file; do
    key=$(sha256sum <"$file")
    if [ -z "${who[$key]-}" ]; then
      order+=("$key")
      texts+=("$file")
    fi
    who[$key]+="$package"$'\n'
  done < <(find "$(dirname "$manifest")" -maxdepth 2 -type f ! -name '*.rs' \
    \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'unlicense*' -o -iname 'notice*' \) -print0 | LC_ALL=C sort -z)
done < <(LC_ALL=C sort <<<"$metadata")

for at in "${!order[@]}"; do
  printf '\n%s\n\n%s\n%s\n' "$(printf '=%.0s' {1..80})" "${who[${order[at]}]}" "$(<"${texts[at]}")"
done
