#!/usr/bin/env bash
# Attaches the packed index to a release that always has the newest one.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"
need jq
need curl

tag=mlsearch-index
asset=mlsearch-index.tar.zst

folder=$(mktemp -d "$RUNNER_TEMP/mlsearch-pack.XXXXXX")
# The articles belong to others: what everybody can fetch has no more of each than a passage.
run_program --index "$ACTION_COLLECTION" pack --public "$folder/$asset" >&2
(cd "$folder" && if command -v sha256sum >/dev/null; then sha256sum "$asset"; else shasum -a 256 "$asset"; fi) >"$folder/$asset.sha256"

releases=repos/$GITHUB_REPOSITORY/releases
status=$(api GET "$releases/tags/$tag" "$folder/release.json")
case $status in
  200) ;;
  404)
    jq -n --arg tag "$tag" '{tag_name: $tag, name: "The search index of this list", prerelease: true}' >"$folder/request.json"
    api_or_fail POST "$releases" "$folder/release.json" "$folder/request.json"
    ;;
  *) fail "GitHub answers $status to GET $releases/tags/$tag" "give the job the permission \`contents: write\`" ;;
esac
upload=$(jq -r '.upload_url | sub("\\{.*"; "")' "$folder/release.json")
for name in "$asset" "$asset.sha256"; do
  old=$(jq -r --arg name "$name" '.assets[]? | select(.name == $name) | .id | tonumber' "$folder/release.json")
  [ -z "$old" ] || api_or_fail DELETE "$releases/assets/$old" "$folder/answer.json"
  printf 'header = "Authorization: Bearer %s"\n' "$ACTION_TOKEN" |
    curl --config - --silent --show-error --fail --retry 2 --max-time 600 --header "Content-Type: application/octet-stream" \
      --data-binary "@$folder/$name" --output "$folder/answer.json" "$upload?name=$name" ||
    fail "$name could not be attached to the release $tag" "give the job the permission \`contents: write\`"
  echo "attached $name to the release $tag"
done
