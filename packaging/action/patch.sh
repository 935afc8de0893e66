#!/usr/bin/env bash
# Keeps one pull request from one branch that puts the new addresses of moved links, and those of the
# copies of dead ones, into the lists, and removes the entries of dead ones without a copy.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"
need jq
need curl

branch=mlsearch/moved-links
title='Links that have moved or died'

folder=$(mktemp -d "$RUNNER_TEMP/mlsearch-patch.XXXXXX")
run_program --index "$ACTION_COLLECTION" check --days "$ACTION_DAYS" --patch --remove-dead >"$folder/links.patch"

# The pull requests from the branch, the newest first.
api_or_fail GET "repos/$GITHUB_REPOSITORY/pulls?state=all&head=${GITHUB_REPOSITORY%%/*}:$branch" "$folder/pulls.json"
open=$(jq -r '[.[] | select(.state == "open")] | first | select(. != null) | .number | tonumber' "$folder/pulls.json")

if [ ! -s "$folder/links.patch" ]; then
  echo "no link has moved or died: there is nothing to fix"
  if [ -n "$open" ]; then
    echo '{"state": "closed"}' >"$folder/request.json"
    api_or_fail PATCH "repos/$GITHUB_REPOSITORY/pulls/$open" "$folder/answer.json" "$folder/request.json"
    echo "closed pull request $open"
  fi
  exit 0
fi

# Of the lines that change alone, whatever stands around them since. By it a patch that was declined is
# known again.
patch_id=$(grep '^[-+]' "$folder/links.patch" | git hash-object --stdin)
marker="<!-- mlsearch: patch $patch_id -->"
declined=$(jq -r --arg marker "$marker" '
  first | select(. != null and .state == "closed" and .merged_at == null)
  | select((.body // "") | contains($marker)) | .number | tonumber' "$folder/pulls.json")
if [ -n "$declined" ]; then
  echo "pull request $declined had the same addresses and was closed: it is not opened again"
  exit 0
fi

# In a folder of its own, so that the one of the job stays as it is.
git worktree add --quiet --detach "$folder/tree" HEAD
trap 'git worktree remove --force "$folder/tree"' EXIT
git -C "$folder/tree" apply --index "$folder/links.patch" ||
  fail "the lists are not as they were checked out" "run the action before the steps that change them"
tree=$(git -C "$folder/tree" write-tree)
head=$(git rev-parse HEAD)

if fetch_branch "$branch"; then
  if [ "$(git log -1 --format=%ce FETCH_HEAD)" != "$BOT_EMAIL" ]; then
    warn "the branch $branch has a commit of somebody else, and is left as it is"
    exit 0
  fi
  last=$(git rev-parse 'FETCH_HEAD^{tree}')
else
  last=''
fi
if [ "$tree" != "$last" ]; then
  commit=$(as_bot commit-tree "$tree" -p "$head" -m "$title")
  git_with_token push --quiet --force origin "$commit:refs/heads/$branch"
  echo "pushed $branch"
fi

body="These links answer at new addresses for good, or are dead: those of which the web archive has a copy lead to it, the others are removed where they are an item or a row of a Markdown list without other links. The branch is made anew each time the links are checked, and the request is closed when there is nothing to fix. Close it to decline these addresses.

$marker"
jq -n --arg title "$title" --arg head "$branch" --arg base "$GITHUB_REF_NAME" --arg body "$body" \
  '{title: $title, head: $head, base: $base, body: $body}' >"$folder/request.json"
if [ -z "$open" ]; then
  api_or_fail POST "repos/$GITHUB_REPOSITORY/pulls" "$folder/answer.json" "$folder/request.json"
  echo "opened pull request $(jq -r '.number | tonumber' "$folder/answer.json")"
else
  jq '{body: .body}' "$folder/request.json" >"$folder/edited.json"
  api_or_fail PATCH "repos/$GITHUB_REPOSITORY/pulls/$open" "$folder/answer.json" "$folder/edited.json"
  echo "edited pull request $open"
fi
