#!/usr/bin/env bash
# Fetches the program from its release and refuses what has another digest than the release says.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"

repository=mlsearch/mlsearch

if [ "$ACTION_VERSION" = installed ]; then
  program=$(command -v mlsearch) || fail "mlsearch is not on the path" "install it in a step before this one, or name a version"
  output program "$program"
  exit 0
fi

version=${ACTION_VERSION#v}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.-]+)?$ ]] ||
  fail "\`$version\` is no version" "name one such as 0.1.0"

case ${RUNNER_OS:-}-${RUNNER_ARCH:-} in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) fail "no release is made for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}" "build mlsearch in a step before this one and set \`version: installed\`" ;;
esac
name=mlsearch-$version-$target
case $target in
  *-windows-*) archive=$name.zip program=mlsearch.exe ;;
  *) archive=$name.tar.gz program=mlsearch ;;
esac

need curl
folder=$(mktemp -d "$RUNNER_TEMP/mlsearch.XXXXXX")
releases=${MLSEARCH_RELEASES:-https://github.com/$repository/releases}
case $releases in
  *@*) fail "\`$releases\` has a user name in it" "set MLSEARCH_RELEASES to an address without one" ;;
  https://*) protocols=https ;;
  http://127.0.0.1[:/]* | http://localhost[:/]*) protocols=http,https ;;
  *) fail "\`$releases\` is no https address" "set MLSEARCH_RELEASES to one, or to none" ;;
esac
from=${releases%/}/download/v$version
for file in SHA256SUMS "$archive"; do
  curl --silent --show-error --fail --location --proto "=$protocols" --retry 3 --max-time 300 --output "$folder/$file" "$from/$file" ||
    fail "$from/$file could not be fetched" "see whether there is such a release"
done

expected=$(awk -v name="$archive" '$2 == name { count++; digest = $1 } END { if (count == 1) print digest }' "$folder/SHA256SUMS")
[[ $expected =~ ^[0-9a-f]{64}$ ]] || fail "SHA256SUMS of the release has not one line for $archive" "name another version"
if command -v sha256sum >/dev/null; then
  found=$(sha256sum <"$folder/$archive")
else
  found=$(shasum -a 256 <"$folder/$archive")
fi
found=${found%% *}
if [ "$found" != "$expected" ]; then
  rm -f "$folder/$archive"
  fail "$archive is not what the release says: its SHA-256 is $found and should be $expected" "run the job again; if it stays so, do not use this version"
fi
# An old gh cannot, and the token of another server is nothing to github.com.
if [ "$GITHUB_SERVER_URL" = https://github.com ] && [ -n "${GH_TOKEN:-}" ] &&
  gh attestation --help >/dev/null 2>&1; then
  gh attestation verify "$folder/$archive" --repo "$repository" ||
    fail "it could not be verified that $archive was built by $repository" "run the job again, or name another version"
fi

case $archive in
  *.zip) unzip -q "$folder/$archive" "$name/$program" -d "$folder" ;;
  *) tar -xzf "$folder/$archive" -C "$folder" "$name/$program" ;;
esac
"$folder/$name/$program" --version
output program "$folder/$name/$program"
