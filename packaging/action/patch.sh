#!/usr/bin/env bash
# Keeps one pull request from one branch that puts the new addresses of moved links into the lists.
# shellcheck source=packaging/action/shared.sh
source "${BASH_SOURCE[0]%/*}/shared.sh"
cd "$GITHUB_WORKSPACE"
need jq
need curl

branch=mlsearch/moved-links
title='Links that have moved: their new addresses'

folder=$(mktemp -d "$RUNNER_TEMP/mlsearch-patch.XXXXXX")
run_program --index "$ACTION_COLLECTION" check --days "$ACTION_DAYS" --patch >"$folder/links.patch"
if [ ! -s "$folder/links.patch" ]; then
  echo "no link has moved: there is nothing to fix"
  exit 0
fi

# In a folder of its own, so that the one of the job stays as it is.
git worktree add --quiet --detach "$folder/tree" HEAD
trap 'git worktree remove --force "$folder/tree"' EXIT
git -C "$folder/tree" apply --index "$folder/links.patch"
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

owner=${GITHUB_REPOSITORY%%/*}
api_or_fail GET "repos/$GITHUB_REPOSITORY/pulls?state=open&head=$owner:$branch" "$folder/pulls.json"
if [ "$(jq length "$folder/pulls.json")" -eq 0 ]; then
  jq -n --arg title "$title" --arg head "$branch" --arg base "$GITHUB_REF_NAME" '{
    title: $title, head: $head, base: $base,
    body: "These links answer at new addresses for good. The branch is made anew each time the links are checked."
  }' >"$folder/request.json"
  api_or_fail POST "repos/$GITHUB_REPOSITORY/pulls" "$folder/answer.json" "$folder/request.json"
  echo "opened pull request $(jq -r '.number | tonumber' "$folder/answer.json")"
fi
