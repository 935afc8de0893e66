#!/usr/bin/env bash
# Keeps one issue about dead and moved links: opened when there are some, edited in place, closed when
# there are none.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
need jq
need curl

# By this the issue is found again; nobody sees it.
marker='<!-- mlsearch: broken links -->'
title='Links that are dead or have moved'
# Pages of 100 issues that are looked through, those that were changed last first.
most_pages=10

if [ "$ACTION_KNOWN" != true ]; then
  echo "nothing new is known of the links: the issue stays as it is"
  exit 0
fi
folder=${ACTION_REPORT%/*}
broken=$(jq '.counts.broken_confirmed + .counts.moved' "$folder/report.json")

# Anybody may write the marker into an issue; only those of bots and of members are taken for ours.
number='' state=''
for ((page = 1; page <= most_pages; page++)); do
  api_or_fail GET "repos/$GITHUB_REPOSITORY/issues?state=all&sort=updated&direction=desc&per_page=100&page=$page" "$folder/issues.json"
  found=$(jq -r --arg marker "$marker" '
    [.[] | select(.pull_request == null)
         | select((.body // "") | startswith($marker))
         | select(.user.type == "Bot" or (.author_association // "" | IN("OWNER", "MEMBER", "COLLABORATOR")))]
    | sort_by(.number) | first | select(. != null) | "\(.number) \(.state)"' "$folder/issues.json")
  if [[ $found =~ ^([0-9]+)\ (open|closed)$ ]]; then
    number=${BASH_REMATCH[1]} state=${BASH_REMATCH[2]}
    break
  fi
  [ "$(jq length "$folder/issues.json")" -eq 100 ] || break
done

if [ "$broken" -eq 0 ] && { [ -z "$number" ] || [ "$state" = closed ]; }; then
  echo "all is well: there is nothing to open an issue about"
  exit 0
fi

wanted=open
[ "$broken" -gt 0 ] || wanted=closed
{
  printf '%s\n' "$marker"
  if [ "$wanted" = closed ]; then
    printf 'No link is dead and none has moved: this issue is closed until one has.\n\n'
  else
    printf 'This issue is edited when the links are checked again, and closed when all is well.\n\n'
  fi
  cat "$ACTION_REPORT"
} >"$folder/issue.md"
if [ -z "$number" ]; then
  jq -n --arg title "$title" --rawfile body "$folder/issue.md" '{title: $title, body: $body}' >"$folder/request.json"
  api_or_fail POST "repos/$GITHUB_REPOSITORY/issues" "$folder/answer.json" "$folder/request.json"
  echo "opened issue $(jq -r '.number | tonumber' "$folder/answer.json")"
else
  jq -n --arg state "$wanted" --rawfile body "$folder/issue.md" '{state: $state, body: $body}' >"$folder/request.json"
  api_or_fail PATCH "repos/$GITHUB_REPOSITORY/issues/$number" "$folder/answer.json" "$folder/request.json"
  case $state-$wanted in
    open-closed) echo "closed issue $number" ;;
    closed-open) echo "opened issue $number again" ;;
    *) echo "edited issue $number" ;;
  esac
fi
